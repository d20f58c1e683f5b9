#!/usr/bin/env bash
# Wait until containers are up and healthy, those named or all of Compose's: ./scripts/await-healthy.sh redis postgres
# Compose's own wait polls twice a second, which adds up, and fails when a store dies once more while it recovers.
set -euo pipefail

DEADLINE_S=100

# Print each container that is named, or of all, with its state.
states() {
    local all
    # Only Compose's services: a container that was started beside them is residue, which the snapshot names.
    all=$(docker ps -a --filter label=com.docker.compose.oneoff=False --format '{{.Names}} {{.Status}}')
    if [ $# -eq 0 ]; then
        echo "${all:-no container is there}"
    fi
    for name in "$@"; do
        grep "^$name " <<< "$all" || echo "$name is not there"
    done
}

until ! ill=$(states "$@" | grep -vE '^[^ ]+ Up ([^()]*|[^()]*\(healthy\))$'); do
    if [ "$SECONDS" -ge "$DEADLINE_S" ]; then
        echo "await-healthy: not up and healthy after $DEADLINE_S s: ${ill//$'\n'/, }" >&2
        exit 1
    fi
    sleep 0.2
done

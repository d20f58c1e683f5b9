#!/usr/bin/env bash
# Go back to the release before the last deployment, of the service it deployed: ./scripts/rollback.sh
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -s releases.log ]; then
    echo "rollback: releases.log names no earlier release; nothing was deployed with scripts/deploy.sh" >&2
    exit 2
fi
read -r _ service tag < <(tail -n 1 releases.log)
./scripts/deploy.sh "$service" "$tag"
# Both lines go, the deployment's and the one just written: a second rollback goes one release further back.
sed -i '$d' releases.log
sed -i '$d' releases.log
echo "rollback: $service is back at $tag"

#!/usr/bin/env bash
# Deploy a tagged release of one service: ./scripts/deploy.sh backend 1.1.0
# The release it replaces goes to the end of releases.log, from which rollback.sh takes it back.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "deploy: $1" >&2
    exit 2
}

[ $# -eq 2 ] || fail "usage: ./scripts/deploy.sh <backend|pdf-worker> <tag>"
service=$1 tag=$2
case $service in
    backend) name=BACKEND ;;
    pdf-worker) name=WORKER ;;
    *) fail "no service '$service' is released by tag; expected backend or pdf-worker" ;;
esac

current=$(sed -n "s/^${name}_TAG=//p" .env | tail -n 1)
image=$(sed -n "s/^${name}_IMAGE=//p" .env | tail -n 1)
docker image inspect "$image:$tag" > /dev/null 2>&1 || fail "there is no image $image:$tag; build or pull it first"

printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$service" "$current" >> releases.log
sed -i "s/^${name}_TAG=.*/${name}_TAG=$tag/" .env
docker-compose up -d --no-deps --wait "$service"
echo "deploy: $service is at $tag, was at $current"

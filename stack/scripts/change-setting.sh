#!/usr/bin/env bash
# Change one setting and create the containers that use it anew: ./scripts/change-setting.sh WORKER_CONCURRENCY 8
# The settings as they were before stay in .env.previous, secrets included, readable for their owner only.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -ne 2 ] || ! grep -q "^$1=" .env; then
    echo "usage: ./scripts/change-setting.sh <a setting of .env> <its new value>" >&2
    exit 2
fi
install -m 600 .env .env.previous
sed -i "s|^$1=.*|$1=$2|" .env
docker-compose up -d --wait
echo "change-setting: $1 is changed; the settings as they were are in .env.previous"

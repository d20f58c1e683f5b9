#!/usr/bin/env bash
# Check that the system works: health, front page, and one schedule from upload to events. Ends at the first failure.
set -euo pipefail
cd "$(dirname "$0")"

front=${FRONT_URL:-http://localhost:3000}
backend=${BACKEND_URL:-http://localhost:8000}
worker=${WORKER_URL:-http://localhost:8001}
wait_s=${SMOKE_WAIT_S:-30}
# An address of its own (RFC 5737): this test uses up no user's rate limit, and no user uses up that of the test.
from="X-Forwarded-For: 198.51.$((RANDOM % 256)).$((RANDOM % 256))"

fail() {
    echo "smoke test: FAILED: $1" >&2
    exit 1
}

ask() {
    curl --silent --show-error --max-time 10 --header "$from" "$@" 2>&1
}

answers() {
    local status
    status=$(ask --output /dev/null --write-out '%{http_code}' "$2") || true
    [ "$status" = 200 ] || fail "$1: expected 200 from $2, got $status"
    echo "ok: $1"
}

answers "gateway health" "$front/health"
answers "backend health" "$backend/health"
answers "worker health" "$worker/health"
answers "front page" "$front/"

accepted=$(ask --form 'file=@smoke-test.pdf;type=application/pdf' "$front/api/upload") || true
job=$(jq --raw-output '.jobId // empty' <<< "$accepted" 2> /dev/null) || true
[ -n "$job" ] || fail "upload: expected a jobId, got: $accepted"
echo "ok: upload"

deadline=$((SECONDS + wait_s))
until [ "${status:-}" = completed ]; do
    [ "$SECONDS" -lt "$deadline" ] || fail "job $job is still '${status:-unknown}' after $wait_s s"
    [ "${status:-}" != failed ] || fail "job $job failed: $(ask "$front/api/jobs/$job")"
    # Poll five times a second; the deadline above ends the loop.
    sleep 0.2
    status=$(ask "$front/api/jobs/$job" | jq --raw-output '.status // empty' 2> /dev/null) || true
done
echo "ok: job completed"

events=$(ask "$front/api/jobs/$job/result" | jq '.events | length' 2> /dev/null) || true
[ "${events:-0}" -gt 0 ] || fail "job $job has no events"
echo "ok: $events events"
echo "smoke test: passed"

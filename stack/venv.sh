#!/bin/sh
# Make .venv from the hash-checked lock; does nothing when it is already made from this very lock.
set -eu
cd "$(dirname "$0")/.."

wanted=$(cat requirements.lock pyproject.toml | cksum)
if [ -x .venv/bin/python ] && [ "$(cat .venv/lock.cksum 2>/dev/null)" = "$wanted" ]; then
    echo "  .venv is up to date"
    exit 0
fi

fail() { echo "setup: $1" >&2; exit 2; }

[ -n "${PYTHON:-}" ] || fail "Python 3.11 or newer is needed, and there is no python3 on the PATH: install it and run this again."
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed, and $PYTHON is older: name another one with PYTHON=/path/to/python3.11."

began=$(date +%s)
echo "  … make .venv from requirements.lock"
if ! "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
    # Debian ships venv apart from Python.
    { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; } ||
        fail "$PYTHON has no ensurepip: install its venv package (Debian: python3-venv) and run this again."
    apt-get update -q >/dev/null && apt-get install -y -q "$(basename "$PYTHON")-venv" >/dev/null
fi
rm -rf .venv
"$PYTHON" -m venv .venv
# uv installs the lock several times faster than pip. It comes from the same lock, under the same hashes.
uv_only=$(mktemp)
trap 'rm -f "$uv_only"' EXIT
awk '/^[^ #]/ { on = /^uv==/ } on' requirements.lock > "$uv_only"
.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r "$uv_only"
if ! VIRTUAL_ENV=.venv .venv/bin/uv pip sync -q --compile-bytecode --require-hashes requirements.lock; then
    echo "  uv could not install the lock here; pip does it, more slowly"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
fi
# The engine itself, as an editable package: its command and its pytest plugin are there wherever pytest runs.
VIRTUAL_ENV=.venv .venv/bin/uv pip install -q --no-deps --no-build-isolation -e . ||
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "$wanted" > .venv/lock.cksum
echo "  ✓ make .venv from requirements.lock ($(($(date +%s) - began)) s)"

#!/bin/sh
# Give the database's user its password on the first start, then become the server: PID 1 must receive the signals.
set -eu
if [ ! -f "$PGDATA/password-is-set" ]; then
    : "${POSTGRES_PASSWORD:?is not set; add it to .env and start the service again}"
    quoted=$(printf %s "$POSTGRES_PASSWORD" | sed "s/'/''/g")
    echo "ALTER ROLE $POSTGRES_USER PASSWORD '$quoted';" | postgres --single -D "$PGDATA" postgres > /dev/null
    touch "$PGDATA/password-is-set"
fi
exec "$@"

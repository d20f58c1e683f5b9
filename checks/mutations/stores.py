"""The mutations of Postgres, Redis, the queue and the object store."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from checks.mutations.limits import alarming
from checks.mutations.mutation import Mutation
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import Target

SQL = 'docker exec postgres psql -U schedgen -d schedgen -qc "{}"'
LATER = 'docker exec -d postgres psql -U schedgen -d schedgen -c "{}"'
REDIS = "docker exec redis redis-cli {}"
FORGOTTEN = "docker exec -d postgres sh -c '(echo BEGIN\\; SELECT 1\\;; sleep 90) | psql -U schedgen -d schedgen'"
CLIENT = (
    "docker run -d --name synthetic-client --network schedgen_default --env-file .env --entrypoint python"
    ' schedgen/backend:1.0.0 -c \'import os, time, psycopg; all = [psycopg.connect(host="postgres", dbname="schedgen",'
    ' user="schedgen", password=os.environ["POSTGRES_PASSWORD"]) for _ in range({number})]; {then}; time.sleep(90)\''
)
"""So many connections from one client, and what it does with them."""
ASK_ALL = '[one.pgconn.send_query(b"SELECT pg_sleep(90)") for one in all]'
END_ALL = SQL.format(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND (application_name = 'psql' OR query LIKE '%pg_sleep%')"
)
FORGE = (
    "CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS \\$\\$ BEGIN"
    " NEW.result := replace(NEW.result::text, '{found}', '{forged}')::jsonb; RETURN NEW; END \\$\\$;"
    " CREATE TRIGGER forge BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION forge()"
)
UNFORGE = SQL.format("DROP TRIGGER IF EXISTS forge ON jobs; DROP FUNCTION IF EXISTS forge")
READER = "synthetic_reader"


def as_reader(target: Target) -> Target:
    """Connect as a role that may read and nothing else."""
    parts = urlsplit(str(target.postgres_dsn))
    return target.changed(
        postgres_dsn=urlunsplit(parts._replace(netloc=f"{READER}:{READER}@{parts.hostname}:{parts.port}"))
    )


STORES = (
    Mutation(
        "stop Postgres",
        red=frozenset({"postgres", "containers running"}),
        breaks=("OP-01", "ST-01"),
        lines=("docker stop postgres",),
        undo=("docker start postgres",),
    ),
    Mutation(
        "take the right to write from the application's role",
        red=frozenset({"postgres rights"}),
        breaks=("ST-02",),
        lines=(SQL.format(f"CREATE ROLE {READER} LOGIN PASSWORD '{READER}'; GRANT SELECT ON jobs TO {READER}"),),
        undo=(SQL.format(f"DROP OWNED BY {READER}; DROP ROLE {READER}"),),
        retarget=as_reader,
    ),
    Mutation(
        "let Postgres accept no writes",
        red=frozenset({"postgres write"}),
        breaks=("ST-03",),
        lines=(
            SQL.format("ALTER SYSTEM SET default_transaction_read_only = on"),
            SQL.format("SELECT pg_reload_conf()"),
        ),
        undo=(
            SQL.format("SET default_transaction_read_only = off")
            + " -c 'ALTER SYSTEM RESET default_transaction_read_only'",
            SQL.format("SELECT pg_reload_conf()"),
        ),
    ),
    Mutation(
        "forget a transaction",
        red=frozenset({"idle transactions"}),
        breaks=("ST-06",),
        lines=(FORGOTTEN,),
        undo=(END_ALL,),
    ),
    Mutation(
        "slow a query",
        red=frozenset({"long queries"}),
        breaks=("ST-06",),
        lines=(LATER.format("SELECT pg_sleep(90)"),),
        undo=(END_ALL,),
    ),
    Mutation(
        "wait for a lock",
        red=frozenset({"postgres locks"}),
        breaks=("ST-06",),
        lines=(
            SQL.format("CREATE TABLE synthetic_lock (i int)"),
            LATER.format("BEGIN; LOCK TABLE synthetic_lock; SELECT pg_sleep(90)"),
            LATER.format("SELECT * FROM synthetic_lock"),
        ),
        undo=(END_ALL, SQL.format("DROP TABLE synthetic_lock")),
    ),
    Mutation(
        "use more connections than a pool has",
        red=frozenset({"postgres pool"}),
        breaks=("ST-05",),
        lines=(CLIENT.format(number=round(alarming(Quantity.CONNECTION_POOL)), then=ASK_ALL),),
        undo=("docker rm -f synthetic-client", END_ALL),
    ),
    Mutation(
        "leave the server hardly a connection",
        red=frozenset({"postgres connections"}),
        breaks=("ST-04",),
        lines=(CLIENT.format(number=78, then="pass"),),
        undo=("docker rm -f synthetic-client", END_ALL),
    ),
    Mutation(
        "forge the events of lectures",
        red=frozenset({"journey"}),
        breaks=("JO-04", "SC-01"),
        lines=(SQL.format(FORGE.format(found="Thuto 2-1", forged="Thuto 2-2")),),
        undo=(UNFORGE,),
    ),
    Mutation(
        "forge the events of tests",
        red=frozenset({"test schedule"}),
        breaks=("JO-04", "SC-04"),
        lines=(SQL.format(FORGE.format(found="Musaion", forged="Aula")),),
        undo=(UNFORGE,),
    ),
    Mutation(
        "forge the events of exams",
        red=frozenset({"exam schedule"}),
        breaks=("JO-04", "SC-03"),
        lines=(SQL.format(FORGE.format(found="Rembrandt", forged="Vermeer")),),
        undo=(UNFORGE,),
    ),
    Mutation(
        "stop Redis",
        red=frozenset({"redis", "containers running"}),
        breaks=("OP-01", "ST-07"),
        lines=("docker stop redis",),
        undo=("docker start redis",),
    ),
    Mutation(
        "let Redis evict what is queued",
        red=frozenset({"redis policy"}),
        breaks=("ST-08",),
        lines=(REDIS.format("CONFIG SET maxmemory-policy allkeys-lru"),),
        undo=(REDIS.format("CONFIG SET maxmemory-policy noeviction"),),
    ),
    Mutation(
        "fill Redis",
        red=frozenset({"redis memory"}),
        breaks=("ST-09",),
        lines=(
            REDIS.format("CONFIG SET maxmemory 20mb"),
            REDIS.format("EVAL \"redis.call('SET', KEYS[1], string.rep('x', 13000000))\" 1 synthetic:ballast"),
        ),
        undo=(REDIS.format("DEL synthetic:ballast"), REDIS.format("CONFIG SET maxmemory 64mb")),
    ),
    Mutation(
        "leave Redis no memory at all",
        red=frozenset({"redis memory", "redis write", "memory usage"}),
        breaks=("MO-06", "ST-07", "ST-09"),
        lines=(REDIS.format("CONFIG SET maxmemory 1mb"),),
        undo=(REDIS.format("CONFIG SET maxmemory 64mb"),),
    ),
    Mutation(
        "keep nothing of Redis on disk",
        red=frozenset({"redis persistence"}),
        breaks=("ST-10",),
        lines=(REDIS.format("CONFIG SET appendonly no"),),
        undo=(REDIS.format("CONFIG SET appendonly yes"),),
    ),
    Mutation(
        "keep a session for ever",
        red=frozenset({"session keys"}),
        breaks=("SE-02",),
        lines=(REDIS.format("SET sess:synthetic {}"),),
        undo=(REDIS.format("DEL sess:synthetic"),),
    ),
    Mutation(
        "name a queue without workers",
        red=frozenset({"queue keys", "workers"}),
        breaks=("QU-01", "QU-02"),
        retarget=lambda target: target.changed(queue="synthetic"),
    ),
    Mutation(
        "leave an active job without a worker",
        red=frozenset({"stalled jobs"}),
        breaks=("QU-05",),
        lines=(REDIS.format("LPUSH bull:pdf-processing:active synthetic"),),
        undo=(
            REDIS.format("LREM bull:pdf-processing:active 0 synthetic"),
            REDIS.format("LREM bull:pdf-processing:wait 0 synthetic"),
        ),
    ),
    Mutation(
        "let a job wait",
        red=frozenset({"oldest job", "worker health", "containers running"}),
        breaks=("HE-04", "OP-01", "QU-04"),
        lines=(
            "docker-compose pause pdf-worker",
            REDIS.format("HSET bull:pdf-processing:synthetic timestamp $(( ($(date +%s) - 90) * 1000 ))"),
            REDIS.format("RPUSH bull:pdf-processing:wait synthetic"),
        ),
        undo=(
            REDIS.format("LREM bull:pdf-processing:wait 0 synthetic"),
            REDIS.format("DEL bull:pdf-processing:synthetic"),
            "docker-compose unpause pdf-worker",
        ),
    ),
    Mutation(
        "stop the object store",
        red=frozenset({"object store", "containers running"}),
        breaks=("OP-01", "ST-11"),
        lines=("docker stop minio",),
        undo=("docker start minio",),
    ),
    Mutation(
        "lose the bucket",
        red=frozenset({"object bucket"}),
        breaks=("ST-11",),
        lines=("docker exec minio mv /data/pdf-uploads /data/synthetic-hidden",),
        undo=("docker exec minio sh -c 'rm -rf /data/pdf-uploads; mv /data/synthetic-hidden /data/pdf-uploads'",),
    ),
    Mutation(
        "let the bucket take no object",
        red=frozenset({"object write"}),
        breaks=("ST-12",),
        lines=("docker exec minio sh -c 'rm -rf /data/pdf-uploads/synthetic; touch /data/pdf-uploads/synthetic'",),
        undo=("docker exec minio rm -f /data/pdf-uploads/synthetic",),
    ),
)

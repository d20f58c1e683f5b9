"""Defects that an audit has to find: each is one small edit of the reference stack, and the findings that it makes."""

from __future__ import annotations

from typing import Final

from tests.audit.staged import Edit

BOOK: Final = "runbook/incidents.md"
STACK: Final = "stack/reference.toml"
RENDERED: Final = "rendered rules"
OWN: Final = "tests/data/audit/rules.yml"
PANELS: Final = "tests/data/audit/dashboards/overview.json"
COMPOSE: Final = "stack/compose.yaml"
SETTINGS: Final = "stack/defaults.env"
PROMETHEUS: Final = "stack/config/prometheus/prometheus.yml"
ALERTMANAGER: Final = "stack/config/alertmanager/alertmanager.yml"
WORKER: Final = "tests/data/audit/metrics/pdf-worker.prom"

HEALTH: Final = """    healthcheck:
      <<: *health
      test: [CMD, curl, -fsS, -o, /dev/null, "http://127.0.0.1:9115/-/healthy"]
"""
TELLS: Final = """  alertmanagers:
    - static_configs:
        - targets: ["alertmanager:9093"]
"""

SEEDS: Final[dict[str, tuple[Edit, tuple[str, ...]]]] = {
    # thresholds
    "quantile above the top bucket": (
        Edit(BOOK, "the p95 of the response time exceeds 10s", "the p95 of the response time exceeds 70s"),
        ("thresholds/never/HighResponseTime",),
    ),
    "share above one": (
        Edit(BOOK, "a 5xx status, exceeds 5%", "a 5xx status, exceeds 500%"),
        ("thresholds/never/HighErrorRate",),
    ),
    "share of a resource above one": (
        Edit(BOOK, "maxmemory, exceeds 80%", "maxmemory, exceeds 120%"),
        ("thresholds/never/HighResourceUtilization",),
    ),
    "quantile by route above the top bucket": (Edit(OWN, ") > 20", ") > 90"), ("thresholds/never/SlowRoute",)),
    "ratio in percent": (Edit(OWN, "> 0.2", "> 20"), ("thresholds/never/RefusedRoute",)),
    "up is neither": (Edit(OWN, '"backend"} == 0', '"backend"} == 2'), ("thresholds/never/BackendDown",)),
    "bool keeps all": (Edit(OWN, ") > 20", ") > bool 20"), ("thresholds/always/SlowRoute",)),
    "not negative": (Edit(OWN, "[10m]) > 0", "[10m]) >= 0"), ("thresholds/always/JobsFail",)),
    "increase below zero": (Edit(OWN, "[10m]) > 0", "[10m]) < 0"), ("thresholds/never/JobsFail",)),
    "no limit at all": (Edit(OWN, '"exporter"})', '"exporter"}) > bool 1'), ("thresholds/always/ExporterGone",)),
    "no PromQL": (Edit(OWN, "[10m]) > 5", "[10m]) >"), ("thresholds/no-promql/QueueGrows",)),
    # timing
    "window below two scrapes": (
        Edit(OWN, "bucket[5m]", "bucket[1s]"),
        ("timing/window/SlowRoute-http_request_duration_seconds_bucket",),
    ),
    "slow scrapes of one job": (
        Edit(PROMETHEUS, "  - job_name: pdf-worker\n", "  - job_name: pdf-worker\n    scrape_interval: 10m\n"),
        ("timing/window/JobsFail-pdf_jobs_total",),
    ),
    "wait outlasts the event": (
        Edit(OWN, "> 0\n        for: 5m", "> 0\n        for: 20m"),
        ("timing/for-long/JobsFail",),
    ),
    "wait below an evaluation": (Edit(OWN, "for: 1m", "for: 100ms"), ("timing/for-short/BackendDown",)),
    # series
    "metric misspelt": (
        Edit(OWN, "queue_jobs_waiting", "queue_jobs_waitng"),
        ("series/no-metric/queue_jobs_waitng",),
    ),
    "counter becomes a gauge": (
        Edit(WORKER, "# TYPE pdf_jobs_total counter", "# TYPE pdf_jobs_total gauge"),
        ("series/rate-of-gauge/JobsFail-pdf_jobs_total",),
    ),
    "no such job": (Edit(OWN, 'job="backend"', 'job="backnd"'), ("series/no-value/up-job",)),
    "no such label": (Edit(OWN, 'state="total"', 'stat="total"'), ("series/no-label/database_connections-stat",)),
    "no such value": (Edit(OWN, 'state="total"', 'state="all"'), ("series/no-value/database_connections-state",)),
    "status in words": (Edit(OWN, '"4.."', '"4xx"'), ("series/no-value/http_request_duration_seconds_count-status",)),
    "rate of a gauge": (
        Edit(OWN, "deriv(queue", "rate(queue"),
        ("series/rate-of-gauge/QueueGrows-queue_jobs_waiting",),
    ),
    "counter without a rate": (
        Edit(OWN, 'increase(pdf_jobs_total{status="failed"}[10m])', 'pdf_jobs_total{status="failed"}'),
        ("series/plain-counter/JobsFail-pdf_jobs_total",),
    ),
    "join over a label of one side": (
        Edit(OWN, "on (job, instance)", "on (job, state)"),
        ("series/no-join/PoolNearlyFull",),
    ),
    "join of other groups": (
        Edit(OWN, "/ sum by (route)", "/ sum by (job)"),
        ("series/no-join/RefusedRoute",),
    ),
    "several to one": (Edit(OWN, '{state="total"}', ""), ("series/many-to-one/PoolNearlyFull",)),
    # absence
    "nobody sees the exporter": (
        Edit(OWN, 'absent(up{job="exporter"})', 'absent(up{job="pdf-worker"})'),
        ("absence/no-alert/exporter", "absence/no-partner/HighResourceUtilization-exporter"),
    ),
    "nobody asks the front door": (
        Edit(PROMETHEUS, "http://frontend:3000/health", "http://backend:8000/health"),
        ("absence/no-alert/frontend",),
    ),
    # texts
    "two alerts of one name": (Edit(OWN, "alert: QueueGrows", "alert: JobsFail"), ("texts/duplicate/JobsFail",)),
    "template not closed": (
        Edit(OWN, "{{ $labels.route }}", "{{ $labels.route }"),
        ("texts/template/SlowRoute-summary",),
    ),
    "template without end": (Edit(OWN, "some{{ end }}", "some"), ("texts/template/JobsFail-summary",)),
    "no such function": (Edit(OWN, "humanizeDuration", "humaniseDuration"), ("texts/template/SlowRoute-summary",)),
    "label is summed away": (
        Edit(OWN, "sum by (route, le)", "sum by (le)"),
        ("texts/gone-label/SlowRoute-summary-route",),
    ),
    "chapter renamed": (
        Edit(RENDERED, "incidents.md#4-queue-depth-high--500-jobs", "incidents.md#4-queue-depth"),
        ("texts/link/HighQueueDepth",),
    ),
    "document renamed": (
        Edit(RENDERED, "incidents.md#6-", "outages.md#6-"),
        ("texts/link/ServiceDown",),
    ),
    # agreement
    "another limit": (Edit(RENDERED, "queue_depth > 500", "queue_depth > 600"), ("agreement/differs/HighQueueDepth",)),
    "another wait": (Edit(RENDERED, "for: 120000ms", "for: 60000ms"), ("agreement/differs/ServiceDown",)),
    "another name": (
        Edit(RENDERED, 'alert: "HighQueueDepth"', 'alert: "QueueDepthHigh"'),
        ("agreement/no-chapter/QueueDepthHigh", "agreement/no-rule/HighQueueDepth"),
    ),
    # notification
    "no such receiver": (Edit(ALERTMANAGER, "receiver: nobody", "receiver: team"), ("notification/no-receiver/team",)),
    "receiver twice": (
        Edit(ALERTMANAGER, "  - name: nobody\n", "  - name: nobody\n  - name: nobody\n"),
        ("notification/duplicate-receiver/receivers-1",),
    ),
    "Prometheus tells nobody": (
        Edit(PROMETHEUS, TELLS, "  alertmanagers: []\n"),
        ("notification/not-sent/prometheus",),
    ),
    # commands
    "no such container": (
        Edit(BOOK, "docker logs backend --tail 100", "docker logs api --tail 100"),
        ("commands/no-container/api",),
    ),
    "container renamed": (
        Edit(COMPOSE, "container_name: oidc", "container_name: identity"),
        ("commands/no-container/oidc",),
    ),
    "no such service": (
        Edit(BOOK, "docker-compose restart redis", "docker-compose restart cache"),
        ("commands/no-service/cache",),
    ),
    "scales what is not there": (
        Edit(BOOK, "--scale pdf-worker=5", "--scale worker=5"),
        ("commands/no-service/worker",),
    ),
    "scaling impossible": (
        Edit(COMPOSE, "    image: ${BACKEND_IMAGE}:${BACKEND_TAG}\n", "    image: b:1\n    container_name: backend\n"),
        ("commands/scaling/backend",),
    ),
    "no such script": (
        Edit(BOOK, "`scripts/rollback.sh`", "`scripts/roll-back.sh`"),
        ("commands/no-file/scripts-roll-back.sh",),
    ),
    "no such option": (
        Edit(BOOK, "```bash\n./scripts/smoke-test.sh\n", "```bash\n./scripts/smoke-test.sh --quick\n"),
        ("commands/no-option/smoke-test.sh--quick",),
    ),
    "no such port": (
        Edit(BOOK, "http://localhost:8001/health", "http://localhost:8002/health"),
        ("commands/no-port/8002",),
    ),
    "port no longer published": (Edit(COMPOSE, "      - ${BIND_ADDRESS}:8001:8001\n", ""), ("commands/no-port/8001",)),
    "no such setting": (
        Edit(BOOK, "s/^WORKER_CONCURRENCY=", "s/^WORKER_PARALLEL="),
        ("commands/no-setting/WORKER_PARALLEL",),
    ),
    "setting renamed": (
        Edit(SETTINGS, "UPLOAD_MAX_MB=10", "UPLOAD_LIMIT_MB=10"),
        ("commands/no-setting/UPLOAD_MAX_MB",),
    ),
    "no such database": (
        Edit(
            BOOK,
            "docker exec -it postgres psql -U schedgen -d schedgen",
            "docker exec -it postgres psql -U schedgen -d plans",
        ),
        ("commands/no-database/plans",),
    ),
    "no such table": (Edit(BOOK, "count(*) FROM jobs", "count(*) FROM tasks"), ("commands/no-table/tasks",)),
    "no such key": (
        Edit(BOOK, "LLEN bull:pdf-processing:wait", "LLEN bull:pdf-parsing:wait"),
        ("commands/no-key/bull:pdf-parsing:wait",),
    ),
    "no such file": (Edit(BOOK, "@curl-format.txt", "@curl-times.txt"), ("commands/no-file/curl-times.txt",)),
    # documents
    "link to no file": (
        Edit(BOOK, "the deployment runbook,", "the [deployment runbook](deployment.md),"),
        ("documents/no-file/incidents.md-deployment.md",),
    ),
    "link to no heading": (
        Edit(BOOK, "the deployment runbook,", "the [deployment runbook](#deployment),"),
        ("documents/no-heading/incidents.md-#deployment",),
    ),
    # scripts
    "variable that nothing reads": (
        Edit("stack/scripts/rollback.sh", "set -euo pipefail\n", "set -euo pipefail\nspare=1\n"),
        ("scripts/SC2034/rollback.sh",),
    ),
    "program that is not there": (
        Edit("stack/scripts/smoke-test.sh", "| jq --raw-output", "| jqq --raw-output"),
        ("scripts/no-program/smoke-test.sh-jqq",),
    ),
    "option that nothing reads": (
        Edit("stack/scripts/rollback.sh", "./scripts/rollback.sh\n", "./scripts/rollback.sh --dry-run\n"),
        ("scripts/unread-option/rollback.sh--dry-run",),
    ),
    # dashboards
    "panel is no PromQL": (
        Edit(PANELS, "max(queue_jobs_waiting)", "max(queue_jobs_waiting"),
        ("dashboards/no-promql/overview.json-Queue",),
    ),
    "panel without series": (
        Edit(PANELS, "max(queue_jobs_waiting)", "max(queue_jobs_wait)"),
        ("dashboards/no-series/overview.json-Queue-queue_jobs_wait",),
    ),
    "panel of a label that is gone": (
        Edit(PANELS, 'status=~\\"5..\\"', 'code=~\\"5..\\"'),
        ("dashboards/no-series/overview.json-Error-rate-http_request_duration_seconds_count",),
    ),
    "share shown as percent": (
        Edit(PANELS, '"percentunit"', '"percent"'),
        ("dashboards/unit/overview.json-Error-rate",),
    ),
    "seconds shown as milliseconds": (
        Edit(PANELS, '"unit": "s"', '"unit": "ms"'),
        ("dashboards/unit/overview.json-p95",),
    ),
    "panel without a query": (
        Edit(PANELS, "max(queue_jobs_waiting)", ""),
        ("dashboards/no-query/overview.json-Queue",),
    ),
    # compose
    "no health check": (Edit(COMPOSE, HEALTH, ""), ("compose/healthcheck/blackbox",)),
    "no restart": (
        Edit(COMPOSE, "container_name: blackbox", 'container_name: blackbox\n    restart: "no"'),
        ("compose/restart/blackbox",),
    ),
    "no limit of memory": (Edit(COMPOSE, "    mem_limit: ${REDIS_MEMORY}\n", ""), ("compose/memory-limit/redis",)),
    "open to every network": (
        Edit(COMPOSE, '"${BIND_ADDRESS}:5432:5432"', '"5432:5432"'),
        ("compose/open-port/postgres-5432",),
    ),
    "default password": (
        Edit(
            COMPOSE,
            "POSTGRES_DB: schedgen\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}",
            "POSTGRES_DB: schedgen\n      POSTGRES_PASSWORD: postgres",
        ),
        ("compose/default-password/postgres-POSTGRES_PASSWORD",),
    ),
    "default secret": (
        Edit(COMPOSE, "SESSION_SECRET: ${SESSION_SECRET}", "SESSION_SECRET: changeme"),
        ("compose/default-password/backend-SESSION_SECRET",),
    ),
    "newest image": (
        Edit(SETTINGS, "schedgen/blackbox:1", "schedgen/blackbox:latest"),
        ("compose/latest-tag/blackbox",),
    ),
    "replicas of one name": (
        Edit(COMPOSE, "container_name: frontend", "container_name: frontend\n    deploy: { replicas: 2 }"),
        ("compose/scaling/frontend",),
    ),
}

"""What a service is: a known store or observer by its image, an application by what it is started with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from drills.compose.service import COMPLETED

if TYPE_CHECKING:
    from drills.compose.project import Project
    from drills.compose.service import Service


class Kind(StrEnum):
    """What a service is for."""

    POSTGRES = "Postgres"
    MYSQL = "MySQL"
    REDIS = "Redis"
    S3 = "S3 store"
    PROMETHEUS = "Prometheus"
    ALERTMANAGER = "Alertmanager"
    GRAFANA = "Grafana"
    IDENTITY = "identity provider"
    OBSERVER = "observer"
    STORE = "other store"
    POOLER = "connection pooler"
    PROXY = "proxy"
    WORKER = "consumer"
    SCHEDULER = "scheduler"
    ONE_SHOT = "one-shot"
    APPLICATION = "application"


USUAL_PORT = {
    Kind.POSTGRES: 5432,
    Kind.MYSQL: 3306,
    Kind.REDIS: 6379,
    Kind.S3: 9000,
    Kind.PROMETHEUS: 9090,
    Kind.ALERTMANAGER: 9093,
    Kind.GRAFANA: 3000,
}
"""The port on which the image of a kind listens, for a project that says none: its images declare it themselves."""
_IMAGES = (
    (Kind.ONE_SHOT, r"mc|createbuckets|wait-for-it|dockerize|flyway|liquibase|migrate"),
    (Kind.OBSERVER, r".*exporter.*|cadvisor|loki|promtail|jaeger.*|otel.*|opentelemetry.*|tempo|pushgateway|statsd.*"),
    (Kind.OBSERVER, r"redis-?(insight|commander)|pgadmin4?|adminer|blackbox.*|watchtower|dozzle|flower|alloy|vector"),
    (Kind.POOLER, r"pgbouncer.*|pgpool.*|pgcat|odyssey"),
    (Kind.POSTGRES, r"postgres(ql)?|postgis|timescaledb(-ha)?|pgvector|alloydbomni"),
    (Kind.MYSQL, r"mysql(-server)?|mariadb|percona.*"),
    (Kind.REDIS, r"redis(-stack.*)?|valkey(-bundle)?|keydb|dragonfly"),
    (Kind.S3, r"minio|seaweedfs|localstack|garage|rustfs|s3proxy"),
    (Kind.PROMETHEUS, r"prometheus|victoria-metrics"),
    (Kind.ALERTMANAGER, r"alertmanager"),
    (Kind.GRAFANA, r"grafana(-oss|-enterprise)?"),
    (Kind.IDENTITY, r"keycloak|dex|hydra|authelia|authentik.*|zitadel"),
    (Kind.STORE, r"memcached|rabbitmq|kafka|nats|elasticsearch|opensearch|mongo(db)?|clickhouse.*|etcd|zookeeper"),
    (Kind.PROXY, r"nginx(-unprivileged)?|traefik|caddy|haproxy|envoy|httpd|openresty|varnish|kong|apisix"),
)
_WORKS = re.compile(r"\b(?:worker|rqworker|sidekiq|huey|dramatiq|consumer|resque|run_huey|taskworker|qcluster)\b")
_SCHEDULES = re.compile(r"\b(?:beat|scheduler|housekeeping\S*|cron|crond|supercronic)\b")
_ENDS = re.compile(r"\b(?:migrate|migration|createbuckets?|init|setup|collectstatic|seed|bootstrap)\b")


@dataclass(frozen=True)
class Found:
    """What a service is, and *why* that is thought; *guessed* where only words say so."""

    kind: Kind
    why: str
    guessed: bool = False


def kinds(project: Project) -> dict[str, Found]:
    """Return what each service of *project* is, by its name."""
    awaited = {other for one in project.services for other, how in one.needs.items() if how == COMPLETED}
    return {each.name: _found(each, awaited) for each in project.services}


def _found(service: Service, awaited: set[str]) -> Found:
    if service.name in awaited:
        return Found(Kind.ONE_SHOT, "another service waits until it has ended with 0")
    for kind, pattern in _IMAGES:
        if re.fullmatch(pattern, service.words):
            return Found(kind, f"its image is {service.words}")
    for kind, port in USUAL_PORT.items():
        if (
            kind is not Kind.GRAFANA
            and port in service.targets
            and kind.value.lower().partition(" ")[0] in service.name
        ):
            return Found(kind, f"its name, and the port {port}", guessed=True)
    return _application(service)


def _application(service: Service) -> Found:
    """Tell apart what is started of the project's own programs: by the command, else by the service's name."""
    for text, what in ((service.command, "its command"), (service.name.replace("_", "-"), "its name")):
        words = text.lower()
        for kind, pattern in ((Kind.WORKER, _WORKS), (Kind.SCHEDULER, _SCHEDULES), (Kind.ONE_SHOT, _ENDS)):
            found = pattern.search(words)
            if found and not (kind is Kind.ONE_SHOT and (service.ports or service.restart not in ("", "no"))):
                return Found(kind, f"{what} says {found[0]!r}", guessed=True)
    return Found(Kind.APPLICATION, "no other kind fits its image and its command")

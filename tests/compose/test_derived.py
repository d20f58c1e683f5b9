"""What Compose tells of projects in the style of well-known systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.compose.kinds import Kind
from drills.compose.project import read
from drills.compose.secret_names import is_secret, secrets_of
from tests.helpers.compose_projects import FILES, told_of

if TYPE_CHECKING:
    from pathlib import Path

TOLD: dict[str, dict[str, Any]] = {
    "netbox": {
        "roles": {
            "gateway": "netbox",
            "worker": "netbox-worker",
            "database": "postgres",
            "cache": "redis",
            "redis-cache": "redis-cache",
        },
        "ports": {"gateway": 8000},
        "health": {"gateway": "/login/"},
        "database": {"name": "netbox", "user": "netbox", "password": "POSTGRES_PASSWORD"},
    },
    "n8n": {
        "roles": {"gateway": "n8n", "worker": "n8n-worker", "database": "postgres", "cache": "redis"},
        "ports": {"gateway": 5678},
        "health": {"gateway": "/"},
        "database": {"name": "n8n", "user": "changeUser", "password": "POSTGRES_PASSWORD"},
    },
    "unleash": {
        "roles": {"gateway": "web", "database": "db"},
        "ports": {"gateway": 4242},
        "health": {"gateway": "/health"},
        "database": {"name": "db", "user": "postgres", "password": "POSTGRES_PASSWORD"},
    },
    "weblate": {
        "roles": {"gateway": "weblate", "database": "database", "cache": "cache"},
        "ports": {"gateway": 80},
        "health": {"gateway": "/"},
        "database": {"name": "weblate", "user": "weblate", "password": "POSTGRES_PASSWORD"},
    },
    "pretix": {
        "roles": {"gateway": "app", "database": "db", "cache": "cache", "cron": "cron"},
        "ports": {},
        "health": {},
        "database": None,
    },
    "plain": {
        "roles": {
            "gateway": "proxy",
            "backend": "web",
            "database": "postgres",
            "cache": "redis",
            "metrics": "prometheus",
        },
        "ports": {"gateway": 8080, "metrics": 9090},
        "health": {"gateway": "/healthz"},
        "database": {"name": "shop", "user": "shop", "password": "DB_PASSWORD"},
    },
    "profiles": {"roles": {"gateway": "app", "mysql": "mysql"}, "ports": {}, "health": {}, "database": None},
    "built": {
        "roles": {"gateway": "edge", "backend": "api", "worker": "jobs", "database": "postgres"},
        "ports": {"gateway": 8080},
        "health": {"gateway": "/"},
        "database": {"name": "postgres", "user": "postgres", "password": "PG_PASSWORD"},
    },
}
SECRETS = {
    "n8n": ("ENCRYPTION_KEY", "POSTGRES_NON_ROOT_PASSWORD", "POSTGRES_PASSWORD"),
    "plain": ("DB_PASSWORD", "SESSION_SECRET"),
    "profiles": ("MYSQL_PASSWORD",),
    "built": ("PG_PASSWORD",),
}


@pytest.mark.parametrize("name", FILES)
def test_roles_ports_and_credentials_follow_from_the_project(name: str) -> None:
    told = told_of(name)
    assert {key: told.keys.get(key) for key in TOLD[name]} == TOLD[name]
    assert secrets_of(told) == SECRETS.get(name, ())


def test_services_of_a_profile_are_there_only_where_it_is_chosen() -> None:
    assert told_of("profiles").project.idle == {"celery": ("jobs",), "prometheus": ("watch",)}
    both = told_of("profiles", "jobs", "watch")
    assert (both.keys["roles"]["worker"], both.keys["roles"]["metrics"]) == ("celery", "prometheus")
    assert both.project.service("celery").replicas == 3


def test_scaling_is_forbidden_by_a_name_or_a_port_of_the_machine() -> None:
    services = {each.name: each.cannot_scale() for each in told_of("plain").project.services}
    assert services["proxy"].startswith("container_name: proxy is fixed")
    assert services["prometheus"].startswith("the port 9090 of the machine is fixed")
    assert services["web"] == ""
    assert told_of("plain").keys["scalable"] == ("prometheus", "web")


def test_a_port_whose_address_is_a_variable_is_put_on_every_address() -> None:
    assert told_of("built").keys["environment"] == {"BIND": "0.0.0.0"}


def test_what_ends_by_itself_is_no_role() -> None:
    told = told_of("plain")
    assert told.kinds["migrate"].kind is Kind.ONE_SHOT
    assert "migrate" not in told.keys["roles"].values()


def test_healing_empties_what_the_project_keeps_and_leaves_what_observes_it() -> None:
    rm, volumes, up = told_of("plain").keys["heal"]["lines"]
    assert rm == "docker-compose rm --stop --force --volumes migrate postgres proxy redis web"
    assert volumes == "docker volume rm --force shop_pg"
    assert up == "docker-compose up -d --wait"


def test_limits_and_one_free_file_of_rules_are_read() -> None:
    told = told_of("plain")
    assert told.project.service("web").memory == 256 * 2**20
    assert told.keys["rules"] == "prometheus/rules/drills-runbook.yml"
    assert "rules" not in told_of("profiles", "watch").keys


def test_a_file_of_rules_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "drills-runbook.yml").write_text("groups: []\n")
    (tmp_path / "prometheus.yml").write_text("rule_files: [drills-runbook.yml]\n")
    mounts = (
        '["./prometheus.yml:/etc/prometheus/prometheus.yml", "./drills-runbook.yml:/etc/prometheus/drills-runbook.yml"]'
    )
    (tmp_path / "compose.yaml").write_text(f"services: {{p: {{image: prom/prometheus, volumes: {mounts}}}}}\n")
    from drills.compose.rule_files import rules_file  # noqa: PLC0415

    assert rules_file(read([tmp_path / "compose.yaml"]).service("p"), tmp_path) is None


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("DB_PASSWORD", True),
        ("SECRET_KEY", True),
        ("APP_KEY", True),
        ("API_TOKEN", True),
        ("MYSQL_PASS", True),
        ("POSTGRES_PASSWORD_FILE", False),
        ("SESSION_TTL_S", False),
        ("TOKEN_TTL", False),
        ("KEYSPACE", False),
        ("MONKEY", False),
        ("POSTGRES_USER", False),
    ],
)
def test_secrets_are_told_by_their_names(name: str, secret: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_secret(name) is secret

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest

from stack.services.backend import settings as backend
from stack.services.backend.addresses import Address, client_address
from stack.services.common.settings import Environment, SettingsError
from stack.services.worker import settings as worker
from tests.helpers.paths import ROOT

STACK = ROOT / "stack"
DEFAULTS = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (STACK / "defaults.env").read_text(), re.MULTILINE))
SECRETS = ("POSTGRES_PASSWORD", "MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "OIDC_CLIENT_SECRET", "SESSION_SECRET")
FIXED = {  # what compose.yaml and the images set
    "PORT": "8000",
    "POSTGRES_HOST": "postgres",
    "POSTGRES_PORT": "5432",
    "POSTGRES_DB": "schedgen",
    "POSTGRES_USER": "schedgen",
    "REDIS_HOST": "redis",
    "REDIS_PORT": "6379",
    "S3_ENDPOINT": "minio:9000",
    "OIDC_ISSUER": "http://oidc:8080/oidc",
}
COMPLETE = DEFAULTS | FIXED | dict.fromkeys(SECRETS, "not a real one")
PROXIES = (ip_network("172.16.0.0/12"),)


def trusts(address: Address) -> bool:
    return any(address in network for network in PROXIES)


@pytest.mark.parametrize("read", [backend.read, worker.read], ids=["backend", "pdf-worker"])
def test_the_defaults_and_five_secrets_are_all_a_service_needs(read: Callable[[Environment], Any]) -> None:
    assert read(Environment(COMPLETE)).stores.database.name == "schedgen"


def test_the_pool_is_that_of_the_contract() -> None:
    pool = backend.read(Environment(COMPLETE)).pool
    assert (pool.max_connections, pool.wait_s) == (50, 30)


def test_the_largest_upload_is_that_of_the_contract() -> None:
    assert backend.read(Environment(COMPLETE)).limits.upload_bytes == 10 * backend.MIB


def test_as_shipped_any_number_of_jobs_may_wait() -> None:
    assert backend.read(Environment(COMPLETE)).limits.max_waiting == 0


@pytest.mark.parametrize("name", ["SESSION_SECRET", "DB_POOL_MAX", "REDIS_HOST"])
def test_a_missing_variable_is_named(name: str) -> None:
    values = {key: value for key, value in COMPLETE.items() if key != name}
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        backend.read(Environment(values))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DB_POOL_MAX", "many", "whole number of at least 1, not 'many'"),
        ("DB_POOL_MAX", "0", "whole number of at least 1, not '0'"),
        ("UPLOAD_MAX_MB", "0", "whole number of at least 1, not '0'"),
        ("DB_POOL_WAIT_S", "-1", "positive number of seconds, not '-1'"),
        ("DB_POOL_WAIT_S", "nan", "positive number of seconds, not 'nan'"),
        ("TRUSTED_PROXIES", "gateway", "must list networks such as 10.0.0.0/8"),
    ],
)
def test_an_unreadable_variable_is_quoted(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        backend.read(Environment(COMPLETE | {name: value}))


def test_no_secret_is_kept_in_the_defaults() -> None:
    assert not set(SECRETS) & set(DEFAULTS)


def test_every_variable_of_the_compose_file_is_described() -> None:
    used = set(re.findall(r"\$\{([A-Z0-9_]+)\}", (STACK / "compose.yaml").read_text()))
    assert used - set(SECRETS) == set(DEFAULTS)


def changed_by(text: str) -> set[str]:
    return set(re.findall(r"^ *sed -i ['\"]s/\^([A-Z0-9_]+)=", text, re.MULTILINE))


def test_every_setting_that_the_runbook_changes_exists() -> None:
    changed = changed_by((STACK.parent / "runbook" / "incidents.md").read_text())
    assert changed
    assert changed <= set(DEFAULTS) | set(SECRETS)


def test_a_setting_that_only_the_runbook_knows_would_be_seen() -> None:
    assert changed_by("    sed -i 's/^NO_SUCH_LIMIT=.*/NO_SUCH_LIMIT=5/' .env\n") - set(DEFAULTS) == {"NO_SUCH_LIMIT"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # not a proxy of ours: its header is not believed
        ("172.18.0.2", "198.51.100.1", "198.51.100.1"),
        ("172.18.0.2", "198.51.100.1, 172.18.0.1", "198.51.100.1"),
        ("172.18.0.2", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # what the client itself put in front is not believed
        ("172.18.0.2", "", "172.18.0.2"),
        ("172.18.0.2", "nonsense", "172.18.0.2"),
    ],
)
def test_the_client_is_the_nearest_address_that_is_no_proxy(peer: str, forwarded: str, client: str) -> None:
    assert client_address(peer, forwarded, trusts) == client


def test_session_secret_may_hold_several_of_which_the_first_signs() -> None:
    found = backend.read(Environment(COMPLETE | {"SESSION_SECRET": "new,old"}))
    assert found.sign_in.session_secrets == ("new", "old")


def test_a_comma_is_no_session_secret() -> None:
    with pytest.raises(SettingsError, match="SESSION_SECRET is not set"):
        backend.read(Environment(COMPLETE | {"SESSION_SECRET": ","}))

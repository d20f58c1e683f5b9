import pytest

from drills.load.permission import VARIABLE, RemoteRefusedError, require_allowed


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost:49153", "127.8.9.1", "[::1]:3000"])
def test_this_machine_is_allowed(host: str) -> None:
    require_allowed(f"http://{host}")


@pytest.mark.parametrize(
    "url",
    [
        "https://plan.example.org",
        "http://192.168.1.4:3000",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://127.0.0.1@plan.example.org",
    ],
)
def test_another_machine_is_refused_by_name(url: str) -> None:
    with pytest.raises(RemoteRefusedError, match=r"is another one; if its owner agreed, name it with --allow-remote"):
        require_allowed(url)


@pytest.mark.parametrize("url", [None, "", "plan.example.org", "ftp://127.0.0.1", "http://", "http://127.0.0.1:x"])
def test_what_is_no_front_door_is_refused(url: str | None) -> None:
    with pytest.raises(RemoteRefusedError, match="needs a front door"):
        require_allowed(url)


def test_named_host_is_allowed() -> None:
    require_allowed("https://Plan.example.org:8443", "plan.example.org")


def test_only_the_named_host_is_allowed() -> None:
    with pytest.raises(RemoteRefusedError):
        require_allowed("https://other.example.org", "plan.example.org")


def test_variable_names_the_host_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "plan.example.org")
    require_allowed("https://plan.example.org")

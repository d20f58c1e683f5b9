import pytest

from drills.common.network import is_loopback


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "192.168.1.4", "localhost.example.org", "127.0.0.1.example.org", "::2"])
def test_any_other_machine(host: str) -> None:
    assert not is_loopback(host)

"""A stack's descriptor is read whole or refused with one sentence that names file and key."""

import tomllib
from pathlib import Path

import pytest

from drills.runbook import Quantity
from drills.sandbox.derivation import ASKED
from drills.sandbox.descriptor import Descriptor, misspelt, read
from drills.sandbox.errors import SandboxError
from tests.helpers.paths import DESCRIPTOR
from tests.helpers.small_stack import TEXT, described

OPTIONAL = (
    "identity",
    "certificate",
    "database",
    "objects",
    "queue",
    "build",
    "scalable",
    "secrets",
    "windows",
    "replicas",
)


def refusal(path: Path) -> str:
    with pytest.raises(SandboxError) as caught:
        read(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


def test_the_reference_stack_is_described() -> None:
    stack = read(DESCRIPTOR)
    assert (stack.name, stack.ports["gateway"], stack.roles["worker"]) == ("reference", 3000, "pdf-worker")
    assert (stack.queue, stack.database.user, stack.objects.bucket) == ("pdf-processing", "schedgen", "pdf-uploads")


def test_the_reference_stack_has_every_part() -> None:
    assert tomllib.loads(DESCRIPTOR.read_text()).keys() >= set(OPTIONAL)


def test_a_small_stack_needs_no_other_part(tmp_path: Path) -> None:
    stack = read(described(tmp_path))
    assert stack.quantities == {Quantity.ERROR_RATE}
    assert (stack.folder, stack.settings, stack.certificate, stack.identity) == (tmp_path, None, None, None)


@pytest.mark.parametrize("part", ["database", "objects", "queue"])
def test_a_part_that_a_stack_does_not_have_is_named_when_it_is_asked_for(tmp_path: Path, part: str) -> None:
    stack = read(described(tmp_path))
    with pytest.raises(SandboxError, match=rf"small\.toml: the table \[{part}\] is missing"):
        getattr(stack, part)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "not a readable stack descriptor: " in refusal(tmp_path / "none.toml")


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe\x00"], ids=["broken TOML", "no text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    assert refusal(path).startswith("not a readable stack descriptor: ")


def test_a_stack_needs_its_files_and_what_compose_would_tell() -> None:
    required = {name for name, field in Descriptor.model_fields.items() if field.is_required()}
    assert required == {"files", *ASKED}
    assert tomllib.loads(TEXT).keys() >= required


def test_missing_files_are_named(tmp_path: Path) -> None:
    assert refusal(described(tmp_path, ("\nfiles =", "\nnot_files ="))) == "the key 'files' is missing."


@pytest.mark.parametrize("key", tomllib.loads(TEXT).keys() - {"files"})
def test_a_misspelt_key_is_named(tmp_path: Path, key: str) -> None:
    old = f"[{key}]" if f"[{key}]" in TEXT else f"\n{key} ="
    path = described(tmp_path, (old, old.replace(key, f"not_{key}")))
    assert refusal(path) == f"the key 'not_{key}' is unknown."


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("faults =", "fault =", "the key 'offers.faults' is missing."),
        ('lines = ["docker ps"]', "", "the key 'snapshot.lines' is missing."),
        ("disk_mib = 512", "root = 3", "root: Input should be a valid string, not 3."),
        ("[roles]", '[queue]\nname = "q"\nmaximum = 3\n[roles]', "the key 'queue.maximum' is unknown."),
        ("[roles]", "[mailer]\nport = 25\n[roles]", "the key 'mailer' is unknown."),
        ("[roles]", '[database]\nname = "d"\nuser = "u"\n[roles]', "the key 'database.password' is missing."),
        ("disk_mib = 512", 'disk_mib = "large"', "disk_mib: Input should be a valid integer"),
        ("disk_mib = 512", "disk_mib = 0", "disk_mib: Input should be greater than 0, not 0."),
        ("rules =", "memory_mib = 512\nrules =", "memory_mib: 512 has to hold disk_mib, 512, and the services."),
        ("rules =", 'internet = "no"\nrules =', "internet: Input should be a valid boolean, not 'no'."),
        ("rules =", "processes = 0\nrules =", "processes: Input should be greater than 0, not 0."),
        ('name = "small"', "name = 7", "name: Input should be a valid string, not 7."),
        ('files = ["compose.yaml"]', 'files = "compose.yaml"', "files: Input should be a valid tuple"),
        ('files = ["compose.yaml"]', "files = [3]", "files.0: Input should be a valid string, not 3."),
        ("rules =", "scalable = 3\nrules =", "scalable: Input should be a valid tuple, not 3."),
        ("rules =", 'scalable = "backend"\nrules =', "scalable: Input should be a valid tuple, not 'backend'."),
        ("rules =", "quantities = 5\nrules =", "the key 'quantities' is unknown."),
        ("boot_deadline_s = 30", 'boot_deadline_s = "2 minutes"', "boot_deadline_s: Input should be a valid number"),
        ("boot_deadline_s = 30", "boot_deadline_s = inf", "boot_deadline_s: Input should be a finite number"),
        ("disk_mib = 512", 'disk_mib = "lots"', "disk_mib: Input should be a valid integer"),
        ("gateway = 8080", 'gateway = "http"', "ports.gateway: Input should be a valid integer"),
        ("gateway = 8080", "getaway = 8080", "ports: the role 'gateway' is missing"),
        ('gateway = "web"', 'getaway = "web"', "roles: the role 'gateway' is missing"),
        ("[offers]", "[health]\nworker = '/'\n[offers]", "health: the role 'worker' has no port"),
        ("[offers]", "[health]\ngateway = 'health'\n[offers]", "health.gateway: String should match pattern '^/'"),
        ("gateway = 8080", "gateway = 80800", "ports.gateway: Input should be less than or equal to 65535"),
        ("restart {service}", "restart web", "restart.line: String should match pattern"),
        ('"compose.yaml"', '"compose.yml"', "files: there is no 'compose.yml' in "),
        ("rules =", 'build = ["images"]\nrules =', "build: there is no 'images' in "),
        ("rules =", 'settings = "my.env"\nrules =', "settings: there is no 'my.env' in "),
        ("[roles]", '[database]\nname = "d"\nuser = "u"\npassword = "PW"\n[roles]', "database.password: 'PW' is not"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert refusal(described(tmp_path, (old, new))).startswith(words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("error_rate =", "moon =", "the key 'expressions.moon' is unknown."),
        (
            "answers[$window]))",
            "answers[$window])",
            "expressions.error_rate: no PromQL when $window is 1m: unclosed left",
        ),
        ("rate(errors[$window])", "rate($window)", "expressions.error_rate: no PromQL when $window is 1m: "),
        ("rate(errors[$window])", "rates(errors[$window])", "expressions.error_rate: no PromQL when $window is 1m: "),
        (
            "[offers]",
            "[expressions.key_metrics]\n'cpu usage' = 'max('\n[offers]",
            "expressions.key_metrics.cpu usage: no",
        ),
        (TEXT[TEXT.index('"sum(') : TEXT.index("\n\n[offers]")], '"errors[5m]"', "expressions.error_rate: a range of"),
    ],
)
def test_an_expression_that_prometheus_would_refuse_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert refusal(described(tmp_path, (old, new))).startswith(words)


def test_a_role_that_no_service_plays_is_named(tmp_path: Path) -> None:
    stack = read(described(tmp_path))
    assert stack.restart_line("gateway") == "docker-compose restart web"
    with pytest.raises(SandboxError, match="no service plays the role 'cache'"):
        stack.restart_line("cache")


def test_a_stack_says_what_it_cannot_measure() -> None:
    assert "does not measure tickets" in (read(DESCRIPTOR).lacks(quantity="tickets", fault="leaky release") or "")


def test_a_stack_does_not_measure_what_it_has_no_expression_for(tmp_path: Path) -> None:
    why = read(described(tmp_path)).lacks(quantity="queue_depth", fault="crashed container")
    assert why == "the stack 'small' does not measure queue_depth (see [expressions] in its descriptor)"


def test_a_stack_says_which_fault_it_cannot_host() -> None:
    assert "cannot host the fault 'flood'" in (read(DESCRIPTOR).lacks(quantity="error_rate", fault="flood") or "")


def test_a_stack_says_which_fault_may_be_misspelt(tmp_path: Path) -> None:
    about = read(described(tmp_path, ('"crashed container"', '"crashed contaner"')))
    why = about.lacks(quantity="error_rate", fault="crashed container")
    assert why is not None
    assert why.endswith("(see [offers] in its descriptor, which has 'crashed contaner')")


def test_a_fault_that_is_misspelt_is_named_with_the_one_that_is_meant(tmp_path: Path) -> None:
    path = described(tmp_path, ('"crashed container"', '"crashed contaner"'))
    wrong = misspelt(read(path), {"crashed container", "frozen container"})
    assert wrong == f"{path}: offers.faults: there is no fault 'crashed contaner'; write 'crashed container'."


@pytest.mark.parametrize("known", [{"crashed container"}, {"frozen clock"}, set()])
def test_a_fault_that_no_drill_here_has_is_not_misspelt(tmp_path: Path, known: set[str]) -> None:
    assert misspelt(read(described(tmp_path)), known) is None


def test_a_stack_with_all_a_drill_needs_lacks_nothing(tmp_path: Path) -> None:
    assert read(described(tmp_path)).lacks(quantity="error_rate", fault="crashed container") is None

"""Known secrets are masked and found in every form they are written in."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from drills.common.redaction import Redactor, scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = 'p@ss/w"ör d+x\\'
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "url": lambda secret: quote(secret, safe=""),
    "url, lower case": lambda secret: re.sub("%..", lambda escape: escape[0].lower(), quote(secret, safe="")),
    "form": quote_plus,
    "json": json.dumps,
    "json, as unicode": lambda secret: json.dumps(secret, ensure_ascii=False),
    "json, escaped slash": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "json in json": lambda secret: json.dumps(json.dumps({"log": secret})),
    "json in json in json": lambda secret: json.dumps(json.dumps(json.dumps([secret]))),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64, urlsafe": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "basic authentication": lambda secret: base64.b64encode(f"admin:{secret}".encode()).decode(),
    "html": lambda secret: secret.replace('"', "&quot;"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_masked(form: str) -> None:
    assert "***" in Redactor([SECRET]).text(f"before {FORMS[form](SECRET)} after")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found_in_a_file(tmp_path: Path, form: str) -> None:
    leak = tmp_path / "deep" / "result.json"
    leak.parent.mkdir()
    leak.write_text(f"before {FORMS[form](SECRET)} after")
    (tmp_path / "clean.json").write_text("nothing here")
    assert scan([tmp_path], [SECRET]) == [leak]


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "y", "yz", "yzz"])
def test_base64_is_masked_wherever_the_secret_lies_in_it(before: str, after: str) -> None:
    encoded = base64.b64encode(f"{before}{SECRET}{after}".encode()).decode()
    assert "***" in Redactor([SECRET]).text(encoded)


def test_what_was_masked_is_clean(tmp_path: Path) -> None:
    text = " ".join(form(SECRET) for form in FORMS.values())
    (tmp_path / "masked").write_text(Redactor([SECRET]).text(text))
    assert scan([tmp_path], [SECRET]) == []


def test_a_secret_within_another_goes_as_a_whole() -> None:
    assert Redactor(["hunter2", "hunter2-long"]).text("x hunter2-long y") == "x *** y"


def test_text_without_a_secret_stays_as_it_is() -> None:
    assert Redactor([SECRET, ""]).text("all is well") == "all is well"


def test_no_secrets_mask_nothing() -> None:
    assert Redactor([""]).text("all is well") == "all is well"


def test_a_secret_too_short_to_mask_is_refused() -> None:
    with pytest.raises(ValueError, match="3 characters is too short"):
        Redactor(["abc"])

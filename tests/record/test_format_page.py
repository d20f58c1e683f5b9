from drills.record.arm_verdict import ArmVerdict
from drills.record.events import KINDS
from drills.record.format import Recorded
from drills.record.format_page import PARTS, page
from tests.helpers.paths import ROOT

MODELS: tuple[type[Recorded], ...] = (*KINDS, *PARTS, ArmVerdict)
PAGE = ROOT / "docs/record-format.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m drills.record.format_page > docs/record-format.md"


def test_every_field_has_a_meaning() -> None:
    unsaid = [
        f"{model.__name__}.{name}"
        for model in MODELS
        for name, field in model.model_fields.items()
        if name != "kind" and not field.description
    ]
    assert unsaid == []


def test_every_link_leads_to_a_heading() -> None:
    wanted = {part.split(")")[0] for part in page().split("](#")[1:]}
    headings = {line[3:].lower() for line in page().splitlines() if line.startswith("## ")}
    assert wanted <= headings

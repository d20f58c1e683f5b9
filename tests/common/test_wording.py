import pytest

from drills.common.wording import heading_anchor


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("1. Too Many Errors (> 5%)", "1-too-many-errors--5"),
        ("Causes & Solutions", "causes--solutions"),
        ("snake_case stays", "snake_case-stays"),
    ],
)
def test_a_heading_is_found_where_viewers_of_markdown_put_it(heading: str, anchor: str) -> None:
    assert heading_anchor(heading) == anchor

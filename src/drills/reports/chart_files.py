"""The names of a drill's charts: drawing them needs matplotlib, and pages that show them do not."""

from __future__ import annotations

from typing import Final

ONE_ARM: Final = "chart"
"""In each drill's folder, without the suffix (svg and png)."""
ALL_ARMS: Final = "arms"
"""In the folder of the documented arm, without the suffix: the arms of a cause, one above the other."""

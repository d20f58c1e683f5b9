"""A setting that was changed for the worse, in the way in which the system's settings are changed."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from drills.drill.scenario import Fault

if TYPE_CHECKING:
    from drills.drill.system import System


class SettingsChanged(Fault):
    """Give *setting* another value; a subclass says which, and how the effect is confirmed.

    *line* changes one setting of the system and applies it; `{setting}` and `{value}` stand in it.
    """

    def __init__(self, setting: str, line: str) -> None:
        self._setting = setting
        self._line = line

    @abstractmethod
    def value(self, system: System) -> str:
        """Return the new value; the shell of the sandbox expands it."""

    def inject(self, system: System) -> None:
        """Change the setting."""
        system.stack.sandbox.check_output(self._line.format(setting=self._setting, value=self.value(system)))

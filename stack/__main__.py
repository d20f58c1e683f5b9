"""`python -m stack setup` makes all that a drill needs; `python -m stack clean` removes all that we ever made."""

from __future__ import annotations

import argparse
import sys
import time

from stack import descriptor, setup
from stack.errors import StackError
from stack.progress import say


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; returns the exit code: 0 done, 2 with one sentence when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    parser.add_argument("verb", choices=["setup", "clean"])
    verb = parser.parse_args(arguments).verb
    began = time.monotonic()
    try:
        if verb == "clean":
            setup.clean()
        else:
            setup.prepare(descriptor.read())
    except StackError as error:
        say(str(error))
        return 2
    say(f"{verb}: done in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

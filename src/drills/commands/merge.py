"""`drills merge DIR… --output OUT`: one report of the output folders of several runs, such as the shards of one."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from drills.commands.arguments import folder, secret
from drills.record.format import RecordError
from drills.reports.merge import merge
from drills.reports.merge_page import sentences
from drills.reports.merged_folder import replacing_folder, require_free, write_merged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from drills.reports.merge import Merged

NOT_WHOLE = 1
UNUSABLE = 4


def main(arguments: Sequence[str]) -> int:
    """Write one report; returns 0, 1 where it is not whole, or 4 with one sentence on stderr and nothing written."""
    options = _parser().parse_args(arguments)
    try:
        require_free(options.output, options.folders)
        secrets = [secret(name) for name in options.secret_variable]
        merged = merge(options.folders)
        problems = _write(merged, options.output, secrets)
    except (RecordError, OSError) as error:
        sys.stderr.write(f"drills merge: {error}\n")
        return UNUSABLE
    for sentence in (*sentences(merged), *problems):
        sys.stdout.write(f"{sentence}\n")
    return 0 if merged.whole and not problems else NOT_WHOLE


def _write(merged: Merged, output: Path, secrets: Sequence[str]) -> list[str]:
    # matplotlib takes a second to import; a refusal does not need it.
    from drills.reports.publish import publish  # noqa: PLC0415

    with replacing_folder(output) as new:
        write_merged(merged, new)
        made = publish(new, secrets) if merged.rows else None
    return [problem.replace(str(new), str(output)) for problem in made.problems] if made else []


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills merge", description=__doc__)
    parser.add_argument("folders", nargs="+", type=folder, metavar="DIR", help="the output folder of a run or a shard")
    parser.add_argument("--output", type=folder, required=True, metavar="OUT", help="where the one report goes")
    parser.add_argument(
        "--secret-variable",
        action="append",
        default=[],
        metavar="NAME",
        help="an environment variable whose value must not be in any recorded file (repeatable)",
    )
    return parser

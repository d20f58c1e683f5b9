"""What the person who starts a run of drills has chosen for all of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RunOptions:
    """The choices of one run, which all its processes and arms share.

    *run_id* names the run: a placebo of an earlier one is none of its arms'. Every random draw that shapes load or
    data is made from *seed*. *process* is the id of the process that all processes of the run come from: what others
    compute is noise. With *full_placebo* doing nothing is watched for the whole documented time.
    """

    run_id: str
    seed: int
    process: int
    full_placebo: bool = False

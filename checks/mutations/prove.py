"""Break, check, mend: hold one mutation on a system, and write down what all of them proved."""

from __future__ import annotations

import json
import time
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.catalogue import ALL
from checks.mutations.mutation import ECHOES, Proof
from drills.checks import Artifacts, CheckSuite, Outcome
from drills.checks.runner import CheckRunner
from drills.common.files import write_text
from drills.common.waiting import WaitTimeout, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from checks.mutations.mutation import Mutation
    from drills.checks import Check, CheckContext, CheckResult, Target
    from drills.drill.system import System

FILE = "mutations.json"
PAGE = "mutations.md"
SEEN_S = 20.0
"""A broken thing may need a moment to be seen: a scrape, a reload, a health check."""
MENDED_S = 45.0
RED = (Outcome.FAIL, Outcome.ERROR)
QUICK = tuple(one for one in ALL if one.suite is not CheckSuite.SLOW)


class Prover:
    """Holds mutations on *system*, one after the other, each from and back to a system in which every check passes."""

    def __init__(self, system: System, context: CheckContext, seen_s: float = SEEN_S) -> None:
        self._system = system
        self._context = context
        self._seen_s = seen_s

    def prove(self, mutation: Mutation) -> Proof:
        """Return what *mutation* turned red; the stack is mended in any case. Raises SandboxError when it cannot be."""
        checks = asked(mutation)
        began = time.monotonic()
        try:
            for line in mutation.lines:
                self._system.stack.sandbox.check_output(line)
            check_results = self._until_red(mutation, checks)
        finally:
            self._mend(mutation)
        return Proof(
            mutation,
            red=_red(check_results, mutation),
            blocked=frozenset(
                check_result.name for check_result in check_results if check_result.outcome is Outcome.BLOCKED
            ),
            seconds=time.monotonic() - began,
            seen=tuple(str(check_result) for check_result in check_results if check_result.outcome in RED),
        )

    def require_green(self, checks: Iterable[Check] = QUICK) -> None:
        """Return when none of the *checks* fails: what was red before proves nothing. Raises WaitTimeout otherwise."""
        wait_until(
            lambda: [str(one) for one in self._run(checks, self._system.target) if one.outcome in RED],
            done=lambda failed: not failed,
            deadline_s=MENDED_S,
            expected="every check green",
            where=self._system.target.front_url,
            next_step="run these checks by themselves, and read what each saw",
        )

    def _until_red(self, mutation: Mutation, checks: list[Check]) -> list[CheckResult]:
        target = mutation.retarget(self._system.target)
        check_results: list[CheckResult] = []

        def red() -> frozenset[str]:
            check_results[:] = self._run(checks, target)
            return _red(check_results, mutation)

        with suppress(WaitTimeout):
            wait_until(
                red,
                done=lambda found: found == mutation.red,
                deadline_s=self._seen_s,
                expected=f"{sorted(mutation.red)} red",
                where=target.front_url,
                next_step="compare the results with the mutation",
            )
        return check_results

    def _run(self, checks: Iterable[Check], target: Target) -> list[CheckResult]:
        with closing(CheckRunner(checks, replace(self._context, target=target, artifacts=Artifacts()))) as runner:
            return runner.check_results()

    def _mend(self, mutation: Mutation) -> None:
        for line in mutation.undo:
            self._system.stack.sandbox.run(line)
        try:
            self.require_green([one for one in QUICK if one.name in mutation.red])
        except WaitTimeout:
            self._system.stack.heal()


def write(output: Path, proofs: Sequence[Proof]) -> None:
    """Write the matrix, for programs and for people: every check, and what each mutation turned red."""
    held = [
        {
            "name": proof.mutation.name,
            "expected": sorted(proof.mutation.red),
            "red": sorted(proof.red),
            "blocked": sorted(proof.blocked),
            "seconds": round(proof.seconds, 1),
        }
        for proof in proofs
    ]
    matrix = {"checks": [one.name for one in ALL], "mutations": held}
    write_text(output / FILE, json.dumps(matrix, indent=2) + "\n")
    write_text(output / PAGE, "\n".join(_page(proofs)) + "\n")


def _page(proofs: Sequence[Proof]) -> Iterator[str]:
    """Yield the lines of a page that says what turns each check red."""
    right = sum(not proof.missed and not proof.surplus for proof in proofs)
    yield "# What turns each check red"
    yield ""
    yield f"{len(ALL)} checks, {len(proofs)} mutations; {right} turned exactly the right checks red."
    yield ""
    yield "| check | suite | turned red by |"
    yield "| --- | --- | --- |"
    for one in ALL:
        by = [proof.mutation.name for proof in proofs if one.name in proof.red]
        yield f"| {one.name} | {one.suite} | {'; '.join(by) or '**nothing**'} |"
    yield ""
    yield "| mutation | turned red | not tried for that | seconds |"
    yield "| --- | --- | --- | --- |"
    for proof in proofs:
        wrong = [f"**missed: {name}**" for name in proof.missed] + [f"**too much: {name}**" for name in proof.surplus]
        red = ", ".join([*sorted(proof.red & proof.mutation.red), *wrong])
        yield f"| {proof.mutation.name} | {red} | {len(proof.blocked)} | {proof.seconds:.1f} |"


def unproved(proofs: Iterable[Proof]) -> list[str]:
    """Return the checks that nothing turned red."""
    red = frozenset[str]().union(*(proof.red for proof in proofs))
    return [one.name for one in ALL if one.name not in red]


def _red(check_results: Iterable[CheckResult], mutation: Mutation) -> frozenset[str]:
    """Return the names of those that fail; echoes count where the mutation is about them.

    A mistake of a check's own has seen nothing: under this name no mutation expects it.
    """
    failed = {check_result.name for check_result in check_results if check_result.outcome is Outcome.FAIL}
    mistaken = {
        f"{check_result.name} (check error)" for check_result in check_results if check_result.outcome is Outcome.ERROR
    }
    return frozenset(mistaken | (failed - (ECHOES - mutation.red)))


def asked(mutation: Mutation) -> list[Check]:
    """Return the checks to try: journeys only for mutations that are about one, slow ones only if they shall fail."""
    journeys = {one.name for one in ALL if one.suite is CheckSuite.JOURNEY}
    return [
        one
        for one in ALL
        if one.suite not in (CheckSuite.JOURNEY, CheckSuite.SLOW)
        or (one.name in mutation.red)
        or (one.suite is CheckSuite.JOURNEY and mutation.red & journeys)
    ]

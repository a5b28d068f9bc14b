"""The search that fills the frontier: which classes are exhausted, which are put to Z3."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from itertools import product

from kvcr.frontier import EXHAUSTION, FILE, Z3, Row, line_of, write_frontier
from theory.encoding import RANKED, worst_ratio
from theory.exhaustion import POLICY_NAMES, Worst, worst_by_alpha
from theory.policy import Admission, named_policy
from theory.request import Instance, Request
from theory.simulator import simulate

ALPHAS = (Fraction(1, 3), Fraction(1, 2), Fraction(3, 5), Fraction(3, 4), Fraction(1))


def _exhausted_classes() -> Iterator[tuple[str, Admission, int, int]]:
    """Policy, admission, requests and budget of the classes that are exhausted."""
    for n, memory in product((2, 3, 4), range(1, 13)):
        yield from ((name, each, n, memory) for name, each in product(POLICY_NAMES, Admission))
    larger = {2: (16, 20, 30, 40, 60, 80, 120), 3: (16, 20, 24, 30, 40), 4: (16, 20)}
    for n, budgets in (larger | {5: range(1, 11), 6: range(1, 8)}).items():
        yield from (("svf", each, n, memory) for memory, each in product(budgets, Admission))


def _exhaust(cell: tuple[str, Admission, int, int]) -> list[Row]:
    """A row for each largest peak at which the worst ratio rises."""
    policy, admission, n, memory = cell
    peaks = [Fraction(peak, memory) for peak in range(1, memory + 1)]
    rows: list[Row] = []
    for found in worst_by_alpha(policy, admission, n, memory, peaks, workers=1):
        if not rows or found.at_least > rows[-1].at_least:
            rows.append(_from_exhaustion(found))
    return rows


def _from_exhaustion(found: Worst) -> Row:
    if found.at_most is None:
        raise AssertionError("exhaustion without a time limit was stopped")
    return Row(
        EXHAUSTION,
        found.policy,
        found.admission,
        found.requests[0],
        found.memory,
        found.alpha,
        found.at_least,
        found.at_most,
        found.instance,
        found.policy_schedule,
        found.good_schedule,
        found.instances,
        found.seconds,
    )


def _solved_classes() -> Iterator[tuple[str, int, range | None, Fraction]]:
    """Policy, requests, budgets and alpha of the classes that are put to Z3; head-of-line."""
    for name, n, alpha in product(RANKED, (2, 3), (Fraction(1, 2), Fraction(1))):
        yield name, n, range(2, 13), alpha
    yield "svf", 4, range(1, 7), Fraction(1)
    for n, name, alpha in product((2, 3, 4), RANKED, ALPHAS):
        yield name, n, None, alpha


def _solve(policy: str, n: int, memory: range | None, alpha: Fraction, known: Iterable[Row]) -> Row:
    """Z3's interval, with a worse instance of the class in its place where ``known`` has one."""
    found = worst_ratio(policy, n, memory, alpha, timeout=60.0, second=True)
    instance = Instance(memory[-1] if memory else 12, (Request(0, 1),) * n)
    starts = good = simulate(instance, named_policy(policy))
    witness = found.witness
    if witness and witness.instance and witness.policy_schedule and witness.good_schedule:
        instance, starts = witness.instance, witness.policy_schedule
        good = witness.good_schedule
    row = Row(
        Z3,
        policy,
        Admission.HEAD_OF_LINE,
        n,
        memory,
        alpha,
        found.ratio,
        found.at_most,
        instance,
        starts,
        good,
        None,
        found.seconds,
        found.second,
    )
    for other in known:
        within = memory is None or other.instance.memory in memory
        same = (other.policy, other.admission, other.requests) == (policy, row.admission, n)
        if same and within and other.instance.alpha <= alpha and other.at_least > row.at_least:
            row = replace(
                row,
                at_least=other.at_least,
                instance=other.instance,
                policy_schedule=other.policy_schedule,
                good_schedule=other.good_schedule,
            )
    return row


def all_rows() -> list[Row]:
    """All rows, computed anew; progress goes to standard error."""
    rows: list[Row] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for found in threads.map(_exhaust, _exhausted_classes()):
            print(line_of(found[-1]), file=sys.stderr)
            rows += found
    known = tuple(rows)
    for name, n, memory, alpha in _solved_classes():
        rows.append(_solve(name, n, memory, alpha, known))
        print(line_of(rows[-1]), file=sys.stderr)
    return rows


if __name__ == "__main__":
    write_frontier(all_rows(), FILE)

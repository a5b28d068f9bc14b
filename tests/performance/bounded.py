"""Bounded proofs: every small instance, and what Z3 reaches in a minute."""

from __future__ import annotations

import time

from tests.performance.measure import Row
from theory.encoding import worst_ratio
from theory.exhaustion import instances, worst
from theory.policy import LOOK_AHEAD, Admission

MINUTE = 60.0


def exhausted() -> list[Row]:
    """The worst ratio of svf over all bursts with n <= 4, M <= 12, and of larger classes."""
    rows: list[Row] = []
    for admission in LOOK_AHEAD:
        worst("svf", admission, 2, 4)  # compile and load
        begin = time.perf_counter()
        found = [worst("svf", admission, n, m) for n in range(1, 5) for m in range(1, 13)]
        assert all(each.is_exact for each in found)
        rows.append(
            {
                "what": f"svf {admission}, all n <= 4, M <= 12",
                "bursts": sum(each.instances for each in found),
                "worst": str(max(each.at_least for each in found)),
                "seconds": time.perf_counter() - begin,
            }
        )
    for admission, n, m in (
        (Admission.HEAD_OF_LINE, 4, 30),
        (Admission.HEAD_OF_LINE, 5, 18),
        (Admission.HEAD_OF_LINE, 6, 11),
        (Admission.BACKFILL, 4, 22),
    ):
        each = worst("svf", admission, n, m, time_limit=2 * MINUTE)
        rows.append(
            {
                "what": f"svf {admission}, n = {n}, M = {m}",
                "bursts": instances(n, m, each.alpha),
                "worst": str(each.at_least) if each.is_exact else f"{each.at_least} to ?",
                "seconds": each.seconds,
            }
        )
    return rows


def queried() -> list[Row]:
    """The worst ratio of svf head-of-line by Z3, for one or all budgets up to M, in a minute."""
    rows: list[Row] = []
    for n, budgets in ((2, 500), (3, range(1, 61)), (4, 12), (4, range(1, 10)), (5, 6)):
        found = worst_ratio("svf", n, budgets, None, timeout=MINUTE)
        shown = f"{budgets[0]} to {budgets[-1]}" if isinstance(budgets, range) else str(budgets)
        exact = found.ratio == found.at_most
        rows.append(
            {
                "what": f"svf head-of-line, n = {n}, M = {shown}",
                "worst": str(found.ratio) if exact else f"{found.ratio} to {found.at_most}",
                "proved": found.proved,
                "seconds": found.seconds,
            }
        )
    return rows

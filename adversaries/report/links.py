"""The proof of T1, link by link, on one instance: which of its steps hold there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from adversaries.report.analysis import Accounts, Passing
from adversaries.report.exhibit import Exhibit
from adversaries.report.names import Names
from adversaries.report.text import decimal, number, whole


@dataclass(frozen=True)
class Link:
    """One link of T1's proof: what it says, what is so here, whether it holds here."""

    name: str
    says: str
    here: str
    holds: bool


def blocking_fails(exhibit: Exhibit, sums: Accounts) -> bool:
    """Whether some request starts later than L3 allows, start * D > 2 * (volumes in front)."""
    return exhibit.bad[sums.worst] * exhibit.instance.slack > 2 * sums.volumes_before


def links(
    exhibit: Exhibit,
    names: Names,
    sums: Accounts,
    passing: Passing | None,
    inverted: Passing | None,
) -> tuple[Link, ...]:
    """The links, for a burst. Source: theory.md, L1 to L3 and T1."""
    instance, slack = exhibit.instance, exhibit.instance.slack
    everything = sum(r.volume for r in instance.requests)
    constant = 1 + Fraction(2 * instance.memory, slack)
    chain = sums.lengths + Fraction(2 * sums.before, slack)
    start, floor_fails = exhibit.bad[sums.worst], blocking_fails(exhibit, sums)
    by_volume = sums.before == sums.least_before
    line = "No request starts past a more urgent one."
    if passing is not None:
        line = (
            f"Breaks at step {whole(passing.step)}: {names.short(passing.first)} passes "
            f"{names.short(passing.behind)}."
        )
    order = f"The order is by volume; volumes in front sum to {whole(sums.before)}."
    if not by_volume:
        at = f" at step {whole(inverted.step)}" if inverted is not None else ""
        order = (
            f"Breaks{at}: volumes in front sum to {whole(sums.before)} in this order, to "
            f"{whole(sums.least_before)} in volume order."
        )
    return (
        Link(
            "Head of line",
            "nothing starts past a request that waits in front of it",
            line,
            passing is None,
        ),
        Link(
            "L3, blocking",
            "start · D ≤ 2 · (volumes in front), in the policy’s order",
            f"Tightest at {names.short(sums.worst)}: {whole(start)} × {whole(slack)} = "
            f"{whole(start * slack)} against {whole(2 * sums.volumes_before)}.",
            not floor_fails,
        ),
        Link("Volume order", "the policy’s order has no larger volume in front", order, by_volume),
        Link(
            "L1, volume bound",
            "M · cost ≥ the volumes in front of and in each request, summed in volume order",
            f"Good schedule: {whole(instance.memory * exhibit.good_cost)} against "
            f"{whole(sums.least_before + everything)}.",
            instance.memory * exhibit.good_cost >= sums.least_before + everything,
        ),
        Link(
            "L2, length bound",
            "cost ≥ the sum of outputs",
            f"Good schedule: {whole(exhibit.good_cost)} against {whole(sums.lengths)}.",
            exhibit.good_cost >= sums.lengths,
        ),
        Link(
            "Sum",
            "cost(policy) ≤ outputs + (2/D) · volumes in front",
            f"{whole(exhibit.bad_cost)} against {decimal(chain)}.",
            exhibit.bad_cost <= chain,
        ),
        Link(
            "Constant",
            "1 + 2M/D is at most the claimed bound",
            f"{number(constant)} against {exhibit.bound}.",
            constant <= exhibit.bound,
        ),
    )

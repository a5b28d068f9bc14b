"""Budgets of every size at once: the ratio query over real numbers.

For ranks that are linear (sjf, ljf, fcfs, peak) nothing is lost. Every constraint but
"output >= 1" compares sums of the unknowns, so a real solution stays one when all unknowns are
multiplied by a number >= 1; rational ones, multiplied by their denominators, are integers.

The ranks of svf and area are products of the output and something linear. Of the order of two
products only consequences are kept (:func:`product_order`), so more is allowed than there is:
no solution is a proof all the same, but a solution need not be an instance.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain
from math import ceil, floor, lcm
from typing import Any

import z3

from theory.encoding.policy import rank_order
from theory.encoding.question import Question
from theory.encoding.schedule import Job, Term
from theory.policy import named_policy
from theory.request import MAX_TOKENS, Instance
from theory.schedule import Schedule

PRODUCTS = ("svf", "area")
"""Policies whose rank is a product of unknowns."""
RATIOS = tuple(
    Fraction(*pair)
    for pair in ((1, 4), (1, 3), (1, 2), (2, 3), (1, 1), (3, 2), (2, 1), (3, 1), (4, 1))
)
"""Ratios of two outputs at which :func:`product_order` compares the other factors."""


def _factor(policy: str, job: Job) -> Term:
    """What the rank multiplies the output with, doubled: 2 s + o + 1 for the volume, or 2 s."""
    return 2 * job.prompt + job.output + 1 if policy == "svf" else 2 * job.prompt


def product_order(policy: str, jobs: Sequence[Job]) -> list[Term]:
    """Linear consequences of o_i f_i <= o_j f_j for i before j: of rank order, if f >= 0.

    If o_i >= r o_j then r o_j f_i <= o_i f_i <= o_j f_j, so r f_i <= f_j, for every r > 0. The
    more r are tried, the closer the consequences come to the order itself.
    """
    constraints = []
    for j, later in enumerate(jobs):
        for job in jobs[:j]:
            for r in RATIOS:
                longer = r.denominator * job.output >= r.numerator * later.output
                ours, theirs = _factor(policy, job), _factor(policy, later)
                constraints.append(z3.Implies(longer, r.numerator * ours <= r.denominator * theirs))
    return constraints


def order(policy: str, jobs: Sequence[Job]) -> list[Term]:
    """What is used of the policy's order of the jobs: all of it, unless the rank is a product."""
    if policy in PRODUCTS:
        return product_order(policy, jobs)
    return rank_order(policy, jobs, longest=1)  # no table: linear ranks have no cases


def burst_of(
    policy: str, question: Question, model: Any
) -> tuple[Instance, Schedule, Schedule] | None:
    """The model multiplied by its denominators: a burst, the policy's schedule and a good one.

    None if its numbers are too large for an instance or, for products, not in rank order. A
    linear rank keeps its order, and ties go by position, so there only size can be the reason.
    """
    budget = _fraction(model, question.budget)
    sizes = [(_fraction(model, job.prompt), _fraction(model, job.output)) for job in question.jobs]
    starts = [_fraction(model, job.start) for job in (*question.jobs, *question.good)]
    numbers = [budget, *chain(*sizes), *starts]
    scale = lcm(*(number.denominator for number in numbers))
    if max(numbers) * scale > MAX_TOKENS:
        return None
    pairs = ((int(s * scale), int(o * scale)) for s, o in sizes)
    instance = Instance.of(int(budget * scale), *pairs)
    if named_policy(policy).order(instance) != tuple(range(len(instance))):
        return None
    steps = tuple(int(start * scale) for start in starts)
    return instance, steps[: len(instance)], steps[len(instance) :]


def _fraction(model: Any, term: Term) -> Fraction:
    number = model.eval(term, model_completion=True)
    return Fraction(number.numerator_as_long(), number.denominator_as_long())


def ratio_of(question: Question, model: Any) -> Fraction:
    """cost(policy) / cost(good) in a real solution."""
    spent = sum(_fraction(model, job.completion) for job in question.jobs)
    return Fraction(spent) / sum(_fraction(model, job.completion) for job in question.good)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of least denominator in [low, high], 0 <= low <= high.

    >>> simplest(Fraction(17, 10), Fraction(9, 5)), simplest(Fraction(5, 2), Fraction(7, 2))
    (Fraction(7, 4), Fraction(3, 1))
    """
    whole = ceil(low)
    if whole <= high:
        return Fraction(whole)
    below = floor(low)
    return below + 1 / simplest(1 / (high - below), 1 / (low - below))

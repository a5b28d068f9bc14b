"""The question whether some burst makes the policy cost over c times a feasible schedule.

Written once, over integer variables (:mod:`theory.encoding.ratio`) or over real ones
(:mod:`theory.encoding.unbounded`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import z3

from theory.encoding.policy import RANKED, head_of_line
from theory.encoding.schedule import (
    EncodingError,
    Job,
    Term,
    compact,
    feasible,
    total,
    unknown_jobs,
    value,
)
from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import Schedule, cost, require_feasible
from theory.simulator import simulate

MAX_REQUESTS = 12
"""Most requests of one ratio query; its constraints grow with the fourth power."""
MAX_MEMORY = 500
"""Largest budget of a ratio query; the table of volumes has a case for each output."""


@dataclass(frozen=True)
class Question:
    """The unknowns of a ratio query: one list of requests, started in two ways.

    ``jobs`` have the policy's starts and are in rank order; ``good`` are the same requests
    with the starts of any feasible schedule.
    """

    jobs: tuple[Job, ...]
    good: tuple[Job, ...]
    budget: Term

    @classmethod
    def of(cls, requests: int, budgets: range | None) -> Question:
        """Integer unknowns; real ones, and a budget of any size, if ``budgets`` is None."""
        sort = z3.Real if budgets is None else z3.Int
        fixed = budgets is not None and len(budgets) == 1
        budget = z3.IntVal(budgets[0]) if budgets and fixed else sort("M")
        jobs = tuple(unknown_jobs(requests, "p", sort))
        return cls(jobs, tuple(unknown_jobs(requests, "q", sort)), budget)

    def constraints(self, alpha: Fraction) -> list[Term]:
        """Two schedules of one burst with peaks <= alpha M; but for the rank order of the jobs.

        Each line loses no counterexample.

        The horizon: a good schedule may be replaced by its compacted form, which is feasible
        and costs no more (:func:`theory.encoding.schedule.compact`), so the inequality
        survives. Then some request starts at step 0. The policy idles at no step, as a job
        alone always fits, so a job starts by the sum of the outputs before it.

        The symmetry: let neighbours in rank order be equal requests. Exchanging their starts
        in the good schedule changes neither occupancy nor cost, so within each run of equal
        neighbours its starts may be taken to ascend. The policy's starts ascend anyway.
        """
        jobs, good, budget = self.jobs, self.good, self.budget
        constraints = []
        for job in jobs:
            constraints += [job.prompt >= 0, job.output >= 1]
            constraints.append(alpha.denominator * job.peak <= alpha.numerator * budget)
        constraints += head_of_line(jobs, budget)
        constraints += [
            jobs[j].start <= total(job.output for job in jobs[:j]) for j in range(1, len(jobs))
        ]
        constraints += [job.start >= 0 for job in good] + compact(good)
        constraints.append(z3.Or([job.start == 0 for job in good]))
        constraints += feasible(good, budget)
        for here, after in pairwise(good):
            equal = z3.And(here.prompt == after.prompt, here.output == after.output)
            constraints.append(z3.Implies(equal, here.start <= after.start))
        return constraints

    def exceeds(self, bound: Fraction) -> Term:
        """cost(policy) > bound * cost(good)."""
        spent = total(job.completion for job in self.jobs)
        least = total(job.completion for job in self.good)
        return bound.denominator * spent > bound.numerator * least

    def reaches(self, bound: Fraction) -> Term:
        """cost(policy) >= bound * cost(good)."""
        spent = total(job.completion for job in self.jobs)
        least = total(job.completion for job in self.good)
        return bound.denominator * spent >= bound.numerator * least

    def read(self, model: Any) -> tuple[Instance, Schedule, Schedule]:
        """The instance in rank order, the policy's schedule and the good one, from integers."""
        pairs = [(value(model, job.prompt), value(model, job.output)) for job in self.jobs]
        return (
            Instance.of(value(model, self.budget), *pairs),
            tuple(value(model, job.start) for job in self.jobs),
            tuple(value(model, job.start) for job in self.good),
        )


def checked(
    policy: str,
    requests: int,
    memory: int | range | None,
    alpha: Fraction | None,
    bound: Fraction,
) -> range | None:
    """The budgets as a range, None for all, if all parameters are in range; else InputError."""
    if policy not in RANKED:
        raise InputError(f"policy must be one of {', '.join(RANKED)}, got {policy!r:.40}")
    if not _is_integer(requests) or not 1 <= requests <= MAX_REQUESTS:
        raise InputError(f"requests must be an integer in [1, {MAX_REQUESTS}]")
    if alpha is not None and not (isinstance(alpha, (Fraction, int)) and 0 < alpha <= 1):
        raise InputError("alpha must be a fraction in (0, 1]")
    if not isinstance(bound, (Fraction, int)) or bound <= 0:
        raise InputError("bound must be a positive fraction")
    if memory is None:
        return None
    if isinstance(memory, range):
        budgets = memory
    elif _is_integer(memory):
        budgets = range(memory, memory + 1)
    else:
        raise InputError("memory must be an integer, a range, or None for every budget")
    if not budgets or budgets.step != 1 or budgets[0] < 1 or budgets[-1] > MAX_MEMORY:
        raise InputError(f"memory must be one or consecutive integers in [1, {MAX_MEMORY}]")
    if alpha is not None and alpha * budgets[-1] < 1:
        raise InputError("alpha times memory is below 1: no request is that small")
    return budgets


def _is_integer(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def audit(
    policy: str,
    budgets: range | None,
    alpha: Fraction,
    bound: Fraction,
    instance: Instance,
    starts: Sequence[Schedule],
) -> None:
    """Raise EncodingError unless exact code that shares nothing with the encoding agrees.

    ``starts``: the policy's schedule of ``instance``, which lists the requests in the order of
    the policy, and a feasible one that it costs more than ``bound`` times.
    """
    policy_schedule, good_schedule = starts
    named = named_policy(policy)
    rank = named.rank_for(instance)
    ranks = [rank(request) for request in instance.requests]
    if (budgets and instance.memory not in budgets) or instance.alpha > alpha:
        raise EncodingError(f"outside the class asked for: {instance}")
    if ranks != sorted(ranks):
        raise EncodingError(f"not in {policy} order: {instance}")
    if simulate(instance, named) != policy_schedule:
        raise EncodingError(f"{policy_schedule} is not the {policy} schedule of {instance}")
    try:
        require_feasible(instance, good_schedule)
    except InputError as error:
        raise EncodingError(f"good schedule {good_schedule} of {instance}: {error}") from error
    if not cost(instance, policy_schedule) > bound * cost(instance, good_schedule):
        raise EncodingError(f"the ratio does not exceed {bound}: {instance}")

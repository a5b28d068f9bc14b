"""Bounded searches for the worst ratio, whose failure is a proof.

"Some burst of n requests with budget M, and a feasible schedule sigma of it, have
cost(policy) > c cost(sigma)" is purely existential and, for numeric c, linear: satisfiable, it
hands out a counterexample to c; unsatisfiable, it proves that the policy's ratio is at most c
for *all* bursts of that size (theory.md, section 6). sigma need not be the optimum: it bounds
the optimum from above, and the optimum itself is one of the sigmas.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import z3

from theory.encoding.policy import RANKED, head_of_line, rank_order
from theory.encoding.result import QueryResult, WorstRatio
from theory.encoding.schedule import (
    EncodingError,
    Job,
    Outcome,
    Term,
    compact,
    feasible,
    require_seconds,
    total,
    unknown_jobs,
    value,
    z3_says,
)
from theory.errors import InputError
from theory.optimum import optimum
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import Schedule, cost, require_feasible
from theory.simulator import simulate

MAX_REQUESTS = 12
"""Most requests of one ratio query; its constraints grow with the fourth power."""
MAX_MEMORY = 500
"""Largest budget of a ratio query; the table of volumes has a case for each output."""


def _checked(
    policy: str, requests: int, memory: int | range, alpha: Fraction | None, bound: Fraction
) -> range:
    """The budgets as a range, if all parameters are in range; else InputError."""
    if policy not in RANKED:
        raise InputError(f"policy must be one of {', '.join(RANKED)}, got {policy!r:.40}")
    if not _is_integer(requests) or not 1 <= requests <= MAX_REQUESTS:
        raise InputError(f"requests must be an integer in [1, {MAX_REQUESTS}]")
    if isinstance(memory, range):
        budgets = memory
    elif _is_integer(memory):
        budgets = range(memory, memory + 1)
    else:
        raise InputError("memory must be an integer or a range")
    if not budgets or budgets.step != 1 or budgets[0] < 1 or budgets[-1] > MAX_MEMORY:
        raise InputError(f"memory must be one or consecutive integers in [1, {MAX_MEMORY}]")
    if alpha is not None and not (isinstance(alpha, (Fraction, int)) and 0 < alpha <= 1):
        raise InputError("alpha must be a fraction in (0, 1]")
    if alpha is not None and alpha * budgets[-1] < 1:
        raise InputError("alpha times memory is below 1: no request is that small")
    if not isinstance(bound, (Fraction, int)) or bound <= 0:
        raise InputError("bound must be a positive fraction")
    return budgets


def _is_integer(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _ratio_constraints(
    policy: str,
    budget: Term,
    jobs: Sequence[Job],
    good: Sequence[Job],
    memory: range,
    alpha: Fraction,
    bound: Fraction,
) -> list[Term]:
    """The query of :func:`ratio_query`; each line loses no counterexample.

    The horizon: a good schedule may be replaced by its compacted form, which is feasible and
    costs no more (:func:`theory.encoding.schedule.compact`), so the inequality survives. Then
    some request starts at step 0. The policy idles at no step, as a job alone always fits, so a
    job starts by the sum of the outputs before it.

    The symmetry: let neighbours in rank order be equal requests. Exchanging their starts in
    the good schedule changes neither occupancy nor cost, so within each run of equal
    neighbours its starts may be taken to ascend. The policy's starts ascend anyway.
    """
    largest = int(alpha * memory[-1])
    constraints = [memory[0] <= budget, budget <= memory[-1]]
    for job in jobs:
        constraints += [job.prompt >= 0, job.output >= 1, job.peak <= largest]
        constraints.append(alpha.denominator * job.peak <= alpha.numerator * budget)
    constraints += rank_order(policy, jobs, largest)
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

    spent = total(job.completion for job in jobs)
    least = total(job.completion for job in good)
    constraints.append(bound.denominator * spent > bound.numerator * least)
    return constraints


def ratio_query(
    policy: str,
    requests: int,
    memory: int | range,
    alpha: Fraction | None,
    bound: Fraction,
    timeout: float = 60.0,
) -> QueryResult:
    """Ask for a burst of exactly ``requests`` requests on which the policy's ratio > ``bound``.

    The budget M is ``memory`` or in that range, peaks are at most alpha M (``None``: at most
    M), and an adversary orders ties. COUNTEREXAMPLE with an audited one; NONE is a proof for
    that number of requests and those budgets, and for nothing else; TIMEOUT or UNKNOWN say
    nothing. Raises InputError on bad parameters, EncodingError if the audit fails.

    >>> found = ratio_query("svf", 2, 3, None, Fraction(1))
    >>> found.outcome.value, found.ratio > 1
    ('counterexample', True)
    >>> print(ratio_query("svf", 2, range(1, 4), None, Fraction(3, 2)))
    proved for bursts of exactly 2 requests, M from 1 to 3, peaks at most M, svf: ratio at most 3/2
    """
    budgets = _checked(policy, requests, memory, alpha, bound)
    begin = time.monotonic()
    deadline = begin + require_seconds(timeout)
    budget = z3.IntVal(budgets[0]) if len(budgets) == 1 else z3.Int("M")
    jobs, good = unknown_jobs(requests, "p"), unknown_jobs(requests, "q")  # the same requests
    limit = Fraction(1) if alpha is None else Fraction(alpha)
    bound = Fraction(bound)
    constraints = _ratio_constraints(policy, budget, jobs, good, budgets, limit, bound)
    outcome, model, reason = z3_says(constraints, deadline - time.monotonic())
    instance = policy_schedule = good_schedule = None
    if outcome is Outcome.SCHEDULE:
        outcome = Outcome.COUNTEREXAMPLE
        instance, policy_schedule, good_schedule = _read(model, budget, jobs, good)
        _audit(policy, budgets, limit, bound, instance, policy_schedule, good_schedule)
    return QueryResult(
        policy,
        range(requests, requests + 1),
        budgets,
        alpha,
        bound,
        outcome,
        time.monotonic() - begin,
        instance,
        policy_schedule,
        good_schedule,
        reason,
    )


def _read(
    model: Any, budget: Term, jobs: Sequence[Job], good: Sequence[Job]
) -> tuple[Instance, Schedule, Schedule]:
    """The instance in rank order, the policy's schedule and the good one, from a model."""
    pairs = [(value(model, job.prompt), value(model, job.output)) for job in jobs]
    return (
        Instance.of(value(model, budget), *pairs),
        tuple(value(model, job.start) for job in jobs),
        tuple(value(model, job.start) for job in good),
    )


def _audit(
    policy: str,
    memory: range,
    alpha: Fraction,
    bound: Fraction,
    instance: Instance,
    policy_schedule: Schedule,
    good_schedule: Schedule,
) -> None:
    """Raise EncodingError unless exact code that shares nothing with the encoding agrees."""
    named = named_policy(policy)
    rank = named.rank_for(instance)
    ranks = [rank(request) for request in instance.requests]
    if instance.memory not in memory or instance.alpha > alpha:
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


def ratio_query_up_to(
    policy: str,
    requests: int,
    memory: int | range,
    alpha: Fraction | None,
    bound: Fraction,
    timeout: float = 60.0,
) -> QueryResult:
    """:func:`ratio_query` for every number of requests from 1 to ``requests``, in that order.

    Stops at the first counterexample. NONE only if each size was proved; a size that was not
    decided within the common time limit makes the whole undecided, unless a larger one refutes.

    >>> print(ratio_query_up_to("sjf", 2, 2, None, Fraction(4, 3)))
    proved for bursts of 1 to 2 requests, M = 2, peaks at most M, sjf: ratio at most 4/3
    """
    budgets = _checked(policy, requests, memory, alpha, bound)
    begin = time.monotonic()
    deadline = begin + require_seconds(timeout)
    sizes = range(1, requests + 1)
    outcome, reason = Outcome.NONE, ""
    for count in sizes:
        left = max(deadline - time.monotonic(), 1e-3)
        result = ratio_query(policy, count, budgets, alpha, bound, left)
        if result.outcome is Outcome.COUNTEREXAMPLE:
            return result
        if result.outcome is not Outcome.NONE and outcome is Outcome.NONE:
            outcome, reason = result.outcome, f"size {count}: {result.reason}"
    seconds = time.monotonic() - begin
    return QueryResult(
        policy, sizes, budgets, alpha, Fraction(bound), outcome, seconds, reason=reason
    )


def worst_ratio(
    policy: str,
    requests: int,
    memory: int | range,
    alpha: Fraction | None,
    timeout: float = 60.0,
) -> WorstRatio:
    """The largest ratio over all bursts of exactly ``requests`` requests, ties adversarial.

    Starts from 1 and asks for more than the last counterexample's ratio until there is none.
    Between rounds the good schedule is replaced by a cheaper one where CP-SAT has one: that
    saves rounds, and only the audited schedule is used, not the solver's word on optimality.
    There are finitely many bursts and compact schedules, so it ends; if it runs out of time,
    ``proved`` is False and the ratio is only a lower bound on the worst one.

    >>> worst = worst_ratio("svf", 2, 3, None)
    >>> worst.ratio, worst.proved
    (Fraction(5, 4), True)
    """
    budgets = _checked(policy, requests, memory, alpha, Fraction(1))
    begin = time.monotonic()
    deadline = begin + require_seconds(timeout)
    ratio, rounds = Fraction(1), 0
    witness: QueryResult | None = None
    while True:
        left = max(deadline - time.monotonic(), 1e-3)
        result = ratio_query(policy, requests, budgets, alpha, ratio, left)
        rounds += 1
        if result.instance is None:
            proved = result.outcome is Outcome.NONE
            seconds = time.monotonic() - begin
            return WorstRatio(ratio, proved, witness, rounds, seconds, result.reason)
        best = optimum(result.instance, time_limit=1.0, start=result.good_schedule)
        witness = replace(result, good_schedule=best.schedule)
        ratio = witness.ratio or ratio

"""Searches for the worst ratio, whose failure is a proof.

"Some burst of n requests with budget M, and a feasible schedule sigma of it, have
cost(policy) > c cost(sigma)" is purely existential and, for numeric c, linear: satisfiable, it
hands out a counterexample to c; unsatisfiable, it proves that the policy's ratio is at most c
for *all* bursts of that size (theory.md, section 6). sigma need not be the optimum: it bounds
the optimum from above, and the optimum itself is one of the sigmas. M may be given, lie in a
range, or be unbounded (:mod:`theory.encoding.unbounded`).
"""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

import z3

from theory.encoding.policy import rank_order
from theory.encoding.question import Question, audit, checked
from theory.encoding.result import QueryResult, WorstRatio
from theory.encoding.schedule import Outcome, Term, check, require_seconds
from theory.encoding.second_opinion import second_opinion
from theory.encoding.unbounded import burst_of, order, ratio_of, simplest
from theory.optimum import optimum
from theory.request import Instance
from theory.schedule import Schedule, cost

WIDE = Fraction(1, 20)
"""A quarter of an interval wider than this is halved, before its lower end is put to proof."""
PRECISION = Fraction(1, 500)
"""Width at which the interval of a worst ratio over all budgets is narrow enough."""


class _Query:
    """One class of bursts, put to one solver: what it learns from a bound serves the next."""

    def __init__(
        self, policy: str, requests: int, budgets: range | None, alpha: Fraction | None
    ) -> None:
        self.policy, self.requests, self.budgets, self.alpha = policy, requests, budgets, alpha
        self.limit = Fraction(1) if alpha is None else Fraction(alpha)
        self.logic = "QF_LRA" if budgets is None else "QF_LIA"
        self.question = Question.of(requests, budgets)
        jobs, budget = self.question.jobs, self.question.budget
        self.constraints = self.question.constraints(self.limit)
        if budgets is None:
            self.constraints += order(policy, jobs)
        else:
            largest = int(self.limit * budgets[-1])
            self.constraints += [budgets[0] <= budget, budget <= budgets[-1]]
            self.constraints += [job.peak <= largest for job in jobs]
            self.constraints += rank_order(policy, jobs, largest)
        self.solver = z3.SolverFor(self.logic)
        self.solver.add(*self.constraints)

    def ask(self, claim: Term, deadline: float) -> tuple[Outcome, Any, str]:
        """Whether the class has a solution with ``claim``; the claim is forgotten afterwards."""
        self.solver.push()
        self.solver.add(claim)
        answer = check(self.solver, deadline - time.monotonic())
        self.solver.pop()
        return answer

    def result(
        self,
        bound: Fraction,
        outcome: Outcome,
        begin: float,
        burst: tuple[Instance, Schedule, Schedule] | None = None,
        reason: str = "",
    ) -> QueryResult:
        """The answer as a result, the instance audited."""
        instance, starts, good = burst or (None, None, None)
        if instance is not None and starts is not None and good is not None:
            audit(self.policy, self.budgets, self.limit, bound, instance, (starts, good))
        return QueryResult(
            self.policy,
            range(self.requests, self.requests + 1),
            self.budgets,
            self.alpha,
            bound,
            outcome,
            time.monotonic() - begin,
            instance,
            starts,
            good,
            reason,
        )

    def burst(self, model: Any) -> tuple[Instance, Schedule, Schedule] | None:
        """The instance that the model stands for, if it stands for one."""
        if self.budgets is None:
            return burst_of(self.policy, self.question, model)
        return self.question.read(model)

    def second(self, bound: Fraction, deadline: float) -> str:
        """What cvc5 says of "more than ``bound``"."""
        claim = self.question.exceeds(bound)
        return second_opinion([*self.constraints, claim], self.logic, deadline)


def _ratio(burst: tuple[Instance, Schedule, Schedule]) -> Fraction:
    instance, starts, good = burst
    return Fraction(cost(instance, starts), cost(instance, good))


def ratio_query(
    policy: str,
    requests: int,
    memory: int | range | None,
    alpha: Fraction | None,
    bound: Fraction,
    timeout: float = 60.0,
    second: bool = False,
) -> QueryResult:
    """Ask for a burst of exactly ``requests`` requests on which the policy's ratio > ``bound``.

    The budget M is ``memory``, or in that range, or any (``None``); peaks are at most alpha M
    (``None``: at most M), and an adversary orders ties. COUNTEREXAMPLE with an audited one;
    NONE is a proof for that number of requests and those budgets, and for nothing else;
    TIMEOUT or UNKNOWN say nothing. ``second`` puts a proof to cvc5 too, within the same time.
    Raises InputError on bad parameters, EncodingError if the audit or cvc5 disagrees.

    >>> found = ratio_query("svf", 2, 3, None, Fraction(1))
    >>> found.outcome.value, found.ratio > 1
    ('counterexample', True)
    >>> print(ratio_query("svf", 2, range(1, 4), None, Fraction(3, 2)))
    proved for bursts of exactly 2 requests, M from 1 to 3, peaks at most M, svf: ratio at most 3/2
    >>> print(ratio_query("svf", 3, None, Fraction(1, 2), Fraction(3, 2)))
    proved for bursts of exactly 3 requests, every M, peaks at most 1/2 M, svf: ratio at most 3/2
    """
    budgets = checked(policy, requests, memory, alpha, bound)
    begin = time.monotonic()
    deadline = begin + require_seconds(timeout)
    bound = Fraction(bound)
    query = _Query(policy, requests, budgets, alpha)
    query.solver.add(query.question.exceeds(bound))
    outcome, model, reason = check(query.solver, deadline - time.monotonic())
    if outcome is Outcome.SCHEDULE:
        burst = query.burst(model)
        if burst is not None:
            return query.result(bound, Outcome.COUNTEREXAMPLE, begin, burst)
        outcome, reason = Outcome.UNKNOWN, "a solution over the reals, which is no burst"
    result = query.result(bound, outcome, begin, reason=reason)
    if second and outcome is Outcome.NONE:
        said = query.second(bound, deadline)
        result = replace(result, second=said, seconds=time.monotonic() - begin)
    return result


def ratio_query_up_to(
    policy: str,
    requests: int,
    memory: int | range | None,
    alpha: Fraction | None,
    bound: Fraction,
    timeout: float = 60.0,
    second: bool = False,
) -> QueryResult:
    """:func:`ratio_query` for every number of requests from 1 to ``requests``, in that order.

    Stops at the first counterexample. NONE only if each size was proved; a size that was not
    decided within the common time limit makes the whole undecided, unless a larger one refutes.
    ``second`` tells the weakest of cvc5's answers.

    >>> print(ratio_query_up_to("sjf", 2, 2, None, Fraction(4, 3)))
    proved for bursts of 1 to 2 requests, M = 2, peaks at most M, sjf: ratio at most 4/3
    """
    budgets = checked(policy, requests, memory, alpha, bound)
    begin = time.monotonic()
    deadline = begin + require_seconds(timeout)
    sizes = range(1, requests + 1)
    outcome, reason = Outcome.NONE, ""
    said: list[str] = []
    for count in sizes:
        left = max(deadline - time.monotonic(), 1e-3)
        result = ratio_query(policy, count, memory, alpha, bound, left, second)
        if result.outcome is Outcome.COUNTEREXAMPLE:
            return result
        if result.outcome is not Outcome.NONE and outcome is Outcome.NONE:
            outcome, reason = result.outcome, f"size {count}: {result.reason}"
        said.append(result.second)
    return QueryResult(
        policy,
        sizes,
        budgets,
        alpha,
        Fraction(bound),
        outcome,
        time.monotonic() - begin,
        reason=reason,
        second=said[0] if len(set(said)) == 1 else "cvc5 did not decide all",
    )


def worst_ratio(
    policy: str,
    requests: int,
    memory: int | range | None,
    alpha: Fraction | None,
    timeout: float = 60.0,
    second: bool = False,
) -> WorstRatio:
    """The largest ratio over all bursts of exactly ``requests`` requests, ties adversarial.

    For given budgets: halve the interval while it is wide, then ask for more than the last
    counterexample's ratio until there is none. In between, the good schedule is replaced by a
    cheaper one where the optimum search has one: that saves rounds, and only the audited
    schedule is used, not its word on optimality. There are finitely many bursts and compact
    schedules, so it ends; then it is exact. For every budget (``None``) the largest ratio may
    be approached and not reached: the interval is halved until it is exact or narrower than
    1/500, for svf and area as far as their relaxed order allows. When time runs out it says
    what is known so far. The ratio is never above the number of requests: the policy idles at
    no step, so all complete within the sum of the outputs, which no schedule's cost is below.
    ``second`` leaves half of the time to cvc5, which is asked to confirm the upper end.

    >>> worst = worst_ratio("svf", 2, 3, None)
    >>> worst.ratio, worst.proved
    (Fraction(5, 4), True)
    >>> print(worst_ratio("sjf", 3, None, None))
    exactly 3/2
    """
    budgets = checked(policy, requests, memory, alpha, Fraction(1))
    begin = time.monotonic()
    deadline = begin + require_seconds(timeout)
    query = _Query(policy, requests, budgets, alpha)
    search = _worst_of_all if budgets is None else _worst_within
    worst = search(query, begin, begin + timeout / 2 if second else deadline)
    proved = worst.at_most < requests or worst.proved
    said = query.second(worst.at_most, deadline) if second and proved else ""
    return replace(worst, seconds=time.monotonic() - begin, second=said)


def _worst_within(query: _Query, begin: float, deadline: float) -> WorstRatio:
    ratio, most, rounds = Fraction(1), Fraction(query.requests), 0
    witness: QueryResult | None = None
    while ratio < most:
        quarter = (most - ratio) / 4
        bound = simplest(ratio + quarter, most - quarter) if quarter > WIDE else ratio
        outcome, model, reason = query.ask(query.question.exceeds(bound), deadline)
        rounds += 1
        if outcome is Outcome.NONE:
            most = bound
        elif outcome is Outcome.SCHEDULE:
            burst = query.question.read(model)
            witness = query.result(bound, Outcome.COUNTEREXAMPLE, begin, burst)
            left = min(1.0, max(0.0, deadline - time.monotonic()))
            best = optimum(burst[0], time_limit=left, start=burst[2])
            witness = replace(witness, good_schedule=best.schedule)
            ratio = witness.ratio or ratio
        else:
            return WorstRatio(ratio, most, witness, rounds, 0.0, reason)
    return WorstRatio(ratio, most, witness, rounds, 0.0)


def _worst_of_all(query: _Query, begin: float, deadline: float) -> WorstRatio:
    ratio, most, reached = Fraction(1), Fraction(query.requests), Fraction(1)
    witness: QueryResult | None = None
    rounds = 0
    tight = True  # whether a solution that reaches `most` itself was asked for
    while ratio < most and (most - reached > PRECISION or not tight):
        quarter = (most - reached) / 4
        bound = simplest(reached + quarter, most - quarter) if rounds else ratio
        claim = query.question.exceeds(bound) if tight else query.question.reaches(most)
        outcome, model, reason = query.ask(claim, deadline)
        rounds += 1
        if outcome is Outcome.NONE:
            most, tight = (bound, False) if tight else (most, True)
        elif outcome is Outcome.SCHEDULE:
            reached = max(reached, ratio_of(query.question, model))
            tight = True
            burst = query.burst(model)
            if burst is not None and _ratio(burst) > ratio:
                witness = query.result(ratio, Outcome.COUNTEREXAMPLE, begin, burst)
                ratio = _ratio(burst)
        else:
            return WorstRatio(ratio, most, witness, rounds, 0.0, reason)
    return WorstRatio(ratio, most, witness, rounds, 0.0)

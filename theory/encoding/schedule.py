"""Feasible schedules as linear integer constraints, and the offline optimum as a query.

A :class:`Job` is a request and its start, each an integer term: numerals for a given instance,
variables for an unknown one. All constraints are quantifier-free and linear in these terms, so
Z3 decides them: SAT gives integers, UNSAT is a proof that there are none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, TypeAlias

import z3

from theory.errors import InputError
from theory.request import Instance
from theory.schedule import Schedule, cost, require_feasible

Term: TypeAlias = Any
"""A Z3 term (z3 is untyped)."""
MAX_JOBS = 64
"""Most requests of one optimum query; constraints grow with the square."""
MAX_SECONDS = 10**6
"""Longest time limit, in seconds."""


class EncodingError(RuntimeError):
    """The solver's answer failed its audit: a constraint or the solver is wrong."""


class Outcome(StrEnum):
    """What a query established. Only COUNTEREXAMPLE, SCHEDULE and NONE are facts."""

    COUNTEREXAMPLE = "counterexample"
    SCHEDULE = "schedule"
    NONE = "none"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Job:
    """A request that arrives at step 0 or later, and when it starts, as integer terms."""

    prompt: Term
    output: Term
    start: Term

    @property
    def peak(self) -> Term:
        """Tokens held in its last step."""
        return self.prompt + self.output

    @property
    def completion(self) -> Term:
        """Its last step."""
        return self.start + self.output


def numeric_jobs(instance: Instance, name: str) -> list[Job]:
    """The requests of the instance as numerals, with start variables ``name0``, ``name1``, ..."""
    return [
        Job(z3.IntVal(r.prompt), z3.IntVal(r.output), z3.Int(f"{name}{i}"))
        for i, r in enumerate(instance.requests)
    ]


def unknown_jobs(count: int, name: str, variable: Callable[[str], Term] = z3.Int) -> list[Job]:
    """Requests that are variables ``s0, o0, s1, ...``, with start variables ``name0``, ...

    They may be any integers, or any reals if ``variable`` is ``z3.Real``: the caller says which
    prompts and outputs are allowed.
    """
    return [Job(variable(f"s{i}"), variable(f"o{i}"), variable(f"{name}{i}")) for i in range(count)]


def total(terms: Iterable[Term]) -> Term:
    """The sum, as one term; 0 of none. A sum of one summand would not be SMT-LIB."""
    summands = list(terms)
    return summands[0] if len(summands) == 1 else z3.Sum(summands)


def feasible(jobs: Sequence[Job], memory: Term) -> list[Term]:
    """Never more than ``memory`` tokens are held: one constraint per job, n^2 terms in all.

    Between two completions the occupancy only grows, so its local maxima are at completion
    steps and it is enough to look there. At the completion step c of j, job i holds
    prompt_i + c - start_i tokens if start_i < c <= completion_i and none otherwise; j itself
    holds its peak. This is :func:`theory.schedule.occupancy`, term by term.

    >>> jobs = numeric_jobs(Instance.of(4, (0, 2), (1, 2)), "p")
    >>> together = [job.start == 0 for job in jobs]
    >>> [z3_says(feasible(jobs, memory) + together, 10)[0].value for memory in (5, 4)]
    ['schedule', 'none']
    """
    constraints = []
    for j, job in enumerate(jobs):
        step = job.completion
        held = [
            z3.If(
                z3.And(other.start < step, step <= other.completion),
                other.prompt + step - other.start,
                0,
            )
            for i, other in enumerate(jobs)
            if i != j
        ]
        constraints.append(total([*held, job.peak]) <= memory)
    return constraints


def compact(jobs: Sequence[Job], last_arrival: int = 0) -> list[Term]:
    """Everything completes by ``last_arrival`` + the sum of outputs: loses no cheapest schedule.

    If nothing runs in some step after the last arrival and before the last completion, all
    that starts later can start one step earlier: still feasible, and strictly cheaper. So the
    compacted form of any feasible schedule is feasible, costs no more, and after the last
    arrival something runs in each step until the end. Each such step is one of the sum of
    outputs steps in which a request runs. Compaction keeps the order of the starts.
    """
    horizon = total(job.output for job in jobs) + last_arrival
    return [job.completion <= horizon for job in jobs]


def z3_says(constraints: Sequence[Term], seconds: float) -> tuple[Outcome, Any, str]:
    """(SCHEDULE, model, ""), (NONE, None, "") or (TIMEOUT or UNKNOWN, None, reason).

    NONE is returned only for Z3's ``unsat``. ``seconds`` may be zero or negative: TIMEOUT.
    """
    solver = z3.SolverFor("QF_LIA")
    solver.add(*constraints)
    return check(solver, seconds)


def check(solver: Any, seconds: float) -> tuple[Outcome, Any, str]:
    """:func:`z3_says` of what the solver holds: it may be asked again, with more added."""
    if seconds <= 0:
        return Outcome.TIMEOUT, None, "no time left before the solver started"
    solver.set("timeout", max(1, int(seconds * 1000)))
    answer = solver.check()
    if answer == z3.sat:
        return Outcome.SCHEDULE, solver.model(), ""
    if answer == z3.unsat:
        return Outcome.NONE, None, ""
    reason = str(solver.reason_unknown())
    if reason == "interrupted from keyboard":  # Z3 takes the signal; the user meant the program
        raise KeyboardInterrupt
    late = reason in ("timeout", "canceled")
    return (Outcome.TIMEOUT if late else Outcome.UNKNOWN), None, f"Z3: {reason}"


def value(model: Any, term: Term) -> int:
    """The integer that a model gives to a term; a variable it leaves open counts as 0."""
    return int(model.eval(term, model_completion=True).as_long())


def require_seconds(timeout: float) -> float:
    """The time limit, if it is a positive finite number of seconds; else InputError."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise InputError("timeout must be a number of seconds")
    if not (isfinite(timeout) and 0 < timeout <= MAX_SECONDS):
        raise InputError(f"timeout must lie in (0, {MAX_SECONDS}] seconds, got {timeout}")
    return float(timeout)


@dataclass(frozen=True)
class ScheduleResult:
    """The answer of :func:`optimum_query`: a schedule, or none, or a reason for not knowing."""

    outcome: Outcome
    schedule: Schedule | None = None
    reason: str = ""


def optimum_query(instance: Instance, at_most: int, timeout: float = 20.0) -> ScheduleResult:
    """Ask for a feasible schedule of cost at most ``at_most``.

    SCHEDULE with one, audited by :mod:`theory.schedule`; NONE is a proof that the optimal cost
    is larger; TIMEOUT or UNKNOWN say nothing. Equal requests start in file order: exchanging
    their starts changes neither occupancy nor cost.

    >>> inst = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    >>> optimum_query(inst, 46).outcome.value, optimum_query(inst, 47).outcome.value
    ('none', 'schedule')
    """
    if not isinstance(at_most, int) or isinstance(at_most, bool):
        raise InputError("at_most must be an integer")
    if len(instance) > MAX_JOBS:
        raise InputError(f"requests: at most {MAX_JOBS} in an optimum query, got {len(instance)}")
    deadline = time.monotonic() + require_seconds(timeout)
    jobs = numeric_jobs(instance, "start")
    constraints = feasible(jobs, instance.memory) + compact(jobs, instance.last_arrival)
    previous: dict[object, Job] = {}
    for job, request in zip(jobs, instance.requests, strict=True):
        constraints.append(job.start >= request.arrival)
        if request in previous:
            constraints.append(previous[request].start <= job.start)
        previous[request] = job
    arrivals = sum(request.arrival for request in instance.requests)
    constraints.append(total(job.completion for job in jobs) <= at_most + arrivals)
    outcome, model, reason = z3_says(constraints, deadline - time.monotonic())
    if outcome is not Outcome.SCHEDULE:
        return ScheduleResult(outcome, reason=reason)
    schedule = tuple(value(model, job.start) for job in jobs)
    try:
        require_feasible(instance, schedule)
    except InputError as error:
        raise EncodingError(f"the schedule found is not feasible: {error}") from error
    if cost(instance, schedule) > at_most:
        raise EncodingError(f"the schedule found costs {cost(instance, schedule)} > {at_most}")
    return ScheduleResult(outcome, schedule)

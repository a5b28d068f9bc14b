"""The schedule that a head-of-line priority policy makes of a burst, as linear constraints.

The requests are indexed in rank order and all arrive at step 0. Then head-of-line admission
starts them in index order, each at the first step, not before its predecessor's, at which it
fits on top of what was started before it: while j waits, nothing behind it may start. "First"
needs no quantifier over steps, because the steps at which j does not fit are a union of
finitely many intervals whose ends are terms (:func:`first_fit`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import z3

from theory.encoding.schedule import Job, Term, total
from theory.errors import InputError

RANKED = ("svf", "sjf", "ljf", "fcfs", "peak", "area")
"""Policies whose rank is a linear term, after a case table for products with the output."""


def _by_output(job: Job, longest: int, case: Callable[[int], Term]) -> Term:
    """The table "if the output is 1 then case(1), else if 2 ...", up to ``longest``."""
    table = case(longest)
    for output in range(longest - 1, 0, -1):
        table = z3.If(job.output == output, case(output), table)
    return table


def volume_term(job: Job, longest: int) -> Term:
    """The volume s*o + o(o+1)/2 of a job whose output is in [1, ``longest``], kept linear.

    The product of two unknowns is not linear, but the output has few values: the term is the
    table "if o = 1 then s + 1, else if o = 2 then 2 s + 3, ...". The last case stands for
    ``longest``, so the table is the volume only for outputs in its range.

    >>> job = Job(z3.Int("s"), z3.IntVal(2), z3.IntVal(0))
    >>> z3.simplify(volume_term(job, 2))
    3 + 2*s
    """

    def case(output: int) -> Term:
        return job.prompt * output + output * (output + 1) // 2

    return _by_output(job, longest, case)


def rank_term(policy: str, job: Job, longest: int) -> Term:
    """The rank of a job with output in [1, ``longest``] that arrives at 0; lower goes first."""
    match policy:
        case "svf":
            return volume_term(job, longest)
        case "sjf":
            return job.output
        case "ljf":
            return -job.output
        case "peak":
            return job.peak
        case "area":
            return _by_output(job, longest, lambda output: job.prompt * output)
        case "fcfs":
            return z3.IntVal(0)
    raise InputError(f"policy must be one of {', '.join(RANKED)}, got {policy!r:.40}")


def rank_order(policy: str, jobs: Sequence[Job], longest: int) -> list[Term]:
    """rank(j) <= rank(j + 1): the jobs are indexed in an order that the policy may follow.

    Equal ranks may come in either order: an adversary orders the ties. On a burst ``fcfs``
    ties all requests, so it may be given any order.
    """
    ranks = [rank_term(policy, job, longest) for job in jobs]
    return [ranks[j] <= ranks[j + 1] for j in range(len(jobs) - 1)]


def _load(started: Sequence[Job], least: Term, step: Term) -> Term:
    """Tokens held at ``step`` by the started jobs that complete at ``least`` or later.

    Their number too is not a constant, so the sum is written job by job to stay linear.
    """
    return total(
        z3.If(job.completion >= least, job.prompt + step - job.start, 0) for job in started
    )


def refused(started: Sequence[Job], job: Job, step: Term, memory: Term) -> Term:
    """The job does not fit if it starts at ``step``, at or after the starts of ``started``.

    It fits if it does at each later completion of a started job up to its own, and at its own
    completion. For a started i that still runs, let u = min(completion_i, step + output): the
    test compares with ``memory`` what the job holds at u plus what those complete at
    completion_i or later hold at u. All these run at u, so a test that fails is an overflow.
    Conversely, at u = completion_i the test counts all that runs; and at the job's own last
    step, the i that completes first among those that run then gives the test that counts all
    of them. (With nothing running then, the job holds its peak, at most ``memory``.)
    """
    tests = []
    for other in started:
        end = z3.If(other.completion <= step + job.output, other.completion, step + job.output)
        held = _load(started, other.completion, end) + job.prompt + end - step
        tests.append(z3.And(step < other.completion, held > memory))
    return z3.Or(tests)


def releases(started: Sequence[Job], job: Job, memory: Term) -> list[Term]:
    """For each started job, the step from which its test in :func:`refused` passes for good.

    Let e = load at completion_i of what runs until then or longer, plus the job's peak, minus
    ``memory``. If e <= 0 the test of i never fails. If e > 0 it fails exactly on an interval of
    start steps: with the job's end past completion_i, for
    completion_i - output <= t < min(completion_i, completion_i - output + e); with the job's
    end before it, for t from some step up to completion_i - output, as the load there grows
    with t. So the first step past the interval is min(completion_i, completion_i - output + e).
    (If e <= 0 the term is some step like any other, and harmless in :func:`first_fit`.)
    """
    steps = []
    for other in started:
        end = other.completion
        excess = _load(started, end, end) + job.peak - memory
        steps.append(z3.If(excess <= job.output, end - job.output + excess, end))
    return steps


def not_before(started: Sequence[Job], job: Job, ready: Term, memory: Term) -> list[Term]:
    """The job fits at no step in [``ready``, its start).

    The first step >= ready at which it fits is ready itself or the right end of a forbidden
    interval: a step > ready that is allowed while the one before is not is the right end of
    every interval that holds the one before. So it is enough that ready and all right ends in
    between are refused: if the first fit came before the start, it would be one of them.
    """
    free = releases(started, job, memory)
    constraints = [
        z3.Or(job.start == ready, refused(started, job, ready, memory)),
        z3.Or([job.start == ready, *(job.start == step for step in free)]),  # implied; prunes
    ]
    constraints += [
        z3.Implies(z3.And(ready <= step, step < job.start), refused(started, job, step, memory))
        for step in free
    ]
    return constraints


def first_fit(started: Sequence[Job], job: Job, ready: Term, memory: Term) -> list[Term]:
    """The job starts at the first step >= ``ready`` at which it fits on top of ``started``.

    It starts at ready or later, is not refused there, and :func:`not_before`. Exactly one
    start satisfies this, provided no started job starts after ready and peak <= ``memory``.
    """
    return [
        job.start >= ready,
        z3.Not(refused(started, job, job.start, memory)),
        *not_before(started, job, ready, memory),
    ]


def head_of_line(jobs: Sequence[Job], memory: Term) -> list[Term]:
    """The starts are those of head-of-line admission for a burst in this order; unique.

    The first job starts at 0, every other at the first step not before its predecessor's start
    at which it fits. By then everything in front has started and nothing behind has, so "what
    runs" is exactly the jobs in front, and no start is revised later.

    >>> from theory.encoding.schedule import numeric_jobs, value, z3_says
    >>> from theory.request import Instance
    >>> jobs = numeric_jobs(Instance.of(12, (1, 5), (2, 6), (0, 9), (4, 8)), "p")
    >>> _, model, _ = z3_says(head_of_line(jobs, 12), 10)
    >>> [value(model, job.start) for job in jobs]
    [0, 1, 5, 14]
    """
    constraints = [jobs[0].start == 0]
    for j in range(1, len(jobs)):
        constraints += first_fit(jobs[:j], jobs[j], jobs[j - 1].start, memory)
    return constraints

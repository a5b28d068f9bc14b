"""For users' own tests: is my policy competitive, and does it keep its contract?

Needs Hypothesis (``pip install hypothesis``).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import SystemRandom
from typing import Any

from adversaries.hunt.limits import Limits
from adversaries.hunt.score import Finding, score
from adversaries.hunt.search import Search
from adversaries.hunt.shrink import shrink
from adversaries.hunt.smallest import smallest
from adversaries.strategies import instances
from kvcr.loading import load_policy
from kvcr.supervision import supervised_policy, supervised_run
from theory.claims import Cell, Information, Traffic
from theory.errors import InputError, PolicyError
from theory.files import instance_to_data
from theory.policy import (
    Admission,
    AnyPolicy,
    OnlinePolicy,
    Policy,
    Rank,
    Restarter,
    Scheduler,
    restricted,
)
from theory.request import Instance
from theory.simulator import sees_of

__all__ = ["assert_competitive", "instances"]

FEWER = 3000
"""Evaluations of the climb to a counterexample with one request fewer."""
PROOF_SECONDS = 2.0
"""Time for a better schedule to hold the policy against, once the counterexample is small."""


def assert_competitive(
    policy: str | AnyPolicy | Rank | type[Scheduler] | type[Restarter],
    bound: Fraction | int | str,
    cell: Cell | None = None,
    *,
    alpha: Fraction | int = 1,
    admission: Admission | str = Admission.HEAD_OF_LINE,
    traffic: Traffic = Traffic.BURST,
    information: Information = Information.KNOWN,
    max_requests: int = 8,
    max_memory: int = 60,
    examples: int = 500,
    moves: int = 15_000,
    seed: int | None = None,
) -> Finding:
    """Look hard for an instance on which the policy costs more than ``bound`` times the optimum.

    Hypothesis draws ``examples`` instances, steered to large ratios, and a climb of so many
    small ``moves`` goes on from the worst: some 10,000 a second for a rank, 500 for a scheduler.
    Sizes are in requests and tokens; ``cell`` replaces alpha, admission, traffic and
    information. Passing is no proof: the worst finding is returned.

    ``policy`` is a name, ``module:object``, a :class:`Policy`, a rank (a function of a
    request), or a :class:`Scheduler`, a :class:`Restarter` or the class of one: every run gets a
    fresh object or a deep copy. Where the cell hides outputs, reading one is a breach.

    Raises AssertionError with the smallest counterexample found near the first: both schedules,
    exact costs, and the instance to paste into a file. Raises PolicyError, with a small instance
    too, for a policy that peeks, overfills memory, starts a request early or twice, changes one,
    idles for ever, throws, or decides by chance where it counts. Raises InputError for a bad
    argument, and for Poisson traffic: no one instance refutes a claim about its mean.

    >>> class OneAtATime:
    ...     def choose(self, step, waiting, running, memory):
    ...         if running:
    ...             return None
    ...         shortest = min(waiting, key=lambda job: job.request.output)
    ...         return shortest.index
    >>> assert_competitive(OneAtATime, bound=2, examples=50, seed=1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: OneAtATime costs more than 2 times the optimum ...
    """
    if cell is None:
        cell = Cell("", Fraction(alpha), Admission(admission), traffic, information)
    if cell.traffic is Traffic.POISSON:
        raise InputError("traffic: a claim about Poisson traffic is refuted by no one instance")
    if examples < 1 or moves < 0:
        raise InputError(f"examples must be at least 1, moves 0, got {examples} and {moves}")
    limits = Limits.of(cell, max_requests, max_memory)
    seed = SystemRandom().getrandbits(32) if seed is None else seed
    subject = _subject(policy, cell)
    exact = _exact(bound)
    search = Search(subject.score, limits, exact)
    search.draw(examples, seed)
    search.climb(moves, seed)
    how = f"found with seed={seed} after {search.evaluations} evaluations"
    if search.breach is not None:
        raise PolicyError(_breach_message(subject, limits, search.breach, how))
    assert search.worst is not None
    if search.worst.ratio > exact:
        raise AssertionError(
            _counterexample_message(subject, limits, search.worst, exact, cell, how)
        )
    return search.worst


@dataclass(frozen=True)
class _Subject:
    """The policy to test: its name, and how to get it, fresh, for an instance."""

    name: str
    fresh: Callable[[Instance], AnyPolicy]

    def score(self, instance: Instance, time_limit: float = 0.0) -> Finding:
        return score(instance, self.fresh(instance), time_limit, self.name)


def _subject(policy: Any, cell: Cell) -> _Subject:
    """The policy in any of its forms, under supervision."""
    name = policy if isinstance(policy, str) else _name(policy)
    found = policy
    if isinstance(policy, str):
        found = load_policy(policy, cell.admission)
    elif isinstance(policy, Policy):
        found = policy.with_admission(cell.admission)
    elif isinstance(policy, Scheduler | Restarter):  # the object, or the class, which has it too

        def fresh(_: Instance) -> Any:
            return policy() if isinstance(policy, type) else copy.deepcopy(policy)

        found = OnlinePolicy(name, fresh, sees_of(policy))
    if isinstance(found, Policy):
        ranked = supervised_policy(found, cell.information)
        return _Subject(name, lambda _: ranked)
    if isinstance(found, OnlinePolicy):
        online = restricted(found, cell.information)
        return _Subject(name, lambda instance: supervised_run(online, instance))
    if callable(found):
        rank = Policy(name, lambda _: found, cell.admission)
        ranked = supervised_policy(rank, cell.information)
        return _Subject(name, lambda _: ranked)
    raise InputError(f"policy {name}: neither a Policy, nor a rank, nor an object with choose()")


def _name(policy: object) -> str:
    for attribute in ("__name__", "name"):
        name = getattr(policy, attribute, None)
        if isinstance(name, str):
            return name
    return type(policy).__name__


def _exact(bound: Fraction | int | str) -> Fraction:
    if isinstance(bound, float | bool):
        raise InputError(f"bound must be an integer, a Fraction or a text p/q, got {bound!r}")
    try:
        return Fraction(bound)
    except (ValueError, ZeroDivisionError, TypeError):
        raise InputError(f"bound must be a number p/q, got {bound!r:.40}") from None


def _breach_message(
    subject: _Subject, limits: Limits, breach: tuple[Instance, str], how: str
) -> str:
    """The breach on the smallest instance near the one found."""

    def complaint(instance: Instance) -> str:
        try:
            subject.score(instance)
        except PolicyError as error:
            return str(error)
        return ""

    def kind(message: str) -> str:
        return re.sub(r"\d+", "#", message)

    instance, first = breach
    small = shrink(instance, limits, lambda i: kind(complaint(i)) == kind(first))
    return f"{complaint(small) or first}\n{_pasted(small)}\n{how}"


def _counterexample_message(
    subject: _Subject, limits: Limits, worst: Finding, bound: Fraction, cell: Cell, how: str
) -> str:
    """The smallest counterexample near the one found: schedules, costs, instance."""
    small = smallest(subject.score, worst.instance, limits, bound, FEWER)
    shown = subject.score(small, PROOF_SECONDS)
    if shown.policy_schedule != subject.score(small).policy_schedule:
        raise PolicyError(f"{subject.name} decides by chance: two runs differ\n{how}")
    if shown.ratio <= bound:
        raise PolicyError(f"{subject.name} decides by chance: the ratio is gone\n{how}")
    admission = f", {shown.admission.value}" if shown.admission else ""
    peaks = f"{cell.traffic.value}, {cell.information.value} lengths, peaks <= {cell.alpha} M"
    lines = [
        f"{shown.policy} costs more than {bound} times the optimum{admission} ({peaks})",
        f"cost {shown.policy_cost} against {shown.good_cost} of a feasible schedule: "
        f"ratio at least {shown.ratio} = {float(shown.ratio):.4f}",
        _table(shown),
        _pasted(small),
        how,
    ]
    return "\n".join(lines)


def _table(finding: Finding) -> str:
    """Each request, and when it starts in both schedules."""
    lines = [
        f"memory {finding.instance.memory} tokens",
        "request  prompt  output  arrival  peak  volume  policy starts  better start",
    ]
    rows = zip(
        finding.instance.requests, finding.policy_schedule, finding.good_schedule, strict=True
    )
    lines += [
        f"{i:7}{r.prompt:8}{r.output:8}{r.arrival:9}{r.peak:6}{r.volume:8}{begin:15}{better:14}"
        for i, (r, begin, better) in enumerate(rows)
    ]
    return "\n".join(lines)


def _pasted(instance: Instance) -> str:
    return f"instance: {json.dumps(instance_to_data(instance))}"

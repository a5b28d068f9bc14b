"""Scheduling policies: a rank on requests, an admission rule, a rule for ties.

A *priority policy* scans the waiting requests in rank order at every step. ``head-of-line``
starts each that fits and stops at the first that does not; ``backfill`` goes on past it. A
request fits when, with everything that runs, memory is never exceeded in any later step
(theory.md, section 1). ``restart`` looks ahead by one step only, and evicts when memory runs
over (:mod:`theory.restart`). Ties in rank go by position.

A rank sees no more of the lengths than its policy's ``sees`` allows (:mod:`theory.view`); the
check of ``head-of-line`` and ``backfill`` belongs to the server, and knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar, cast, runtime_checkable

import numpy as np

from theory.errors import InputError
from theory.request import Instance, Request
from theory.restart import Eviction
from theory.view import Information, Views

Rank: TypeAlias = Callable[[Request], int | Fraction]
"""Lower ranks go first."""


class Admission(StrEnum):
    """What happens behind a request that does not fit."""

    HEAD_OF_LINE = "head-of-line"
    BACKFILL = "backfill"
    RESTART = "restart"  # no look-ahead: starts what the next step has room for, evicts, restarts


LOOK_AHEAD = (Admission.HEAD_OF_LINE, Admission.BACKFILL)
"""The admissions of the taxonomy, which never evict: what starts has room until it completes."""


@dataclass(frozen=True)
class Policy:
    """A priority policy: requests in order of rank, then of position.

    ``make_rank`` gets the instance because some ranks use a known bound (the longest output);
    most ignore it. Instance and requests are what ``sees`` shows of them. ``by_columns`` says
    that the rank also takes all requests at once, as a :class:`~theory.columns.Columns`, and
    multiplies at most two lengths. ``eviction`` counts under ``restart`` only.

    >>> svf = named_policy("svf")
    >>> svf.order(Instance.of(12, (4, 8), (0, 9), (2, 6)))
    (2, 1, 0)
    >>> replace(svf, sees=Information.NONE).order(Instance.of(12, (4, 8)))
    Traceback (most recent call last):
        ...
    theory.errors.PolicyError: svf peeks at volume, which depends on the hidden output
    """

    name: str
    make_rank: Callable[[Instance], Rank]
    admission: Admission = Admission.HEAD_OF_LINE
    summary: str = ""
    by_columns: bool = False
    sees: Information = Information.KNOWN
    eviction: Eviction = Eviction.LOWEST_RANKED

    def rank_for(self, instance: Instance) -> Rank:
        """The rank of this instance's requests. It raises PolicyError when it peeks."""
        if self.sees is Information.KNOWN:
            return self.make_rank(instance)
        views = Views(instance, self.sees, self.name)
        rank = views.ask("", self.make_rank, views.instance)
        return lambda request: views.ask("", rank, views.request(request))

    def order(self, instance: Instance) -> tuple[int, ...]:
        """Indices of all requests in rank order, ties by position.

        Raises PolicyError when the rank peeks.
        """
        if self.by_columns and instance.is_narrow:
            return tuple(np.argsort(self._by_columns(instance), kind="stable").tolist())
        rank = self.rank_for(instance)
        keys = [rank(request) for request in instance.requests]
        return tuple(sorted(range(len(keys)), key=keys.__getitem__))

    def _by_columns(self, instance: Instance) -> Any:
        if self.sees is Information.KNOWN:
            return cast(Any, self.make_rank(instance))(instance.columns)
        views = Views(instance, self.sees, self.name)
        rank = views.ask("", self.make_rank, views.instance)
        return views.ask("", cast(Any, rank), views.columns)

    def with_admission(self, admission: Admission | str) -> Policy:
        """The same rank under another admission rule."""
        return replace(self, admission=Admission(admission))


@dataclass(frozen=True, slots=True)
class Job:
    """A request as a :class:`Scheduler` sees it: its index in the file, and its start if any."""

    index: int
    request: Request
    start: int | None = None


@runtime_checkable
class Scheduler(Protocol):
    """Any online policy: at each step it is asked, again and again, what to start now.

    Return the index of a waiting job to start it, or None to let the step pass.
    """

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        """The index of the waiting job to start at this step, or None."""
        ...


class Action(NamedTuple):
    """What a :class:`Restarter` does in a step: cut these running jobs, then start these."""

    cut: Sequence[int]
    start: Sequence[int]


@runtime_checkable
class Restarter(Protocol):
    """Any online policy that evicts: at each step it is asked once what to cut and to start.

    What is cut loses its progress and waits again; it may start again in the same step. Only
    the next step must have room for all that runs then, so who looks no further must be ready
    to cut.
    """

    def act(self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int) -> Action:
        """The indices of the running jobs to cut, and of the waiting (or cut) ones to start."""
        ...


@dataclass(frozen=True)
class OnlinePolicy:
    """A policy that is no rank: ``fresh`` makes its scheduler for one run on one instance.

    It brings its own admission. The instance, which an online policy has no business with, is
    there for policies of offline origin; it and the jobs are what ``sees`` shows of them.
    """

    name: str
    fresh: Callable[[Instance], Scheduler | Restarter]
    sees: Information = Information.KNOWN
    summary: str = ""


AnyPolicy: TypeAlias = Policy | OnlinePolicy | Scheduler | Restarter
"""Whatever the simulator runs."""

P = TypeVar("P", bound=Policy | OnlinePolicy)


def restricted(policy: P, information: Information) -> P:
    """The policy, told no more than the information.

    >>> restricted(named_policy("fcfs"), Information.INTERVAL).sees.value
    'none'
    >>> restricted(named_policy("svf"), Information.INTERVAL).sees.value
    'interval'
    """
    if information.reveals(policy.sees):
        return policy
    common = information if policy.sees is Information.KNOWN else Information.NONE
    return replace(policy, sees=common)


def _fixed(rank: Rank) -> Callable[[Instance], Rank]:
    return lambda _instance: rank


def _one_bit_for(instance: Instance) -> Rank:
    """Volume of a representative output, known from the one bit [output > sqrt T].

    T is the longest output; the representatives are the integer parts of T^(1/4) and T^(3/4).
    Source: paper, Theorem 3.3 (read through theory.md, section 3).

    >>> rank = named_policy("one-bit-svf").rank_for(Instance.of(16, (0, 16)))
    >>> rank(Request(0, 4)), rank(Request(0, 5))
    (3, 36)
    """
    longest: int = cast(Any, instance).longest
    short, long = isqrt(isqrt(longest)), isqrt(isqrt(longest**3))

    def rank(request: Request) -> int:
        guess = short + (long - short) * cast(Any, request).is_long
        return cast(int, request.prompt * guess + guess * (guess + 1) // 2)

    return rank


POLICIES: dict[str, Policy] = {
    name: Policy(name, make_rank, summary=summary, by_columns=True, sees=sees)
    for name, make_rank, sees, summary in (
        ("svf", _fixed(lambda r: r.volume), Information.KNOWN, "smallest volume first"),
        ("one-bit-svf", _one_bit_for, Information.ONE_BIT, "volume of a representative length"),
        ("sjf", _fixed(lambda r: r.output), Information.KNOWN, "shortest output first"),
        ("ljf", _fixed(lambda r: -r.output), Information.KNOWN, "longest output first"),
        ("fcfs", _fixed(lambda r: r.arrival), Information.NONE, "first come, first served"),
        ("peak", _fixed(lambda r: r.peak), Information.KNOWN, "smallest peak first"),
        ("area", _fixed(lambda r: r.area), Information.KNOWN, "smallest s*o first"),
    )
}
"""The built-in ranks, head-of-line; ``with_admission`` gives the other forms."""


def named_policy(name: str, admission: Admission | str = Admission.HEAD_OF_LINE) -> Policy:
    """A built-in rank. Raises InputError for a name that is not known.

    >>> named_policy("svf", "backfill").admission.value
    'backfill'
    """
    if name not in POLICIES:
        raise InputError(f"policy: unknown name {name!r}; known: {', '.join(POLICIES)}")
    return POLICIES[name].with_admission(admission)

"""Scheduling policies: a rank on requests, an admission rule, a rule for ties.

A *priority policy* scans the waiting requests in rank order at every step. ``head-of-line``
starts each that fits and stops at the first that does not; ``backfill`` goes on past it. A
request fits when, with everything that runs, memory is never exceeded in any later step
(theory.md, section 1). Ties in rank go by position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import isqrt
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

import numpy as np

from theory.errors import InputError
from theory.request import Instance, Request

Rank: TypeAlias = Callable[[Request], int | Fraction]
"""Lower ranks go first."""


class Admission(StrEnum):
    """What happens behind a request that does not fit."""

    HEAD_OF_LINE = "head-of-line"
    BACKFILL = "backfill"


@dataclass(frozen=True)
class Policy:
    """A priority policy: requests in order of ``rank_for(instance)``, then of position.

    ``rank_for`` gets the instance because some ranks use a known bound (the longest output);
    most ignore it. ``by_columns`` says that the rank also takes all requests at once, as a
    :class:`~theory.columns.Columns`, and multiplies at most two lengths.

    >>> svf = named_policy("svf")
    >>> svf.order(Instance.of(12, (4, 8), (0, 9), (2, 6)))
    (2, 1, 0)
    """

    name: str
    rank_for: Callable[[Instance], Rank]
    admission: Admission = Admission.HEAD_OF_LINE
    summary: str = ""
    by_columns: bool = False

    def order(self, instance: Instance) -> tuple[int, ...]:
        """Indices of all requests in rank order, ties by position."""
        rank = self.rank_for(instance)
        if self.by_columns and instance.is_narrow:
            return tuple(np.argsort(cast(Any, rank)(instance.columns), kind="stable").tolist())
        keys = [rank(request) for request in instance.requests]
        return tuple(sorted(range(len(keys)), key=keys.__getitem__))

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


def _fixed(rank: Rank) -> Callable[[Instance], Rank]:
    return lambda _instance: rank


def one_bit_rank(longest: int) -> Rank:
    """Volume of a representative output, known from the one bit [output > sqrt T].

    T is ``longest``; the representatives are the integer parts of T^(1/4) and T^(3/4).
    Source: paper, Theorem 3.3 (read through theory.md, section 3).

    >>> rank = one_bit_rank(16)
    >>> rank(Request(0, 4)), rank(Request(0, 5))
    (3, 36)
    """
    threshold = isqrt(longest)
    short, long = isqrt(threshold), isqrt(isqrt(longest**3))

    def rank(request: Request) -> int:
        guess = short + (long - short) * (request.output > threshold)
        return request.prompt * guess + guess * (guess + 1) // 2

    return rank


def _one_bit_for(instance: Instance) -> Rank:
    return one_bit_rank(max(request.output for request in instance.requests))


POLICIES: dict[str, Policy] = {
    name: Policy(name, rank_for, summary=summary, by_columns=True)
    for name, rank_for, summary in (
        ("svf", _fixed(lambda r: r.volume), "smallest volume first"),
        ("one-bit-svf", _one_bit_for, "volume of a representative length"),
        ("sjf", _fixed(lambda r: r.output), "shortest output first"),
        ("ljf", _fixed(lambda r: -r.output), "longest output first"),
        ("fcfs", _fixed(lambda r: r.arrival), "first come, first served"),
        ("peak", _fixed(lambda r: r.peak), "smallest peak first"),
        ("area", _fixed(lambda r: r.area), "smallest s*o first"),
    )
}
"""The built-in policies, head-of-line; ``with_admission`` gives the backfill form."""


def named_policy(name: str, admission: Admission | str = Admission.HEAD_OF_LINE) -> Policy:
    """A built-in policy. Raises InputError for a name that is not known.

    >>> named_policy("svf", "backfill").admission.value
    'backfill'
    """
    if name not in POLICIES:
        raise InputError(f"policy: unknown name {name!r}; known: {', '.join(POLICIES)}")
    return POLICIES[name].with_admission(admission)

"""What a policy may see of a request: all of it, an interval, one bit, or nothing of its output.

A policy never gets an instance but through its :class:`Views`. Where the output is hidden they
hold no output, so there is nothing to find: an attribute that depends on it raises PolicyError,
and is remembered in case the policy catches the error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from math import isqrt
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from theory.columns import Columns, Steps
from theory.errors import PolicyError
from theory.request import Instance, Request

T = TypeVar("T")

HIDDEN = frozenset(
    ("output", "peak", "volume", "area", "lag", "alpha", "slack", "total_output", "is_narrow")
)
"""What follows from outputs, in a request or in an instance."""


class Information(StrEnum):
    """What a policy knows of a request's length."""

    KNOWN = "known"
    INTERVAL = "interval"
    ONE_BIT = "1-bit"
    NONE = "none"

    def reveals(self, other: Information) -> bool:
        """Whether who is told this knows all that ``other`` tells.

        >>> Information.KNOWN.reveals(Information.ONE_BIT)
        True
        >>> Information.INTERVAL.reveals(Information.ONE_BIT)
        False
        """
        return self in (Information.KNOWN, other) or other is Information.NONE


class Watch:
    """Remembers what the policy ``who`` has tried to read and may not."""

    def __init__(self, who: str = "policy") -> None:
        self.who = who
        self.peeks: list[str] = []

    def caught(self, name: str) -> PolicyError:
        """The error for reading ``name``."""
        self.peeks.append(f"{self.who} peeks at {name}, which depends on the hidden output")
        return PolicyError(self.peeks[-1])


@dataclass(frozen=True)
class _Hidden:
    """Anything with hidden outputs: whatever depends on them is a breach to read."""

    watch: Watch = field(default_factory=Watch, repr=False, compare=False, kw_only=True)

    def __getattr__(self, name: str) -> Any:
        if name in HIDDEN:
            raise self.watch.caught(name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name}")

    def _told(self, name: str, value: T | None) -> T:
        if value is None:
            raise self.watch.caught(name)
        return value


@dataclass(frozen=True)
class HiddenRequest(_Hidden):
    """A request whose output the policy may not read; reading it is a breach.

    ``prompt`` and ``arrival`` are known, ``predicted`` under interval information (else None),
    and :attr:`is_long` under one bit.

    >>> HiddenRequest(3, 0).volume
    Traceback (most recent call last):
        ...
    theory.errors.PolicyError: policy peeks at volume, which depends on the hidden output
    """

    prompt: int
    arrival: int
    predicted: tuple[int, int] | None = None
    bit: bool | None = field(default=None, repr=False)

    @property
    def is_long(self) -> bool:
        """The one bit: output > sqrt T, T the longest output of the instance."""
        return self._told("is_long", self.bit)


@dataclass(frozen=True)
class HiddenColumns(_Hidden):
    """:class:`~theory.columns.Columns` without outputs: what a blind vector rank gets."""

    prompt: Steps
    arrival: Steps
    bit: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.prompt)

    @property
    def is_long(self) -> NDArray[np.bool_]:
        """The one bit of each: output > sqrt T."""
        return self._told("is_long", self.bit)


@dataclass(frozen=True)
class HiddenInstance(_Hidden):
    """An instance as a blind policy sees it."""

    memory: int
    columns: HiddenColumns
    predicted: tuple[tuple[int, int] | None, ...] | None = None
    bound: int | None = None

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def longest(self) -> int:
        """T, the longest output in tokens: known under one bit."""
        return self._told("longest", self.bound)

    @property
    def is_burst(self) -> bool:
        """True when every request arrives at step 0."""
        return not self.columns.arrival.any()

    @cached_property
    def requests(self) -> tuple[HiddenRequest, ...]:
        """The requests, in the instance's order."""
        c, n = self.columns, len(self)
        bits = [None] * n if c.bit is None else c.bit.tolist()
        predicted = self.predicted or [None] * n
        rows = zip(c.prompt.tolist(), c.arrival.tolist(), predicted, bits, strict=True)
        return tuple(HiddenRequest(*row, watch=self.watch) for row in rows)


class Views:
    """What the policy ``who`` sees of an instance, its requests and its columns.

    They pass for an :class:`Instance`, :class:`Request` and :class:`Columns`; with known
    lengths they are.

    >>> views = Views(Instance.of(9, (0, 9), (2, 3)), Information.ONE_BIT)
    >>> [request.is_long for request in views.instance.requests]
    [True, False]
    """

    def __init__(
        self, instance: Instance, sees: Information = Information.KNOWN, who: str = "policy"
    ) -> None:
        self.sees = sees
        self.watch = Watch(who)
        self._instance = instance
        self._longest: int | None = None
        if sees is Information.ONE_BIT:
            self._longest = int(instance.columns.output.max())

    def request(self, request: Request) -> Request:
        """A request of the instance, or another one under the same T."""
        if self.sees is Information.KNOWN:
            return request
        bit = None if self._longest is None else request.output > isqrt(self._longest)
        predicted = request.predicted if self.sees is Information.INTERVAL else None
        shown = HiddenRequest(request.prompt, request.arrival, predicted, bit, watch=self.watch)
        return cast(Request, shown)

    @cached_property
    def columns(self) -> Columns:
        """All requests at once."""
        c = self._instance.columns
        if self.sees is Information.KNOWN:
            return c
        bit = None if self._longest is None else c.output > isqrt(self._longest)
        return cast(Columns, HiddenColumns(c.prompt, c.arrival, bit, watch=self.watch))

    @cached_property
    def instance(self) -> Instance:
        """The whole instance."""
        if self.sees is Information.KNOWN:
            return self._instance
        predicted = None
        if self.sees is Information.INTERVAL:
            predicted = tuple(request.predicted for request in self._instance.requests)
        columns = cast(HiddenColumns, self.columns)
        memory, longest = self._instance.memory, self._longest
        return cast(Instance, HiddenInstance(memory, columns, predicted, longest, watch=self.watch))

    def ask(self, when: str, function: Callable[..., T], *arguments: object) -> T:
        """The policy's answer. Raises PolicyError that says ``when`` it peeked, if it did."""
        try:
            answer = function(*arguments)
        except Exception:
            if not self.watch.peeks:
                raise
        if self.watch.peeks:
            raise PolicyError(f"{when}{self.watch.peeks[0]}")
        return answer

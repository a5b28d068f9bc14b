"""Requests and instances: what an LLM server is asked to do, and the memory it has.

The model is discrete: steps and tokens are integers. A request started at step ``p`` holds
``prompt + (t - p)`` tokens in step ``t`` for ``p < t <= p + output`` and completes at
``p + output`` (theory.md, section 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from theory.columns import Columns
from theory.errors import InputError

MAX_TOKENS = 10**15
"""Largest budget, prompt, output or arrival that is accepted (tokens or steps)."""
MAX_REQUESTS = 5_000_000
"""Largest number of requests in one instance."""
MAX_HORIZON = 2**62
"""Every schedule considered ends before this step, so 64-bit integers never overflow."""


def _integer(value: object, name: str, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{name} must be an integer")
    if not least <= value <= MAX_TOKENS:
        shown = str(value) if abs(value) <= 10**20 else "a number beyond 10^20"
        raise InputError(f"{name} must lie in [{least}, 10^15], got {shown}")


@dataclass(frozen=True, slots=True)
class Request:
    """One request: prompt tokens, output tokens, arrival step.

    ``prompt >= 0``, ``output >= 1``, ``arrival >= 0``; ``predicted`` is an optional interval
    (lo, hi) that is said to contain the output. Raises InputError outside these ranges.
    Source: theory.md, section 1.

    >>> long = Request(prompt=0, output=10)
    >>> long.peak, long.volume
    (10, 55)
    """

    prompt: int
    output: int
    arrival: int = 0
    predicted: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        _integer(self.prompt, "prompt", 0)
        _integer(self.output, "output", 1)
        _integer(self.arrival, "arrival", 0)
        if self.predicted is not None:
            low, high = self.predicted
            _integer(low, "predicted", 1)
            _integer(high, "predicted", low)

    @property
    def peak(self) -> int:
        """Tokens held in the last step: prompt + output."""
        return self.prompt + self.output

    @property
    def volume(self) -> int:
        """Tokens held, summed over the steps of its life: s*o + o(o+1)/2.

        >>> Request(3, 2).volume   # 4 tokens, then 5
        9
        """
        return self.prompt * self.output + self.output * (self.output + 1) // 2

    @property
    def area(self) -> int:
        """The volume without its growth: s*o."""
        return self.prompt * self.output

    @property
    def lag(self) -> Fraction:
        """Completion minus the volume-weighted mean time of its tokens, in steps (d_j of L4).

        The tokens of step t are spread evenly over (t-1, t]. Lies in [(2o+1)/6, o/2].
        Source: theory.md, L4.

        >>> Request(0, 1).lag, Request(0, 2).lag
        (Fraction(1, 2), Fraction(5, 6))
        """
        s, o = self.prompt, self.output
        return Fraction(6 * s * o + (o + 1) * (2 * o + 1), 12 * s + 6 * (o + 1))


@dataclass(frozen=True)
class Instance:
    """A KV budget and the requests that must be served within it.

    ``memory >= 1`` tokens; at least one request, every peak within memory. Raises InputError
    naming the request (counted from 0) and the field. Source: theory.md, section 1.

    >>> inst = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    >>> inst.peak, inst.alpha, inst.slack
    (12, Fraction(1, 1), 1)
    """

    memory: int
    requests: tuple[Request, ...]
    note: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        _integer(self.memory, "memory", 1)
        if not self.requests:
            raise InputError("requests must hold at least one request")
        if len(self.requests) > MAX_REQUESTS:
            raise InputError(f"requests: at most {MAX_REQUESTS} requests, got {len(self.requests)}")
        previous = None
        for index, request in enumerate(self.requests):
            if request is not previous and request.peak > self.memory:
                raise InputError(
                    f"request {index}: prompt + output = {request.peak} exceeds "
                    f"memory = {self.memory}"
                )
            previous = request
        if self.last_arrival + self.total_output >= MAX_HORIZON:
            raise InputError("requests: arrivals and outputs add up to more than 2^62 steps")

    @classmethod
    def of(cls, memory: int, *pairs: tuple[int, ...], note: str = "") -> Instance:
        """An instance from (prompt, output) or (prompt, output, arrival) tuples."""
        return cls(memory, tuple(Request(p[0], p[1], sum(p[2:])) for p in pairs), note)

    @classmethod
    def from_groups(
        cls, memory: int, groups: Iterable[tuple[int, Request]], note: str = ""
    ) -> Instance:
        """An instance from (count, request) groups; equal requests share one object.

        >>> len(Instance.from_groups(60, [(1, Request(0, 10)), (3, Request(59, 1))]).requests)
        4
        """
        requests: list[Request] = []
        for count, request in groups:
            if len(requests) + count > MAX_REQUESTS:
                raise InputError(f"count: more than {MAX_REQUESTS} requests in all")
            requests.extend([request] * count)
        return cls(memory, tuple(requests), note)

    def groups(self) -> list[tuple[int, Request]]:
        """Runs of equal consecutive requests, as (count, request)."""
        runs: list[tuple[int, Request]] = []
        for request in self.requests:
            if runs and runs[-1][1] == request:
                runs[-1] = (runs[-1][0] + 1, request)
            else:
                runs.append((1, request))
        return runs

    def select(self, indices: Sequence[int]) -> Instance:
        """The same budget with only these requests, in this order."""
        return Instance(self.memory, tuple(self.requests[i] for i in indices))

    def __len__(self) -> int:
        return len(self.requests)

    @cached_property
    def peak(self) -> int:
        """Largest peak P, in tokens."""
        return max(request.peak for request in self.requests)

    @cached_property
    def columns(self) -> Columns:
        """Prompts, outputs and arrivals as arrays, in the instance's order."""
        n = len(self.requests)
        return Columns(
            np.fromiter((r.prompt for r in self.requests), np.int64, n),
            np.fromiter((r.output for r in self.requests), np.int64, n),
            np.fromiter((r.arrival for r in self.requests), np.int64, n),
        )

    @property
    def is_narrow(self) -> bool:
        """True when every product of two lengths fits in 64 bits: peaks below 2^31."""
        return self.peak < 2**31

    @property
    def alpha(self) -> Fraction:
        """P / M, in (0, 1]."""
        return Fraction(self.peak, self.memory)

    @property
    def slack(self) -> int:
        """D = M + 1 - P: what blocks a head of line holds at least this many tokens."""
        return self.memory + 1 - self.peak

    @cached_property
    def last_arrival(self) -> int:
        """Latest arrival step."""
        return max(request.arrival for request in self.requests)

    @cached_property
    def total_output(self) -> int:
        """Sum of outputs: no sensible schedule runs longer after the last arrival."""
        return sum(request.output for request in self.requests)

    @property
    def is_burst(self) -> bool:
        """True when every request arrives at step 0."""
        return self.last_arrival == 0

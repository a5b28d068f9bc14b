"""The objects of T4's proof, built from a schedule: runs, chains of witnesses, claims, fees.

The proof of T4 (:mod:`lemmas.t4_wait`) cuts the time before a start into *runs*, each run into
*tiles* at *witness* steps, and lets every tile *claim* the area of some requests. This module
builds all of that for one instance, in integers, so that the lemmas can be decided on examples
and the reading of the model can be tested. It proves nothing.

>>> line = Line.of(Instance.of(2, (0, 2), (0, 2)), (0, 1))
>>> line.starts
(0, 2)
>>> [(run.begin, run.end, run.fee) for run in line.runs()]
[(0, 2, 1)]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from theory.policy import POLICIES, Admission
from theory.request import Instance, Request
from theory.simulator import follow


def four_u(memory: int, peak: int) -> int:
    """4 U = min(2 (M + 1) - P, 3 (M + 1 - P)), the rate of T4's waiting bound."""
    return min(2 * (memory + 1) - peak, 3 * (memory + 1 - peak))


def potential(output: int, x: int) -> int:
    """tau(x) = max(2 x, 3 x - o): what a chain of tiles has claimed, per token of load, at x."""
    return max(2 * x, 3 * x - output)


def named_orders(instance: Instance) -> set[tuple[int, ...]]:
    """The priority orders that we have a name for (first come, first served is the file's)."""
    return {policy.order(instance) for policy in POLICIES.values()}


@dataclass(frozen=True)
class Run:
    """A run (begin, end] with its head, which starts in it and outlives it.

    ``head`` is a place in the order, ``output`` the head's; ``fee`` is phi, the tokens that the
    head holds one step after ``end``; ``points`` are witness offsets from ``begin``: 0 first,
    the last one at most ``output`` from the end.
    """

    head: int
    begin: int
    end: int
    output: int
    fee: int
    points: tuple[int, ...]

    @property
    def length(self) -> int:
        """X, in steps."""
        return self.end - self.begin

    @property
    def chains(self) -> tuple[tuple[int, ...], ...]:
        """The cuts of [0, X] that the proof compares: one tile, or with and without the last z."""
        if self.length <= self.output:
            return ((0, self.length),)
        return (*self.points, self.length), (*self.points[:-1], self.length)


@dataclass(frozen=True)
class Line:
    """Requests in priority order with their head-of-line starts: places instead of indices."""

    memory: int
    peak: int
    requests: tuple[Request, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, instance: Instance, order: Sequence[int]) -> Line:
        """The head-of-line schedule of a burst in the given order."""
        starts = follow(instance, order, Admission.HEAD_OF_LINE)
        return cls(
            instance.memory,
            instance.peak,
            tuple(instance.requests[i] for i in order),
            tuple(starts[i] for i in order),
        )

    def held(self, place: int, step: int) -> int:
        """Tokens that a request holds in a step."""
        life = step - self.starts[place]
        request = self.requests[place]
        return request.prompt + life if 0 < life <= request.output else 0

    def load(self, head: int, step: int) -> int:
        """Tokens that the requests before ``head`` hold in a step."""
        return sum(self.held(place, step) for place in range(head))

    def witnesses(self, head: int, step: int) -> list[int]:
        """The steps at which ``head``, started at ``step``, would overflow the memory."""
        request = self.requests[head]
        return [
            y
            for y in range(step + 1, step + request.output + 1)
            if self.load(head, y) + request.prompt + y - step > self.memory
        ]

    def runs(self, choose: Callable[[list[int]], int] = max) -> list[Run]:
        """The runs from step 0 until the last start; ``choose`` picks among witnesses."""
        found: list[Run] = []
        begin = 0
        while begin < self.starts[-1]:
            head = next(k for k, start in enumerate(self.starts) if start > begin)
            request, start = self.requests[head], self.starts[head]
            end = choose(self.witnesses(head, start - 1))
            points = [0]
            while end - begin - points[-1] > request.output:
                points.append(choose(self.witnesses(head, begin + points[-1])) - begin)
            if points[-1] <= request.output:
                points = [0, *points[-1:]] if points[-1] else [0]
            fee = request.prompt + end - start + 1
            found.append(Run(head, begin, end, request.output, fee, tuple(points)))
            begin = end
        return found

    def claimed(self, run: Run, x: int) -> list[int]:
        """Who is claimed by the run's tile that ends at offset x: started by begin, running at x.

        They are all before the head: the requests started by ``begin`` are.
        """
        last = run.begin + x
        return [k for k in range(run.head) if last <= self.starts[k] + self.requests[k].output]

    def claims(self, run: Run, chain: Sequence[int], fees: Mapping[int, int]) -> int:
        """4 A - F of the run: four times the claimed area, less the fees of the claimed heads.

        ``fees`` are those of the heads of earlier runs.
        """
        total = 0
        for left, right in pairwise(chain):
            for k in self.claimed(run, right):
                steps = range(run.begin + left + 1, run.begin + right + 1)
                total += 4 * sum(self.held(k, step) for step in steps)
                total -= fees.get(k, 0) * (right - left)
        return total

    def gains(self, choose: Callable[[list[int]], int] = max) -> list[tuple[Run, int]]:
        """Each run with 4 W = 4 A - F + phi o, A and F those of the better chain."""
        fees: dict[int, int] = {}
        gains: list[tuple[Run, int]] = []
        for run in self.runs(choose):
            best = max(self.claims(run, chain, fees) for chain in run.chains)
            gains.append((run, best + run.fee * run.output))
            fees[run.head] = run.fee
        return gains

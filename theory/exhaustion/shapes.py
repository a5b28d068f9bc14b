"""The shapes that requests of a class may have, in the rank order of a policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, floor

import numpy as np

from theory.columns import Steps
from theory.errors import InputError
from theory.policy import POLICIES, named_policy
from theory.request import Instance, Request

POLICY_NAMES = tuple(name for name in POLICIES if name != "one-bit-svf")
"""Policies whose rank of a request does not depend on the rest of the burst."""
MAX_REQUESTS = 8
"""Most requests of an exhausted class."""
MAX_MEMORY = 500
"""Largest budget of an exhausted class, in tokens."""


def instances(requests: int, memory: int, alpha: Fraction = Fraction(1)) -> int:
    """How many bursts a class has: multisets of ``requests`` shapes with peaks <= alpha M.

    There are P (P + 1) / 2 shapes of peak at most P.

    >>> instances(4, 12), instances(3, 12, Fraction(1, 2))
    (1663740, 1771)
    """
    largest = floor(alpha * memory)
    return comb(largest * (largest + 1) // 2 + requests - 1, requests)


@dataclass(frozen=True)
class Shapes:
    """All shapes of peak at most ``alphas[-1]`` M in rank order, and the table of explore()."""

    requests: tuple[Request, ...]
    table: Steps

    @classmethod
    def of(cls, policy: str, memory: int, alphas: Sequence[Fraction]) -> Shapes:
        """The tier of a shape is the index of the first alpha that admits its peak."""
        if policy not in POLICY_NAMES:
            known = ", ".join(POLICY_NAMES)
            raise InputError(f"policy must be one of {known}, got {policy!r:.40}")
        limits = [floor(alpha * memory) for alpha in alphas]
        shapes = [Request(p - o, o) for p in range(1, limits[-1] + 1) for o in range(1, p + 1)]
        rank = named_policy(policy).rank_for(Instance(memory, tuple(shapes)))
        shapes.sort(key=rank)
        ranks = [rank(shape) for shape in shapes]
        first: dict[object, int] = {}
        for index, value in enumerate(ranks):
            first.setdefault(value, index)
        rows = (
            [shape.prompt for shape in shapes],
            [shape.output for shape in shapes],
            [first[value] for value in ranks],
            [sum(limit < shape.peak for limit in limits) for shape in shapes],
            [floor(2 * memory * shape.lag) for shape in shapes],
        )
        return cls(tuple(shapes), np.array(rows, np.int64))

    def orders(self, requests: int) -> int:
        """How many sequences of ``requests`` shapes are in rank order, ties in any order.

        >>> Shapes.of("fcfs", 3, (Fraction(1),)).orders(2)   # all 6 shapes tie
        36
        """
        tied_from = self.table[2].tolist()
        count = [1] * (len(tied_from) + 1)  # orders that may follow a shape, of the length so far
        for length in range(requests):
            after = [0] * (len(tied_from) + 1)
            for x in range(len(tied_from) - 1, -1, -1):
                after[x] = after[x + 1] + (count[tied_from[x]] if length else 1)
            count = after
        return count[0]

"""The worst ratio of a small class with the slow reference code: bursts, tie orders, schedules."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, permutations

from tests import reference
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.schedule import cost


def shapes(largest: int) -> list[Request]:
    """All requests of peak at most ``largest`` that arrive at step 0."""
    return [Request(p - o, o) for p in range(1, largest + 1) for o in range(1, p + 1)]


@cache
def enumerated_worst(
    name: str, n: int, memory: int, alpha: Fraction | None = None, backfill: bool = False
) -> Fraction:
    """The largest ratio over bursts of n requests with peaks <= alpha M, ties in any order."""
    largest = memory if alpha is None else int(alpha * memory)
    worst = Fraction(1)
    for chosen in combinations_with_replacement(shapes(largest), n):
        instance = Instance(memory, chosen)
        rank = named_policy(name).rank_for(instance)
        best = reference.optimum(instance)
        for order in permutations(range(n)):
            ranks = [rank(chosen[i]) for i in order]
            if ranks == sorted(ranks):
                starts = reference.simulate(instance, order, backfill)
                worst = max(worst, Fraction(cost(instance, starts), best))
    return worst

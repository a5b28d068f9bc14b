"""As few requests as a climb can do with: shrinking alone stops at the first local minimum."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from adversaries.hunt.limits import Limits
from adversaries.hunt.score import Finding
from adversaries.hunt.search import EnoughError, Search
from adversaries.hunt.shrink import shrink
from theory.errors import PolicyError
from theory.request import Instance


def smallest(
    score: Callable[[Instance], Finding],
    instance: Instance,
    limits: Limits,
    bound: Fraction,
    tries: int = 10_000,
    seed: int = 0,
) -> Instance:
    """A small instance of ratio above ``bound``, from one that has such a ratio.

    Shrinks it, then climbs with one request fewer, ``tries`` evaluations long, and starts
    again from what that finds.

    >>> from adversaries.hunt.score import score
    >>> from theory.policy import named_policy
    >>> bad = Instance.of(45, (0, 9), (44, 1), (0, 9), (35, 2), (28, 2), (44, 1), (0, 9), (44, 1))
    >>> svf = named_policy("svf")
    >>> len(smallest(lambda i: score(i, svf), bad, Limits(), Fraction(3, 2)))
    2
    """

    def exceeds(candidate: Instance) -> bool:
        try:
            return score(candidate).ratio > bound
        except PolicyError:
            return False

    small = shrink(instance, limits, exceeds)
    while len(small) > 1:
        fewer = replace(limits, max_requests=len(small) - 1)
        search = Search(score, fewer, bound)
        for dropped in range(len(small)):
            kept = [index for index in range(len(small)) if index != dropped]
            with suppress(EnoughError):
                search.evaluate(small.select(kept))
        search.climb(tries, seed)
        if search.worst is None or search.worst.ratio <= bound:
            return small
        small = shrink(search.worst.instance, fewer, exceeds)
    return small

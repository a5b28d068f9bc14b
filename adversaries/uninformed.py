"""Bursts that are bad for a server that does not know the lengths, each with a good schedule.

They hold against a fixed order (the file's): long requests stand before short ones, or all are
alike and nearly fit together.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import Schedule
from theory.simulator import simulate

LONGEST = 120
"""Outputs of the near ramps, in tokens."""
BLOCKS = 16
"""Batches of long requests."""


def misjudged(alpha: Fraction, eta: int) -> tuple[Instance, Schedule]:
    """Volumes 36 and 36/eta^2 or more, which look alike to who knows them within a factor eta.

    Peaks at most alpha M, 0 < alpha <= 1, eta >= 2. The good schedule is smallest volume first.

    >>> [(n, r.volume) for n, r in misjudged(Fraction(1), 3)[0].groups()]
    [(8, 36), (24, 4)]
    """
    copies = ceil(1 / alpha)
    small = 36 // eta**2 + (36 % eta**2 > 0)  # the volume of (small - 1, 1)
    long = BLOCKS // 2 * copies
    instance = Instance.of(copies * 8, *[(0, 8)] * long, *[(small - 1, 1)] * (eta * long))
    return instance, simulate(instance, named_policy("svf"))


def long_first(alpha: Fraction, peak: int, root: Fraction) -> tuple[Instance, Schedule]:
    """Batches of (0, peak), then ``root`` times as many (0, 1); peaks at most alpha M.

    The good schedule is smallest volume first.

    >>> [(n, r.output) for n, r in long_first(Fraction(1, 2), 8, Fraction(6))[0].groups()]
    [(32, 8), (192, 1)]
    """
    long = BLOCKS * ceil(1 / alpha)
    short = ceil(root * long)
    instance = Instance.of(ceil(peak / alpha), *[(0, peak)] * long, *[(0, 1)] * short)
    return instance, simulate(instance, named_policy("svf"))


def near_ramps(alpha: Fraction, requests: int) -> tuple[Instance, Schedule]:
    """Identical (0, L) with M = m L - 1: m start, and one has to go at the last step but one.

    The schedule starts one every few steps, as densely as memory allows for ever.
    Source: :mod:`lemmas.c_restart`.

    >>> near_ramps(Fraction(51, 100), 3)[1]
    (0, 41, 82)
    """
    batch = 2
    while alpha * (batch * LONGEST - 1) < LONGEST:
        batch += 1
    memory = batch * LONGEST - 1
    gap = LONGEST
    while sum(range(LONGEST, 0, 1 - gap)) <= memory:
        gap -= 1
    instance = Instance.of(memory, *[(0, LONGEST)] * requests)
    return instance, tuple(gap * place for place in range(requests))

"""The best bound by prices (:mod:`theory.bounds.relaxation`) that a short search finds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from theory.bounds.relaxation import Pricing
from theory.bounds.windows import latest_starts
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import simulate

MOST_CELLS = 2**22
"""Largest table of steps by tokens, or of steps by requests, that is set up."""
ROUNDS = 500
"""Most rounds of price improvement."""
WORK = 2 * 10**7
"""Pairs of a request and a start looked at in all rounds: the rounds are cut to stay below."""


def price_bound(instance: Instance) -> Fraction:
    """The bound by the prices found, in steps; the sum of lengths where the search is too long.

    Prices give more than L1, L2, L4 and every subset of them can, for there a request may run
    faster than it does. The same for the same instance. The bound is that of schedules no
    dearer than svf's, among which is an optimal one. Source: weak duality of the time-indexed
    relaxation, with the dual-feasible functions of optimum.md.

    >>> price_bound(Instance.of(10, (5, 1), (5, 1), (5, 1))) > 5   # one at a time: 1 + 2 + 3
    True
    """
    lengths = Fraction(instance.total_output)
    upper = cost(instance, simulate(instance, named_policy("svf")))
    latest = np.array(latest_starts(instance, upper), np.int64)
    steps, count = int((latest + instance.columns.output).max()) + 2, len(instance)
    if not instance.is_narrow or steps * max(count, instance.memory + 1) > MOST_CELLS:
        return lengths
    pricing = Pricing(instance.columns, instance.memory, latest)
    pricing.improve(upper + 1, max(1, min(ROUNDS, WORK // (count * steps))))
    relaxation = pricing.relaxation(upper + 1)
    return max(lengths, Fraction(relaxation.bound, relaxation.scale))

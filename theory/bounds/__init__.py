"""Lower bounds on the offline optimum, exact rationals, valid for every feasible schedule.

Burst (theory.md, section 2): volume (L1), length (L2), mean busy time (L4), and the best mix of
the last two over subsets. Arrivals (section 4): the preemptive single machine that processes
v_j / M from the release a_j, by SRPT and by mean busy times. Both: requests above M/2 run one at
a time. All these are O(n log n). For small instances, :mod:`theory.bounds.prices` knows more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from theory.bounds.burst import length_bound, mean_busy_time_bound, volume_bound
from theory.bounds.machine import preemptive_mean_busy_time_bound, srpt_bound, thick_bound
from theory.bounds.prices import price_bound
from theory.bounds.subset import best_subset, subset_bound
from theory.bounds.sums import total, total_lag
from theory.request import Instance

__all__ = [
    "CERTIFIED",
    "EVERY",
    "LowerBounds",
    "best_subset",
    "length_bound",
    "lower_bounds",
    "mean_busy_time_bound",
    "preemptive_mean_busy_time_bound",
    "price_bound",
    "srpt_bound",
    "subset_bound",
    "thick_bound",
    "total",
    "total_lag",
    "volume_bound",
]

CERTIFIED = ("volume", "length", "mean-busy-time", "subset")
"""The bounds of a burst that the checker recomputes (L1, L2, L4)."""
EVERY = (*CERTIFIED, "srpt-volume", "thick", "prices")
"""The names of all bounds."""


@dataclass(frozen=True)
class LowerBounds:
    """Each bound by name, in steps, and the best of them rounded up: the optimum is an integer."""

    by_name: dict[str, Fraction]

    @property
    def best_name(self) -> str:
        """The name of the largest bound."""
        return max(self.by_name, key=self.by_name.__getitem__)

    @property
    def best(self) -> int:
        """The largest bound, rounded up to the next integer."""
        return ceil(self.by_name[self.best_name])


def lower_bounds(instance: Instance, only: Sequence[str] | None = None) -> LowerBounds:
    """The bounds that hold for the instance, by name: those in ``only``, or the usual ones.

    Usual are, on a burst, those that can be certified; with arrivals all but the prices. For
    small instances ``only=EVERY`` gives by far the best, for it adds the prices.

    >>> instance = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    >>> bounds = lower_bounds(instance)
    >>> bounds.best_name, bounds.best
    ('mean-busy-time', 33)
    >>> lower_bounds(instance, only=EVERY).best
    42
    """
    if instance.is_burst:
        table = {"volume": volume_bound, "mean-busy-time": mean_busy_time_bound}
    else:
        table = {"srpt-volume": srpt_bound, "mean-busy-time": preemptive_mean_busy_time_bound}
    table |= {"length": length_bound, "subset": subset_bound}
    table |= {"thick": thick_bound, "prices": price_bound}
    if only is None:
        only = CERTIFIED if instance.is_burst else EVERY[:-1]
    return LowerBounds({name: bound(instance) for name, bound in table.items() if name in only})

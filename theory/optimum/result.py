"""What is known about an optimum: an interval, a schedule, and whose word it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from theory.schedule import Schedule


class Status(StrEnum):
    """What is known about the optimum."""

    EXACT = "exact"
    BOUNDS = "bounds"


@dataclass(frozen=True)
class Optimum:
    """An interval [lower, upper] (steps) that holds the optimal cost, and a schedule of cost upper.

    ``trusts`` says whose word the lower end is: "bounds" (exact rational lower bounds of
    :mod:`theory.bounds`), "search" (our own branch and bound, exact integer arithmetic) or
    "cp-sat" (the solver's own claim, not certified).

    >>> Optimum(3, 4, (0,), "bounds").status.value
    'bounds'
    """

    lower: int
    upper: int
    schedule: Schedule
    trusts: str

    @property
    def status(self) -> Status:
        """EXACT when the two ends meet."""
        return Status.EXACT if self.lower == self.upper else Status.BOUNDS

"""How long a hunt may take: a number of evaluations, or seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil, isfinite

from theory.errors import InputError

_UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Budget:
    """At most so many evaluations and so many seconds of wall clock; None: no limit.

    Only a budget of evaluations lets one seed find the same again. Raises InputError unless
    something limits the hunt.

    >>> Budget(evaluations=900).share(2)
    Budget(evaluations=450, seconds=None)
    """

    evaluations: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.evaluations is None and self.seconds is None:
            raise InputError("budget: give a number of evaluations, or a time such as 60s")
        if self.evaluations is not None and self.evaluations < 1:
            raise InputError(f"budget must be at least 1 evaluation, got {self.evaluations}")
        if self.seconds is not None and not (isfinite(self.seconds) and self.seconds > 0):
            raise InputError(f"budget must be a positive time, got {self.seconds}")

    @classmethod
    def of(cls, text: str) -> Budget:
        """From a time such as 60s, 2m or 1.5h, or from a number of evaluations.

        >>> Budget.of("2m").seconds, Budget.of("5000").evaluations
        (120.0, 5000)
        """
        if re.fullmatch(r"[0-9]{1,15}", text):
            return cls(evaluations=int(text))
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?[smh]", text):
            return cls(seconds=float(text[:-1]) * _UNITS[text[-1]])
        raise InputError(f"budget: {text[:40]!r} is no time such as 60s or 2m, nor a whole number")

    def share(self, workers: int) -> Budget:
        """What each of so many workers may use at once: time is not divided."""
        if self.evaluations is None:
            return self
        return Budget(ceil(self.evaluations / workers), self.seconds)

"""Which instances a search may use: a cell of the taxonomy, and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from theory.claims import Cell, Information, Traffic
from theory.errors import InputError
from theory.request import MAX_TOKENS, Instance, Request


@dataclass(frozen=True)
class Limits:
    """Instances of at most ``max_requests`` requests, every peak at most ``alpha`` * memory.

    ``max_memory`` is the largest budget (tokens), ``latest`` the last step at which a request
    may arrive: 0 for bursts. Under interval information every request carries a ``predicted``
    interval that contains its output and whose upper end would still respect alpha. Raises
    InputError when no instance is left.

    >>> limits = Limits(Fraction(1, 3), max_requests=4, max_memory=20)
    >>> limits.least_memory, limits.cap(20)
    (3, 6)
    >>> limits.hold(Instance.of(20, (2, 4))), limits.hold(Instance.of(20, (3, 4)))
    (True, False)
    """

    alpha: Fraction = Fraction(1)
    max_requests: int = 8
    max_memory: int = 60
    latest: int = 0
    information: Information = Information.KNOWN

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise InputError(f"alpha must lie in (0, 1], got {self.alpha}")
        if self.max_requests < 1:
            raise InputError(f"max_requests must be at least 1, got {self.max_requests}")
        if not self.least_memory <= self.max_memory <= MAX_TOKENS:
            raise InputError(
                f"max_memory must lie in [{self.least_memory}, 10^15] at alpha = {self.alpha}, "
                f"got {self.max_memory}"
            )
        if not 0 <= self.latest <= MAX_TOKENS:
            raise InputError(f"latest must lie in [0, 10^15], got {self.latest}")

    @classmethod
    def of(
        cls, cell: Cell, max_requests: int = 8, max_memory: int = 60, latest: int | None = None
    ) -> Limits:
        """The limits of a cell. Arrivals lie in [0, latest], ``max_memory`` unless given.

        Poisson traffic can bring requests at any steps, so it has the instances of adversarial
        traffic; what is claimed of their mean, no single one of them can refute.
        """
        last = 0 if cell.traffic is Traffic.BURST else max_memory if latest is None else latest
        return cls(cell.alpha, max_requests, max_memory, last, cell.information)

    @property
    def least_memory(self) -> int:
        """The smallest budget in which a request of peak 1 respects alpha."""
        return ceil(1 / self.alpha)

    def cap(self, memory: int) -> int:
        """The largest peak that a budget allows: alpha * memory, rounded down."""
        return memory * self.alpha.numerator // self.alpha.denominator

    def hold(self, instance: Instance) -> bool:
        """Whether the instance lies within the limits."""
        return (
            len(instance) <= self.max_requests
            and instance.memory <= self.max_memory
            and instance.alpha <= self.alpha
            and instance.last_arrival <= self.latest
            and all(self._informs(r, self.cap(instance.memory)) for r in instance.requests)
        )

    def _informs(self, request: Request, cap: int) -> bool:
        if self.information is not Information.INTERVAL:
            return request.predicted is None
        if request.predicted is None:
            return False
        low, high = request.predicted
        return low <= request.output <= high <= cap - request.prompt

    def fitted(
        self,
        memory: int,
        prompt: int,
        output: int,
        arrival: int = 0,
        predicted: tuple[int, int] | None = None,
    ) -> Request:
        """The nearest request within the limits: output first, then prompt, then the rest.

        >>> Limits(Fraction(1, 2)).fitted(10, prompt=9, output=2)
        Request(prompt=3, output=2, arrival=0, predicted=None)
        """
        cap = self.cap(memory)
        output = clamp(output, 1, cap)
        prompt = clamp(prompt, 0, cap - output)
        interval = None
        if self.information is Information.INTERVAL:
            low, high = predicted or (output, output)
            interval = clamp(low, 1, output), clamp(high, output, cap - prompt)
        return Request(prompt, output, clamp(arrival, 0, self.latest), interval)


def clamp(value: int, least: int, most: int) -> int:
    """The value, or the nearer end of [least, most]."""
    return max(least, min(value, most))


LONGEST_TWIN = 1000
"""Longest output, in tokens, among the shapes of one volume."""


def twins(request: Request, cap: int) -> list[tuple[int, int]]:
    """Shapes (prompt, output) of exactly the request's volume, peaks at most ``cap``.

    >>> twins(Request(0, 3), 6)
    [(5, 1), (0, 3)]
    """
    shapes = []
    for output in range(1, min(cap, LONGEST_TWIN) + 1):
        prompt, rest = divmod(request.volume - output * (output + 1) // 2, output)
        if rest == 0 and 0 <= prompt <= cap - output:
            shapes.append((prompt, output))
    return shapes

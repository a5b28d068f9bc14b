"""Against delayed policies: what the delay itself costs, theta + 2 in the limit.

Many requests (0, o) could run together at once. While they wait for theta o, as they must, k
baits of almost the same output but of great volume become eligible a step sooner, start, and keep
them all out for another o steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from adversaries.families.family import require
from theory.delayed import completion_time, delayed_policy
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.schedule import Schedule


@dataclass(frozen=True)
class Overtaken:
    """``count`` requests (0, length) and k baits of peak M/k, M = k count length, all at step 0.

    Raises InputError unless length >= 2, count and baits >= 1, and theta > 0 leaves a bait that
    is eligible before the others.

    >>> late = Overtaken(length=20, count=100, baits=2)
    >>> late.instance.memory, late.instance.alpha, late.ratio
    (4000, Fraction(1, 2), Fraction(5838, 2039))
    """

    length: int
    count: int
    baits: int = 1
    theta: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        sizes = self.length >= 2 and self.count >= 1 and self.baits >= 1
        require(sizes and self.theta > 0, "length >= 2, count >= 1, baits >= 1, theta > 0")
        require(0 < self._output <= self.length, "theta leaves no bait that comes first")

    @property
    def _output(self) -> int:
        """The longest output of a bait that is eligible before the others."""
        return int((ceil(self.theta * self.length) - 1) / self.theta)

    @property
    def instance(self) -> Instance:
        """The requests, then the baits."""
        peak = self.count * self.length
        bait, request = Request(peak - self._output, self._output), Request(0, self.length)
        groups = [(self.baits * self.count, request), (self.baits, bait)]
        return Instance.from_groups(self.baits * peak, groups)

    @property
    def good(self) -> Schedule:
        """All requests at step 0, the baits after them."""
        return (0,) * (self.baits * self.count) + (self.length,) * self.baits

    @property
    def ratio(self) -> Fraction:
        """What SVF pays in completion times when it is delayed by theta, over the good schedule."""
        instance = self.instance
        paid = delayed_policy(instance, named_policy("svf"), self.theta)
        return Fraction(completion_time(instance, paid), completion_time(instance, self.good))

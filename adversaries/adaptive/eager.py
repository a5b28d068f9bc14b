"""Against policies that never idle while something fits: no constant for completion times either.

Such a policy starts at step 0 what has arrived, as it fits: here k baits that fill the memory as
they grow. At step 1 a crowd comes that fits in one step, and that the baits keep out. This needs
no adversary that watches: one instance is bad for all these policies, at every alpha.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from adversaries.families.family import require
from theory.request import Instance, Request
from theory.schedule import Schedule


def least_ratio(length: Any) -> Any:
    """The closed form, of a Fraction or a term of sympy.

    >>> least_ratio(Fraction(4))
    Fraction(2, 1)
    """
    late = length * (length - 1) * (length - 2) / 3
    return (length**3 + length**2 + length - late) / (2 * length**2 + length + 2)


@dataclass(frozen=True)
class Rush:
    """k baits (M/k - L, L) at step 0, then M requests (0, 1) at step 1, where M = k L^2.

    Peaks are M/k. Raises InputError unless length L >= 2 and baits k >= 1.

    >>> rush = Rush(length=4, baits=2)
    >>> rush.instance.memory, rush.instance.alpha, rush.ratio
    (32, Fraction(1, 2), Fraction(2, 1))
    """

    length: int
    baits: int = 1

    def __post_init__(self) -> None:
        require(self.length >= 2 and self.baits >= 1, "length >= 2 and baits >= 1")

    @property
    def instance(self) -> Instance:
        """The baits, then the crowd."""
        share = self.length**2
        bait, one = Request(share - self.length, self.length), Request(0, 1, 1)
        groups = [(self.baits, bait), (self.baits * share, one)]
        return Instance.from_groups(self.baits * share, groups)

    @property
    def good(self) -> Schedule:
        """The crowd at step 1, the baits after it."""
        return (2,) * self.baits + (1,) * (self.baits * self.length**2)

    @property
    def ratio(self) -> Fraction:
        """What every such policy pays at least in completion times, over the good schedule.

        It does not depend on the number of baits, and grows like L/3 = sqrt(P)/3.
        """
        found: Fraction = least_ratio(Fraction(self.length))
        return found

    @classmethod
    def beyond(cls, bound: Fraction, alpha: Fraction) -> Rush:
        """The smallest one with a ratio above the bound and peaks at most alpha M.

        >>> Rush.beyond(Fraction(6), Fraction(1, 2))
        Rush(length=16, baits=2)
        """
        baits, length = -(-alpha.denominator // alpha.numerator), 2
        while cls(length, baits).ratio <= bound:
            length += 1
        return cls(length, baits)

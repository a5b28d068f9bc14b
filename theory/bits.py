"""Ranks that see a few bits of each output: its class, and a length that stands for the class.

Thresholds cut the lengths 1..T into classes; a request is ranked by the volume it would have if
its output were its class's *representative* G: s G + G (G + 1)/2. Within a class the rank sees
the prompt alone, so (0, b) and (0, a), the longest and the shortest of the class, are tied, and
no choice of representatives brings the distortion below b (b + 1) / (a (a + 1)). The rest is
between classes, where the representatives decide (theory.md, section 3, 1-bit SVF).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import isqrt
from typing import NamedTuple

from theory.errors import InputError
from theory.policy import Rank
from theory.request import MAX_TOKENS, Request

MAX_PERIOD = 100_000
"""Largest period of the prompts in a comparison of two classes that is walked through."""


class LengthClass(NamedTuple):
    """The outputs from ``shortest`` to ``longest``, ranked as if they were ``stand_in``."""

    shortest: int
    longest: int
    stand_in: Fraction

    @property
    def spread(self) -> Fraction:
        """Largest over smallest volume at prompt 0: what the class costs at least."""
        return Fraction(self.longest * (self.longest + 1), self.shortest * (self.shortest + 1))


class Worst(NamedTuple):
    """A distortion, and a pair that has it: ``first`` may go before ``second``.

    The pair is missing when the value is a limit over ever longer prompts that none attains.
    """

    distortion: Fraction
    pair: tuple[Request, Request] | None


@dataclass(frozen=True)
class Bits:
    """Classes of lengths: o is in class m when m thresholds are below o.

    ``thresholds`` increase strictly and are at least 1; there is one more of ``representatives``,
    all above 0. Raises InputError otherwise.

    >>> bits = Bits((4,), (Fraction(2), Fraction(8)))
    >>> bits.rank(Request(0, 4)), bits.rank(Request(0, 5))
    (Fraction(3, 1), Fraction(36, 1))
    """

    thresholds: tuple[int, ...]
    representatives: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if any(a >= b for a, b in pairwise((0, *self.thresholds))):
            raise InputError("thresholds: must increase and be at least 1")
        if len(self.representatives) != len(self.thresholds) + 1:
            raise InputError("representatives: one more than thresholds")
        if any(value <= 0 for value in self.representatives):
            raise InputError("representatives: must be above 0")

    def rank(self, request: Request) -> Fraction:
        """The volume the request would have with its class's representative, in token-steps."""
        stand_in = self.representatives[bisect_left(self.thresholds, request.output)]
        return request.prompt * stand_in + stand_in * (stand_in + 1) / 2

    def classes(self, longest: int) -> tuple[LengthClass, ...]:
        """The classes of the outputs 1..longest that are not empty.

        >>> [tuple(c)[:2] for c in Bits((4,), (Fraction(2), Fraction(8))).classes(16)]
        [(1, 4), (5, 16)]
        """
        if not 1 <= longest <= MAX_TOKENS:
            raise InputError(f"longest must lie in [1, 10^15], got {longest}")
        cuts = (0, *(t for t in self.thresholds if t < longest), longest)
        return tuple(
            LengthClass(low + 1, high, Fraction(stand_in))
            for (low, high), stand_in in zip(pairwise(cuts), self.representatives, strict=False)
        )

    def factor(self, longest: int) -> Fraction:
        """The least eta >= 1 such that every rank is within a factor eta of the volume.

        The distortion is at most eta^2 (lemma R4), and seldom that much.

        >>> Bits((4,), (Fraction(2), Fraction(8))).factor(16)
        Fraction(34, 9)
        """
        factors = [Fraction(1)]
        for shortest, long, stand_in in self.classes(longest):
            guess = stand_in * (stand_in + 1)
            factors += [long * (long + 1) / guess, guess / (shortest * (shortest + 1))]
        return max(factors)

    def at_most(self, longest: int) -> Fraction:
        """An upper bound on the distortion, where prompts may be fractions; works for any Bits.

        >>> Bits((4,), (Fraction(2), Fraction(8))).at_most(16)
        Fraction(10, 1)
        """
        classes = self.classes(longest)
        between = [_relaxed(c, d) for c, d in product(classes, repeat=2) if c is not d]
        return max(*(c.spread for c in classes), *between, Fraction(1))

    def worst(self, longest: int) -> Worst:
        """The exact distortion over all prompts and the outputs 1..longest, ties included.

        The supremum of v_i / v_j over pairs with rank(i) <= rank(j). Raises InputError where two
        representatives are fractions so unwieldy that a comparison would not end.

        >>> Bits((4,), (Fraction(2), Fraction(8))).worst(16)[0]
        Fraction(10, 1)
        """
        classes = self.classes(longest)
        widest = max(classes, key=lambda c: c.spread)
        worst = Worst(widest.spread, (Request(0, widest.longest), Request(0, widest.shortest)))
        for first, second in product(classes, repeat=2):
            if first is not second and _relaxed(first, second) > worst.distortion:
                worst = max(worst, *_between(first, second), key=lambda found: found.distortion)
        return worst


def bits_rank(thresholds: Sequence[int], representatives: Sequence[int | Fraction]) -> Rank:
    """The rank by stand-in volume, for thresholds and representatives of one's own.

    >>> bits_rank([4], [2, 8])(Request(1, 9))
    Fraction(44, 1)
    """
    return Bits(tuple(thresholds), tuple(map(Fraction, representatives))).rank


def _between(first: LengthClass, second: LengthClass) -> Iterator[Worst]:
    """The candidates for the worst pair, one of each class.

    As the second's prompt grows by the denominator of the scale, the first's grows by the
    numerator; in between v_i / v_j is a ratio of affine functions, so it is monotone: its
    supremum is at the first such prompt or in the limit.
    """
    scale = second.stand_in / first.stand_in
    period, step = scale.denominator, scale.numerator
    if period > MAX_PERIOD:
        raise InputError("representatives: fractions too long for an exact distortion")
    for prompt in range(period):
        # the longest prompt of the first that is ranked no later
        s = int((scale * (2 * prompt + second.stand_in + 1) - first.stand_in - 1) // 2)
        turns = max(0, -(s // step))  # so often must the prompts grow before s is one
        i = Request(s + turns * step, first.longest)
        j = Request(prompt + turns * period, second.shortest)
        yield Worst(Fraction(i.volume, j.volume), (i, j))
    yield Worst(Fraction(first.longest, second.shortest) * scale, None)


def _relaxed(first: LengthClass, second: LengthClass) -> Fraction:
    """An upper bound on v_i / v_j between classes: prompts may be fractions."""
    scale = second.stand_in / first.stand_in
    # 2 s_i = scale (2 s_j + G_j + 1) - G_i - 1 must not be negative
    twice = max(Fraction(0), (first.stand_in + 1) / scale - second.stand_in - 1)
    top = scale * (twice + second.stand_in + 1) + first.longest - first.stand_in
    here = first.longest * top / (second.shortest * (twice + second.shortest + 1))
    return max(here, Fraction(first.longest, second.shortest) * scale)


# --- choices of thresholds and representatives --------------------------------------------------


def floor_root(value: int, degree: int) -> int:
    """The integer part of value^(1/degree), exact; value >= 0, degree >= 1.

    >>> floor_root(1024, 4), floor_root(1023, 2)
    (5, 31)
    """
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle)
    return low


def one_bit(longest: int) -> Bits:
    """The paper's bit, as the policy one-bit-svf rounds it: integer parts all over.

    Threshold sqrt T, representatives T^(1/4) and T^(3/4), T = ``longest``.
    Source: paper, Theorem 3.3 (read through theory.md, section 3).

    >>> one_bit(1024)
    Bits(thresholds=(32,), representatives=(Fraction(5, 1), Fraction(181, 1)))
    """
    threshold = isqrt(longest)
    long = isqrt(isqrt(longest**3))
    return Bits((threshold,), (Fraction(isqrt(threshold)), Fraction(long)))


def k_bits(longest: int, bits: int) -> Bits:
    """2^bits classes with boundaries T^(m/2^bits) and geometric midpoints, rounded down.

    ``bits`` from 0 to 10; classes that rounding leaves empty are dropped. One bit is
    :func:`one_bit`. Source: theory.md, section 3.

    >>> k_bits(256, 2).thresholds
    (4, 16, 64)
    """
    if not 0 <= bits <= 10:
        raise InputError(f"bits must lie in [0, 10], got {bits}")
    number = 2**bits
    cuts = [floor_root(longest**m, number) for m in range(1, number + 1)]
    mids = [floor_root(longest ** (2 * m + 1), 2 * number) for m in range(number)]
    kept = [m for m in range(number) if m == 0 or cuts[m] > cuts[m - 1]]
    thresholds = tuple(cuts[m] for m in kept[:-1])
    return Bits(thresholds, tuple(Fraction(max(1, mids[m])) for m in kept))


def conditional_means(threshold: int, mu: Fraction) -> Bits:
    """One bit with the mean lengths of its two classes, o geometric with mean 1/mu.

    ``threshold >= 1``, 0 < mu < 1. Source: paper, Theorem 3.5 (theory.md, section 4).

    >>> conditional_means(1, Fraction(1, 2)).representatives
    (Fraction(1, 1), Fraction(3, 1))
    """
    if threshold < 1 or not 0 < mu < 1:
        raise InputError("conditional means: need threshold >= 1 and 0 < mu < 1")
    beyond = (1 - mu) ** threshold  # P(o > threshold)
    below = 1 / mu - threshold * beyond / (1 - beyond)
    return Bits((threshold,), (below, threshold + 1 / mu))


def best_spread(longest: int, classes: int) -> tuple[tuple[int, ...], Fraction]:
    """Thresholds for at most so many classes of least largest spread, and that spread.

    No rank that sees only class and prompt has a smaller distortion, whatever its
    representatives. Exact: a bisection that ends when nothing strictly better exists.

    >>> best_spread(16, 2)
    ((4,), Fraction(10, 1))
    """
    if longest < 1 or classes < 1:
        raise InputError("best spread: need longest >= 1 and classes >= 1")
    low, best = Fraction(0), ((), Fraction(longest * (longest + 1), 2))
    cuts: tuple[int, ...]
    cuts, high = best
    while (better := _cut(longest, classes, high, strictly=True)) is not None:
        cuts, high = better
        middle = (low + high) / 2
        found = _cut(longest, classes, middle, strictly=False)
        if found is None:
            low = middle
        else:
            cuts, high = found
    return cuts, high


def _cut(
    longest: int, classes: int, spread: Fraction, strictly: bool
) -> tuple[tuple[int, ...], Fraction] | None:
    """Greedy classes of spread at most (or below) the given one, and their largest spread."""
    cuts: list[int] = []
    widest, low = Fraction(0), 1
    while len(cuts) < classes:
        room = spread * (low * (low + 1))
        most = -(-room.numerator // room.denominator) - 1 if strictly else int(room)
        high = min(longest, (isqrt(4 * most + 1) - 1) // 2)  # h (h + 1) <= most
        if high < low:
            return None
        widest = max(widest, Fraction(high * (high + 1), low * (low + 1)))
        if high == longest:
            return tuple(cuts), widest
        cuts.append(high)
        low = high + 1
    return None


def balanced(thresholds: Sequence[int], longest: int) -> Bits:
    """These thresholds, with representatives that balance each class: G (G + 1) in its middle.

    The geometric mean of a (a + 1) and b (b + 1), a and b the ends of the class; G is rounded
    down to sixteenths. That leaves pairs between two classes well below the widest spread.

    >>> [str(value) for value in balanced((5,), 16).representatives]
    ['37/16', '157/16']
    """
    used = tuple(t for t in thresholds if t < longest)
    middles = []
    for low, high in pairwise((0, *used, longest)):
        ends = (low + 1) * (low + 2) * high * (high + 1)
        middles.append(Fraction((isqrt(4 * isqrt(16**4 * ends) + 16**2) - 16) // 2, 16))
    return Bits(used, tuple(middles))

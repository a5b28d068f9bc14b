"""Order distortion: exhaustive on small orders, against the optimum on small instances."""

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, permutations

import pytest
from hypothesis import given, settings

from lemmas.a_distortion import distortion, twice_x
from lemmas.b4_distorted_own_volume_ratio import LEMMA as B4
from lemmas.b4_distorted_own_volume_ratio import distorted_own_volume_ratio
from lemmas.b_distorted_ratio import LEMMA as B
from lemmas.b_distorted_ratio import distorted_ratio, root_above
from tests.strategies import instances
from theory.policy import named_policy
from theory.request import Instance, Request

GRID = (1, 2, 3, 4, 9, 16)


def orders() -> list[tuple[int, ...]]:
    return [
        order
        for n in (2, 3, 4)
        for chosen in combinations_with_replacement(GRID, n)
        for order in sorted(set(permutations(chosen)))
    ]


def violations(allowed: Callable[[Fraction], Fraction]) -> int:
    """Orders of small volumes with (X^pi / X)^2 > allowed(lambda)."""
    count = 0
    for order in orders():
        lam = distortion(Instance(16, tuple(Request(v - 1, 1) for v in order)))
        excess = Fraction(twice_x(list(order)), twice_x(sorted(order))) ** 2
        count += excess > allowed(lam)
    return count


def test_a_on_every_small_order() -> None:
    assert len(orders()) > 1500
    assert violations(lambda lam: lam) == 0
    assert violations(lambda lam: (lam + 2) / 3) > 0


@settings(max_examples=80)
@given(instances(5, 10))
def test_b_and_b4_against_the_optimum(instance: Instance) -> None:
    assert B.holds(instance)
    assert B4.holds(instance)


@pytest.mark.parametrize("peak", [1, 2, 3, 5, 8])
def test_exact_distortion_of_policies(peak: int) -> None:
    """The worst pair of each rank among all requests with peaks up to P (theory.md, table)."""
    shapes = [Request(p - o, o) for p in range(1, peak + 1) for o in range(1, p + 1)]
    expected = {
        "fcfs": Fraction(peak * (peak + 1), 2),
        "sjf": Fraction(peak),
        "peak": Fraction(peak + 1, 2),
        "svf": Fraction(1),
    }
    for name, value in expected.items():
        rank = named_policy(name).rank_for(Instance(peak, tuple(shapes)))
        worst = max(
            Fraction(i.volume, j.volume) for i in shapes for j in shapes if rank(i) <= rank(j)
        )
        assert worst == value


def test_ratios_are_exact_and_b4_is_never_worse() -> None:
    for k in range(1, 20):
        for root in (Fraction(1), Fraction(3, 2), Fraction(7)):
            alpha = Fraction(k, 20)
            b, b4 = distorted_ratio(alpha, root), distorted_own_volume_ratio(alpha, root)
            assert b is not None
            assert b4 is not None
            assert b4 <= b
    assert distorted_ratio(Fraction(1), Fraction(1)) is None
    assert distorted_own_volume_ratio(Fraction(11, 15), Fraction(1)) == 5


def test_roots_are_rounded_up() -> None:
    for value in (Fraction(2), Fraction(10, 3), Fraction(49)):
        root = root_above(value)
        assert value <= root**2 <= (root + Fraction(1, 500)) ** 2
        assert (root - Fraction(1, 1000)) ** 2 < value


def test_the_balance_of_a_at_every_threshold() -> None:
    """N, u, d, R of A's proof counted on every small order: the facts, the balance, the layers.

    The thresholds are a set of points between which nothing changes, at t and at t/lambda.
    """
    for order in orders():
        lam = distortion(Instance(16, tuple(Request(v - 1, 1) for v in order)))

        def counts(t: Fraction, order: tuple[int, ...] = order) -> tuple[int, int, int, int]:
            large = [i for i, v in enumerate(order) if v > t]
            small = [j for j, v in enumerate(order) if v <= t]
            up = [i for i in large if any(i < j for j in small)]
            down = [j for j in small if any(i < j for i in large)]
            return len(large), len(up), len(down), sum(i < j for i in large for j in small)

        cuts = sorted({Fraction(0), *map(Fraction, order), *(lam * v for v in order)})
        squares = separated = Fraction(0)
        for left, right in pairwise(cuts):
            n, u, d, pairs = counts(left)
            lower, lower_up, _, _ = counts(left / lam)
            w = lower - lower_up
            assert pairs <= u * d
            assert n + d <= w
            slack = (lam - 1) * n**2 - lam * (n - u) ** 2 + w**2 - 2 * pairs
            assert slack >= 0  # 2 (r + 1) R <= slack + 2 R, squared to avoid the root r
            assert slack**2 >= lam * (2 * pairs) ** 2
            squares += n * n * (right - left)
            separated += pairs * (right - left)
        assert squares == twice_x(sorted(order))
        assert squares + 2 * separated == twice_x(list(order))

"""Ranks by a few bits: exact distortion against a walk over requests, and the best thresholds."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.bits import (
    Bits,
    balanced,
    best_spread,
    bits_rank,
    conditional_means,
    floor_root,
    k_bits,
    one_bit,
)
from theory.distortion import bits_pair_above, measured
from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance, Request

PROMPTS = 60


@st.composite
def some_bits(draw: st.DrawFn) -> tuple[Bits, int]:
    longest = draw(st.integers(1, 9))
    thresholds = draw(st.sets(st.integers(1, 9), max_size=3))
    value = st.fractions(Fraction(1, 2), 10, max_denominator=3)
    representatives = [draw(value) for _ in range(len(thresholds) + 1)]
    return Bits(tuple(sorted(thresholds)), tuple(representatives)), longest


def over(bits: Bits, longest: int, prompts: int = PROMPTS) -> Fraction:
    """The distortion over prompts below a bound, by looking at all requests."""
    shapes = (Request(s, o) for o in range(1, longest + 1) for s in range(prompts))
    return measured(bits.rank, shapes)


@given(some_bits())
def test_the_exact_distortion_is_that_of_all_requests(drawn: tuple[Bits, int]) -> None:
    bits, longest = drawn
    worst = bits.worst(longest)
    seen = over(bits, longest)
    assert 1 <= seen <= worst.distortion <= bits.at_most(longest)
    if worst.pair is None:  # a limit over ever longer prompts
        assert bits_pair_above(bits, longest, worst.distortion - Fraction(1, 100)) is not None
        return
    first, second = worst.pair
    assert max(first.output, second.output) <= longest
    assert bits.rank(first) <= bits.rank(second)
    assert Fraction(first.volume, second.volume) == worst.distortion
    if max(first.prompt, second.prompt) < PROMPTS:
        assert seen == worst.distortion


@settings(max_examples=30)
@given(some_bits())
def test_z3_agrees_that_no_pair_is_worse(drawn: tuple[Bits, int]) -> None:
    bits, longest = drawn
    worst = bits.worst(longest)
    assert bits_pair_above(bits, longest, worst.distortion) is None
    pair = bits_pair_above(bits, longest, worst.distortion - Fraction(1, 1000))
    assert pair is not None
    assert bits.rank(pair[0]) <= bits.rank(pair[1])


def test_one_bit_is_the_policy() -> None:
    for longest in (1, 2, 5, 16, 100):
        outputs = [longest, *range(1, longest, 3)]
        instance = Instance.of(10**4, *((s, o) for o in outputs for s in (0, 1, 7)))
        rank = one_bit(longest).rank
        keys = [rank(request) for request in instance.requests]
        by_rank = sorted(range(len(keys)), key=keys.__getitem__)
        assert named_policy("one-bit-svf").order(instance) == tuple(by_rank)


def test_one_bit_has_distortion_at_most_t_but_for_two() -> None:
    for longest in range(1, 400):
        value = one_bit(longest).worst(longest).distortion
        assert (value <= longest) == (longest != 2)
        theta = one_bit(longest).thresholds[0]
        ends = [(1, theta)] + [(theta + 1, longest)] * (longest > theta)
        within = max(Fraction(b * (b + 1), a * (a + 1)) for a, b in ends)
        assert value == (
            Fraction(3) if longest == 2 else Fraction(10, 3) if longest == 4 else within
        )


@pytest.mark.parametrize("longest", [1, 2, 7, 12])
@pytest.mark.parametrize("classes", [1, 2, 3])
def test_the_best_spread_is_the_least_of_all(longest: int, classes: int) -> None:
    def spread(cuts: tuple[int, ...]) -> Fraction:
        ones = (Fraction(1),) * (len(cuts) + 1)
        return max(c.spread for c in Bits(cuts, ones).classes(longest))

    least = min(spread(cuts) for n in range(classes) for cuts in combinations(range(1, longest), n))
    cuts, value = best_spread(longest, classes)
    assert value == spread(cuts) == least
    assert len(cuts) < classes


@pytest.mark.parametrize("longest", [16, 64, 256, 1024])
@pytest.mark.parametrize("bits", [1, 2, 3])
def test_balanced_representatives_reach_the_best_spread(longest: int, bits: int) -> None:
    """So no rank that sees prompt and class only has less distortion."""
    cuts, spread = best_spread(longest, 2**bits)
    assert balanced(cuts, longest).worst(longest).distortion == spread
    plain = one_bit(longest) if bits == 1 else k_bits(longest, bits)
    assert plain.worst(longest).distortion >= spread
    if bits == 1:  # theory.md: about 2^(1/4) sqrt(T)
        assert cuts[0] ** 4 <= 2 * longest**2 <= (cuts[0] + 2) ** 4


def test_geometric_classes_keep_the_stated_spread_whatever_the_rounding() -> None:
    """Within a class b^K <= T^(m+1) and a^K > T^m: b (b + 1)/(a (a + 1)) <= T^(2/K)."""
    for longest in (2, 10, 16, 100, 999):
        for bits in (1, 2, 3):
            for c in k_bits(longest, bits).classes(longest):
                assert c.spread ** (2**bits) <= longest**2
    assert k_bits(16, 3).worst(16).distortion == 3  # above T^(2/8) = 2: representatives round


def test_conditional_means_are_the_means() -> None:
    mu, theta = Fraction(1, 3), 4
    below, beyond = conditional_means(theta, mu).representatives
    chances = [mu * (1 - mu) ** (o - 1) for o in range(1, theta + 1)]
    mean = sum(p * o for o, p in enumerate(chances, 1)) / sum(chances)
    assert below == mean
    rest = 1 - sum(chances)
    assert beyond == (1 / mu - sum(p * o for o, p in enumerate(chances, 1))) / rest


@given(st.integers(0, 10**30), st.integers(1, 12))
def test_roots_are_rounded_down(value: int, degree: int) -> None:
    root = floor_root(value, degree)
    assert root**degree <= value < (root + 1) ** degree


def test_bad_bits_are_refused() -> None:
    for thresholds, representatives in (
        ((0,), (1, 2)),
        ((3, 3), (1, 2, 3)),
        ((3,), (1,)),
        ((), (0,)),
    ):
        with pytest.raises(InputError):
            bits_rank(thresholds, representatives)
    with pytest.raises(InputError, match="longest"):
        one_bit(4).worst(0)
    with pytest.raises(InputError, match="too long"):
        conditional_means(8, Fraction(1, 4)).worst(64)
    for call in (
        lambda: k_bits(16, 11),
        lambda: conditional_means(0, Fraction(1, 2)),
        lambda: conditional_means(3, Fraction(1)),
        lambda: best_spread(0, 1),
    ):
        with pytest.raises(InputError):
            call()

"""One bit, from above and from below: every bit and threshold, rounding, and both executions."""

from fractions import Fraction
from itertools import product
from math import isqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas.a_distortion import distortion
from lemmas.b4_distorted_own_volume_ratio import distorted_own_volume_ratio
from lemmas.chain import LEMMAS
from lemmas.distortion_of_ranks import LEMMA as R
from lemmas.distortion_of_ranks import RATIO_RESTS_ON, ratio_for
from lemmas.one_bit_and_more import best_bits
from lemmas.one_bit_distortion import BETWEEN, ROOTS
from lemmas.one_bit_distortion import LEMMA as R1
from lemmas.one_bit_lower_bound import (
    least_ratio,
    ratio_of_ties,
    tied_batches,
    tied_lengths,
)
from lemmas.one_bit_ratio import one_bit_ratio, one_bit_root
from tests import reference
from tests.strategies import instances
from theory.bits import Bits
from theory.distortion import FORMS
from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.restart import require_valid_runs, run_with_restart
from theory.schedule import cost, require_feasible

HALF = Fraction(1, 2)


# --- from above ------------------------------------------------------------------------------


@settings(max_examples=60)
@given(instances(8, 40))
def test_orders_stay_within_the_distortion(instance: Instance) -> None:
    assert R.holds(instance)
    assert R1.holds(instance)


@settings(max_examples=60)
@given(st.integers(1, 60), st.integers(0, 3))
def test_a_few_bits_are_within_their_factor(longest: int, bits: int) -> None:
    best = best_bits(longest, bits)
    eta = best.factor(longest)
    assert best.worst(longest).distortion <= eta**2
    for output in range(1, longest + 1):
        for prompt in (0, 1, 50):
            request = Request(prompt, output)
            assert request.volume / eta <= best.rank(request) <= eta * request.volume


def test_the_roots_satisfy_what_the_obligations_say_of_them() -> None:
    """From T = 3 on; at T = 2 the roots break g (T + g) <= h (h + 1), and with it the claim."""
    for longest in range(1, 3000):
        th, g, h = isqrt(longest), isqrt(isqrt(longest)), isqrt(isqrt(longest**3))
        assert g**4 <= longest < (g + 1) ** 4
        assert h**4 <= longest**3 < (h + 1) ** 4
        assert h <= longest and h**2 <= longest * (th + 1) and g <= h
        assert (g * (longest + g) <= h * (h + 1)) == (longest != 2)


def test_the_obligations_meet_where_the_proof_joins_them() -> None:
    by_name = {obligation.name: obligation for obligation in (*ROOTS, *BETWEEN)}
    last = by_name["a long one before a short one: v_i <= T v_j"]
    assert last.given["H_roots"] == by_name["g >= 2: g (T + g) <= h (h + 1)"].goal
    first = by_name["a short one before a long one: v_i <= T v_j"]
    slope = by_name["a short one before a long one: what a token of the prompt adds"]
    assert first.given["H_slope"] == slope.goal


def test_ratios_from_above() -> None:
    for longest, k in product((3, 16, 50, 1024), range(1, 20)):
        alpha = Fraction(k, 20)
        ahead, restart = (one_bit_ratio(alpha, longest, after) for after in (False, True))
        if alpha == 1:
            assert (ahead, restart) == (None, None)
            continue
        assert ahead is not None and restart is not None
        assert ahead <= restart
        assert one_bit_root(longest) ** 2 >= longest
        # 1 + 2 r gamma/3 is never the larger of the two forms
        assert ahead == distorted_own_volume_ratio(alpha, one_bit_root(longest))
    assert one_bit_root(2) ** 2 >= 3


def test_every_policy_has_a_ratio_given_the_tokens() -> None:
    assert set(RATIO_RESTS_ON) <= set(LEMMAS)
    for policy in (*FORMS, "one-bit-svf"):
        values = [ratio_for(policy, 4 * peak, peak, peak) for peak in (4, 16, 64, 256)]
        assert values[0] >= 1
        assert values == sorted(values)
        # the tokens decide: only svf, whose order is sorted, has a constant
        assert (values[-1] < 3) == (policy == "svf")
    with pytest.raises(InputError):
        ratio_for("sjf", 5, 6, 6)


@settings(max_examples=40)
@given(instances(3, 9))
def test_no_small_instance_exceeds_the_ratio(instance: Instance) -> None:
    best = reference.optimum(instance)
    longest = max(request.output for request in instance.requests)
    for policy in FORMS:
        order = named_policy(policy).order(instance)
        starts = reference.simulate(instance, order, backfill=False)
        allowed = ratio_for(policy, instance.memory, instance.peak, longest)
        assert cost(instance, starts) <= allowed * best


# --- from below ------------------------------------------------------------------------------


def test_two_lengths_share_a_bit_whatever_the_bit() -> None:
    for root in (2, 3, 5):
        for bits in product((False, True), repeat=3):
            table = dict(zip((1, root, root**2), bits, strict=True))
            a, b = tied_lengths(table.__getitem__, root)
            assert table[a] == table[b] and a * root <= b
    with pytest.raises(InputError):
        tied_lengths(bool, 1)


@pytest.mark.parametrize("root", [2, 3, 4])
@pytest.mark.parametrize("k", [1, 2])
def test_every_threshold_loses_the_root(root: int, k: int) -> None:
    """All thresholds at T = r^2, some representatives; a tie is the order of the file."""
    for threshold in range(1, root**2 + 1):
        a, b = tied_lengths(lambda output, edge=threshold: output > edge, root)
        for m in (1, 3):
            instance, good = tied_batches(a, b, k, m)
            assert instance.alpha == Fraction(1, k)
            for representatives in ((1, root**2), (root**2, 1), (2, 2)):
                bits = Bits((threshold,), tuple(map(Fraction, representatives)))
                assert len({bits.rank(request) for request in instance.requests}) == 1
            require_feasible(instance, good)
            starts = reference.simulate(instance, range(len(instance)), backfill=False)
            ratio = Fraction(cost(instance, starts), cost(instance, good))
            assert ratio == ratio_of_ties(a, b, k, m)
            assert ratio >= least_ratio(b // a, m) >= (root - 1) * Fraction(m, m + 1) ** 2


@pytest.mark.parametrize("rho", [2, 3, 5])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_with_restart_the_short_ones_wait_as_long_as_is_proved(rho: int, k: int) -> None:
    for a, m in product((1, 2), (1, rho, 3 * rho)):
        instance, good = tied_batches(a, rho * a, k, m)
        schedule = run_with_restart(instance, range(len(instance)))
        require_valid_runs(instance, schedule)
        starts = schedule.starts
        assert [starts[i] for i in range(k * m + 1)] == [i // k * rho * a for i in range(k * m + 1)]
        assert min(starts[k * m + 1 :]) >= max(0, m - rho + 1) * rho * a
        ratio = Fraction(schedule.cost(instance), cost(instance, good))
        assert ratio == ratio_of_ties(a, rho * a, k, m, restart=True)
        assert ratio >= least_ratio(rho, m, restart=True)
    assert least_ratio(rho, 100 * rho, restart=True) > Fraction(97, 100) * (rho - 1)


@settings(max_examples=30)
@given(st.integers(1, 4), st.integers(2, 8), st.integers(1, 4), st.integers(1, 5))
def test_the_costs_are_as_the_proof_says(a: int, rho: int, k: int, m: int) -> None:
    instance, good = tied_batches(a, rho * a, k, m)
    in_units = Fraction(cost(instance, good), a)
    assert in_units == k * rho * m * (m + 1) + (k * m + 1) * m + rho * (m + 1)
    starts = reference.simulate(instance, range(len(instance)), backfill=False)
    assert starts[k * m] == m * rho * a
    assert min(starts[k * m + 1 :]) >= starts[k * m]
    assert ratio_of_ties(a, rho * a, k, m) >= least_ratio(rho, m)


def test_the_ratio_comes_close_to_the_root() -> None:
    assert ratio_of_ties(8, 64, 1, 40) > Fraction(7)
    assert distortion(tied_batches(8, 64, 1, 1)[0]) == Fraction(64 * 65, 8 * 9)
    for a, b, k, m in ((2, 3, 1, 1), (2, 2, 1, 1), (0, 2, 1, 1), (1, 2, 0, 1), (1, 2, 1, 0)):
        with pytest.raises(InputError):
            tied_batches(a, b, k, m)

"""Every bound is below the brute-force optimum; the relations between bounds hold."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances
from theory.bounds import (
    CERTIFIED,
    EVERY,
    best_subset,
    length_bound,
    lower_bounds,
    mean_busy_time_bound,
    preemptive_mean_busy_time_bound,
    price_bound,
    srpt_bound,
    subset,
    subset_bound,
    thick_bound,
    total,
    total_lag,
    volume_bound,
)
from theory.bounds.sums import exact_sum, interpreted, sum_of_prefix_sums, sum_of_ratios
from theory.request import Instance, Request


@pytest.fixture(scope="module", autouse=True)
def _compiled_before_the_clock_runs() -> None:
    many = Instance.of(9, *((k % 4, 1 + k % 5, k % 3) for k in range(100)))
    lower_bounds(many, EVERY)


@settings(deadline=None)
@given(instances(5, 9))
def test_below_the_optimum_on_bursts(instance: Instance) -> None:
    best = reference.optimum(instance)
    bounds = lower_bounds(instance)
    assert set(bounds.by_name) == set(CERTIFIED)
    assert all(bound <= best for bound in bounds.by_name.values())
    assert bounds.best <= best
    assert length_bound(instance) <= thick_bound(instance) <= best
    assert preemptive_mean_busy_time_bound(instance) == mean_busy_time_bound(instance)
    assert srpt_bound(instance) == volume_bound(instance)
    assert volume_bound(instance) <= mean_busy_time_bound(instance) <= subset_bound(instance)
    assert length_bound(instance) <= subset_bound(instance)


@settings(deadline=None)
@given(instances(4, 8, latest=8))
def test_below_the_optimum_with_arrivals(instance: Instance) -> None:
    best = reference.optimum(instance)
    bounds = lower_bounds(instance).by_name
    assert all(bound <= best for bound in bounds.values())
    assert thick_bound(instance) >= bounds["length"]
    assert bounds["subset"] >= max(bounds["mean-busy-time"], bounds["length"])


@settings(max_examples=40, deadline=None)
@given(instances(4, 9, latest=4))
def test_prices_stay_below_the_optimum(instance: Instance) -> None:
    best = reference.optimum(instance)
    assert length_bound(instance) <= price_bound(instance) <= best


def test_prices_know_that_thick_requests_run_alone() -> None:
    instance = Instance.of(100, *[(50, 1)] * 6, (0, 4))
    assert subset_bound(instance) < 17
    assert price_bound(instance) > Fraction(249, 10)
    assert reference.optimum(instance) == 25


@pytest.mark.parametrize("last", [0, 30])
def test_prices_give_more_than_any_formula_while_requests_are_few(last: int) -> None:
    shapes = [(5, 20), (0, 35), (60, 2), (55, 3), (70, 1)] * 3
    instance = Instance.of(100, *((s, o, k * last // 15) for k, (s, o) in enumerate(shapes)))
    bounds = lower_bounds(instance, EVERY).by_name
    found = bounds.pop("prices")
    assert found > max(bounds.values())


def test_thick_requests_run_one_at_a_time() -> None:
    assert thick_bound(Instance.of(9, *[(4, 1)] * 3, (0, 4))) == 1 + 2 + 3 + 4
    assert thick_bound(Instance.of(10, *[(4, 1)] * 3, (0, 4))) == 1 + 1 + 1 + 4  # two fit
    late = Instance.of(9, (8, 1, 2), (2, 4), (8, 1, 4))  # above 4 tokens from step 3 on
    assert thick_bound(late) == 3 + 5 + 6 - (2 + 0 + 4) < reference.optimum(late)


def test_without_prices_there_remain_the_lengths() -> None:
    instance = Instance.of(10**6, (3, 10**6 - 3), (0, 10**6), (0, 2))
    assert price_bound(instance) == length_bound(instance)


def value(instance: Instance, chosen: tuple[int, ...]) -> Fraction:
    """L4 on the chosen, the lengths of the others."""
    if not chosen:
        return length_bound(instance)
    part = instance.select(chosen)
    return mean_busy_time_bound(part) + instance.total_output - part.total_output


@settings(deadline=None)
@given(instances(8, 40))
def test_the_subset_is_the_best_of_all(instance: Instance) -> None:
    every = range(len(instance))
    best = max(value(instance, c) for k in range(len(instance) + 1) for c in combinations(every, k))
    assert subset_bound(instance) == best == value(instance, tuple(best_subset(instance)))


terms = st.lists(st.tuples(st.integers(1, 30), st.integers(-60, 8)), min_size=1, max_size=10)


@settings(deadline=None)
@given(terms)
def test_the_choice_between_least_and_greatest_is_the_best(drawn: list[tuple[int, int]]) -> None:
    """Own terms that no requests have: here many sets stay undecided for long."""
    volume, own = np.array(drawn, float).T

    def gain(members: np.ndarray) -> float:
        pairs = combinations(np.flatnonzero(members), 2)
        return float(own[members].sum() + sum(min(volume[i], volume[j]) for i, j in pairs))

    masks = (np.array([m >> i & 1 for i in range(len(own))], bool) for m in range(2 ** len(own)))
    assert gain(subset._on_a_burst(volume, own)) == max(map(gain, masks))


def test_many_undecided_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    volume, own = np.full(99, 2.0), np.full(99, -80.0)  # alone none pays, all together do
    own[:9] = -800.0
    chosen = subset._on_a_burst(volume, own)
    assert chosen.tolist() == [False] * 9 + [True] * 90
    monkeypatch.setattr(subset, "MOST_UNDECIDED", 30)
    assert subset._on_a_burst(volume, own).tolist() == chosen.tolist()
    slow = interpreted(subset._choose)(volume, own[::-1])
    assert (subset._choose(volume, own[::-1]) == slow).all()


@settings(deadline=None)
@given(instances(12, 60, latest=9))
def test_compiled_and_interpreted_machine_agree(instance: Instance) -> None:
    """Copies of one instance, far apart: enough requests for the compiled machine."""
    gap = 9 + 12 * 60
    copies = -(-64 // len(instance))
    many = Instance(
        instance.memory,
        tuple(
            Request(r.prompt, r.output, r.arrival + k * gap)
            for k in range(copies)
            for r in instance.requests
        ),
    )
    assert srpt_bound(many) == copies * srpt_bound(instance)
    means = preemptive_mean_busy_time_bound(instance)
    assert preemptive_mean_busy_time_bound(many) == copies * means


def test_no_overflow_however_large() -> None:
    n, m = 100, 10**15
    pairs = [(m - 10**12, 10**12, 5), (m - 1, 1, 10**14)]
    for fold in (1, n):
        instance = Instance.of(m, *pairs * fold)
        volumes = sorted(r.volume for r in instance.requests)
        prefix = sum(sum(volumes[: k + 1]) for k in range(len(volumes)))
        burst = Instance.of(m, *[pair[:2] for pair in pairs * fold])
        assert volume_bound(burst) == Fraction(prefix, m) == srpt_bound(burst)
        assert mean_busy_time_bound(burst) == preemptive_mean_busy_time_bound(burst)
        assert srpt_bound(instance) > 0
        assert subset_bound(instance) >= length_bound(instance)
    assert exact_sum(np.full(8, 2**62 - 1)) == 8 * (2**62 - 1)
    assert sum_of_prefix_sums(np.full(4, 2**60)) == 10 * 2**60


@settings(deadline=None)
@given(instances(1, 30))
def test_the_lag_is_what_its_definition_says(instance: Instance) -> None:
    (request,) = instance.requests
    s, o = request.prompt, request.output
    centre = Fraction(sum((s + k) * (2 * k - 1) for k in range(1, o + 1)), 2 * request.volume)
    assert request.lag == o - centre
    assert Fraction(2 * o + 1, 6) <= request.lag
    assert request.lag <= Fraction(o, 2)


def test_sums_are_exact() -> None:
    fractions = [Fraction(1, k) for k in range(1, 200)]
    assert total(fractions) == sum(fractions)
    some = [Request(s, o) for s in range(9) for o in range(1, 9)]
    some += [Request(10**15 - 7, 7), Request(0, 10**15)]
    assert total_lag(some) == sum((r.lag for r in some), Fraction(0))
    assert total_lag([]) == 0


def test_sums_of_very_many_fractions_are_rounded_down_a_little() -> None:
    many = [Request(s, o) for s in range(40) for o in range(1, 40)]
    exact = total(r.lag for r in many)
    assert exact - Fraction(len(many), 2**40) <= total_lag(many) <= exact
    p = np.array([3, 2**50, 7] * 200)
    q = np.arange(1, 601) * 2**36 + 1  # beyond what is safe in 64 bits
    exact = total(map(Fraction, p.tolist(), q.tolist()))
    assert exact - Fraction(len(p), 2**40) <= sum_of_ratios(p, q) <= exact


def test_a_wrong_constant_would_be_noticed() -> None:
    """The volume bound with the prefix sums of the reversed order exceeds the optimum."""
    instance = Instance.of(2, (0, 1), (0, 2))
    reversed_bound = Fraction(3 + (3 + 1), instance.memory)
    assert reversed_bound > 3 >= volume_bound(instance)
    assert reference.optimum(instance) == 3

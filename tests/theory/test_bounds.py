"""Every bound is below the brute-force optimum; the relations between bounds hold."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given

from tests import reference
from tests.strategies import instances
from theory.bounds import (
    length_bound,
    lower_bounds,
    mean_busy_time_bound,
    peel,
    preemptive_mean_busy_time_bound,
    srpt_bound,
    subset_bound,
    total,
    total_lag,
    volume_bound,
)
from theory.request import Instance, Request


@given(instances(5, 9))
def test_below_the_optimum_on_bursts(instance: Instance) -> None:
    best = reference.optimum(instance)
    bounds = lower_bounds(instance)
    assert all(bound <= best for bound in bounds.by_name.values())
    assert bounds.best <= best
    assert preemptive_mean_busy_time_bound(instance) == mean_busy_time_bound(instance)
    assert srpt_bound(instance) == volume_bound(instance)


@given(instances(4, 8, latest=8))
def test_below_the_optimum_with_arrivals(instance: Instance) -> None:
    best = reference.optimum(instance)
    assert all(bound <= best for bound in lower_bounds(instance).by_name.values())


@given(instances(6, 40))
def test_peeling_never_drops_a_member_of_the_best_subset(instance: Instance) -> None:
    def value(chosen: tuple[int, ...]) -> Fraction:
        if not chosen:
            return length_bound(instance)
        part = instance.select(chosen)
        return mean_busy_time_bound(part) + instance.total_output - part.total_output

    subsets = [c for k in range(len(instance) + 1) for c in combinations(range(len(instance)), k)]
    best = max(map(value, subsets))
    assert subset_bound(instance) <= best
    kept = set(peel(instance))
    assert any(value(c) == best for c in subsets if set(c) <= kept)


@given(instances(1, 30))
def test_the_lag_is_what_its_definition_says(instance: Instance) -> None:
    (request,) = instance.requests
    s, o = request.prompt, request.output
    centre = Fraction(sum((s + k) * (2 * k - 1) for k in range(1, o + 1)), 2 * request.volume)
    assert request.lag == o - centre
    assert Fraction(2 * o + 1, 6) <= request.lag
    assert request.lag <= Fraction(o, 2)


def test_sums_are_exact() -> None:
    terms = [Fraction(1, k) for k in range(1, 200)]
    assert total(terms) == sum(terms)
    some = [Request(s, o) for s in range(9) for o in range(1, 9)]
    assert total_lag(some) == sum((r.lag for r in some), Fraction(0))


def test_a_wrong_constant_would_be_noticed() -> None:
    """The volume bound with the prefix sums of the reversed order exceeds the optimum."""
    instance = Instance.of(2, (0, 1), (0, 2))
    reversed_bound = Fraction(3 + (3 + 1), instance.memory)
    assert reversed_bound > 3 >= volume_bound(instance)
    assert reference.optimum(instance) == 3

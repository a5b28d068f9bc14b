"""Faults put into a bound, a theorem and an optimum on purpose: each is found."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import find, settings

from adversaries.strategies import instances
from kvcr.testing import assert_competitive
from theory.bounds import mean_busy_time_bound, volume_bound
from theory.optimum import best_heuristic, optimum
from theory.request import Instance
from theory.schedule import cost

patient = settings(max_examples=3000, deadline=None, database=None, derandomize=True)


def refuted(claim: Callable[[Instance], bool], max_memory: int = 20) -> Instance:
    """The simplest instance found on which the claim fails."""
    few = instances(max_requests=5, max_memory=max_memory)
    return find(few, lambda instance: not claim(instance), settings=patient)


def least(instance: Instance) -> int:
    best = optimum(instance, 10)
    assert best.lower == best.upper
    return best.upper


def test_a_lower_bound_with_a_wrong_constant_exceeds_an_optimum() -> None:
    small = refuted(lambda i: Fraction(21, 20) * volume_bound(i) <= least(i))
    assert len(small) <= 2
    assert volume_bound(small) <= least(small)


def test_a_lag_that_is_too_long_exceeds_an_optimum() -> None:
    """Half the output in place of d_j: its upper end, not its value (theory.md, L4)."""

    def wrong(instance: Instance) -> Fraction:
        excess = sum((Fraction(r.output, 2) - r.lag for r in instance.requests), Fraction(0))
        return mean_busy_time_bound(instance) + excess

    small = refuted(lambda i: wrong(i) <= least(i))
    assert mean_busy_time_bound(small) <= least(small) < wrong(small)


def test_a_theorem_with_a_wrong_constant_is_refuted() -> None:
    """4/3 where T4 has 2.78 at alpha = 1/2, for svf under backfill, where nothing holds."""
    with pytest.raises(AssertionError, match="svf costs more than 4/3 times the optimum"):
        assert_competitive("svf", "4/3", alpha=Fraction(1, 2), admission="backfill", seed=1)


def test_an_optimum_that_stops_early_is_too_large() -> None:
    def early(instance: Instance) -> int:
        return cost(instance, best_heuristic(instance))

    small = refuted(lambda i: early(i) == least(i))
    assert early(small) > least(small)
    assert len(small) <= 6

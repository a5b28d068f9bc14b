"""CP-SAT's optimum is the brute-force optimum, and what it does not know it does not say."""

from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings

from tests import reference
from tests.strategies import instances
from theory.optimum import Status, optimum
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost, is_feasible
from theory.simulator import simulate


@settings(max_examples=60)
@given(instances(5, 10, latest=5))
def test_equals_brute_force(instance: Instance) -> None:
    best = optimum(instance)
    assert best.status is Status.EXACT
    assert best.upper == reference.optimum(instance)
    assert is_feasible(instance, best.schedule)
    assert cost(instance, best.schedule) == best.upper


@pytest.mark.parametrize("memory", [3, 4])
def test_equals_brute_force_on_every_small_burst(memory: int) -> None:
    shapes = [(p - o, o) for p in range(1, memory + 1) for o in range(1, p + 1)]
    for n in (1, 2, 3):
        for pairs in combinations_with_replacement(shapes, n):
            instance = Instance.of(memory, *pairs)
            assert optimum(instance).upper == reference.optimum(instance)


def test_delaying_on_purpose_pays() -> None:
    instance = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    assert (optimum(instance).lower, optimum(instance).upper) == (47, 47)


def test_no_time_gives_an_interval() -> None:
    instance = Instance.of(100, *((i % 7, 5 + i) for i in range(30)))
    best = optimum(instance, time_limit=0)
    assert best.status is Status.BOUNDS
    assert best.lower < best.upper <= cost(instance, simulate(instance, named_policy("svf")))
    assert is_feasible(instance, best.schedule)


def test_a_time_out_gives_an_interval() -> None:
    instance = Instance.of(200, *((i * 3 % 50, 20 + i) for i in range(40)))
    best = optimum(instance, time_limit=0.5)
    assert best.lower <= best.upper
    assert is_feasible(instance, best.schedule)

"""All methods give the brute-force optimum, and what they do not know they do not say."""

from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings

from tests import reference
from tests.strategies import instances
from theory.errors import InputError
from theory.optimum import Method, Status, best_heuristic, latest_starts, optimum
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost, is_feasible
from theory.simulator import simulate


@pytest.mark.parametrize("method", list(Method))
@settings(max_examples=40, deadline=None)
@given(instance=instances(5, 10, latest=5))
def test_equals_brute_force(method: Method, instance: Instance) -> None:
    best = optimum(instance, method=method)
    assert best.status is Status.EXACT
    assert best.upper == reference.optimum(instance)
    assert is_feasible(instance, best.schedule)
    assert cost(instance, best.schedule) == best.upper


@settings(max_examples=30, deadline=None)
@given(instances(8, 20, latest=10))
def test_search_and_cp_sat_agree(instance: Instance) -> None:
    ours, theirs = optimum(instance, method="search"), optimum(instance, method="cp-sat")
    assert ours.lower == ours.upper == theirs.lower == theirs.upper


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
    assert best.trusts == "bounds"
    assert best.lower < best.upper <= cost(instance, simulate(instance, named_policy("svf")))
    assert is_feasible(instance, best.schedule)


@pytest.mark.parametrize("method", list(Method))
def test_a_time_out_gives_an_interval(method: Method) -> None:
    instance = Instance.of(200, *((i * 3 % 50, 20 + i) for i in range(40)))
    best = optimum(instance, time_limit=0.5, method=method)
    assert best.status is Status.BOUNDS
    assert best.lower <= best.upper
    assert is_feasible(instance, best.schedule)


def test_what_is_too_large_to_search_keeps_its_cheap_interval() -> None:
    instance = Instance.of(50, *((i % 20, 1 + i % 9) for i in range(70)))
    best = optimum(instance, method="search", time_limit=1)
    assert best.trusts == "bounds"
    assert best.lower <= best.upper


def test_the_start_is_never_made_worse_and_must_be_feasible() -> None:
    instance = Instance.of(60, *((i * 3 % 25, 5 + i) for i in range(20)))
    start = best_heuristic(instance)
    best = optimum(instance, time_limit=0.01, start=start)
    assert best.upper <= cost(instance, start)
    with pytest.raises(InputError, match="memory is 60"):
        optimum(instance, start=(0,) * 20)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(InputError, match="method: unknown name 'guess'"):
        optimum(Instance.of(4, (0, 2)), method="guess")


@settings(max_examples=40, deadline=None)
@given(instances(4, 8, latest=6))
def test_an_optimal_schedule_keeps_to_the_latest_starts(instance: Instance) -> None:
    found: list[list[int]] = []
    best = reference.optimum(instance, found.append)
    latest = latest_starts(instance, best)
    assert all(p <= last for p, last in zip(found[-1], latest, strict=True))

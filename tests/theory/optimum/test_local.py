"""Local search never makes a schedule worse, and repeats itself."""

import pytest
from hypothesis import given, settings

from tests.strategies import instances
from theory.errors import InputError
from theory.optimum import improve
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import Schedule, cost, is_feasible
from theory.simulator import simulate


def one_after_the_other(instance: Instance) -> Schedule:
    ends = [instance.last_arrival]
    for request in instance.requests:
        ends.append(ends[-1] + request.output)
    return tuple(ends[:-1])


@settings(max_examples=60, deadline=None)
@given(instances(8, 20, latest=10))
def test_never_worse(instance: Instance) -> None:
    for start in (one_after_the_other(instance), simulate(instance, named_policy("ljf"))):
        better = improve(instance, start, moves=50)
        assert is_feasible(instance, better)
        assert cost(instance, better) <= cost(instance, start)


def test_the_same_seed_gives_the_same_schedule() -> None:
    instance = Instance.of(50, *((i * 7 % 30, 3 + i % 17) for i in range(60)))
    assert improve(instance, moves=700, seed=3) == improve(instance, moves=700, seed=3)


def test_a_thousand_requests() -> None:
    instance = Instance.of(300, *((i * 37 % 120, 1 + i * 13 % 40, i // 4) for i in range(1000)))
    start = simulate(instance, named_policy("svf"))
    assert cost(instance, improve(instance, moves=2000)) < cost(instance, start)


def test_no_time_and_too_long_hand_the_start_back() -> None:
    instance = Instance.of(9, (0, 9), (3, 4))
    late = (4, 0)
    assert cost(instance, improve(instance, late, seconds=0.0)) == cost(instance, late)
    huge = Instance.of(10**9, (0, 10**9), (5, 10**8))
    assert improve(huge, (0, 10**9)) == (0, 10**9)


def test_what_is_refused() -> None:
    instance = Instance.of(9, (0, 9), (3, 4))
    with pytest.raises(InputError, match="moves must not be negative"):
        improve(instance, moves=-1)
    with pytest.raises(InputError, match="memory is 9"):
        improve(instance, (0, 0))

"""Branch and bound from a bad incumbent, with no memo, in slices of one state: the optimum."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances
from theory.optimum import Optimum, memo, solver
from theory.optimum.solver import branch_and_bound, suits
from theory.request import Instance, Request
from theory.schedule import Schedule, cost, is_feasible


def one_after_the_other(instance: Instance) -> Schedule:
    step = instance.last_arrival
    starts = []
    for request in instance.requests:
        starts.append(step)
        step += request.output
    return tuple(starts)


def knowing_nothing(instance: Instance) -> Optimum:
    late = one_after_the_other(instance)
    return Optimum(0, cost(instance, late), late, "bounds")


@settings(max_examples=150, deadline=None)
@given(instances(5, 12, latest=6))
def test_equals_brute_force(instance: Instance) -> None:
    best = branch_and_bound(instance, knowing_nothing(instance), 60)
    assert best.lower == best.upper == cost(instance, best.schedule)
    assert best.upper == reference.optimum(instance)
    assert is_feasible(instance, best.schedule)


@settings(max_examples=60, deadline=None)
@given(instances(3, 10, latest=4), st.integers(1, 3))
def test_equal_requests(instance: Instance, copies: int) -> None:
    requests = (*instance.requests, *instance.requests[:1] * copies)
    doubled = Instance(instance.memory, requests)
    best = branch_and_bound(doubled, knowing_nothing(doubled), 60)
    assert best.lower == best.upper == reference.optimum(doubled)


@pytest.mark.parametrize(("states", "tokens"), [(0, 100), (2, 100), (100, 3)])
def test_a_full_memo_costs_time_only(
    monkeypatch: pytest.MonkeyPatch, states: int, tokens: int
) -> None:
    monkeypatch.setattr(memo, "STATES", states)
    monkeypatch.setattr(memo, "TOKENS", tokens)
    instance = Instance.of(20, (3, 9), (1, 5), (14, 2), (4, 8), (2, 6), (15, 1), (12, 3))
    best = branch_and_bound(instance, knowing_nothing(instance), 60)
    monkeypatch.undo()
    assert best == branch_and_bound(instance, knowing_nothing(instance), 60)
    assert best.lower == best.upper


def test_slices_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance.of(20, (3, 9), (1, 5), (14, 2), (4, 8, 3), (2, 6, 1), (15, 1), (12, 3))
    whole = branch_and_bound(instance, knowing_nothing(instance), 60)
    monkeypatch.setattr(solver, "SLICE", 1)
    assert branch_and_bound(instance, knowing_nothing(instance), 60) == whole


def test_an_interrupt_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(solver, "search", interrupt)
    instance = Instance.of(20, (3, 9), (1, 5), (14, 2), (4, 8), (2, 6), (15, 1), (12, 3))
    with pytest.raises(KeyboardInterrupt):
        branch_and_bound(instance, knowing_nothing(instance), 60)


def test_no_time_keeps_a_valid_interval() -> None:
    instance = Instance.of(50, *((i * 7 % 30, 3 + i % 17) for i in range(20)))
    known = knowing_nothing(instance)
    best = branch_and_bound(instance, known, 0)
    assert 0 <= best.lower <= best.upper <= known.upper
    assert cost(instance, best.schedule) == best.upper


def test_what_is_known_already_is_handed_back() -> None:
    known = Optimum(2, 2, (0,), "bounds")
    assert branch_and_bound(Instance.of(4, (0, 2)), known, 60) == known


def test_only_small_instances_suit() -> None:
    assert suits(Instance(9, (Request(1, 2),) * solver.MOST_REQUESTS), 10_000)
    assert not suits(Instance(9, (Request(1, 2),) * (solver.MOST_REQUESTS + 1)), 10_000)
    assert not suits(Instance.of(10**6, (0, 10**5), (0, 10**5)), 10**6)
    assert not suits(Instance.of(2**40, (2**39, 1)), 1)

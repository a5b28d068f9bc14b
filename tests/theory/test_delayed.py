"""Delayed policies: against a plain loop, token by token, and their contract."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances
from theory.delayed import completion_time, delayed, delayed_policy, eligible
from theory.errors import InputError
from theory.policy import POLICIES, named_policy
from theory.request import Instance
from theory.schedule import is_feasible
from theory.simulator import simulate

thetas = st.fractions(0, 3, max_denominator=4)


def step_by_step(instance: Instance, order: Sequence[int], theta: Fraction) -> tuple[int, ...]:
    """At every step, those that have waited long enough, in order, up to one without room."""
    profile = [0] * (instance.last_arrival + 5 * instance.total_output + 2)
    starts: dict[int, int] = {}
    step = 0
    while len(starts) < len(instance):
        for index in order:
            request = instance.requests[index]
            if index in starts or step < request.arrival or step < theta * request.output:
                continue
            if not reference.fits(instance.memory, profile, request, step):
                break
            reference.add(profile, request, step)
            starts[index] = step
        step += 1
    return tuple(starts[i] for i in range(len(instance)))


@given(instances(5, 9, latest=6), thetas, st.data())
def test_delayed_is_the_plain_loop(
    instance: Instance, theta: Fraction, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    starts = delayed(instance, order, theta)
    assert starts == step_by_step(instance, order, theta)
    assert is_feasible(instance, starts)
    for start, request in zip(starts, instance.requests, strict=True):
        assert start >= max(request.arrival, theta * request.output)
    assert completion_time(instance, starts) == sum(
        start + request.output for start, request in zip(starts, instance.requests, strict=True)
    )


@given(instances(5, 9, latest=6), st.sampled_from(sorted(POLICIES)))
def test_without_delay_it_is_the_policy(instance: Instance, name: str) -> None:
    policy = named_policy(name)
    assert delayed_policy(instance, policy, 0) == simulate(instance, policy)


@given(instances(5, 9, latest=6), thetas)
def test_eligibility_changes_nothing_but_arrivals(instance: Instance, theta: Fraction) -> None:
    later = eligible(instance, theta)
    for before, after in zip(instance.requests, later.requests, strict=True):
        assert (before.prompt, before.output) == (after.prompt, after.output)
        assert after.arrival == max(before.arrival, ceil(theta * before.output))


def test_the_rank_sees_the_requests_as_they_are() -> None:
    """First come, first served goes by arrival, not by when a request becomes eligible."""
    instance = Instance.of(5, (0, 5), (4, 1, 1), (4, 1, 2))
    assert delayed_policy(instance, named_policy("fcfs")) == (5, 1, 2)
    assert delayed_policy(instance, named_policy("fcfs"), Fraction(1, 5)) == (1, 6, 7)


def test_what_it_refuses() -> None:
    with pytest.raises(InputError, match="theta"):
        eligible(Instance.of(4, (0, 2)), -1)
    with pytest.raises(InputError, match="arrival"):
        eligible(Instance.of(4, (0, 2)), 10**15)

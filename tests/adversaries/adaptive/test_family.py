"""Baits and traps: their closed forms, and that no policy escapes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.adaptive import (
    ADAPTIVE,
    BLOCKED_BURST,
    ONE_SHOT,
    STREAM,
    UNIT_ONE_SHOT,
    UNIT_STREAM,
    AdaptiveFamily,
    Objective,
    Position,
)
from adversaries.adaptive.objective import total
from adversaries.adaptive.placing import good_schedule, place
from tests import reference
from tests.adversaries.adaptive.support import NAMED, Delayed, Fickle, OneAtATime, sizes
from tests.strategies import instances
from theory.errors import InputError, PolicyError
from theory.policy import Job, Policy, Scheduler
from theory.request import Instance
from theory.schedule import require_feasible


def force(family: AdaptiveFamily, parameters: dict[str, int], start: int) -> Fraction:
    """What the adversary forces of a policy that starts the bait at this step."""
    setting = family.setting(**parameters)
    position = Position(setting.memory).release([setting.bait])
    for _ in range(start):
        position = position.start([])
    position = position.start([0]).release(setting.trap(start))
    good = good_schedule(setting.instance(start), family.objective)
    require_feasible(setting.instance(start), good)
    return position.ratio(good, family.objective)


@pytest.mark.parametrize("family", ADAPTIVE.values(), ids=lambda family: family.name)
def test_the_closed_form_is_the_least_over_all_starts_of_the_bait(family: AdaptiveFamily) -> None:
    for scale in (4, 6, 8, 10):
        parameters = sizes(family, scale)
        promised = family.guarantee(**parameters).ratio
        output = family.setting(**parameters).bait.output
        patience = family.patience(**parameters)
        forced = [force(family, parameters, start) for start in range(min(patience, 2 * output))]
        assert min(forced) >= promised > 1
        assert Fraction(patience + output, output) >= promised
        if family.objective is Objective.FLOW:
            assert promised in forced
        else:
            assert promised == force(family, parameters, output - 2)


@pytest.mark.parametrize("family", ADAPTIVE.values(), ids=lambda family: family.name)
def test_the_limit_is_the_limit(family: AdaptiveFamily) -> None:
    share = family.guaranteed / family.limit
    for name in reversed(family.parameters):  # N before M, K before L
        if name != "memory":
            share = sympy.limit(share, sympy.Symbol(name, integer=True, positive=True), sympy.oo)
    assert sympy.simplify(share) == 1
    assert family.guarantee(**sizes(family, 8)).limit == family.limit_text


def test_single_tokens_force_more_than_pairs() -> None:
    for length in (4, 8, 16, 32):
        pairs, units = (f.guarantee(length=length).ratio for f in (ONE_SHOT, UNIT_ONE_SHOT))
        assert units > pairs
    for memory in (4, 8, 16, 32):
        pairs, units = (f.guarantee(memory=memory, steps=99).ratio for f in (STREAM, UNIT_STREAM))
        assert units > pairs


def policies(patience: int) -> Iterator[Policy | Scheduler]:
    yield from NAMED
    yield OneAtATime()
    for until in (1, patience // 3, patience - 1):
        yield Delayed(until)


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        *((ONE_SHOT, {"length": length}) for length in (4, 8, 16)),
        (UNIT_ONE_SHOT, {"length": 8}),
        (STREAM, {"memory": 16, "steps": 16}),
        (UNIT_STREAM, {"memory": 16, "steps": 16}),
        *((BLOCKED_BURST, {"length": length, "count": length}) for length in (4, 16)),
    ],
)
def test_no_policy_escapes(family: AdaptiveFamily, parameters: dict[str, int]) -> None:
    promised = family.guarantee(**parameters)
    starts = set()
    for policy in policies(family.patience(**parameters)):
        play = family.play(policy, **parameters)
        assert play.instance.memory == promised.memory
        require_feasible(play.instance, play.schedule)
        require_feasible(play.instance, play.good)
        assert play.ratio >= promised.ratio
        starts.add(play.start)
    assert len(starts) >= 2


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        (ONE_SHOT, {"length": 32}),
        (UNIT_ONE_SHOT, {"length": 32}),
        (STREAM, {"memory": 64, "steps": 64}),
        (UNIT_STREAM, {"memory": 32, "steps": 40}),
        (BLOCKED_BURST, {"length": 32, "count": 33}),
    ],
)
def test_no_named_policy_escapes_at_size(
    family: AdaptiveFamily, parameters: dict[str, int]
) -> None:
    for policy in NAMED:
        play = family.play(policy, **parameters)
        assert play.start == 0
        assert play.ratio >= family.guarantee(**parameters).ratio


def test_a_policy_that_waits_too_long_gets_no_trap() -> None:
    class Patient(OneAtATime):
        def choose(
            self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
        ) -> int | None:
            late = [job for job in waiting if job.index > 0] or waiting
            return None if running or step < 5 else late[-1].index

    assert ONE_SHOT.patience(length=4) == 5
    with pytest.raises(PolicyError, match="idles for ever"):
        ONE_SHOT.play(Patient(), length=4)


def test_a_policy_that_changes_its_mind_is_named() -> None:
    with pytest.raises(PolicyError, match=r"Fickle: request 0 starts at step 0, but at step 1"):
        ONE_SHOT.play(Fickle(), length=4)


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        (ONE_SHOT, {"length": 5}),
        (ONE_SHOT, {"length": 0}),
        (ONE_SHOT, {"memory": 4}),
        (UNIT_ONE_SHOT, {"length": 1}),
        (STREAM, {"memory": 7, "steps": 9}),
        (STREAM, {"memory": 8, "steps": 7}),
        (UNIT_STREAM, {"memory": 2, "steps": 7}),
        (UNIT_STREAM, {"memory": 4, "steps": True}),
        (BLOCKED_BURST, {"length": 1, "count": 3}),
    ],
)
def test_refuses_parameters_outside(family: AdaptiveFamily, parameters: dict[str, int]) -> None:
    with pytest.raises(InputError):
        family.setting(**parameters)


@given(instances(4, 8, latest=4), st.data())
def test_placing_fits_and_leaves_no_earlier_start(instance: Instance, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    profile = [0] * (instance.last_arrival + 2 * instance.total_output + 2)
    starts = place(instance, order)
    for index in order:
        request = instance.requests[index]
        fitting = (
            step
            for step in range(request.arrival, len(profile))
            if reference.fits(instance.memory, profile, request, step)
        )
        assert starts[index] == next(fitting)
        reference.add(profile, request, starts[index])


@settings(deadline=None)
@given(instances(6, 8, latest=4), st.sampled_from(Objective))
def test_a_good_schedule_is_feasible_and_never_below_the_optimum(
    instance: Instance, objective: Objective
) -> None:
    starts = good_schedule(instance, objective)
    require_feasible(instance, starts)
    arrivals = sum(request.arrival for request in instance.requests)
    extra = arrivals * (objective is Objective.COMPLETION)
    if len(instance) <= 4:
        assert total(instance, starts, objective) >= reference.optimum(instance) + extra

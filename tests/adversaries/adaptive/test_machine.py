"""Hypothesis as the adversary, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from adversaries.adaptive import (
    Objective,
)
from adversaries.adaptive.machine import adaptive_machine
from adversaries.adaptive.objective import total
from tests import reference
from tests.adversaries.adaptive.support import OneAtATime
from theory.errors import PolicyError
from theory.policy import Job, Policy, Scheduler, named_policy
from theory.request import Instance, Request
from theory.schedule import is_feasible

QUIET = settings(
    max_examples=40,
    stateful_step_count=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate, Phase.target),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(
    "policy", [named_policy("svf"), named_policy("sjf", "backfill"), OneAtATime()]
)
def test_the_machine_plays_a_sound_policy_to_the_end(policy: Policy | Scheduler) -> None:
    run_state_machine_as_test(adaptive_machine(policy, memory=6), settings=QUIET)


def test_the_machine_finds_a_ratio_above_the_bound() -> None:
    machine = adaptive_machine(named_policy("svf"), memory=6, bound=Fraction(6, 5))
    with pytest.raises(AssertionError, match=r"ratio \S+ > 6/5: memory 6, requests"):
        run_state_machine_as_test(machine, settings=settings(QUIET, max_examples=500))


def test_the_machine_catches_a_policy_that_looks_ahead() -> None:
    crowd = Policy("crowd", lambda instance: lambda r: r.volume * (-1) ** len(instance))
    with pytest.raises(PolicyError, match="looks ahead"):
        run_state_machine_as_test(
            adaptive_machine(crowd, memory=6), settings=settings(QUIET, max_examples=300)
        )


def test_the_machine_catches_a_policy_that_breaks_its_contract() -> None:
    class Overfull(OneAtATime):
        def choose(
            self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
        ) -> int | None:
            return waiting[0].index

    with pytest.raises(PolicyError, match="cannot fit"):
        run_state_machine_as_test(adaptive_machine(Overfull(), memory=4), settings=QUIET)


def test_the_machine_charges_completion_times() -> None:
    machine = adaptive_machine(named_policy("svf"), 6, objective=Objective.COMPLETION)()
    machine.requests, machine.step = (Request(0, 3, 2), Request(4, 1, 2)), 2
    machine._play()
    instance = Instance(6, machine.requests)
    assert is_feasible(instance, machine.schedule)
    paid = total(instance, machine.schedule, Objective.COMPLETION)
    best = reference.optimum(instance) + 4
    assert 1 <= machine.ratio <= Fraction(paid, best)

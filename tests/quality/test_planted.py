"""Faults put into policies on purpose: each is found, and on a small instance."""

from typing import Any

import pytest
from hypothesis import find, settings

from adversaries.strategies import instances
from kvcr.testing import assert_competitive
from tests.kvcr.test_testing import pasted
from theory.errors import PolicyError
from theory.policy import Policy, named_policy
from theory.request import Instance
from theory.simulator import simulate

SVF = named_policy("svf")


class Svf:
    """SVF head-of-line as it should be, as an online scheduler; subclasses go wrong somewhere."""

    leak = 0
    """Tokens that it forgets, or hides from itself."""

    def rank(self, job: Any) -> Any:
        return job.request.volume, job.index

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        head = min(waiting, key=self.rank)
        lives = [(job.start, job.request) for job in running] + [(step, head.request)]
        for end in (begin + request.output for begin, request in lives):
            held = sum(r.prompt + end - b for b, r in lives if b < end <= b + r.output)
            if held > memory + self.leak:
                return None
        return head.index


class LastOfATie(Svf):
    """Ties go to the later request."""

    def rank(self, job: Any) -> Any:
        return job.request.volume, -job.index


class Leaks(Svf):
    """Believes in one token more than there is."""

    leak = 1


class Hoards(Svf):
    """Never uses the last token."""

    leak = -1


class Idles(Svf):
    """Starts on even steps only: it waits although the head fits."""

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return None if step % 2 and running else super().choose(step, waiting, running, memory)


class Sleeps(Svf):
    """Waits until everything has ended, then starts again."""

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        old = any(job.start < step for job in running)
        return None if old else super().choose(step, waiting, running, memory)


def smallest_difference(scheduler: Any, policy: Policy) -> Instance:
    """The smallest instance found on which a scheduler departs from the policy it should be."""
    return find(
        instances(),
        lambda instance: simulate(instance, scheduler()) != simulate(instance, policy),
        settings=settings(max_examples=2000, deadline=None, database=None, derandomize=True),
    )


def test_the_one_without_a_fault_is_not_blamed() -> None:
    worst = assert_competitive(Svf, 20, examples=20, moves=200, seed=1)
    assert simulate(worst.instance, SVF) == worst.policy_schedule


@pytest.mark.parametrize("scheduler", [LastOfATie, Idles, Sleeps])
def test_a_wrong_schedule_is_seen_against_the_reference(scheduler: Any) -> None:
    instance = smallest_difference(scheduler, SVF)
    assert len(instance) <= 3
    if scheduler is LastOfATie:
        assert len({request.volume for request in instance.requests}) == 1


def test_one_token_too_many_is_caught() -> None:
    with pytest.raises(PolicyError, match="Leaks overfills memory") as failure:
        assert_competitive(Leaks, 20, examples=100, seed=1)
    instance = pasted(str(failure.value))
    assert len(instance) == 2
    assert sum(request.peak for request in instance.requests) == instance.memory + 1


def test_one_token_too_few_starves_the_largest() -> None:
    with pytest.raises(PolicyError, match="idles for ever with 1 waiting"):
        assert_competitive(Hoards, 20, examples=100, seed=1)


def test_an_idle_scheduler_exceeds_its_bound() -> None:
    with pytest.raises(AssertionError, match="Sleeps costs more than 2 times") as failure:
        assert_competitive(Sleeps, 2, examples=100, moves=20_000, seed=1)
    instance = pasted(str(failure.value))
    assert len(instance) <= 6

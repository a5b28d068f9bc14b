"""The event-driven simulator makes the schedules of the plain one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances
from theory.errors import InputError, PolicyError
from theory.policy import POLICIES, Admission, named_policy
from theory.request import Instance
from theory.schedule import cost, is_feasible
from theory.simulator import drive, follow, simulate, tie_orders, worst_schedule


@given(instances(8, 30, latest=9), st.sampled_from(sorted(POLICIES)), st.sampled_from(Admission))
def test_agrees_with_the_plain_simulator(
    instance: Instance, name: str, admission: Admission
) -> None:
    policy = named_policy(name, admission)
    starts = simulate(instance, policy)
    assert is_feasible(instance, starts)
    order = policy.order(instance)
    assert starts == reference.simulate(instance, order, admission is Admission.BACKFILL)


@given(instances(30, 40))
def test_agrees_on_bursts_of_many(instance: Instance) -> None:
    for admission in Admission:
        policy = named_policy("svf", admission)
        expected = reference.simulate(
            instance, policy.order(instance), admission is Admission.BACKFILL
        )
        assert simulate(instance, policy) == expected


class HeadOfLine:
    """SVF head-of-line, written as an online scheduler."""

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        head = min(waiting, key=lambda job: (job.request.volume, job.index))
        horizon = {j.start + j.request.output for j in running} | {step + head.request.output}
        for t in horizon:
            held = sum(
                j.request.prompt + t - j.start
                for j in running
                if j.start < t <= j.start + j.request.output
            )
            if t <= step + head.request.output and held + head.request.prompt + t - step > memory:
                return None
        return head.index


@given(instances(7, 15, latest=6))
def test_an_online_scheduler_can_be_svf(instance: Instance) -> None:
    assert drive(instance, HeadOfLine()) == simulate(instance, named_policy("svf"))


@pytest.mark.parametrize(
    ("choice", "words"),
    [(7, "not waiting"), (None, "idles for ever"), ("x", "not waiting"), (1, "cannot fit")],
)
def test_cheating_schedulers_are_named(choice: object, words: str) -> None:
    class Cheat:
        def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
            return 0 if choice == 1 and step == 0 and len(waiting) == 2 else choice

    with pytest.raises(PolicyError, match=words):
        drive(Instance.of(4, (0, 4), (0, 4)), Cheat())


@given(instances(5, 6))
def test_worst_ties_are_at_least_ties_by_position(instance: Instance) -> None:
    policy = named_policy("sjf")
    worst = worst_schedule(instance, policy)
    assert cost(instance, worst) >= cost(instance, simulate(instance, policy))
    assert worst in {follow(instance, o, policy.admission) for o in tie_orders(instance, policy)}


def test_too_many_ties_are_refused() -> None:
    instance = Instance.of(40, *((s, 1) for s in range(20)))
    with pytest.raises(InputError, match="more than 20000 orders"):
        worst_schedule(instance, named_policy("sjf"))

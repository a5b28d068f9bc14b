"""On real vLLM: completions, batches and KV use are the model's, step for step."""

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest

from adversaries.families import FAMILIES
from adversaries.replay.compare import compare
from adversaries.replay.drive import Server, least_block_size, server
from adversaries.replay.limits import Limits
from adversaries.replay.model import model_run, run_of
from adversaries.replay.record import Run
from adversaries.replay.settings import Settings
from tests.adversaries.replay.support import (
    family_cases,
    needs_vllm,
    random_cases,
    random_instance,
)
from theory.policy import Policy, named_policy
from theory.request import Instance, Request
from theory.schedule import cost
from theory.simulator import simulate

pytestmark = needs_vllm

BAD = {
    "backfill-starvation": {"k": 2, "length": 64, "q": 15},
    "thin-blocks-thick": {"m": 12, "length": 64},
}
"""What the engine is to do badly on: families and parameters."""


def settings(instance: Instance, policy: Policy) -> Settings:
    """Under these the plug-in should do what the model does."""
    return Settings(
        policy=policy.name,
        admission=policy.admission,
        ties="id",
        longest=max(request.output for request in instance.requests),
        gate_block=1,
        gate_capacity=instance.memory,
    )


def serve(host: Server, instance: Instance, policy: Policy) -> Run:
    host.configure(settings(instance, policy))
    return host.serve(instance)


@pytest.fixture(scope="module", params=["scheduler", "stub"])
def without_model(request: pytest.FixtureRequest) -> Iterator[Server]:
    everything = [instance for instance, _ in family_cases()]
    host = server(request.param, Limits.ample(*everything), Settings())
    yield host
    host.close()


@pytest.fixture(scope="module")
def engine() -> Iterator[Server]:
    served = [FAMILIES[name].build(**parameters).instance for name, parameters in BAD.items()]
    served += [instance for instance, _ in random_cases(seed=7, count=20)]
    limits = Limits.ample(*served, block_size=least_block_size())
    host = server("engine", limits, Settings())
    yield host
    host.close()


def test_200_random_instances(without_model: Server) -> None:
    for instance, policy in random_cases(seed=1, count=200):
        run = serve(without_model, instance, policy)
        assert compare(model_run(instance, policy), run) is None, (instance, policy)
        assert run.counters["preemptions"] == run.counters["refused"] == 0
        assert len(run.completion) == len(instance)


def test_family_instances_up_to_1000_requests(without_model: Server) -> None:
    for instance, policy in family_cases():
        found = compare(model_run(instance, policy), serve(without_model, instance, policy))
        assert found is None, (instance.groups()[:5], policy.name, found)


def test_20_random_instances_on_the_engine(engine: Server) -> None:
    block_size = engine.limits.block_size
    for instance, policy in random_cases(seed=7, count=20):
        run = serve(engine, instance, policy)
        assert compare(model_run(instance, policy, block_size), run) is None, (instance, policy)


def wrong_models(instance: Instance, policy: Policy) -> dict[str, Run]:
    """What the model would say with one mistake in it."""
    order = policy.order(instance)
    fcfs = named_policy("fcfs", policy.admission)
    less = Instance(instance.memory - 1, instance.requests)
    longer = Instance(
        instance.memory + 1,
        tuple(Request(r.prompt + 1, r.output, r.arrival) for r in instance.requests),
    )
    return {
        "order": run_of(instance, simulate(instance, fcfs), order),
        "M - 1": run_of(instance, simulate(less, policy), order),
        "backfill": run_of(instance, simulate(instance, policy.with_admission("backfill")), order),
        "shift": run_of(longer, simulate(instance, policy), order),
    }


def test_planted_wrong_models_are_caught(without_model: Server) -> None:
    rnd = random.Random(5)
    caught: dict[str, int] = {}
    for _ in range(30):
        instance = random_instance(rnd)
        if instance.peak == instance.memory:
            continue  # M - 1 would be no budget for it
        policy = named_policy("svf")
        run = serve(without_model, instance, policy)
        right = model_run(instance, policy)
        assert compare(right, run) is None
        for name, wrong in wrong_models(instance, policy).items():
            found = compare(wrong, run)
            assert (found is None) == (wrong == right)
            if found is not None:
                assert found.causes == ("unexplained",)
                caught[name] = caught.get(name, 0) + 1
    assert set(caught) == {"order", "M - 1", "backfill", "shift"}


def ratio_on(engine: Server, family: str, policy: Policy) -> Fraction:
    """The policy's cost as the engine spent it, over that of the family's good schedule."""
    member = FAMILIES[family].build(**BAD[family])
    instance = member.instance
    run = serve(engine, instance, policy)
    assert compare(model_run(instance, policy, engine.limits.block_size), run) is None
    spent = sum(run.completion[i] - r.arrival for i, r in enumerate(instance.requests))
    return Fraction(spent, cost(instance, member.schedule))


def test_backfill_starves_on_the_engine(engine: Server) -> None:
    family = FAMILIES["backfill-starvation"]
    bad = ratio_on(engine, family.name, named_policy("svf", "backfill"))
    assert bad == family.ratio(**BAD[family.name])
    assert bad > 5  # at alpha = 1/2, where head-of-line is proved not to do worse than that
    assert ratio_on(engine, family.name, named_policy("svf")) < Fraction(3, 2)


def test_a_thin_request_blocks_thick_ones_on_the_engine(engine: Server) -> None:
    family = FAMILIES["thin-blocks-thick"]
    bad = ratio_on(engine, family.name, named_policy("svf"))
    assert bad == family.ratio(**BAD[family.name])
    assert bad > 5

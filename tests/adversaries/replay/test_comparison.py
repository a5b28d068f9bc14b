"""The model's run, and that a comparison tells a wrong one."""

import random
from dataclasses import replace

import pytest
from hypothesis import given

from adversaries.replay.compare import compare
from adversaries.replay.limits import Limits
from adversaries.replay.model import MAX_MEMORY, model_run, require_replayable, run_of
from adversaries.replay.record import Run, Step
from adversaries.replay.recorder import name_of, position_of
from adversaries.replay.settings import Settings
from tests.adversaries.replay.support import family_cases, random_instance
from tests.reference import simulate
from tests.strategies import instances
from theory.errors import InputError
from theory.policy import LOOK_AHEAD, Admission, named_policy
from theory.request import Instance, Request
from theory.schedule import occupancy


@given(instances(most_requests=6, latest=4))
def test_the_model_run_is_the_reference_written_out(instance: Instance) -> None:
    for admission in LOOK_AHEAD:
        policy = named_policy("svf", admission)
        run = model_run(instance, policy)
        order = policy.order(instance)
        starts = simulate(instance, order, admission is Admission.BACKFILL)
        assert run == run_of(instance, starts, order)
        held = {step.step + 1: step.tokens for step in run.steps}
        assert all(held[step] == tokens for step, tokens in occupancy(instance, starts))
        for step in run.steps:
            assert step.tokens == step.blocks <= instance.memory
            waiting = [
                i
                for i in order
                if instance.requests[i].arrival <= step.step and starts[i] > step.step
            ]
            assert step.head == (waiting[0] if waiting else None)
            assert step.completed == tuple(
                i for i in step.batch if run.completion[i] == step.step + 1
            )


@given(instances(most_requests=5, latest=4))
def test_blocks_are_rounded_request_by_request(instance: Instance) -> None:
    fine = model_run(instance, named_policy("sjf"))
    coarse = model_run(instance, named_policy("sjf"), block_size=3)
    for one, three in zip(fine.steps, coarse.steps, strict=True):
        assert one.tokens <= 3 * three.blocks <= one.tokens + 2 * len(one.batch)
        assert replace(three, blocks=one.blocks) == one


STEPS = (Step(0, (0, 1), 5, 5, 2, (1,)), Step(1, (0, 2), 6, 6, None, (0, 2)))
RUN = Run(STEPS, {0: 2, 1: 1, 2: 2})


@pytest.mark.parametrize(
    ("field", "value"),
    [("batch", (0, 1)), ("tokens", 7), ("blocks", 5), ("head", 1), ("completed", (0,))],
)
def test_every_field_is_compared(field: str, value: object) -> None:
    changed = replace(STEPS[1], **{field: value})  # type: ignore[arg-type]
    found = compare(RUN, replace(RUN, steps=(STEPS[0], changed)))
    assert found is not None
    assert (found.step, found.field, found.vllm) == (1, field, value)
    assert found.causes == ("unexplained",)


def test_a_missing_step_is_a_difference() -> None:
    found = compare(RUN, replace(RUN, steps=STEPS[:1], completion={1: 1}))
    assert found is not None
    assert (found.step, found.differing_steps, found.differing_completions) == (1, 1, 2)


def test_causes_come_from_the_first_differing_step_only() -> None:
    early = replace(STEPS[0], limits=("preemption",))
    late = replace(STEPS[1], tokens=9, limits=("block rounding",))
    found = compare(RUN, replace(RUN, steps=(early, late)))
    assert found is not None
    assert found.causes == ("block rounding",)
    assert found.limits == {"preemption": 1, "block rounding": 1}


def test_misprediction_is_a_cause_only_of_requests_in_play() -> None:
    changed = replace(RUN, steps=(replace(STEPS[0], tokens=6), STEPS[1]))
    for mispredicted, cause in (({2}, "misprediction"), ({5}, "unexplained")):
        found = compare(RUN, changed, mispredicted)
        assert found is not None
        assert found.causes == (cause,)


@given(instances(most_requests=5))
def test_ample_limits_leave_room_for_every_schedule(instance: Instance) -> None:
    for block_size in (1, 16):
        limits = Limits.ample(instance, block_size=block_size)
        for admission in LOOK_AHEAD:
            for step in model_run(instance, named_policy("svf", admission), block_size).steps:
                assert step.blocks <= limits.blocks
                assert len(step.batch) <= limits.max_num_seqs
                assert step.tokens <= limits.max_num_batched_tokens


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="memory"):
        require_replayable(Instance(MAX_MEMORY + 1, (Request(0, 1),)))
    with pytest.raises(InputError, match="requests: at most"):
        require_replayable(Instance(5, (Request(0, 1),) * 100_001))
    with pytest.raises(InputError, match="output tokens"):
        require_replayable(Instance(1_000_000, (Request(0, 999_999),) * 21))


def test_names_sort_as_positions() -> None:
    names = [name_of(position) for position in (0, 9, 10, 99_999)]
    assert names == sorted(names)
    assert [position_of(f"{name}-1f") for name in names] == [0, 9, 10, 99_999]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"policy": "best"}, "unknown name 'best'"),
        ({"admission": "sometimes"}, "admission"),
        ({"ties": "coin"}, "ties"),
        ({"gate_block": 0}, "gate_block"),
        ({"polcy": "svf"}, "polcy"),
        ({"longest": "many"}, "longest"),
    ],
)
def test_bad_settings_are_refused(config: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Settings.from_config({"kvcr": config})


def test_settings_survive_the_way_through_vllm() -> None:
    settings = Settings(policy="sjf", admission=Admission.BACKFILL, longest=7, gate_capacity=9)
    assert Settings.from_config(settings.to_config()) == settings
    assert Settings.from_config(None) == Settings.from_config({"other": 1}) == Settings()


def test_ranks_are_those_of_the_theory() -> None:
    instance = random_instance(random.Random(2))
    longest = max(request.output for request in instance.requests)
    for name in ("svf", "one-bit-svf", "sjf", "peak", "area", "ljf"):
        rank = Settings(policy=name, longest=longest).rank(10**6)
        theirs = named_policy(name).rank_for(instance)
        assert all(rank(request) == theirs(request) for request in instance.requests)


def test_every_family_has_a_member_to_replay() -> None:
    cases = list(family_cases())
    assert len(cases) > 60
    assert max(len(instance) for instance, _ in cases) > 500

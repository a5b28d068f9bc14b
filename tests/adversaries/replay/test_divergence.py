"""On real vLLM: what the model does not have is seen, named, and harms no request."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adversaries.replay.drive import Server, server
from adversaries.replay.limits import Limits
from adversaries.replay.outcome import Gate, Order, Outcome, replay
from adversaries.replay.settings import Settings
from adversaries.replay.tiny import write_tiny_model
from tests.adversaries.replay.support import POLICIES, needs_vllm, random_instance
from theory.errors import InputError
from theory.files import instance_to_data
from theory.policy import LOOK_AHEAD, Admission
from theory.request import Instance

pytestmark = needs_vllm

BUSY = Instance.of(40, *[(5, 5)] * 8)  # four at a time
THREE_TIERS = pytest.mark.parametrize("tier", ["scheduler", "stub", "engine"])


def ordered(instance: Instance, **options: object) -> Outcome:
    """The outcome, after a check that every request ran to its end."""
    order = Order(instance_to_data(instance), **options)  # type: ignore[arg-type]
    outcome = replay(order)
    assert len(outcome.vllm.completion) == len(instance)
    data = outcome.to_data()
    assert data["agrees"] == (outcome.divergence is None)
    assert len(data["vllm"]["completion"]) == len(instance)
    return outcome


def causes(outcome: Outcome) -> tuple[str, ...]:
    assert outcome.divergence is not None
    return outcome.divergence.causes


@THREE_TIERS
def test_nothing_binds_unless_told_to(tier: str) -> None:
    assert ordered(BUSY, tier=tier).divergence is None


def test_a_model_with_weights_of_its_own(tmp_path: Path) -> None:
    from transformers import AutoConfig, LlamaForCausalLM

    config = AutoConfig.from_pretrained(write_tiny_model(tmp_path, max_model_len=64))
    LlamaForCausalLM(config).save_pretrained(tmp_path)
    assert (tmp_path / "model.safetensors").exists()
    assert ordered(BUSY, tier="engine", model=str(tmp_path)).divergence is None


@THREE_TIERS
def test_seats_bind(tier: str) -> None:
    outcome = ordered(BUSY, tier=tier, max_num_seqs=2)
    assert causes(outcome) == ("max_num_seqs",)
    assert max(len(step.batch) for step in outcome.vllm.steps) == 2
    first, last = outcome.record()[0], outcome.record()[-1]
    assert (first["model"]["batch"], first["vllm"]["batch"]) == ((0, 1, 2, 3), (0, 1))
    assert (last["step"], last["model"]) == (19, None)


@THREE_TIERS
def test_the_batch_token_limit_binds(tier: str) -> None:
    outcome = ordered(BUSY, tier=tier, max_num_batched_tokens=14)
    assert causes(outcome) == ("batch-token limit",)
    assert len(outcome.vllm.steps[0].batch) == 2  # two prompts of 6


@THREE_TIERS
def test_a_prompt_that_no_step_can_take_is_split(tier: str) -> None:
    instance = Instance.of(80, (60, 4), (1, 3), (2, 9))
    outcome = ordered(instance, tier=tier, max_num_batched_tokens=16)
    assert "chunked prefill" in outcome.divergence.limits  # type: ignore[union-attr]
    assert set(causes(outcome)) & {"chunked prefill", "batch-token limit"}
    assert outcome.vllm.counters["preemptions"] == 0


def test_blocks_are_rounded() -> None:
    instance = Instance.of(64, *[(17, 3)] * 3)  # 20 tokens or 2 blocks of 16 each
    outcome = ordered(instance, block_size=16, gate=Gate.BLOCK)
    assert causes(outcome) == ("block rounding",)
    assert [len(step.batch) for step in outcome.vllm.steps[:4]] == [2, 2, 2, 1]


def test_under_random_limits_nothing_is_left_unexplained() -> None:
    rnd = random.Random(8)
    seen: set[str] = set()
    for _ in range(40):
        seats = rnd.choice((1, 2, 5, 30))
        outcome = ordered(
            random_instance(rnd, most_memory=60),
            policy=rnd.choice(POLICIES),
            admission=rnd.choice(LOOK_AHEAD),
            gate=rnd.choice(list(Gate)),
            block_size=rnd.choice((1, 3, 8)),
            max_num_seqs=seats,
            max_num_batched_tokens=seats + rnd.choice((0, 4, 20, 500)),
        )
        if outcome.divergence is not None:
            assert "unexplained" not in causes(outcome), outcome.divergence
            seen |= set(causes(outcome))
    assert seen >= {"max_num_seqs", "batch-token limit", "chunked prefill", "block rounding"}


def predicted(instance: Instance, factor: float) -> Instance:
    requests = [
        replace(r, predicted=(1, max(1, int(r.output * factor)))) for r in instance.requests
    ]
    return Instance(instance.memory, tuple(requests))


@THREE_TIERS
@pytest.mark.parametrize(("factor", "counter"), [(0.3, "under_predicted"), (4.0, "over_predicted")])
def test_wrong_predictions_are_counted_and_survived(tier: str, factor: float, counter: str) -> None:
    instance = predicted(Instance.of(40, *[(3, 12)] * 12), factor)
    outcome = ordered(instance, tier=tier, lengths="predicted")
    assert causes(outcome) == ("misprediction",)
    assert outcome.vllm.counters[counter] == len(instance)


def test_right_predictions_agree() -> None:
    assert ordered(predicted(BUSY, 1.0), lengths="predicted").divergence is None


@pytest.fixture(scope="module")
def tight() -> Iterator[Server]:
    """A pool of exactly 60 blocks of one token, so that a wrong plan meets the wall."""
    limits = Limits(1, 60, 60, 200, 60)
    host = server("scheduler", limits, Settings(ties="id"))
    yield host
    host.close()


@pytest.mark.parametrize("admission", LOOK_AHEAD)
def test_under_prediction_degrades_to_preemption(tight: Server, admission: Admission) -> None:
    tight.configure(Settings(admission=admission, ties="id"))
    rnd = random.Random(3)
    preempted = 0
    for _ in range(20):
        instance = random_instance(rnd, most_memory=55)
        told = {i: max(1, r.output // 4) for i, r in enumerate(instance.requests)}
        run = tight.serve(instance, told)
        assert set(run.completion) == set(range(len(instance)))
        preempted += run.counters["preemptions"]
        assert all(step.tokens <= 60 for step in run.steps)
    assert preempted > 0


def test_missing_predictions_are_the_context_length(tight: Server) -> None:
    tight.configure(Settings(ties="id"))
    instance = Instance.of(60, *[(4, 6)] * 5)
    run = tight.serve(instance, {0: 6})
    assert set(run.completion) == set(range(5))
    assert run.counters["unpredicted"] >= 4
    # Told nothing, it must expect that each fills the context: they go one by one.
    assert max(len(step.batch) for step in run.steps) <= 2


def test_a_request_alone_starts_whatever_was_predicted(tight: Server) -> None:
    tight.configure(Settings(ties="id"))
    run = tight.serve(Instance.of(60, (20, 5), (20, 5)), {0: 10_000, 1: 10_000})
    assert run.completion == {0: 5, 1: 10}


def test_backfill_passes_what_does_not_fit(tight: Server) -> None:
    instance = Instance.of(60, (20, 20), (50, 2), (8, 12))
    for admission, together in ((Admission.HEAD_OF_LINE, (0,)), (Admission.BACKFILL, (0, 2))):
        tight.configure(Settings(policy="fcfs", admission=admission, ties="id"))
        first = tight.serve(instance).steps[0]
        assert first.batch == together


def test_ties_go_by_arrival_for_a_user_of_vllm(tight: Server) -> None:
    # The third keeps the server busy until both of the others wait; they fit one at a time.
    instance = Instance.of(60, (29, 2, 3), (29, 2, 1), (50, 5))
    for ties, completion in (("arrival", {0: 9, 1: 7, 2: 5}), ("id", {0: 7, 1: 9, 2: 5})):
        tight.configure(Settings(ties=ties))
        assert tight.serve(instance).completion == completion


def test_a_foreign_device_is_bad_input() -> None:
    with pytest.raises(InputError, match="--device cuda: this vLLM runs on cpu"):
        ordered(BUSY, device="cuda")


def test_more_seats_than_tokens_is_bad_input() -> None:
    with pytest.raises(InputError, match="max-num-seqs"):
        ordered(BUSY, max_num_batched_tokens=3)


def test_lengths_predicted_needs_predictions() -> None:
    with pytest.raises(InputError, match="request 0: predicted is missing"):
        ordered(BUSY, lengths="predicted")

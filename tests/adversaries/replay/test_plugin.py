"""The plug-in as a user of vLLM has it: by name, with vLLM's other features around it."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from adversaries.replay.compare import compare
from adversaries.replay.drive import EngineServer, SchedulerServer, Server, server
from adversaries.replay.limits import Limits
from adversaries.replay.model import model_run
from adversaries.replay.recorder import Recorder
from adversaries.replay.settings import Settings
from tests.adversaries.replay.support import needs_vllm, random_instance
from theory.policy import named_policy
from theory.request import Instance

pytestmark = needs_vllm

WIDE = Limits(1, 60, 60, 200, 60)


@pytest.fixture(scope="module")
def host() -> Iterator[Server]:
    host = server("scheduler", WIDE, Settings(ties="id"))
    yield host
    host.close()


def test_the_queue_keeps_rank_order() -> None:
    from adversaries.replay.plugin import RankedQueue

    queue, rnd = RankedQueue(lambda number: (number % 7, number)), random.Random(1)
    numbers = rnd.sample(range(100), 30)
    for number in numbers[:20]:
        queue.add_request(number)
    queue.prepend_requests(numbers[20:29])
    queue.prepend_request(numbers[29])
    queue.remove_request(numbers[5])
    queue.remove_requests([numbers[6], 1000, numbers[25]])
    left = sorted(set(numbers) - {numbers[5], numbers[6], numbers[25]}, key=lambda n: (n % 7, n))
    assert list(queue) == left
    assert len(queue) == len(left)
    assert queue.peek_request() == left[0]
    assert [queue.pop_request() for _ in left] == left
    assert not queue
    with pytest.raises(IndexError):
        queue.pop_request()


def test_vllm_finds_it_by_name() -> None:
    from vllm.config import SchedulerConfig

    from adversaries.replay import plugin

    for name in ("PriorityScheduler", "AsyncPriorityScheduler"):
        config = SchedulerConfig(
            max_model_len=64,
            is_encoder_decoder=False,
            scheduler_cls=f"adversaries.replay.plugin.{name}",
        )
        assert config.get_scheduler_cls() is getattr(plugin, name)


def test_the_asynchronous_one_decides_the_same(host: Server) -> None:
    """Driven one step at a time: placeholders are counted as the tokens that they stand for."""
    from adversaries.replay.plugin import AsyncPriorityScheduler

    class Asynchronous(SchedulerServer):
        def _start(self, additional_config: dict[str, Any]) -> Any:
            self._scheduler_class = type("Recorded", (Recorder, AsyncPriorityScheduler), {})
            return super()._start(additional_config)

    other, rnd = Asynchronous(WIDE, Settings(ties="id")), random.Random(4)
    for _ in range(10):
        instance = random_instance(rnd)
        assert other.serve(instance) == host.serve(instance)
    other.close()


def test_a_request_may_be_aborted(host: Server) -> None:
    from vllm.v1.request import RequestStatus

    host.configure(Settings(ties="id"))
    scheduler = host.scheduler
    scheduler.start_recording()
    for index, request in enumerate(Instance.of(60, (20, 30), (20, 30), (1, 2)).requests):
        parameters = host._parameters_of(request, index, {0: 5, 1: 5, 2: 1})
        host._add(f"{index:06d}", [7] * (request.prompt + 1), parameters, 0.0)
    host._step()
    scheduler.finish_requests(["000000", "000001"], RequestStatus.FINISHED_ABORTED)
    while scheduler.has_unfinished_requests():
        host._step()
    assert set(scheduler.run(0.0).completion) == {2}
    pool = scheduler.kv_cache_manager.block_pool
    assert pool.get_num_free_blocks() == WIDE.blocks


def test_settings_that_are_wrong_stop_vllm_at_its_start() -> None:
    class Misled(SchedulerServer):
        def _start(self, additional_config: dict[str, Any]) -> Any:
            return super()._start({"kvcr": {"policy": "best"}})

    with pytest.raises(ValueError, match="unknown name 'best'"):
        Misled(WIDE, Settings())


def test_prefix_caching_costs_nothing_but_caution() -> None:
    """Shared prompts hold fewer blocks than planned: all complete and none is preempted."""

    class Caching(EngineServer):
        def _options(self) -> dict[str, Any]:
            return {**super()._options(), "enable_prefix_caching": True}

    limits = Limits(4, 16, 16, 64, 60)
    host = Caching(limits, Settings(ties="id"), stub=True)
    run = host.serve(Instance.of(60, *[(16, 6)] * 9, (40, 3), (0, 9)))
    assert len(run.completion) == 11
    assert run.counters["preemptions"] == 0
    host.close()


def test_prompts_in_small_pieces_are_planned_for() -> None:
    class Piecemeal(SchedulerServer):
        def _options(self) -> dict[str, Any]:
            return {**super()._options(), "long_prefill_token_threshold": 4}

    host, rnd = Piecemeal(WIDE, Settings(ties="id")), random.Random(9)
    for _ in range(20):
        instance = random_instance(rnd, most_memory=55)
        run = host.serve(instance)
        assert len(run.completion) == len(instance)
        assert run.counters["preemptions"] == 0
        assert all(step.tokens <= WIDE.blocks for step in run.steps)
    host.close()


def test_native_vllm_is_recorded_too() -> None:
    native = server("scheduler", WIDE)
    run = native.serve(Instance.of(60, *[(3, 12)] * 12))
    assert len(run.completion) == 12
    assert run.counters["preemptions"] > 0
    assert any("preemption" in step.limits for step in run.steps)
    small = Instance.of(60, (3, 4), (5, 2))
    assert compare(model_run(small, named_policy("fcfs")), native.serve(small)) is None
    native.close()

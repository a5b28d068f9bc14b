"""Drives vLLM one step at a time on a logical clock: scheduler alone, or whole engine.

A request of prompt s and output o goes in with a prompt of s + 1 tokens: the step of the
prefill yields the first output token, and the last one's KV is never stored, so that vLLM holds
s + k tokens in the request's k-th step, as the model says.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import os
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adversaries.replay.limits import Limits
from adversaries.replay.record import Run
from adversaries.replay.recorder import Recorder, name_of
from adversaries.replay.settings import Settings
from adversaries.replay.tiny import TOKEN, write_tiny_model
from theory.errors import InputError
from theory.request import Instance, Request

TIERS = ("scheduler", "stub", "engine")
"""The scheduler alone; the engine without a model; the engine with one."""

ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # the scheduler must be within reach
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # bound threads take up to 50 times longer
    "OMP_NUM_THREADS": "1",
}
"""What must stand in the environment before vLLM is imported."""


class Server(ABC):
    """A vLLM server that serves one instance after the other.

    ``settings`` None is vLLM's own scheduler: first come, first served, preempting.
    """

    def __init__(self, limits: Limits, settings: Settings | None = None) -> None:
        prepare_environment()
        from vllm import SamplingParams
        from vllm.v1.core.sched.scheduler import Scheduler

        self.limits = limits
        self._parameters = SamplingParams
        base: Any = Scheduler
        if settings is not None:
            from adversaries.replay.plugin import PriorityScheduler

            base = PriorityScheduler
        self._scheduler_class = type("RecordedScheduler", (Recorder, base), {})
        self.scheduler = self._start(settings.to_config() if settings else {})

    @abstractmethod
    def _start(self, additional_config: dict[str, Any]) -> Any:
        """Build the server; its scheduler."""

    def _options(self) -> dict[str, Any]:
        """What is asked of vLLM in every tier."""
        limits = self.limits
        return {
            "skip_tokenizer_init": True,
            "dtype": "float32" if device() == "cpu" else "auto",
            "seed": 0,
            "block_size": limits.block_size,
            "max_model_len": limits.max_model_len,
            "max_num_seqs": limits.max_num_seqs,
            "max_num_batched_tokens": limits.max_num_batched_tokens,
            "enable_prefix_caching": False,
            "async_scheduling": False,  # a step's output must be known before the next
        }

    @abstractmethod
    def _add(self, name: str, prompt: list[int], parameters: Any, arrival: float) -> None:
        """Hand a request in."""

    @abstractmethod
    def _step(self) -> None:
        """Schedule, execute and update, once."""

    def configure(self, settings: Settings) -> None:
        """Serve under these settings from now on."""
        self.scheduler.configure(settings)

    def serve(self, instance: Instance, predicted: Mapping[int, int] | None = None) -> Run:
        """Serve the whole instance and tell what happened.

        ``predicted``: the output lengths that the scheduler is told, by position; None tells it
        the true ones. A request that is not in the mapping goes without: all that is known of
        it is that it fits in the context. Raises InputError when a request does not.
        """
        if instance.peak + 1 > self.limits.max_model_len:
            raise InputError(f"max_model_len: a request of {instance.peak} tokens exceeds it")
        scheduler, requests = self.scheduler, instance.requests
        scheduler.start_recording()
        scheduler.budget = instance.memory
        order = sorted(range(len(instance)), key=lambda i: requests[i].arrival)
        arrived = clock = 0
        began = time.perf_counter()
        while arrived < len(order) or scheduler.has_unfinished_requests():
            if not scheduler.has_unfinished_requests():
                clock = max(clock, requests[order[arrived]].arrival)
            while arrived < len(order) and requests[order[arrived]].arrival <= clock:
                index = order[arrived]
                request = requests[index]
                self._add(
                    name_of(index),
                    [TOKEN] * (request.prompt + 1),
                    self._parameters_of(request, index, predicted),
                    float(request.arrival),
                )
                arrived += 1
            scheduler.clock = clock
            self._step()
            clock += 1
        run: Run = scheduler.run(time.perf_counter() - began)
        return run

    def _parameters_of(
        self, request: Request, index: int, predicted: Mapping[int, int] | None
    ) -> Any:
        """Exactly ``request.output`` tokens, and what the scheduler may know of that."""
        exactly = {"min_tokens": request.output, "ignore_eos": True, "detokenize": False}
        if predicted is not None and index not in predicted:
            # Before min_tokens no token stops it, and the made-up model has no other token.
            most = self.limits.max_model_len - request.prompt - 1
            return self._parameters(**exactly, max_tokens=most, stop_token_ids=[TOKEN])
        told = {"predicted_output": predicted[index]} if predicted else None
        return self._parameters(**exactly, max_tokens=request.output, extra_args=told)

    def close(self) -> None:
        """Let go of what the server holds."""
        self.scheduler.shutdown()


class SchedulerServer(Server):
    """vLLM's scheduler and block manager, with a made-up model and nothing else."""

    def _start(self, additional_config: dict[str, Any]) -> Any:
        from vllm.engine.arg_utils import EngineArgs
        from vllm.v1.kv_cache_interface import KVCacheConfig, KVCacheGroupSpec
        from vllm.v1.request import Request as VllmRequest
        from vllm.v1.structured_output import StructuredOutputManager

        from adversaries.replay.stub import MadeUpModel, full_attention

        self._request, self._model = VllmRequest, MadeUpModel()
        limits = self.limits
        with TemporaryDirectory() as folder:
            config = EngineArgs(
                model=str(write_tiny_model(Path(folder), limits.max_model_len)),
                **self._options(),
                additional_config=additional_config,
            ).create_engine_config()
        config.cache_config.num_gpu_blocks = limits.blocks + 1  # vLLM keeps a null block
        group = KVCacheGroupSpec(["layer"], full_attention(limits.block_size))
        return self._scheduler_class(
            vllm_config=config,
            kv_cache_config=KVCacheConfig(limits.blocks + 1, [], [group]),
            block_size=limits.block_size,
            structured_output_manager=StructuredOutputManager(config),
        )

    def _add(self, name: str, prompt: list[int], parameters: Any, arrival: float) -> None:
        self.scheduler.add_request(
            self._request(name, prompt, parameters, pooling_params=None, arrival_time=arrival)
        )

    def _step(self) -> None:
        output = self.scheduler.schedule()
        self.scheduler.update_from_output(output, self._model.execute(output))


class EngineServer(Server):
    """vLLM's engine in this process, with the tiny model, a real one, or none (``stub``).

    ``model``: a folder that vLLM can load, instead of the tiny model of made-up weights.
    """

    def __init__(
        self,
        limits: Limits,
        settings: Settings | None = None,
        stub: bool = False,
        model: Path | None = None,
    ) -> None:
        self._stub, self._model = stub, model
        super().__init__(limits, settings)

    def _start(self, additional_config: dict[str, Any]) -> Any:
        from vllm import LLM

        limits = self.limits
        options: dict[str, Any] = {}
        if self._stub:
            from adversaries.replay.stub import StubExecutor

            options["distributed_executor_backend"] = StubExecutor
        with TemporaryDirectory() as folder, _llvmlite_hidden():
            if self._model is None:
                options["load_format"] = "dummy"
            self._llm = LLM(
                model=str(self._model or write_tiny_model(Path(folder), limits.max_model_len)),
                **self._options(),
                num_gpu_blocks_override=limits.blocks + 1,  # vLLM keeps a null block
                enforce_eager=True,
                scheduler_cls=self._scheduler_class,
                additional_config=additional_config,
                **options,
            )
        return self._llm.llm_engine.engine_core.engine_core.scheduler

    def _add(self, name: str, prompt: list[int], parameters: Any, arrival: float) -> None:
        tokens = {"prompt_token_ids": prompt}
        self._llm.llm_engine.add_request(name, tokens, parameters, arrival_time=arrival)

    def _step(self) -> None:
        self._llm.llm_engine.step()


@contextmanager
def _llvmlite_hidden() -> Iterator[None]:
    """Hide a module of numba's that is loaded: vLLM 0.32 would fall over it.

    At its start it looks for kernels in every value of every module, and takes ``vars(value)``
    for a dictionary; llvmlite has a value that answers any name.
    """
    hidden = sys.modules.pop("llvmlite.binding.ffi", None)
    try:
        yield
    finally:
        if hidden is not None:
            sys.modules["llvmlite.binding.ffi"] = hidden


def server(
    tier: str, limits: Limits, settings: Settings | None = None, model: Path | None = None
) -> Server:
    """A server of this tier. Raises InputError for a tier that is not known."""
    if tier not in TIERS:
        raise InputError(f"--tier: {', '.join(TIERS)}")
    if tier == "scheduler":
        return SchedulerServer(limits, settings)
    return EngineServer(limits, settings, stub=tier == "stub", model=model)


def prepare_environment() -> None:
    """Set what vLLM reads at import; what the caller has set stays."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def device() -> str:
    """The device that vLLM finds: ``cpu``, ``cuda`` or another of its names."""
    prepare_environment()
    from vllm.platforms import current_platform

    return str(current_platform.device_type)


def least_block_size() -> int:
    """The smallest block, in tokens, that the engine takes with a model on this device."""
    return 32 if device() == "cpu" else 16

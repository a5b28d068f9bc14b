"""A model that computes nothing, and vLLM's real engine around it: no weights, no kernels."""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import torch
from vllm.v1.executor.abstract import Executor
from vllm.v1.kv_cache_interface import FullAttentionSpec
from vllm.v1.outputs import ModelRunnerOutput

from adversaries.replay.tiny import TOKEN


def full_attention(block_size: int) -> Any:
    """One layer of one head: the least KV cache there is."""
    return FullAttentionSpec(
        block_size=block_size, num_kv_heads=1, head_size=8, dtype=torch.float32
    )


class MadeUpModel:
    """Answers each step with one token a request, and none while its prefill goes on."""

    def __init__(self) -> None:
        self._prompt: dict[str, int] = {}

    def execute(self, scheduler_output: Any) -> Any:
        """What a model runner returns for this step."""
        for name in scheduler_output.finished_req_ids:
            self._prompt.pop(name, None)
        total: dict[str, int] = {}  # tokens known so far, prompt and output
        computed: dict[str, int] = {}
        for new in scheduler_output.scheduled_new_reqs:
            self._prompt[new.req_id] = total[new.req_id] = len(new.prompt_token_ids)
            computed[new.req_id] = new.num_computed_tokens
        old = scheduler_output.scheduled_cached_reqs
        for name, done, output in zip(
            old.req_ids, old.num_computed_tokens, old.num_output_tokens, strict=True
        ):
            total[name], computed[name] = self._prompt[name] + output, done
        scheduled = scheduler_output.num_scheduled_tokens
        names = list(scheduled)
        return ModelRunnerOutput(
            req_ids=names,
            req_id_to_index={name: k for k, name in enumerate(names)},
            sampled_token_ids=[
                [TOKEN] if computed[name] + scheduled[name] >= total[name] else [] for name in names
            ],
        )


class StubExecutor(Executor):  # type: ignore[misc]
    """Stands where the workers of vLLM's engine stand; any block size will do."""

    supports_pp = False

    def _init_executor(self) -> None:
        self._model = MadeUpModel()

    @property
    def supported_tasks(self) -> tuple[str, ...]:
        """Text generation only."""
        return ("generate",)

    def get_supported_kv_cache_layouts(self) -> list[list[str]]:
        """One, for form's sake."""
        return [["LBHNC"]]

    def set_kv_cache_layout(self, layout_name: str) -> None:
        """Note the layout where the engine looks for it."""
        self.vllm_config.cache_config.kv_cache_layout = layout_name

    def get_kv_cache_specs(self) -> list[dict[str, Any]]:
        """One worker of one layer."""
        return [{"layer": full_attention(self.vllm_config.cache_config.block_size)}]

    def determine_available_memory(self) -> list[int]:
        """Any number: ``num_gpu_blocks_override`` decides."""
        return [1 << 40]

    def initialize_from_config(self, kv_cache_configs: list[Any]) -> None:
        """Nothing to allocate."""

    def compile_or_warm_up_model(self) -> float:
        """Nothing to compile, in no time."""
        return 0.0

    def collective_rpc(self, *_args: Any, **_kwargs: Any) -> list[None]:
        """No worker has anything to say."""
        return [None]

    def check_health(self) -> None:
        """Always well."""

    def execute_model(self, scheduler_output: Any, non_block: bool = False) -> Any:
        """The made-up output, as a future where the engine asks for one."""
        output = self._model.execute(scheduler_output)
        if not non_block:
            return output
        future: Future[Any] = Future()
        future.set_result(output)
        return future

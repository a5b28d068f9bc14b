r"""Smallest volume first and its kin as a vLLM scheduler: ranked, forward-looking admission.

    vllm serve MODEL --scheduler-cls adversaries.replay.plugin.PriorityScheduler \
        --additional-config '{"kvcr": {"policy": "svf"}}'

A waiting request is let in only if it fits beside everything that runs until each has produced
its predicted output (``extra_args["predicted_output"]``, tokens; without it ``max_tokens``).
So vLLM has no reason to preempt, unless a prediction is too small: then vLLM preempts as it
always does, and ``counters`` says how often. docs/replay.md has the limits.

Made for vLLM 0.32. Its scheduler is no public interface: other versions need a look.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import bisect
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from vllm.v1.core.sched.async_scheduler import AsyncScheduler
from vllm.v1.core.sched.interface import PauseState
from vllm.v1.core.sched.request_queue import FCFSRequestQueue, RequestQueue
from vllm.v1.core.sched.scheduler import Scheduler
from vllm.v1.request import RequestStatus

from adversaries.replay.lookahead import Future, LookAhead
from adversaries.replay.settings import Settings
from theory.policy import Admission
from theory.request import Request

logger = logging.getLogger("vllm.kvcr")


@dataclass
class Counters:
    """What happened that the plan did not foresee.

    ``under_predicted`` and ``over_predicted`` count completed requests whose output was longer
    or shorter than predicted, ``unpredicted`` those without a usable prediction, ``refused``
    the requests that passed the admission check and then found no KV blocks.
    """

    preemptions: int = 0
    under_predicted: int = 0
    over_predicted: int = 0
    unpredicted: int = 0
    refused: int = 0


class RankedQueue(RequestQueue):  # type: ignore[misc]
    """vLLM's waiting queue, kept in rank order; a preempted request takes its old place."""

    def __init__(self, key: Any) -> None:
        self._key = key
        self._keys: list[Any] = []
        self._requests: dict[Any, Any] = {}

    def add_request(self, request: Any) -> None:
        """Put a request in its place."""
        key = self._key(request)
        bisect.insort(self._keys, key)
        self._requests[key] = request

    def peek_request(self) -> Any:
        """The most urgent request. Raises IndexError when nobody waits."""
        return self._requests[self._keys[0]]

    def pop_request(self) -> Any:
        """Take the most urgent request out. Raises IndexError when nobody waits."""
        return self._requests.pop(self._keys.pop(0))

    def prepend_request(self, request: Any) -> None:
        """As :meth:`add_request`: there is no front but the rank's."""
        self.add_request(request)

    def prepend_requests(self, requests: Iterable[Any]) -> None:
        """As :meth:`add_request`, for each."""
        for request in requests:
            self.add_request(request)

    def remove_request(self, request: Any) -> None:
        """Take this request out."""
        key = self._key(request)
        del self._keys[bisect.bisect_left(self._keys, key)]
        del self._requests[key]

    def remove_requests(self, requests: Iterable[Any]) -> None:
        """Take out those of these requests that wait."""
        for request in requests:
            if self._key(request) in self._requests:
                self.remove_request(request)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Any]:
        return iter([self._requests[key] for key in self._keys])


class _ForwardLooking:
    """Lets in, in rank order, what fits; leaves everything else to the vLLM scheduler below.

    vLLM sees a waiting queue of the admitted requests only, for the time of its ``schedule``.
    """

    budget: int | None = None
    """The model's memory in tokens: makes ``limits`` tell what else held a request back."""

    def __init__(self, vllm_config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(vllm_config, *args, **kwargs)  # type: ignore[call-arg]
        base: Any = self
        if base.connector is not None or base.num_spec_tokens:
            raise ValueError("PriorityScheduler: no KV connector and no speculative decoding")
        if len(base.kv_cache_config.kv_cache_groups) > 1:
            raise ValueError("PriorityScheduler: one KV cache group only, no hybrid models")
        self.counters = Counters()
        self.limits: set[str] = set()
        self.configure(Settings.from_config(vllm_config.additional_config))

    def configure(self: Any, settings: Settings) -> None:
        """Take these settings from now on; nothing may be waiting under other ones."""
        self.settings = settings
        self._rank = settings.rank(self.max_model_len)
        manager = self.kv_cache_manager
        pool = manager.block_pool.num_gpu_blocks - 1 - manager.watermark_blocks  # one is null
        self._gate_block = settings.gate_block or self.block_size
        self._gate_capacity = settings.gate_capacity or pool * self.block_size // self._gate_block
        long_prefill = self.scheduler_config.long_prefill_token_threshold
        self._chunk = long_prefill or self.max_num_scheduled_tokens
        self.waiting = RankedQueue(self._key)

    def schedule(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Schedule as vLLM does, with the admitted requests for its waiting queue."""
        ranked = self.waiting
        self.waiting = FCFSRequestQueue()
        try:
            admitted = self._admitted(ranked) if self._pause_state == PauseState.UNPAUSED else []
            ranked.remove_requests(admitted)
            self.waiting.extend(admitted)
            output = super().schedule(*args, **kwargs)  # type: ignore[misc]
        finally:
            left, self.waiting = self.waiting, ranked
            ranked.prepend_requests(left)
        preempted = len(output.preempted_req_ids or ())
        if preempted and not self.counters.preemptions:
            logger.warning("kvcr scheduler: a prediction was too small, vLLM preempts")
        self.counters.preemptions += preempted
        self.counters.refused += max(0, len(left) - preempted)
        return output

    def shutdown(self: Any) -> None:
        """Say once what the counters hold."""
        logger.info("kvcr scheduler: %s", asdict(self.counters))
        super().shutdown()  # type: ignore[misc]

    def _admitted(self: Any, ranked: RankedQueue) -> list[Any]:
        """The waiting requests that start now, in rank order."""
        self.limits.clear()
        if not ranked:
            return []
        running = [self._future(request) for request in self.running]
        ahead = LookAhead(self._gate_capacity, self._gate_block, running)
        seats = self.max_num_active_reqs - len(running) - self.num_waiting_for_streaming_input
        tokens = self.max_num_scheduled_tokens
        tokens -= min(tokens, sum(self._to_compute(request) for request in self.running))
        admitted: list[Any] = []
        for request in ranked:
            if not self._is_ready(request):
                continue
            future = self._future(request)
            need = self._to_compute(request)
            # Alone on the server it starts whatever was predicted, or it would wait for ever.
            fits = ahead.fits(future) or not (running or admitted)
            # Only a prompt that no step can take whole is split.
            whole = need <= tokens or (tokens > 0 and need > self.max_num_scheduled_tokens)
            if fits and whole and len(admitted) < seats:
                ahead.start(future)
                admitted.append(request)
                tokens -= min(tokens, need)
                continue
            if self.budget is not None:
                self._explain(fits, whole, running, admitted, future)
            full = len(admitted) >= seats and self.budget is None
            if full or self.settings.admission == Admission.HEAD_OF_LINE:
                break
        return admitted

    def _explain(
        self: Any,
        fits: bool,
        whole: bool,
        running: list[Future],
        admitted: list[Any],
        future: Future,
    ) -> None:
        """Note the limit that the model does not have, if one held this request back."""
        if fits:
            self.limits.add("max_num_seqs" if whole else "batch-token limit")
        elif self._gate_block > 1:
            held = running + [self._future(request) for request in admitted]
            if LookAhead(self.budget, 1, held).fits(future):
                self.limits.add("block rounding")

    def _is_ready(self: Any, request: Any) -> bool:
        """False while the request waits for something else than a turn, such as a grammar."""
        blocked = self._is_blocked_waiting_status(request.status)
        return not blocked or bool(self._handle_blocked_waiting_request(request))

    def _to_compute(self: Any, request: Any) -> int:
        """Tokens to compute before the next output token: 1 when decoding."""
        known = request.num_tokens + request.num_output_placeholders
        return max(1, int(known - request.num_computed_tokens))

    def _future(self: Any, request: Any) -> Future:
        """What the request will hold, from above, if it starts or goes on now."""
        produced = request.num_output_tokens + request.num_output_placeholders
        left = _predicted(request)[0] - produced
        if left < 1:  # longer than predicted: as long again, but within max_tokens
            left = max(1, min(produced, request.max_tokens - produced))
        need = self._to_compute(request)
        each = max(1, min(self._chunk, self.max_num_scheduled_tokens - len(self.running)))
        extra = -(-need // each) - 1  # further steps of a split prefill, a token each at least
        return request.num_computed_tokens + need - extra, extra + left

    def _key(self: Any, request: Any) -> tuple[Any, ...]:
        if self.settings.policy == "fcfs":
            return (request.arrival_time, request.request_id)
        # The last output token's KV is never stored: P prompt tokens are a prompt of P - 1.
        shape = Request(max(0, request.num_prompt_tokens - 1), _predicted(request)[0])
        rank = self._rank(shape)
        if self.settings.ties == "id":
            return (rank, request.request_id)
        return (rank, request.arrival_time, request.request_id)

    def _free_request(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.status != RequestStatus.FINISHED_ABORTED:
            predicted, told = _predicted(request)
            self.counters.unpredicted += not told
            self.counters.under_predicted += told and request.num_output_tokens > predicted
            self.counters.over_predicted += told and request.num_output_tokens < predicted
        return super()._free_request(request, *args, **kwargs)  # type: ignore[misc]


def _predicted(request: Any) -> tuple[int, bool]:
    """Output tokens to expect, and whether somebody predicted them."""
    parameters = request.sampling_params
    told = (parameters.extra_args or {}).get("predicted_output") if parameters else None
    if isinstance(told, int | float) and 1 <= told < 2**31:
        return int(told), True
    return request.max_tokens, False


class PriorityScheduler(_ForwardLooking, Scheduler):  # type: ignore[misc]
    """The plug-in for synchronous scheduling (``--no-async-scheduling``; always on a CPU)."""


class AsyncPriorityScheduler(_ForwardLooking, AsyncScheduler):  # type: ignore[misc]
    """The plug-in for asynchronous scheduling, vLLM's default on a GPU."""

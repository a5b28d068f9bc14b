"""A scheduler that writes down what it does: mixed into the plug-in or vLLM's own scheduler."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adversaries.replay.record import Run, Step


class Recorder:
    """Records every step of a vLLM scheduler; ``clock`` is the step, set by who drives it.

    A request's id begins with its position in the file, as ``position_of`` reads it; vLLM's
    engine appends a random suffix.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.start_recording()

    def start_recording(self) -> None:
        """Forget the last run."""
        self.clock = 0
        self.preempted = 0
        self._steps: list[Step] = []
        self._completion: dict[int, int] = {}
        self._first_token: dict[int, int] = {}

    def run(self: Any, seconds: float) -> Run:
        """What has been recorded."""
        counters = dict(vars(self.counters)) if hasattr(self, "counters") else {}
        return Run(
            tuple(self._steps),
            dict(self._completion),
            dict(self._first_token),
            counters | {"preemptions": self.preempted},
            seconds,
        )

    def schedule(self: Any, *args: Any, **kwargs: Any) -> Any:
        """The scheduler's own, then the record of its batch and memory."""
        output = super().schedule(*args, **kwargs)  # type: ignore[misc]
        scheduled = output.num_scheduled_tokens
        preempted = len(output.preempted_req_ids or ())
        self.preempted += preempted
        if not scheduled:
            return output
        limits = set(getattr(self, "limits", ()))
        if preempted:
            limits.add("preemption")
        if any(r.is_prefill_chunk for r in self.running):
            limits.add("chunked prefill")
        if any(r.request_id not in scheduled for r in self.running):
            limits.add("batch-token limit")
        pool = self.kv_cache_manager.block_pool
        self._steps.append(
            Step(
                self.clock,
                tuple(sorted(position_of(name) for name in scheduled)),
                sum(request.num_computed_tokens for request in self.running),
                pool.num_gpu_blocks - 1 - pool.get_num_free_blocks(),
                position_of(self.waiting.peek_request().request_id) if self.waiting else None,
                (),
                tuple(sorted(limits)),
            )
        )
        return output

    def update_from_output(self: Any, scheduler_output: Any, model_output: Any) -> Any:
        """The scheduler's own, then the record of what completed."""
        result = super().update_from_output(scheduler_output, model_output)  # type: ignore[misc]
        completed = []
        for name in scheduler_output.num_scheduled_tokens:
            index = position_of(name)
            request = self.requests.get(name)
            if request is None:
                completed.append(index)
                self._completion[index] = self.clock + 1
            if request is None or request.num_output_tokens:
                self._first_token.setdefault(index, self.clock + 1)
        if completed:
            self._steps[-1] = replace(self._steps[-1], completed=tuple(sorted(completed)))
        return result


def position_of(request_id: str) -> int:
    """The position in the file that a request id begins with.

    >>> position_of("000012-8f0e")
    12
    """
    return int(request_id[:6])


def name_of(position: int) -> str:
    """A request id whose order is that of the positions.

    >>> name_of(12)
    '000012'
    """
    return f"{position:06d}"

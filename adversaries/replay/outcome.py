"""One replay from start to verdict: the model's run, vLLM's, and what they differ in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from adversaries.replay.compare import Divergence, compare
from adversaries.replay.limits import Limits
from adversaries.replay.model import model_run, require_replayable
from adversaries.replay.record import Run
from adversaries.replay.settings import Settings
from theory.errors import InputError
from theory.files import instance_from_data
from theory.policy import Admission, named_policy
from theory.request import Instance


class Gate(StrEnum):
    """How the admission check counts memory: as the model does, or in vLLM's whole blocks."""

    TOKEN = "token"
    BLOCK = "block"


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be replayed, and on what.

    ``instance`` in the format of a file. ``lengths``: ``true``, or ``predicted`` to tell the
    scheduler the upper end of each request's ``predicted`` interval. The limits, where given,
    bind vLLM; else none does. ``model``: a folder for the engine tier.
    """

    instance: dict[str, Any]
    policy: str = "svf"
    admission: Admission = Admission.HEAD_OF_LINE
    tier: str = "scheduler"
    device: str = "auto"
    gate: Gate = Gate.TOKEN
    lengths: str = "true"
    block_size: int | None = None
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    model: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Both runs of an instance, and where they part (None: nowhere)."""

    instance: Instance
    device: str
    limits: Limits
    model: Run
    vllm: Run
    divergence: Divergence | None

    def to_data(self) -> dict[str, Any]:
        """As JSON: ``agrees``, ``steps``, ``model``, ``vllm``, ``divergence`` and the server."""
        return {
            "agrees": self.divergence is None,
            "steps": len(self.vllm.steps),
            "model": self._told(self.model),
            "vllm": {**self._told(self.vllm), **self.vllm.counters},
            "divergence": None if self.divergence is None else asdict(self.divergence),
            "server": {"device": self.device, **asdict(self.limits)},
            "seconds": round(self.vllm.seconds, 3),
        }

    def record(self) -> list[dict[str, Any]]:
        """Every step of both runs, side by side; None where a run has no such step."""
        runs = {"model": self.model, "vllm": self.vllm}
        by_step: dict[int, dict[str, Any]] = {}
        for name, run in runs.items():
            for step in run.steps:
                row = by_step.setdefault(step.step, dict.fromkeys(runs))
                row[name] = asdict(step)
        return [{"step": step, **by_step[step]} for step in sorted(by_step)]

    def _told(self, run: Run) -> dict[str, Any]:
        ends = [run.completion[i] for i in range(len(self.instance))]
        arrivals = (request.arrival for request in self.instance.requests)
        cost = sum(end - arrival for end, arrival in zip(ends, arrivals, strict=True))
        return {"cost": str(cost), "makespan": max(ends), "completion": ends}


def replay(order: Order) -> Outcome:
    """Replay on vLLM and compare. Raises InputError for what cannot be replayed.

    Needs vLLM; see docs/replay.md.
    """
    from adversaries.replay.drive import device, least_block_size, server

    instance = instance_from_data(order.instance)
    require_replayable(instance)
    policy = named_policy(order.policy, order.admission)
    predicted = _predicted(instance, order.lengths)
    found = device()
    if order.device not in ("auto", found):
        raise InputError(f"--device {order.device}: this vLLM runs on {found}")
    limits = limits_of(order, instance, least_block_size() if order.tier == "engine" else 1)
    model = Path(order.model).resolve() if order.model else None
    host = server(order.tier, limits, settings_of(order, instance, limits), model)
    try:
        vllm = host.serve(instance, predicted)
    finally:
        host.close()
    ours = model_run(instance, policy, limits.block_size)
    wrong = {i for i, told in (predicted or {}).items() if told != instance.requests[i].output}
    return Outcome(instance, found, limits, ours, vllm, compare(ours, vllm, wrong))


def limits_of(order: Order, instance: Instance, block_size: int) -> Limits:
    """The server's limits: none binds but those that the order names. Raises InputError.

    >>> limits_of(Order({}, max_num_seqs=1), Instance.of(9, (1, 2), (3, 4)), 1).max_num_seqs
    1
    """
    ample = Limits.ample(instance, block_size=order.block_size or block_size)
    seats = order.max_num_seqs or ample.max_num_seqs
    tokens = order.max_num_batched_tokens or ample.max_num_batched_tokens
    if tokens < seats:
        raise InputError(
            f"--max-num-batched-tokens: at least --max-num-seqs, which is {seats}, not {tokens}"
        )
    return Limits(ample.block_size, ample.blocks, seats, tokens, ample.max_model_len)


def settings_of(order: Order, instance: Instance, limits: Limits) -> Settings:
    """The plug-in's settings under which it should do what the model does."""
    block = 1 if order.gate is Gate.TOKEN else limits.block_size
    return Settings(
        policy=order.policy,
        admission=order.admission,
        ties="id",
        longest=max(request.output for request in instance.requests),
        gate_block=block,
        gate_capacity=max(1, instance.memory // block),
    )


def _predicted(instance: Instance, lengths: str) -> dict[int, int] | None:
    if lengths == "true":
        return None
    if lengths != "predicted":
        raise InputError("--lengths: true or predicted")
    told = {i: r.predicted[1] for i, r in enumerate(instance.requests) if r.predicted}
    for index in range(len(instance)):
        if index not in told:
            raise InputError(f"request {index}: predicted is missing, --lengths predicted needs it")
    return told

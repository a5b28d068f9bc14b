"""The model's run of an instance, written out step by step."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from adversaries.replay.record import Run, Step
from theory.errors import InputError
from theory.policy import Policy
from theory.request import Instance
from theory.simulator import simulate

MAX_MEMORY = 1_000_000
"""Largest budget that is replayed, in tokens: vLLM keeps an object for every block."""
MAX_REQUESTS = 100_000
"""Most requests in a replay."""
MAX_WORK = 20_000_000
"""Most request-steps in a replay: vLLM takes some microseconds for each."""


def require_replayable(instance: Instance) -> None:
    """Raise InputError when the instance is too large to be replayed token by token."""
    if instance.memory > MAX_MEMORY:
        raise InputError(f"memory: at most {MAX_MEMORY} tokens can be replayed")
    if len(instance) > MAX_REQUESTS:
        raise InputError(f"requests: at most {MAX_REQUESTS} can be replayed")
    if instance.total_output > MAX_WORK:
        raise InputError(f"requests: at most {MAX_WORK} output tokens can be replayed")


def model_run(instance: Instance, policy: Policy, block_size: int = 1) -> Run:
    """What the model says that vLLM should do. Raises InputError when it is too large.

    ``block_size`` in tokens, for the count of blocks only: the model's memory has no blocks.

    >>> from theory.policy import named_policy
    >>> run = model_run(Instance.of(5, (0, 3), (4, 1)), named_policy("svf"))
    >>> [(step.batch, step.tokens, step.head) for step in run.steps]
    [((1,), 5, 0), ((0,), 1, None), ((0,), 2, None), ((0,), 3, None)]
    """
    require_replayable(instance)
    starts = simulate(instance, policy)
    return run_of(instance, starts, policy.order(instance), block_size)


def run_of(
    instance: Instance, starts: Sequence[int], order: Sequence[int], block_size: int = 1
) -> Run:
    """The run of given start steps; ``order`` says who is the head of what waits.

    Source: theory.md, section 1.

    >>> run_of(Instance.of(9, (2, 2)), (5,), (0,), block_size=2).steps[1]
    Step(step=6, batch=(0,), tokens=4, blocks=2, head=None, completed=(0,), limits=())
    """
    requests = instance.requests
    place = {index: rank for rank, index in enumerate(order)}
    by_start = sorted(range(len(instance)), key=lambda i: starts[i])
    by_arrival = sorted(range(len(instance)), key=lambda i: requests[i].arrival)
    steps: list[Step] = []
    running: list[int] = []
    waiting: list[tuple[int, int]] = []  # a heap of (place in the order, index)
    begun = arrived = step = 0
    while begun < len(by_start) or running:
        if not running:
            step = max(step, starts[by_start[begun]])
        while begun < len(by_start) and starts[by_start[begun]] <= step:
            running.append(by_start[begun])
            begun += 1
        running.sort()
        while arrived < len(by_arrival) and requests[by_arrival[arrived]].arrival <= step:
            index = by_arrival[arrived]
            heapq.heappush(waiting, (place[index], index))
            arrived += 1
        while waiting and starts[waiting[0][1]] <= step:
            heapq.heappop(waiting)
        held = [requests[i].prompt + step + 1 - starts[i] for i in running]
        completed = tuple(i for i in running if starts[i] + requests[i].output == step + 1)
        steps.append(
            Step(
                step,
                tuple(running),
                sum(held),
                sum(-(-tokens // block_size) for tokens in held),
                waiting[0][1] if waiting else None,
                completed,
            )
        )
        running = [i for i in running if starts[i] + requests[i].output > step + 1]
        step += 1
    completion = {i: starts[i] + requests[i].output for i in range(len(instance))}
    first = {i: starts[i] + 1 for i in range(len(instance))}
    return Run(tuple(steps), completion, first)

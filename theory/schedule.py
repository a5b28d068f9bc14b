"""Schedules and their exact audit: start steps, occupancy, feasibility, cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from theory.errors import InputError
from theory.request import Instance

Schedule: TypeAlias = tuple[int, ...]
"""Start step of each request, in the instance's order."""


def occupancy(instance: Instance, starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Tokens held at each completion step, as (step, tokens), in step order.

    Between two completions the occupancy only grows, so these are all its local maxima, and a
    schedule fits in memory when it fits at these steps. O(n log n).

    >>> list(occupancy(Instance.of(4, (0, 2), (1, 1)), (0, 1)))
    [(2, 4)]
    """
    begin = sorted((p, r.prompt) for p, r in zip(starts, instance.requests, strict=True))
    finish = sorted(
        (p + r.output, p, r.prompt) for p, r in zip(starts, instance.requests, strict=True)
    )
    base = running = 0  # the load in step t is base + running * t
    entered = 0
    left = 0
    while left < len(finish):
        step = finish[left][0]
        while entered < len(begin) and begin[entered][0] < step:
            p, prompt = begin[entered]
            base += prompt - p
            running += 1
            entered += 1
        yield step, base + running * step
        while left < len(finish) and finish[left][0] == step:
            _, p, prompt = finish[left]
            base -= prompt - p
            running -= 1
            left += 1


def require_feasible(instance: Instance, starts: Sequence[int]) -> None:
    """Raise InputError, naming request or step, unless the schedule is feasible.

    Feasible: one integer start per request, none before its arrival, and never more than
    ``memory`` tokens held.

    >>> require_feasible(Instance.of(4, (0, 2), (1, 2)), (0, 0))
    Traceback (most recent call last):
        ...
    theory.errors.InputError: step 2: 5 tokens held, memory is 4
    """
    if len(starts) != len(instance):
        raise InputError(f"schedule: {len(starts)} starts for {len(instance)} requests")
    for index, (start, request) in enumerate(zip(starts, instance.requests, strict=True)):
        if not isinstance(start, int) or isinstance(start, bool):
            raise InputError(f"schedule: request {index}: start is not an integer")
        if start < request.arrival:
            raise InputError(f"schedule: request {index} starts at {start}, before its arrival")
    for step, tokens in occupancy(instance, starts):
        if tokens > instance.memory:
            raise InputError(f"step {step}: {tokens} tokens held, memory is {instance.memory}")


def is_feasible(instance: Instance, starts: Sequence[int]) -> bool:
    """Whether the schedule passes :func:`require_feasible`."""
    try:
        require_feasible(instance, starts)
    except InputError:
        return False
    return True


def cost(instance: Instance, starts: Sequence[int]) -> int:
    """Total end-to-end latency: the sum over requests of completion minus arrival, in steps.

    >>> cost(Instance.of(4, (0, 2), (1, 1)), (0, 1))
    4
    """
    return sum(
        start + request.output - request.arrival
        for start, request in zip(starts, instance.requests, strict=True)
    )


def makespan(instance: Instance, starts: Sequence[int]) -> int:
    """Last completion step."""
    return max(p + r.output for p, r in zip(starts, instance.requests, strict=True))

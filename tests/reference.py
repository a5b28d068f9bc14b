"""Plain, slow, obviously right: what the fast code is held against. Shares nothing with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from theory.request import Instance, Request


def fits(memory: int, profile: list[int], request: Request, step: int) -> bool:
    """Whether the request can start at `step` on top of the profile (tokens per step)."""
    return all(
        profile[step + k] + request.prompt + k <= memory for k in range(1, request.output + 1)
    )


def add(profile: list[int], request: Request, step: int, sign: int = 1) -> None:
    """Put the request's tokens on the profile (or take them off)."""
    for k in range(1, request.output + 1):
        profile[step + k] += sign * (request.prompt + k)


def simulate(instance: Instance, order: Sequence[int], backfill: bool) -> tuple[int, ...]:
    """A priority schedule, step by step, token by token."""
    horizon = instance.last_arrival + instance.total_output + 2
    profile = [0] * (horizon + 1)
    starts: dict[int, int] = {}
    for step in range(horizon):
        for index in order:
            request = instance.requests[index]
            if index in starts or request.arrival > step:
                continue
            if fits(instance.memory, profile, request, step):
                add(profile, request, step)
                starts[index] = step
            elif not backfill:
                break
    return tuple(starts[i] for i in range(len(instance)))


def optimum(instance: Instance, accept: Callable[[list[int]], None] | None = None) -> int:
    """The least cost over all start vectors: depth-first, cut only by the cost so far."""
    requests = instance.requests
    horizon = instance.last_arrival + instance.total_output
    profile = [0] * (horizon + 2)
    rest = [0] * (len(requests) + 1)
    for i in range(len(requests) - 1, -1, -1):
        rest[i] = rest[i + 1] + requests[i].output
    best = sum(horizon - r.arrival for r in requests) + 1
    starts = [0] * len(requests)

    def place(i: int, spent: int) -> None:
        nonlocal best
        if i == len(requests):
            best = min(best, spent)
            if accept is not None:
                accept(list(starts))
            return
        request = requests[i]
        for step in range(request.arrival, horizon - request.output + 1):
            then = spent + step + request.output - request.arrival
            if then + rest[i + 1] >= best:
                break
            if fits(instance.memory, profile, request, step):
                add(profile, request, step)
                starts[i] = step
                place(i + 1, then)
                add(profile, request, step, -1)

    place(0, 0)
    return best

"""The smallest instance nearby that still shows what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from adversaries.hunt.limits import Limits
from theory.request import Instance, Request


def shrink(
    instance: Instance,
    limits: Limits,
    shows: Callable[[Instance], bool],
    most_trials: int = 20_000,
) -> Instance:
    """An instance within the limits for which ``shows`` is true and no simpler one is tried out.

    Simpler means fewer requests, then a smaller budget, then smaller numbers. ``shows`` must
    be true of ``instance``; it is asked at most ``most_trials`` times.

    >>> shrink(Instance.of(9, (2, 5), (1, 3), (0, 4)), Limits(), lambda i: i.total_output > 3)
    Instance(memory=4, requests=(Request(prompt=0, output=4, arrival=0, predicted=None),), note='')
    """
    trials = 0
    restart = True
    while restart:
        restart = False
        for simpler in simplifications(instance, limits):
            if trials == most_trials:
                return instance
            trials += 1
            if shows(simpler):
                instance, restart = simpler, True
                break
    return instance


def complexity(instance: Instance) -> tuple[int, int, int, int]:
    """What shrinking lowers: requests, budget, tokens, arrivals, in this order."""
    requests = instance.requests
    tokens = sum(r.prompt + 2 * r.output for r in requests)  # a short request is simpler
    return len(requests), instance.memory, tokens, sum(r.arrival for r in requests)


def simplifications(instance: Instance, limits: Limits) -> Iterator[Instance]:
    """Simpler instances within the limits, the boldest first."""
    now = complexity(instance)
    return (i for i in _candidates(instance, limits) if complexity(i) < now)


def _candidates(instance: Instance, limits: Limits) -> Iterator[Instance]:
    requests = instance.requests
    count = len(requests)
    size = count // 2
    while size:
        for begin in range(0, count, size):
            kept = requests[:begin] + requests[begin + size :]
            if kept:
                yield Instance(instance.memory, kept)
        size //= 2
    memory = instance.memory
    for smaller in _lower(memory, limits.least_memory):
        yield _scaled(instance, limits, smaller)
        yield _scaled(instance, limits, smaller, thinner=True)
        yield _refitted(instance, limits, smaller)
    for index, r in enumerate(requests):
        simpler = [
            *((r.prompt, output, r.arrival) for output in _lower(r.output, 1)),
            *((r.peak - output, output, r.arrival) for output in _lower(r.output, 1)),
            *((prompt, r.output, r.arrival) for prompt in _lower(r.prompt, 0)),
            *((r.prompt, r.output, arrival) for arrival in _lower(r.arrival, 0)),
        ]
        for shape in simpler:
            fitted = limits.fitted(memory, *shape, r.predicted)
            yield Instance(memory, (*requests[:index], fitted, *requests[index + 1 :]))
            if requests.count(r) > 1:  # equal requests stay equal
                yield Instance(memory, tuple(fitted if r == other else other for other in requests))


def _lower(value: int, least: int) -> list[int]:
    """The least value, then half way to it, a quarter, ..., and one less."""
    found = []
    gap = value - least
    while gap > 0:
        found.append(value - gap)
        gap //= 2
    return found


def _refitted(instance: Instance, limits: Limits, memory: int) -> Instance:
    """A smaller budget, with the requests cut down where they no longer fit."""
    return Instance(memory, tuple(_fit(limits, memory, r) for r in instance.requests))


def _scaled(instance: Instance, limits: Limits, memory: int, thinner: bool = False) -> Instance:
    """A smaller budget from which the loss is taken off every prompt, or in proportion."""
    top, size = memory, instance.memory
    loss = size - top
    shapes = (
        Request(
            max(0, r.prompt - loss) if thinner else r.prompt * top // size,
            r.output if thinner else -(-r.output * top // size),
            r.arrival,
            r.predicted,
        )
        for r in instance.requests
    )
    return Instance(memory, tuple(_fit(limits, memory, r) for r in shapes))


def _fit(limits: Limits, memory: int, r: Request) -> Request:
    return limits.fitted(memory, r.prompt, r.output, r.arrival, r.predicted)

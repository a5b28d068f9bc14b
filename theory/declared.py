"""Declared lengths: admission believes an upper bound on every output, and corrects itself late.

A server that knows of each request only a declared output, o <= declared, can still promise that
memory never runs over: it reserves what the request would hold if it ran for its declared length.
A request is admitted when it fits beside what runs by these reservations; when it completes,
sooner perhaps, its reservation is free at once. Scanned in a fixed rank order, head-of-line:
nothing passes a request that does not fit. With declared = o this is the truthful check of
:func:`theory.simulator.follow`. Source: theory.md, section 3, D.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from heapq import heappop, heappush

from theory.errors import InputError
from theory.request import Instance, Request
from theory.running import RunningSet
from theory.schedule import Schedule


def declared_outputs(instance: Instance) -> tuple[int, ...]:
    """Of each request the upper end of ``predicted``, its true output where there is none.

    >>> declared_outputs(Instance(9, (Request(0, 2, predicted=(1, 5)), Request(1, 3))))
    (5, 3)
    """
    return tuple(r.output if r.predicted is None else r.predicted[1] for r in instance.requests)


def as_declared(instance: Instance, declared: Sequence[int] | None = None) -> Instance:
    """What the server believes it was asked: the same requests with their declared outputs.

    ``declared`` gives one output (tokens) a request; ``predicted`` does when it is None. Raises
    InputError when one is below the true output, or does not fit in memory with its prompt.

    >>> believed = as_declared(Instance.of(9, (0, 2), (1, 3)), (5, 3))
    >>> [request.volume for request in believed.requests], believed.slack
    ([15, 9], 5)
    """
    lengths = declared_outputs(instance) if declared is None else declared
    if len(lengths) != len(instance):
        raise InputError(f"declared: {len(lengths)} lengths for {len(instance)} requests")
    for index, (length, request) in enumerate(zip(lengths, instance.requests, strict=True)):
        if length < request.output:
            raise InputError(
                f"declared: request {index}: {length} is below its output {request.output}"
            )
    return Instance(
        instance.memory,
        tuple(
            Request(request.prompt, length, request.arrival)
            for length, request in zip(lengths, instance.requests, strict=True)
        ),
    )


def overstatement(instance: Instance, declared: Sequence[int] | None = None) -> Fraction:
    """The least beta >= 1 with declared <= beta * output for every request.

    >>> overstatement(Instance.of(9, (0, 2), (1, 3)), (5, 3))
    Fraction(5, 2)
    """
    believed = as_declared(instance, declared)
    pairs = zip(believed.requests, instance.requests, strict=True)
    return max(Fraction(promise.output, request.output) for promise, request in pairs)


def by_declared_volume(
    instance: Instance, declared: Sequence[int] | None = None
) -> tuple[int, ...]:
    """Indices in order of the volume that each would have at its declared length, then position.

    >>> by_declared_volume(Instance.of(9, (0, 2), (1, 3)), (5, 3))
    (1, 0)
    """
    believed = as_declared(instance, declared).requests
    return tuple(sorted(range(len(believed)), key=lambda i: believed[i].volume))


def follow_declared(
    instance: Instance, order: Sequence[int], declared: Sequence[int] | None = None
) -> Schedule:
    """The start steps that a fixed rank order (indices, first is most urgent) gives.

    The schedule is feasible, as no request outlives its reservation. Raises InputError for an
    order that is no permutation, and as :func:`as_declared` does. Work: one look-ahead an event,
    and one start for each reservation that is left when a request completes early.

    >>> inst = Instance.of(6, (0, 1), (0, 1), (0, 1))
    >>> follow_declared(inst, (0, 1, 2), (4, 4, 4))    # two reservations peak at 8 tokens
    (0, 1, 2)
    >>> follow_declared(inst, (0, 1, 2))
    (0, 0, 0)
    """
    if sorted(order) != list(range(len(instance))):
        raise InputError("order: not a permutation of the requests")
    believed = as_declared(instance, declared).requests
    promises = [believed[i] for i in order]  # from here on, requests are known by their rank
    outputs = [instance.requests[i].output for i in order]
    coming = sorted(range(len(order)), key=lambda rank: promises[rank].arrival, reverse=True)
    waiting: list[int] = []  # a heap of ranks
    completions: list[tuple[int, int]] = []  # a heap of (step, rank)
    running: dict[int, int] = {}  # rank -> start, in order of starts
    reserved = RunningSet(instance.memory)
    starts = [0] * len(order)
    step = 0
    while waiting or coming:
        if not waiting:
            step = max(step, promises[coming[-1]].arrival)
        while coming and promises[coming[-1]].arrival <= step:
            heappush(waiting, coming.pop())
        is_early = False
        while completions and completions[0][0] <= step:
            rank = heappop(completions)[1]
            del running[rank]
            is_early = is_early or outputs[rank] < promises[rank].output
        if is_early:
            reserved = RunningSet(instance.memory)
            for rank, begun in running.items():
                reserved.start(promises[rank], begun)
        while waiting:
            rank = waiting[0]
            fits_at = reserved.earliest(promises[rank], step)
            if fits_at > step:  # unless something completes or arrives before
                soon = [promises[coming[-1]].arrival] if coming else []
                step = min(fits_at, completions[0][0], *soon)
                break
            reserved.start(promises[rank], step)
            running[heappop(waiting)] = starts[order[rank]] = step
            heappush(completions, (step + outputs[rank], rank))
    return tuple(starts)

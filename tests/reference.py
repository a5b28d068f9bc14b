"""Plain, slow, obviously right: what the fast code is held against. Shares nothing with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from theory.request import Instance, Request

Runs = list[list[tuple[int, int]]]
"""(start, end) of every run of each request; the last one completes."""


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


def audit(instance: Instance, runs: Runs) -> None:
    """Assert, step by step, that the runs complete every request and never overfill memory."""
    for request, attempts in zip(instance.requests, runs, strict=True):
        lengths = [end - start for start, end in attempts]
        assert lengths[-1] == request.output
        assert all(0 < length < request.output for length in lengths[:-1])
        free = request.arrival
        for start, end in attempts:
            assert start >= free
            free = end
    for step in range(max(attempts[-1][1] for attempts in runs) + 1):
        held = 0
        for request, attempts in zip(instance.requests, runs, strict=True):
            held += sum(request.prompt + step - p for p, end in attempts if p < step <= end)
        assert held <= instance.memory, step


def restart(
    instance: Instance, order: Sequence[int], largest: bool = False, steps: int = 10_000
) -> Runs | None:
    """Optimistic admission with restart: the three rules of theorem C; None when it never ends.

    In a burst it also asserts, at each step, that what runs under the lowest-ranked rule is a
    prefix of the unfinished.
    """
    requests = instance.requests
    place = {index: rank for rank, index in enumerate(order)}
    running: dict[int, int] = {}
    unfinished = set(order)
    runs: Runs = [[] for _ in order]
    for t in range(steps):
        for index in [i for i in running if running[i] + requests[i].output == t]:
            runs[index].append((running.pop(index), t))
            unfinished.remove(index)
        if not unfinished:
            return runs
        held = {i: requests[i].prompt + t + 1 - start for i, start in running.items()}
        while sum(held.values()) > instance.memory:
            victim = max(held, key=lambda i: (held[i] if largest else 0, place[i]))
            runs[victim].append((running.pop(victim), t))
            del held[victim]
        for index in order:
            if index in running or index not in unfinished or requests[index].arrival > t:
                continue
            if sum(held.values()) + requests[index].prompt + 1 > instance.memory:
                break
            running[index] = t
            held[index] = requests[index].prompt + 1
        if instance.is_burst and not largest:
            by_rank = sorted(unfinished, key=place.__getitem__)
            assert set(by_rank[: len(running)]) == set(running)
    return None


def vllm_fcfs(instance: Instance) -> Runs:
    """A queue and a list of what runs in the order of its start; the last is preempted first."""
    requests = instance.requests
    coming = sorted(range(len(requests)), key=lambda i: requests[i].arrival)
    queue: list[int] = []
    running: list[int] = []
    age = dict.fromkeys(coming, 0)
    runs: Runs = [[] for _ in requests]
    t = 0

    def stop(index: int) -> None:
        running.remove(index)
        runs[index].append((t - age[index], t))
        age[index] = 0

    def next_total() -> int:
        return sum(requests[i].prompt + age[i] + 1 for i in running)

    while coming or queue or running:
        while coming and requests[coming[0]].arrival == t:
            queue.append(coming.pop(0))
        for index in [i for i in running if age[i] == requests[i].output]:
            stop(index)
        preempts = next_total() > instance.memory
        while next_total() > instance.memory:
            queue.insert(0, running[-1])
            stop(running[-1])
        while queue and not preempts:
            running.append(queue[0])
            if next_total() > instance.memory:
                running.pop()
                break
            queue.pop(0)
        t += 1
        for index in running:
            age[index] += 1
    return runs


def overflows(memory: int, jobs: list[tuple[int, int, int]]) -> bool:
    """Whether (prompt, age, length) jobs, run to their lengths, hold too much in some step."""
    return any(
        sum(prompt + age + k for prompt, age, length in jobs if age + k <= length) > memory
        for k in range(1, max(length - age for _, age, length in jobs) + 1)
    )


def a_min(instance: Instance) -> Runs:
    """A_min token by token."""
    requests, memory = instance.requests, instance.memory
    known = [request.predicted[0] if request.predicted else 0 for request in requests]
    age: dict[int, int] = {}
    done: set[int] = set()
    runs: Runs = [[] for _ in requests]
    t = 0
    while len(done) < len(requests):
        for index in [i for i in age if age[i] == requests[i].output]:
            runs[index].append((t - age.pop(index), t))
            done.add(index)
        while age and overflows(memory, [(requests[i].prompt, age[i], age[i] + 1) for i in age]):
            generated = {i: (max(known[i], age[i]), -i) for i in age}
            loser = min(age, key=generated.__getitem__)
            runs[loser].append((t - age.pop(loser), t))
        waiting = [
            i
            for i in range(len(requests))
            if i not in done and i not in age and requests[i].arrival <= t
        ]
        for index in sorted(waiting, key=lambda i: (known[i], i)):
            going = [(requests[i].prompt, age[i], max(known[i], age[i] + 1)) for i in age]
            if overflows(memory, [*going, (requests[index].prompt, 0, known[index])]):
                break
            age[index] = 0
        t += 1
        for index in age:
            age[index] += 1
            known[index] = max(known[index], age[index])
    return runs


def staggered(
    memory: int, queue: list[Request], begin: int, outputs: Sequence[int] | None = None
) -> list[tuple[int, int]]:
    """(start, end) of slices in this order from ``begin`` on: safe, and no faster than memory.

    A slice is a request with its length; it ends sooner where ``outputs`` say so.
    """
    lengths = [r.output for r in queue]
    ends = [min(pair) for pair in zip(lengths, outputs or lengths, strict=True)]
    placed: list[tuple[int, int]] = []
    volume, t = 0, begin
    while len(placed) < len(queue):
        piece = queue[len(placed)]
        going = [
            (queue[k].prompt, t - start, queue[k].output)
            for k, (start, end) in enumerate(placed)
            if end > t
        ]
        level = volume < (t + 1 - begin) * memory
        if not going or (
            level and not overflows(memory, [*going, (piece.prompt, 0, piece.output)])
        ):
            placed.append((t, t + ends[len(placed)]))
            volume += sum(piece.prompt + k for k in range(1, piece.output + 1))
        else:
            t += 1
    return placed


def gsa(instance: Instance) -> Runs:
    """GSA phase by phase, each one a batch of slices that are known to end when they are over."""
    runs: Runs = [[] for _ in instance.requests]
    left, length, t = list(range(len(instance))), 1, 0
    while left:
        pieces = [
            Request(s, min(length, instance.memory - s))
            for s in (instance.requests[i].prompt for i in left)
        ]
        outputs = [instance.requests[i].output for i in left]
        for index, run in zip(left, staggered(instance.memory, pieces, t, outputs), strict=True):
            runs[index].append(run)
        t = max(runs[index][-1][1] for index in left)
        left = [i for i in left if runs[i][-1][1] - runs[i][-1][0] < instance.requests[i].output]
        length *= 2
    return runs


def gba(instance: Instance) -> Runs:
    """GBA: one batch in the order of classes 1, 2, 3..4, 5..8, ... of outputs."""
    classes = [next(k for k in range(64) if r.output <= 2**k) for r in instance.requests]
    order = sorted(range(len(instance)), key=lambda i: (classes[i], i))
    placed = staggered(instance.memory, [instance.requests[i] for i in order], 0)
    return [[placed[order.index(i)]] for i in range(len(instance))]

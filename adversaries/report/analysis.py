"""What goes wrong in the policy's schedule, computed from the schedule alone.

A decision step is a step t at which requests may start; what runs then is held in step t + 1.
The *head of the line* at t is the most urgent request that has arrived and has not started by t.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from itertools import accumulate

from adversaries.report.exhibit import Exhibit
from theory.schedule import occupancy


@dataclass(frozen=True)
class Moment:
    """One decision step, up to the next one at which anything starts or arrives.

    ``head`` is None when nobody waits after the starts of this step. ``smallest`` is the
    waiting request of smallest volume.
    """

    begin: int
    end: int
    started: tuple[int, ...]
    head: int | None
    smallest: int | None
    waiting: int


@dataclass(frozen=True)
class Blocking:
    """A stretch of decision steps begin <= t < end with blocked heads of one shape.

    ``heads`` are the requests that are head, in the order in which they come to it. ``paid`` is
    the waiting of all requests in the stretch, in request-steps: its share of the cost. At
    ``emptiest``, a decision step of the stretch, the fewest tokens are ``held`` in the step that
    follows.
    """

    heads: tuple[int, ...]
    begin: int
    end: int
    most_waiting: int
    paid: int
    emptiest: int
    held: int


@dataclass(frozen=True)
class Witness:
    """Why a request cannot start at a decision step: in step ``at`` it would not fit.

    What runs holds ``load`` tokens there, the request would hold ``wanted`` more. L3 says that
    a blocking load is at least D = M + 1 - P.
    """

    request: int
    decided: int
    at: int
    load: int
    wanted: int


@dataclass(frozen=True)
class Passing:
    """At decision step ``step``, ``first`` starts although ``behind`` waits."""

    step: int
    first: int
    behind: int


@dataclass(frozen=True)
class Accounts:
    """The sums of T1's proof on this instance, in the policy's order.

    ``waiting`` is the sum of start minus arrival, ``lengths`` that of outputs: together the
    cost. ``before`` is the sum over requests of the volumes in front of them in the policy's
    order, ``least_before`` the same in volume order. ``distortion`` is the largest v_i / v_j
    with i in front of j, at least 1. ``volumes_before`` and ``worst`` describe the request for
    which start * D comes closest to, or most exceeds, twice the volumes in front of it (L3).
    """

    waiting: int
    lengths: int
    before: int
    least_before: int
    distortion: Fraction
    worst: int
    volumes_before: int


def moments(exhibit: Exhibit) -> Iterator[Moment]:
    """The decision steps of the policy's schedule at which something starts or arrives.

    O(n log n) for n requests.
    """
    requests, starts = exhibit.instance.requests, exhibit.bad
    rank = {index: place for place, index in enumerate(exhibit.order)}
    arriving: dict[int, list[int]] = {}
    starting: dict[int, list[int]] = {}
    for index, request in enumerate(requests):
        arriving.setdefault(request.arrival, []).append(index)
        starting.setdefault(starts[index], []).append(index)
    by_rank: list[tuple[int, int]] = []
    by_volume: list[tuple[int, int]] = []
    steps = sorted({*arriving, *starting})
    waiting = 0
    for step, following in zip(steps, [*steps[1:], steps[-1]], strict=True):
        for index in arriving.get(step, ()):
            heappush(by_rank, (rank[index], index))
            heappush(by_volume, (requests[index].volume, index))
        started = tuple(starting.get(step, ()))
        waiting += len(arriving.get(step, ())) - len(started)
        for heap in (by_rank, by_volume):
            while heap and starts[heap[0][1]] <= step:
                heappop(heap)
        head = by_rank[0][1] if by_rank else None
        smallest = by_volume[0][1] if by_volume else None
        yield Moment(step, following, started, head, smallest, waiting)


def blockings(exhibit: Exhibit) -> list[Blocking]:
    """The stretches in which a head of the line waits, the one that costs most first.

    >>> from adversaries.report.example import example
    >>> worst = blockings(example())[0]
    >>> worst.heads, worst.begin, worst.end, worst.most_waiting, worst.paid, worst.held
    ((1, 2, 3), 0, 12, 3, 33, 1)
    """
    stretches: list[list[Moment]] = []
    for moment in moments(exhibit):
        if moment.head is None:
            continue
        last = stretches[-1][-1] if stretches else None
        if last is not None and last.end == moment.begin and _alike(exhibit, last, moment):
            stretches[-1].append(moment)
        else:
            stretches.append([moment])
    loads = _loads(exhibit)
    steps = [step for step, _ in loads]
    found = []
    for stretch in stretches:
        begin, end = stretch[0].begin, stretch[-1].end
        inside = slice(bisect_left(steps, begin), bisect_left(steps, end))
        held, emptiest = min((tokens, step) for step, tokens in loads[inside])
        heads = dict.fromkeys(moment.head for moment in stretch if moment.head is not None)
        most = max(moment.waiting for moment in stretch)
        paid = sum(moment.waiting * (moment.end - moment.begin) for moment in stretch)
        found.append(Blocking(tuple(heads), begin, end, most, paid, emptiest, held))
    return sorted(found, key=lambda blocking: (-blocking.paid, blocking.begin))


def _alike(exhibit: Exhibit, one: Moment, other: Moment) -> bool:
    """Whether the heads of two moments, both there, have the same prompt and output."""
    heads = [exhibit.instance.requests[m.head] for m in (one, other) if m.head is not None]
    return len({(head.prompt, head.output) for head in heads}) == 1


def _loads(exhibit: Exhibit) -> list[tuple[int, int]]:
    """(t, tokens held in step t + 1) at each arrival, start and completion t.

    Loads only grow in between, so every stretch of decision steps is emptiest at one of these.
    """
    changes: dict[int, tuple[int, int]] = {r.arrival: (0, 0) for r in exhibit.instance.requests}
    for request, start in zip(exhibit.instance.requests, exhibit.bad, strict=True):
        for step, sign in ((start, 1), (start + request.output, -1)):
            count, base = changes.get(step, (0, 0))
            changes[step] = (count + sign, base + sign * (request.prompt - start))
    loads = []
    count = base = 0
    for step in sorted(changes):
        count, base = count + changes[step][0], base + changes[step][1]
        loads.append((step, base + count * (step + 1)))
    return loads


def witness(exhibit: Exhibit, request: int, step: int) -> Witness | None:
    """Where ``request``, when its turn comes at ``step``, would overflow first.

    Beside it runs what started earlier, or at this step and is more urgent. None when it fits.
    """
    instance, starts = exhibit.instance, exhibit.bad
    wanted = instance.requests[request]
    end = step + wanted.output
    ahead = set(exhibit.order[: exhibit.order.index(request)])
    running = [
        i
        for i, r in enumerate(instance.requests)
        if starts[i] <= step < starts[i] + r.output and (starts[i] < step or i in ahead)
    ]
    if not running:
        return None
    chosen = [starts[i] for i in running]
    loads = dict(occupancy(instance.select(running), chosen))
    loads[end] = sum(
        instance.requests[i].prompt + end - starts[i]
        for i in running
        if starts[i] + instance.requests[i].output >= end
    )
    for at in sorted(loads):
        held = wanted.prompt + at - step
        if step < at <= end and loads[at] + held > instance.memory:
            return Witness(request, step, at, loads[at], held)
    return None


def overtaking(exhibit: Exhibit) -> Passing | None:
    """The first start of a request past a more urgent one that waits; None under head-of-line."""
    rank = {index: place for place, index in enumerate(exhibit.order)}
    for moment in moments(exhibit):
        if moment.head is None:
            continue
        past = [i for i in moment.started if rank[i] > rank[moment.head]]
        if past:
            return Passing(moment.begin, min(past, key=rank.__getitem__), moment.head)
    return None


def inversion(exhibit: Exhibit) -> Passing | None:
    """The first start of a request while one of smaller volume waits; None in volume order."""
    requests = exhibit.instance.requests
    for moment in moments(exhibit):
        if moment.smallest is None or not moment.started:
            continue
        largest = max(moment.started, key=lambda i: requests[i].volume)
        if requests[largest].volume > requests[moment.smallest].volume:
            return Passing(moment.begin, largest, moment.smallest)
    return None


def accounts(exhibit: Exhibit) -> Accounts:
    """The sums of T1's proof, exact.

    >>> from adversaries.report.example import example
    >>> found = accounts(example())
    >>> found.waiting + found.lengths == example().bad_cost
    True
    """
    instance, starts = exhibit.instance, exhibit.bad
    volumes = [instance.requests[i].volume for i in exhibit.order]
    before = list(accumulate(volumes, initial=0))[:-1]
    largest = list(accumulate(volumes, max))

    def strain(place: int) -> tuple[bool, Fraction]:
        start = starts[exhibit.order[place]]
        if not before[place]:
            return start > 0, Fraction(0)
        return False, Fraction(start, before[place])

    worst = max(range(len(volumes)), key=strain)
    least = sum(v * (len(volumes) - 1 - place) for place, v in enumerate(sorted(volumes)))
    return Accounts(
        sum(p - r.arrival for p, r in zip(starts, instance.requests, strict=True)),
        instance.total_output,
        sum(before),
        least,
        max(Fraction(most, volume) for most, volume in zip(largest, volumes, strict=True)),
        exhibit.order[worst],
        before[worst],
    )

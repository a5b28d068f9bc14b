"""Lower bounds on the offline optimum, exact rationals, valid for every feasible schedule.

Burst (theory.md, section 2): volume (L1), length (L2), mean busy time (L4), and their
combination over a subset. Arrivals (section 4): the preemptive single machine that processes
v_j / M from the release a_j, by SRPT and by mean busy times.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil

from theory.request import Instance, Request


@dataclass(frozen=True)
class LowerBounds:
    """Each bound by name, in steps, and the best of them rounded up: the optimum is an integer."""

    by_name: dict[str, Fraction]

    @property
    def best_name(self) -> str:
        """The name of the largest bound."""
        return max(self.by_name, key=self.by_name.__getitem__)

    @property
    def best(self) -> int:
        """The largest bound, rounded up to the next integer."""
        return ceil(self.by_name[self.best_name])


def total(terms: Iterable[Fraction]) -> Fraction:
    """Exact sum, by halves: denominators stay small for as long as possible.

    >>> total([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
    Fraction(1, 1)
    """
    level = list(terms)
    while len(level) > 1:
        pairs = [a + b for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[2 * len(pairs) :]
    return level[0] if level else Fraction(0)


def total_lag(requests: Iterable[Request]) -> Fraction:
    """Sum of the lags d_j, exactly: terms with one denominator are added as integers first."""
    numerators: dict[int, int] = {}
    for r in requests:
        lag = r.lag
        numerators[lag.denominator] = numerators.get(lag.denominator, 0) + lag.numerator
    return total(Fraction(n, d) for d, n in sorted(numerators.items()))


def volume_bound(instance: Instance) -> Fraction:
    """Sum of prefix volumes over M, the requests in order of volume. Source: L1.

    >>> volume_bound(Instance.of(2, (0, 1), (0, 2)))   # volumes 1 and 3
    Fraction(5, 2)
    """
    volumes = sorted(r.volume for r in instance.requests)
    return Fraction(sum(accumulate(volumes)), instance.memory)


def length_bound(instance: Instance) -> Fraction:
    """Sum of outputs: nobody completes sooner than that after arrival. Source: L2."""
    return Fraction(instance.total_output)


def mean_busy_time_bound(instance: Instance) -> Fraction:
    """X/M plus the sum of lags, X = sum of (earlier volumes + half the own). Source: L4.

    >>> mean_busy_time_bound(Instance.of(1, (0, 1)))
    Fraction(1, 1)
    """
    volumes = sorted(r.volume for r in instance.requests)
    twice_x = 2 * sum(accumulate(volumes)) - sum(volumes)
    return Fraction(twice_x, 2 * instance.memory) + total_lag(instance.requests)


def peel(instance: Instance) -> list[int]:
    """A subset S for which L4(S) + lengths of the rest is large: indices, maybe all or none.

    A request leaves S while its own contribution to L4(S) is below its length. The
    contribution only falls as S shrinks, so nothing that leaves belongs to an optimal S.
    """
    volume = [r.volume for r in instance.requests]
    surplus = [r.lag - r.output for r in instance.requests]
    kept = sorted(range(len(instance)), key=volume.__getitem__)
    while kept:
        seen = 0
        stay: list[int] = []
        for rank, i in enumerate(kept):
            v = volume[i]
            shared = seen + v * (len(kept) - rank - 1)  # sum of min(v, other volumes)
            gain = Fraction(2 * shared + v, 2 * instance.memory) + surplus[i]
            if gain >= 0:
                stay.append(i)
            seen += v
        if len(stay) == len(kept):
            return kept
        kept = stay
    return []


def subset_bound(instance: Instance) -> Fraction:
    """The largest, over a few subsets S, of the bound for S plus the lengths of the rest.

    The subsets are all, none and :func:`peel`'s. Every S gives a valid bound: the schedule of
    S alone is feasible, and the rest take at least their lengths.
    """
    alone = mean_busy_time_bound if instance.is_burst else preemptive_mean_busy_time_bound
    best = max(alone(instance), length_bound(instance))
    kept = peel(instance)
    if 0 < len(kept) < len(instance):
        part = instance.select(kept)
        rest = instance.total_output - part.total_output
        best = max(best, alone(part) + rest)
    return best


def _preempt(instance: Instance, remaining_first: bool) -> list[list[tuple[int, int]]]:
    """One machine, preemptive, speed M: the pieces (begin, end) in which each request runs.

    Time is counted in units of 1/M step, so that a volume v takes v units and all is integer.
    The request with the least remaining volume (SRPT) or the least total volume runs.
    """
    m = instance.memory
    volume = [r.volume for r in instance.requests]
    release = [r.arrival * m for r in instance.requests]
    order = sorted(range(len(volume)), key=release.__getitem__)
    pieces: list[list[tuple[int, int]]] = [[] for _ in volume]
    ready: list[tuple[int, int, int]] = []  # (key, index, remaining)
    now = 0
    following = 0
    while ready or following < len(order):
        if not ready:
            now = max(now, release[order[following]])
        while following < len(order) and release[order[following]] <= now:
            i = order[following]
            heapq.heappush(ready, (volume[i], i, volume[i]))
            following += 1
        _, i, left = heapq.heappop(ready)
        until = now + left
        if following < len(order):
            until = min(until, release[order[following]])
        pieces[i].append((now, until))
        left -= until - now
        now = until
        if left:
            heapq.heappush(ready, (left if remaining_first else volume[i], i, left))
    return pieces


def srpt_bound(instance: Instance) -> Fraction:
    """Total flow time of SRPT on one machine with processing times v_j / M.

    Source: theory.md, section 4 (the relaxation is optimal for the sum of completions).

    >>> srpt_bound(Instance.of(2, (0, 1), (0, 2))) == volume_bound(Instance.of(2, (0, 1), (0, 2)))
    True
    """
    ends = sum(piece[-1][1] for piece in _preempt(instance, remaining_first=True))
    return Fraction(ends, instance.memory) - _arrivals(instance)


def preemptive_mean_busy_time_bound(instance: Instance) -> Fraction:
    """Mean busy times of smallest-total-volume-first on one machine, plus lags, minus arrivals.

    Source: theory.md, section 4. Equals :func:`mean_busy_time_bound` on a burst.
    """
    busy: list[Fraction] = []
    for request, parts in zip(instance.requests, _preempt(instance, False), strict=True):
        area = sum((end - begin) * (end + begin) for begin, end in parts)
        busy.append(Fraction(area, 2 * request.volume))
    return total(busy) / instance.memory + total_lag(instance.requests) - _arrivals(instance)


def _arrivals(instance: Instance) -> int:
    return sum(r.arrival for r in instance.requests)


def lower_bounds(instance: Instance, only: Sequence[str] | None = None) -> LowerBounds:
    """All bounds that hold for the instance, by name (or those named in ``only``).

    >>> bounds = lower_bounds(Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6)))
    >>> bounds.best_name, bounds.best
    ('mean-busy-time', 33)
    """
    if instance.is_burst:
        table = {
            "volume": volume_bound,
            "length": length_bound,
            "mean-busy-time": mean_busy_time_bound,
            "subset": subset_bound,
        }
    else:
        table = {
            "srpt-volume": srpt_bound,
            "length": length_bound,
            "mean-busy-time": preemptive_mean_busy_time_bound,
            "subset": subset_bound,
        }
    return LowerBounds({k: f(instance) for k, f in table.items() if only is None or k in only})

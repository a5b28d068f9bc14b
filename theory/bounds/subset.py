"""The best mix of L4 and L2: which requests count by mean busy time, which by their lengths.

For every set S of requests the optimum is at least the mean-busy-time bound of S plus the
lengths of the others: S alone is scheduled feasibly, and the others take at least their
lengths (L4). So which S is chosen decides how good the bound is, never whether it holds;
floats choose, the bound is then computed exactly.

On a burst the bound exceeds the sum of all lengths by

    f(S) = sum over pairs in S of min(v_i, v_j)/M  +  sum over S of c_i,
    c_i = v_i/(2M) + d_i - o_i,

and f is supermodular: what i adds to S, c_i + sum over S of min(v_i, .)/M, grows with S. Hence

- *least*: add, again and again, what adds at least 0 to the set so far. Any best set stays best
  when these join it one by one, since to the larger set they add no less;
- *greatest*: start with all and remove, again and again, what adds less than 0. It would add
  less than 0 to every set within, so no best set contains it. The least set is within: its
  members add at least 0 to it, so to every set around it;
- *between*: with the undecided in descending order of volume, choosing one gains v/M times the
  number chosen before it, plus its own term with the least set's share. So the best choice for
  each number chosen follows from those without the last request: O(m^2) for m undecided.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from theory.bounds.burst import length_bound, mean_busy_time
from theory.bounds.machine import WORTH_COMPILING, mean_busy_flows, preemptive_mean_busy_time
from theory.bounds.sums import interpreted, selected, volumes
from theory.columns import Columns
from theory.compiled import compiled
from theory.request import Instance

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_UNDECIDED = 3000
"""More undecided requests than this are decided in groups of neighbours in volume."""
MOST_ROUNDS = 64
"""Rounds of adding or removing; stopped early, the two sets are only a little further apart."""
FEW = 16
"""With arrivals, up to so many requests are exchanged one by one for a better subset."""


def subset_bound(instance: Instance) -> Fraction:
    """The bound for :func:`best_subset` plus the lengths of the others, in steps. Source: L4.

    >>> subset_bound(Instance.of(9, (8, 1), (8, 1), (0, 2)))   # two of volume 9: 1 + 2, and 2
    Fraction(5, 1)
    """
    chosen = np.array(best_subset(instance), np.int64)
    part = selected(instance.columns, chosen)
    alone = mean_busy_time if instance.is_burst else preemptive_mean_busy_time
    rest = instance.total_output - int(part.output.sum())
    return max(alone(part, instance.memory) + rest, length_bound(instance))


def best_subset(instance: Instance) -> list[int]:
    """The indices, ascending, of a set S of requests for which the bound is large; maybe none.

    On a burst it is a best set, up to rounding and unless more than ``MOST_UNDECIDED`` requests
    remain undecided between least and greatest. With arrivals it is the best of a few.

    >>> best_subset(Instance.of(9, (8, 1), (8, 1), (0, 2)))
    [0, 1]
    """
    columns, memory = instance.columns, instance.memory
    volume = volumes(columns).astype(float) / memory
    surplus = _lags(columns) - columns.output
    chosen = _on_a_burst(volume, volume / 2 + surplus)
    if not instance.is_burst:
        chosen = _with_arrivals(columns, memory, surplus, chosen)
    return np.flatnonzero(chosen).tolist()


def _lags(columns: Columns) -> Floats:
    s, o = columns.prompt.astype(float), columns.output.astype(float)
    lags: Floats = (6 * s * o + (o + 1) * (2 * o + 1)) / (12 * s + 6 * (o + 1))
    return lags


def _on_a_burst(volume: Floats, own: Floats) -> Mask:
    """A best set for f, volumes in units of M tokens."""
    order = np.argsort(volume, kind="stable")
    v, c = volume[order], own[order]
    least, greatest = np.zeros(len(v), bool), np.ones(len(v), bool)
    for _ in range(MOST_ROUNDS):
        grown = least | (_shares(v, least) + c >= 0)
        peeled = greatest & (_shares(v, greatest) + c >= 0)
        if (grown == least).all() and (peeled == greatest).all():
            break
        least, greatest = grown, peeled
    candidates = [least, greatest, np.ones(len(v), bool)]
    undecided = np.flatnonzero(greatest & ~least)[::-1]
    if len(undecided):
        size = -(-len(undecided) // MOST_UNDECIDED)
        gain = (_shares(v, least) + c)[undecided]
        first = np.arange(0, len(undecided), size)
        pairs = np.add.reduceat(v[undecided], first)  # of one group, or of two, over its size
        groups = np.add.reduceat(gain, first) + pairs * (size - 1) / 2
        work = _choose if len(groups) >= WORTH_COMPILING else interpreted(_choose)
        taken = work(pairs * size, groups)
        between = least.copy()
        between[undecided] = np.repeat(taken, size)[: len(undecided)]
        candidates.append(between)
    best = max(candidates, key=lambda s: float((_shares(v, s) / 2 + c)[s].sum()))
    chosen = np.zeros(len(v), bool)
    chosen[order] = best
    return chosen


def _shares(v: Floats, members: Mask) -> Floats:
    """For each request the sum of min(v, .) over the other members; v ascending."""
    held = np.where(members, v, 0.0)
    below = np.cumsum(held) - held
    above = members.sum() - np.cumsum(members)
    shares: Floats = below + v * above
    return shares


@compiled
def _choose(weight: Floats, own: Floats) -> Mask:
    """Which to take, where the j-th gains own[j] + weight[j] * (number taken before it)."""
    n = len(own)
    best = np.full(n + 1, -np.inf)  # best[k]: the most with k taken so far
    best[0] = 0.0
    takes = np.zeros((n, n + 1), np.bool_)
    for j in range(n):
        for k in range(j, -1, -1):
            with_it = best[k] + weight[j] * k + own[j]
            if with_it > best[k + 1]:
                best[k + 1] = with_it
                takes[j, k + 1] = True
    k = int(np.argmax(best))
    taken = np.zeros(n, np.bool_)
    for j in range(n - 1, -1, -1):
        if takes[j, k]:
            taken[j] = True
            k -= 1
    return taken


def _with_arrivals(columns: Columns, memory: int, surplus: Floats, burst: Mask) -> Mask:
    """A good set where arrivals count: the burst's, or what is left of all after some rounds.

    In a round those leave who are busy so early on the machine that their lengths are more.
    """
    best, most = np.zeros(len(surplus), bool), 0.0

    def consider(chosen: Mask) -> Floats:
        nonlocal best, most
        gains = mean_busy_flows(selected(columns, chosen), memory) + surplus[chosen]
        if gains.sum() > most:
            best, most = chosen.copy(), float(gains.sum())
        return gains

    chosen = np.ones(len(surplus), bool)
    if not burst.all():
        consider(burst)
    for _ in range(3):
        gains = consider(chosen)
        if (gains >= 0).all():
            break
        chosen[chosen] = gains >= 0
    better = len(surplus) <= FEW
    while better:
        before = most
        for i in range(len(surplus)):
            other = best.copy()
            other[i] = not other[i]
            consider(other)
        better = most > before
    return best

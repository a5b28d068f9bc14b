"""What a state of the search is, and the rules that look at one state alone.

Which states the rules may discard, and why an optimal schedule is found all the same, is said in
:mod:`theory.optimum.search`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from theory.bounds.relaxation import NEVER, Relaxation
from theory.columns import Columns, Steps
from theory.compiled import compiled
from theory.optimum.profile import first_fit

DEPTH, NODES, BEST = range(3)
"""Entries of ``Path.counters``: the deepest state (-1: none), states seen, cost of the best."""


class Board(NamedTuple):
    """What does not change during a search. ``twin[j]``: request j equals request j - 1.

    ``latest``, ``priced``, ``least`` and ``price`` are those of the relaxation. Requests stand
    in order of volume.
    """

    prompt: Steps
    output: Steps
    arrival: Steps
    volume: Steps
    twin: Steps
    latest: Steps
    priced: Steps
    least: Steps
    price: Steps


class Path(NamedTuple):
    """The stack, one entry of each array (row of ``earliest``) a state; then the present starts.

    ``earliest[d, j]`` is a step before which j cannot start in state d; ``starts`` and
    ``profile`` (tokens held in each step) belong to the deepest state; ``ends`` is scratch.
    """

    step: Steps
    waiting: Steps
    refused: Steps
    base: Steps
    spent: Steps
    started: Steps
    branch: Steps
    stage: Steps
    moved: Steps
    earliest: Steps
    starts: Steps
    profile: Steps
    ends: Steps
    counters: Steps
    best: Steps


def board(columns: Columns, twin: Steps, relaxation: Relaxation) -> Board:
    """The board of these requests, which stand in order of volume."""
    c, r = columns, relaxation
    lists = (c.prompt, c.output, c.arrival, c.volume, twin)
    return Board(*lists, r.latest, r.priced, r.least, r.price)


def first_path(board: Board, upper: int) -> Path:
    """The stack with the first state alone: nothing is started at step 0, the incumbent known."""
    count, width = len(board.output), len(board.price)
    states = count * (width + 2) + 2  # between two steps, a path starts or refuses each once
    stack = [np.zeros(states, np.int64) for _ in range(9)]
    earliest = np.zeros((states, count), np.int64)
    profile = np.zeros(width + int(board.output.max()) + 2, np.int64)
    starts, ends, best = (np.zeros(count, np.int64) for _ in range(3))
    counters = np.array([0, 0, upper])
    path = Path._make([*stack, earliest, starts, profile, ends, counters, best])
    path.waiting[0] = 2**count - 1
    path.base[0] = -int(board.price[:, -1].sum())
    path.started[0] = -1
    path.earliest[0] = board.arrival
    return path


@compiled
def look(board: Board, path: Path, memory: int, depth: int) -> int:
    """Bring ``earliest`` up to date and add up the least costs from there; NEVER: none is left."""
    waiting = path.waiting[depth]
    refused = path.refused[depth]
    step = path.step[depth]
    refusal = depth > 0 and path.started[depth] < 0
    total = 0
    for j in range(len(board.output)):
        if (waiting >> j) & 1:
            last = board.latest[j]
            p = max(path.earliest[depth, j], step + ((refused >> j) & 1))
            if refusal and p == path.earliest[depth, j]:
                total += board.least[j, p]  # the profile is the one it was found on
                continue
            p = first_fit(path.profile, memory, board.prompt[j], board.output[j], p, last)
            while p <= last and board.priced[j, p] >= NEVER:
                p = first_fit(path.profile, memory, board.prompt[j], board.output[j], p + 1, last)
            if p > last:
                return NEVER
            path.earliest[depth, j] = p
            total += board.least[j, p]
    return total


@compiled
def rank_bound(board: Board, path: Path, memory: int, depth: int) -> int:
    """A lower bound, in steps, that sees the profile.

    The k-th completion among the waiting comes no earlier than the k-th smallest of their own
    earliest completions, and than the step by which the memory left after t has had room for
    the k smallest volumes.
    """
    waiting = path.waiting[depth]
    ends = path.ends
    count = 0
    bound: int = path.spent[depth]
    for j in range(len(board.output)):
        if (waiting >> j) & 1:
            end = path.earliest[depth, j] + board.output[j]
            i = count
            while i > 0 and ends[i - 1] > end:
                ends[i] = ends[i - 1]
                i -= 1
            ends[i] = end
            count += 1
            bound -= board.arrival[j]
    step = path.step[depth]
    room = 0
    volume = 0
    k = 0
    for j in range(len(board.output)):
        if (waiting >> j) & 1:
            volume += board.volume[j]
            while room < volume:
                step += 1
                room += memory - (path.profile[step] if step < len(path.profile) else 0)
            bound += max(step, ends[k])
            k += 1
    return bound


@compiled
def can_move_left(
    board: Board, path: Path, memory: int, waiting: int, step: int, until: int
) -> bool:
    """Whether some request would fit further left, to complete in (step, until].

    Nothing more starts before ``until``, so the profile is final there, and no completion of
    this state is optimal. A request that runs gives its own tokens back before it moves.
    """
    profile = path.profile
    for j in range(len(board.output)):
        prompt = board.prompt[j]
        output = board.output[j]
        p = max(board.arrival[j], step + 1 - output)
        if (waiting >> j) & 1:
            last = until - output
            if first_fit(profile, memory, prompt, output, p, last) <= last:
                return True
        else:
            start = path.starts[j]
            last = min(until - output, start - 1)
            while p <= last:
                over = 0
                k = output
                while k >= 1:
                    over = profile[p + k] + prompt + k - memory
                    if p + k > start:
                        over -= prompt + p + k - start
                    if over > 0:
                        break
                    k -= 1
                if k == 0:
                    return True
                p += min(over, k)
    return False


@compiled
def unjustified(board: Board, path: Path, memory: int, waiting: int, until: int) -> bool:
    """Whether some running request could move one step left in the end, whatever follows.

    In an optimal schedule a request that starts at p > a and completes at c is blocked there: it
    does not fit in step p, or some step in (p, c) is full to the last token, and the first such
    is a completion (elsewhere tokens still grow). A full step that is not there yet is made by
    requests that start at ``until`` or later: one completes before c, or holds tokens in a step
    before c in which another completes.
    """
    profile = path.profile
    count = len(board.output)
    for j in range(count):
        start = path.starts[j]
        end = start + board.output[j]
        if (waiting >> j) & 1 or start <= board.arrival[j] or end - 1 < until:
            continue
        blocked = profile[start] + board.prompt[j] + 1 > memory
        u = start + 1
        while not blocked and u < end:
            blocked = profile[u] >= memory
            u += 1
        i = 0
        while not blocked and i < count:
            if (waiting >> i) & 1:
                first = max(board.arrival[i], until)
                blocked = first + board.output[i] < end
                for k in range(count):
                    if k != j and not (waiting >> k) & 1:
                        u = path.starts[k] + board.output[k]
                        if first < u < end and profile[u] + board.prompt[i] < memory:
                            blocked = True
            i += 1
        if not blocked:
            return True
    return False

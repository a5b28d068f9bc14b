"""Depth-first search for the cheapest schedule, in machine code, in slices.

A *state* is a step t, the starts of some requests at steps <= t, the set R of those that wait, and
which of R have been refused a start at t itself. It stands for the schedules that agree with these
starts and start the rest at t or later, the refused ones later. Branching: of those that can start
at t take one, start it or refuse it. When none is left, t moves to the first step at which one can.

Why an optimal schedule is found. U is the cost of the incumbent. A state is discarded only because

(a) every schedule it stands for costs at least U: a lower bound says so, or no start is left that
    the relaxation has not ruled out (it rules out starts that cost at least U, for a U then);
(b) no *optimal* schedule of cost below U is among them: in each that costs less than U, some
    request could move left, alone;
(c) if an optimal schedule is among them, another one is among those of a closed state
    (:mod:`theory.optimum.memo`).

Claim: when a state is closed (discarded, or both its branches closed) and an optimal schedule is
among those it stands for, then U is the optimum. By induction over the order of closing: under
(a) and (b) that schedule costs at least U, which is the cost of some schedule; under (c) the
claim holds for the other state. Otherwise the schedule is in one of the two branches, which
closed before. Equal requests may be exchanged in it, so of equal ones only the first is branched
on, and refusing it refuses them all. The claim for the first state, which stands for everything,
is the theorem. The rules are compatible because none picks a favourite among optimal schedules.

All arithmetic is in 64-bit integers; costs that bounds are compared in are in units of 1/scale.
"""

from __future__ import annotations

from theory.bounds.relaxation import NEVER
from theory.compiled import compiled
from theory.optimum.memo import Memo, dominated, remember
from theory.optimum.profile import hold
from theory.optimum.rules import (
    BEST,
    DEPTH,
    NODES,
    Board,
    Path,
    can_move_left,
    look,
    rank_bound,
    unjustified,
)

ENTERED, HALF, DONE = range(3)


@compiled
def _next_branch(board: Board, path: Path, depth: int) -> int:
    """The request of largest volume that can start now, the first of its equals; or -1."""
    waiting = path.waiting[depth]
    for j in range(len(board.output) - 1, -1, -1):
        if (waiting >> j) & 1 and path.earliest[depth, j] == path.step[depth]:
            while board.twin[j] and (waiting >> (j - 1)) & 1:
                j -= 1
            return j
    return -1


@compiled
def _move_on(board: Board, path: Path, depth: int) -> None:
    """Let time pass to the next possible start, and add what no one paid for on the way."""
    step = path.step[depth]
    waiting = path.waiting[depth]
    until = NEVER
    for j in range(len(board.output)):
        if (waiting >> j) & 1:
            until = min(until, path.earliest[depth, j])
    for u in range(step + 1, until + 1):
        path.base[depth] += board.price[u, -1]
    for j in range(len(board.output)):
        if not (waiting >> j) & 1:
            start = path.starts[j]
            for u in range(step + 1, min(until, start + board.output[j]) + 1):
                path.base[depth] -= board.price[u, board.prompt[j] + u - start]
    path.step[depth] = until
    path.refused[depth] = 0
    path.moved[depth] = 1


@compiled
def _enter(board: Board, path: Path, memo: Memo, memory: int, scale: int, depth: int) -> bool:
    """Whether the state has to be branched on; ``branch`` then says on which request."""
    waiting = path.waiting[depth]
    spent = path.spent[depth]
    upper = path.counters[BEST]
    if waiting == 0:
        if spent < upper:
            path.counters[BEST] = spent
            path.best[:] = path.starts
        return False
    rest = look(board, path, memory, depth)
    if rest >= NEVER or path.base[depth] + rest > scale * (upper - 1):
        return False
    if rank_bound(board, path, memory, depth) >= upper:
        return False
    branch = _next_branch(board, path, depth)
    if branch < 0:
        step = path.step[depth]
        _move_on(board, path, depth)
        until = path.step[depth]
        if path.base[depth] + rest > scale * (upper - 1):
            return False
        if can_move_left(board, path, memory, waiting, step, until):
            return False
        if unjustified(board, path, memory, waiting, until):
            return False
        count = 0
        arrived = 0
        for j in range(len(board.output)):
            if (waiting >> j) & 1:
                count += 1
                arrived = max(arrived, board.arrival[j])
        if dominated(memo, path.profile, waiting, count, arrived, until, spent):
            return False
        branch = _next_branch(board, path, depth)
    path.branch[depth] = branch
    return True


@compiled
def _descend(board: Board, path: Path, depth: int, start: bool) -> None:
    """Put the branch that starts the chosen request, or refuses it, on the stack."""
    j = path.branch[depth]
    step = path.step[depth]
    below = depth + 1
    path.step[below] = step
    path.waiting[below] = path.waiting[depth]
    path.refused[below] = path.refused[depth]
    path.base[below] = path.base[depth]
    path.spent[below] = path.spent[depth]
    path.started[below] = -1
    path.stage[below] = ENTERED
    path.moved[below] = 0
    path.earliest[below] = path.earliest[depth]
    if start:
        path.waiting[below] ^= 1 << j
        path.base[below] += board.priced[j, step]
        path.spent[below] += step + board.output[j] - board.arrival[j]
        path.started[below] = j
        path.starts[j] = step
        hold(path.profile, board.prompt[j], board.output[j], step, 1)
    else:
        path.refused[below] |= 1 << j
        j += 1
        while j < len(board.output) and board.twin[j]:
            path.refused[below] |= 1 << j
            j += 1


@compiled
def search(board: Board, path: Path, memo: Memo, memory: int, scale: int, nodes: int) -> None:
    """Go on with the search for so many states; it is over when ``counters[DEPTH]`` is -1."""
    counters = path.counters
    depth = counters[DEPTH]
    end = counters[NODES] + nodes
    while depth >= 0 and counters[NODES] < end:
        stage = path.stage[depth]
        go = stage == HALF
        if stage == ENTERED:
            counters[NODES] += 1
            go = _enter(board, path, memo, memory, scale, depth)
        if go:
            j = path.branch[depth]
            step = path.step[depth]
            start_first = board.priced[j, step] <= board.least[j, step + 1]
            path.stage[depth] = stage + 1
            _descend(board, path, depth, start_first == (stage == ENTERED))
            depth += 1
            continue
        if stage == DONE and path.moved[depth]:
            spent = path.spent[depth]
            remember(memo, path.profile, path.waiting[depth], path.step[depth], spent)
        j = path.started[depth]
        if j >= 0:
            hold(path.profile, board.prompt[j], board.output[j], path.starts[j], -1)
        depth -= 1
    counters[DEPTH] = depth

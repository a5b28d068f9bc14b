"""States that were searched to the end, so that no worse one is searched again.

A state is a step t, the set R of requests that wait, what the others cost, and the profile: the
tokens that what runs will hold in each step after t. Let A be a state searched to the end and B
one met later with the same R. Move everything a completion of B starts by d = t_B - t_A steps, to
the left if d > 0. If A's profile, so moved, is nowhere above B's, and (for d > 0) all of R had
arrived at t_A, then what completed B completes A too, at a cost that differs by |R| d. So if also

    cost_A + |R| t_A <= cost_B + |R| t_B,

A has a completion at least as good as any of B's, and B need not be searched. Where R had not
all arrived, the same is tried without the move (then t_A <= t_B and cost_A <= cost_B are needed).

A state enters only when it is closed: on the way down to B there is none of them, and what B's
completion was cut for in A's search, an incumbent as good as any completion of A, stands.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.columns import Steps
from theory.compiled import compiled

STATES = 4_000_000
"""Most states that are kept; later ones are searched but not remembered."""
TOKENS = 50_000_000
"""Most profile entries that are kept (4 bytes each); memory is touched only as it is used."""
REACH = 200
"""Most states of one set R that are looked at for one answer, the newest first."""


SPENT, STEP, WAITING, BEGIN, LENGTH, OLDER = range(6)


class Memo(NamedTuple):
    """Chains of states, one chain for each hash of R, from ``newest`` over OLDER to -1.

    A row of ``states`` is one state; its profile is ``pool[BEGIN : BEGIN + LENGTH]``. ``used``
    counts the rows and the pool entries.
    """

    newest: Steps
    states: Steps
    pool: NDArray[np.int32]
    used: Steps

    @classmethod
    def empty(cls) -> Memo:
        """No states yet."""
        newest, states = np.full(2**14, -1, np.int64), np.empty((STATES, 6), np.int64)
        return cls(newest, states, np.empty(TOKENS, np.int32), np.zeros(2, np.int64))


@compiled
def _chain(waiting: int, chains: int) -> int:
    mixed: int = waiting * 0x9E3779B97F4A7C1
    mixed ^= mixed >> 29
    return mixed & (chains - 1)


@compiled
def dominated(
    memo: Memo, profile: Steps, waiting: int, count: int, arrived: int, step: int, spent: int
) -> bool:
    """Whether a remembered state makes this one superfluous.

    ``count`` requests wait, the last of them arrived at ``arrived``.
    """
    states = memo.states
    entry = memo.newest[_chain(waiting, len(memo.newest))]
    reach = REACH
    while entry >= 0 and reach > 0:
        if states[entry, WAITING] == waiting:
            reach -= 1
            then = states[entry, STEP]
            skip = step - then if then < arrived and then < step else 0
            if states[entry, SPENT] <= spent + count * (step - then - skip):
                begin = states[entry, BEGIN]
                length = states[entry, LENGTH]
                i = skip
                while i < length and memo.pool[begin + i] <= profile[step + 1 + i - skip]:
                    i += 1
                if i >= length:
                    return True
        entry = states[entry, OLDER]
    return False


@compiled
def remember(memo: Memo, profile: Steps, waiting: int, step: int, spent: int) -> None:
    """Add a state that was searched to the end, if there is room for it."""
    length = 0
    while profile[step + 1 + length] > 0:
        length += 1
    entry = memo.used[0]
    begin = memo.used[1]
    if entry >= len(memo.states) or begin + length > len(memo.pool):
        return
    for i in range(length):
        memo.pool[begin + i] = profile[step + 1 + i]
    chain = _chain(waiting, len(memo.newest))
    state = memo.states[entry]
    state[SPENT] = spent
    state[STEP] = step
    state[WAITING] = waiting
    state[BEGIN] = begin
    state[LENGTH] = length
    state[OLDER] = memo.newest[chain]
    memo.newest[chain] = entry
    memo.used[0] = entry + 1
    memo.used[1] = begin + length

"""The cheapest schedule of a handful of requests, by depth-first search over start vectors."""

from __future__ import annotations

from theory.columns import Steps
from theory.compiled import compiled
from theory.exhaustion.placing import fits_or_later


@compiled
def cheapest(
    prompt: Steps, output: Steps, requests: int, memory: int, most: int, good: Steps, work: Steps
) -> int:
    """The least total completion time of a burst if it is at most ``most``, else ``most + 1``.

    Writes the starts to ``good``; ``work`` has seven rows of at least ``requests`` entries.

    The requests are placed in order of (start, index), each at every step that is left, so
    every start vector is met once, up to three that lose no cheapest one: (1) of equal requests
    the first unplaced goes first; (2) nothing starts after all that was placed has completed,
    as everything from there on could move up; (3) all that is not placed starts at the present
    step or later, so a step with too large a total ends the branch.
    """
    lengths = 0
    for i in range(requests):
        lengths += output[i]
        work[6, i] = 0
    best = most + 1
    s, o, start, index, step, spent = work[0], work[1], work[2], work[3], work[4], work[5]
    taken = work[6]
    depth = 0
    index[0] = -1  # the candidate at each depth, its step, and the sum of the starts before it
    step[0] = 0
    spent[0] = lengths
    while depth >= 0:
        i = index[depth]
        t = step[depth]
        if i >= 0 and taken[i] == depth + 1:
            taken[i] = 0
        i += 1
        if i == requests:
            i = 0
            t += 1
            last = 0
            for k in range(depth):
                last = max(last, start[k] + o[k])
            if t > last or spent[depth] + (requests - depth) * t >= best:
                depth -= 1
                continue
            step[depth] = t
        index[depth] = i
        if taken[i] > 0:
            continue
        repeated = False
        for k in range(i):
            if taken[k] == 0 and prompt[k] == prompt[i] and output[k] == output[i]:
                repeated = True
        if repeated:
            continue
        if fits_or_later(s, o, start, depth, prompt[i], output[i], t, memory) > t:
            continue
        if spent[depth] + (requests - depth) * t >= best:
            depth -= 1
            continue
        s[depth] = prompt[i]
        o[depth] = output[i]
        start[depth] = t
        taken[i] = depth + 1
        if depth + 1 < requests:
            spent[depth + 1] = spent[depth] + t
            index[depth + 1] = i
            step[depth + 1] = t
            depth += 1
            continue
        best = spent[depth] + t
        for k in range(requests):
            good[index[k]] = start[k]
    return best

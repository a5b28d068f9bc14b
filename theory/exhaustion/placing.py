"""Where a request fits on top of a few placed ones: the compiled core of exhaustion.

Requests are columns ``prompt``, ``output``, ``start``; the first ``placed`` entries are placed.
A handful of requests needs no data structure: the loads at completions are summed anew.
"""

from __future__ import annotations

from theory.columns import Steps
from theory.compiled import compiled


@compiled
def fits_or_later(
    prompt: Steps, output: Steps, start: Steps, placed: int, s: int, o: int, t: int, memory: int
) -> int:
    """Step t if the request (s, o) fits there, else a later step before which it never fits.

    No placed request may start after t. The load has its maxima at completions, so it is
    enough to look at those during the candidate's life and at the candidate's own. An excess e
    at the completion c falls by one with each step that the candidate waits, so it fails before
    min(t + e, c). An excess at its own completion only grows until that reaches ``after``, the
    first completion of the others not before it, so it fails before after + 1 - o.
    """
    end = t + o
    until = t
    own = s + o
    after = -1
    for i in range(placed):
        c = start[i] + output[i]
        if c <= t:
            continue
        if c >= end:
            own += prompt[i] + end - start[i]
            if after < 0 or c < after:
                after = c
        else:
            excess = s + c - t - memory
            for k in range(placed):
                if start[k] + output[k] >= c:
                    excess += prompt[k] + c - start[k]
            if excess > 0:
                until = max(until, min(t + excess, c))
    if own > memory:
        until = max(until, after + 1 - o)
    return until


@compiled
def earliest(
    prompt: Steps, output: Steps, start: Steps, placed: int, s: int, o: int, t: int, memory: int
) -> int:
    """First step >= t at which (s, o) fits, if nothing else starts. No one starts after t."""
    then = fits_or_later(prompt, output, start, placed, s, o, t, memory)
    while then > t:
        t = then
        then = fits_or_later(prompt, output, start, placed, s, o, t, memory)
    return t


@compiled
def backfill(
    prompt: Steps, output: Steps, requests: int, memory: int, begin: Steps, line: Steps
) -> int:
    """Total completion time of backfill admission on a burst in the order given.

    Writes the starts to ``begin``, and to the three rows of ``line`` the prompts, outputs and
    starts in order of start. A refusal holds until the step it names, whatever else starts
    meanwhile, so the next step worth a look is the least of those named.
    """
    for j in range(requests):
        begin[j] = -1
    placed = 0
    spent = 0
    t = 0
    while placed < requests:
        following = -1
        for j in range(requests):
            if begin[j] >= 0:
                continue
            then = fits_or_later(line[0], line[1], line[2], placed, prompt[j], output[j], t, memory)
            if then == t:
                begin[j] = t
                line[0, placed] = prompt[j]
                line[1, placed] = output[j]
                line[2, placed] = t
                placed += 1
                spent += t + output[j]
            elif following < 0 or then < following:
                following = then
        t = following
    return spent


@compiled
def slips_in(line: Steps, requests: int, s: int, o: int, memory: int) -> int:
    """Where backfill starts (s, o), of lowest rank, if it delays none in ``line``; else -1.

    ``line`` is what :func:`backfill` makes of the requests of higher rank. Until the last one
    starts, they start as without it. If all fit together with it, they do so afterwards too:
    what was refused is refused all the more, and what started has room.
    """
    prompt, output, start = line[0], line[1], line[2]
    t = 0
    while True:
        placed = 0
        while placed < requests and start[placed] <= t:
            placed += 1
        then = fits_or_later(prompt, output, start, placed, s, o, t, memory)
        if then == t:
            break
        t = then
    if placed == requests or start[placed] >= t + o:
        return t
    for i in range(requests + 1):  # all completions in the life of the last, and its own
        c = start[i] + output[i] if i < requests else t + o
        if t < c <= t + o:
            held = s + c - t
            for k in range(requests):
                if start[k] < c <= start[k] + output[k]:
                    held += prompt[k] + c - start[k]
            if held > memory:
                return -1
    return t

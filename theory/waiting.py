"""What waits, in rank order: which request is the first that fits, and when to look again.

Whether a request fits is down-closed: a shorter one holds a prefix of what a longer one holds,
a smaller prompt holds less. So the outputs are cut into a few *kinds*, ranges of neighbouring
lengths, and a kind is out of the question when its least prompt does not fit with its least
output. The requests stand in blocks of neighbouring ranks under a binary tree, each node of
which knows the least prompt and output of every kind below it: the most urgent request that
fits is found by going down, past all that cannot hold one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.columns import Steps
from theory.compiled import compiled
from theory.running import ALIVE, FIRST, NEVER, Running, earliest

BLOCK = 64
"""Requests under one leaf of the tree."""
MOST_KINDS = 64
"""With this many, a node's least prompts take the time of a handful of requests to look at."""
FEW = 32
"""Requests for each kind, at least, on average: small instances have only one kind."""


class Waiting(NamedTuple):
    """All requests in rank order, and who of them waits.

    ``kind`` is ascending in ``output``; ``here`` says who waits. ``least_prompt[node, kind]``
    and ``least_output[node, kind]`` are over those that wait below a node, NEVER when there
    are none. The root is node 1, the children of a node are 2*node and 2*node + 1.
    """

    prompt: Steps
    output: Steps
    kind: Steps
    here: NDArray[np.bool_]
    least_prompt: Steps
    least_output: Steps


def nobody(prompt: Steps, output: Steps) -> Waiting:
    """None of these requests waiting yet."""
    n = len(output)
    kinds = 1
    kind = np.zeros(n, np.int64)
    if n > FEW:
        distinct = np.unique(output)
        most = min(MOST_KINDS, 1 + n // FEW)
        lowest = distinct[:: -(-len(distinct) // most)]
        kind = np.searchsorted(lowest, output, side="right") - 1
        kinds = len(lowest)
    leaves = 1 << max(0, (n - 1) // BLOCK).bit_length()
    nodes = (2 * leaves, kinds)
    here = np.zeros(n, np.bool_)
    return Waiting(prompt, output, kind, here, np.full(nodes, NEVER), np.full(nodes, NEVER))


@compiled
def enter(waiting: Waiting, request: int) -> None:
    """The request at this place in rank order waits from now on."""
    prompt, output = waiting.prompt[request], waiting.output[request]
    kind = waiting.kind[request]
    waiting.here[request] = True
    node = len(waiting.least_prompt) // 2 + request // BLOCK
    while node > 0:
        waiting.least_prompt[node, kind] = min(waiting.least_prompt[node, kind], prompt)
        waiting.least_output[node, kind] = min(waiting.least_output[node, kind], output)
        node //= 2


@compiled
def leave(waiting: Waiting, request: int) -> None:
    """It waits no longer."""
    least_prompt, least_output = waiting.least_prompt, waiting.least_output
    kind = waiting.kind[request]
    waiting.here[request] = False
    prompt = output = NEVER
    block = request // BLOCK
    for other in range(block * BLOCK, min(block * BLOCK + BLOCK, len(waiting.kind))):
        if waiting.kind[other] == kind and waiting.here[other]:
            prompt = min(prompt, waiting.prompt[other])
            output = min(output, waiting.output[other])
    node = len(least_prompt) // 2 + block
    while least_prompt[node, kind] != prompt or least_output[node, kind] != output:
        least_prompt[node, kind] = prompt
        least_output[node, kind] = output
        if node == 1:
            break
        prompt = min(prompt, least_prompt[node ^ 1, kind])
        output = min(output, least_output[node ^ 1, kind])
        node //= 2


@compiled
def look(waiting: Waiting, running: Running, memory: int, step: int, ceiling: Steps) -> int:
    """Set the largest prompt that fits now with each kind's least output; say when to look again.

    The answer is ``step`` when some kind's least prompt and output fit together now; else a
    step before which nothing that waits can fit. One pass over kinds and completions.

    With P the largest (load + completion) over the completions in the window of the output, at
    completion c, the prompt must be at most M + step - P until c has passed; and by the load
    on the way up to the next completion, the peak must fit in the request's own last step.
    """
    first = running.tally[FIRST]
    finish, load, ends = running.finish[first:], running.load[first:], running.ends[first:]
    alive = running.tally[ALIVE]
    k = 0
    crest = crest_end = step
    again = NEVER
    for kind in range(len(ceiling)):
        prompt, output = waiting.least_prompt[1, kind], waiting.least_output[1, kind]
        if prompt == NEVER:
            ceiling[kind] = -1
            continue
        last = step + output
        while k < len(finish) and finish[k] <= last:
            if load[k] + finish[k] >= crest:
                crest, crest_end = load[k] + finish[k], finish[k]
            alive -= ends[k]
            k += 1
        within = memory + step - crest
        at_last = memory - output
        fits_at = step
        if prompt > within:
            fits_at = min(crest_end, step + prompt - within)
        if k < len(finish):
            at_last += alive * (finish[k] - last) - load[k]
            if prompt > at_last:
                fits_at = max(fits_at, min(finish[k], finish[k] + load[k] + prompt - memory))
        ceiling[kind] = min(within, at_last)
        again = min(again, fits_at)
    return again


@compiled
def _may_hold(least_prompt: Steps, ceiling: Steps) -> bool:
    hits = 0  # counted to the end: that is one vector operation
    for kind in range(len(ceiling)):
        hits += least_prompt[kind] <= ceiling[kind]
    return hits > 0


@compiled
def _beyond(node: int) -> int:
    """The node after this one's subtree, from left to right; 0 after the last."""
    while node % 2 == 1:
        node //= 2
    return node + 1 if node > 0 else 0


@compiled
def first_fit(waiting: Waiting, running: Running, memory: int, step: int, ceiling: Steps) -> int:
    """The most urgent request that fits now, or -1; ``ceiling`` is what ``look`` set."""
    leaves = len(waiting.least_prompt) // 2
    node = 1
    while node > 0:
        if not _may_hold(waiting.least_prompt[node], ceiling):
            node = _beyond(node)
        elif node < leaves:
            node *= 2
        else:
            begin = (node - leaves) * BLOCK
            for request in range(begin, min(begin + BLOCK, len(waiting.kind))):
                prompt, output = waiting.prompt[request], waiting.output[request]
                if (
                    waiting.here[request]
                    and prompt <= ceiling[waiting.kind[request]]
                    and earliest(running, memory, prompt, output, step, step + 1) == step
                ):
                    return request
            node = _beyond(node)
    return -1


@compiled
def first_step(waiting: Waiting, running: Running, memory: int, step: int) -> int:
    """The first step at which any of them fits if nothing else starts or arrives; exact.

    Slower than ``look``, which may be far too early when a kind's least prompt and its least
    output belong to different requests. Searches each kind's tree, passing over the nodes
    whose least shape fits no sooner than what has been found.
    """
    leaves = len(waiting.least_prompt) // 2
    best = NEVER
    for kind in range(waiting.least_prompt.shape[1]):
        node = 1
        while node > 0:
            prompt, output = waiting.least_prompt[node, kind], waiting.least_output[node, kind]
            if prompt == NEVER or earliest(running, memory, prompt, output, step, best) >= best:
                node = _beyond(node)
            elif node < leaves:
                node *= 2
            else:
                begin = (node - leaves) * BLOCK
                for request in range(begin, min(begin + BLOCK, len(waiting.kind))):
                    if waiting.here[request] and waiting.kind[request] == kind:
                        prompt, output = waiting.prompt[request], waiting.output[request]
                        found = earliest(running, memory, prompt, output, step, best)
                        best = min(best, found)
                node = _beyond(node)
    return best

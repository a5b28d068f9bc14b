"""Why requests wait, in the words of ``lemmas/rocq/implementation/binary.v``.

Rocq does not search: for every step at which a request cannot start it is told a *witness*, a later
step in which the request would exceed the budget. ``At u b`` names the step u, for all starts
before b; ``After d b`` names the step d steps after the start, for all starts before b, between
which nothing completes. What is found here is checked there, so that nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from theory.policy import Admission
from theory.request import Request

Entry = tuple[Request, int]
"""A request and its start."""


def witnesses(memory: int, entries: Sequence[Entry], admission: Admission) -> Iterator[list[str]]:
    """For each entry, in priority order, why it starts no earlier.

    The list is too short where the entries are not the policy's schedule; Rocq then refuses it.

    >>> thick, long = Request(9, 1), Request(0, 4)
    >>> list(witnesses(10, [(long, 0), (thick, 4), (thick, 5)], Admission.HEAD_OF_LINE))
    [[], ['After 1 4'], ['At 5 5']]
    """
    before: list[Entry] = []
    previous = 0
    for place, (request, start) in enumerate(entries):
        if admission is Admission.BACKFILL:
            after = entries[place + 1 :]

            def beside(step: int, after: Sequence[Entry] = after) -> list[Entry]:
                ahead = [entry for entry in before if entry[1] <= step]
                return ahead + [entry for entry in after if entry[1] < step]

            yield list(_reasons(memory, beside, request, 0, start))
        else:
            yield list(_reasons(memory, lambda _: before, request, previous, start))
        before.append((request, start))
        previous = start


def _reasons(
    memory: int,
    beside: Callable[[int], list[Entry]],
    request: Request,
    step: int,
    start: int,
) -> Iterator[str]:
    while step < start:
        running = [entry for entry in beside(step) if step < _completion(entry)]
        until, witness = _reason(memory, running, request, step)
        if until <= step:
            return
        yield f"{witness} {until}"
        step = until


def _reason(memory: int, running: list[Entry], request: Request, step: int) -> tuple[int, str]:
    """The witness for this step that lasts longest, and the step before which it holds."""
    last = step + request.output
    completions = sorted({_completion(entry) for entry in running})
    best = (0, "")
    for seen in [c for c in completions if c < last] + [last]:
        tokens = _held(running, seen) + request.prompt
        if tokens + seen - step > memory:
            best = max(best, (min(seen, tokens + seen - memory), f"At {seen}"))
            ahead = [c for c in completions if c >= seen]
            if ahead:
                best = max(best, (ahead[0] + 1 - (seen - step), f"After {seen - step}"))
    return best


def _completion(entry: Entry) -> int:
    request, start = entry
    return start + request.output


def _held(entries: list[Entry], step: int) -> int:
    return sum(r.prompt + step - p for r, p in entries if p < step <= p + r.output)

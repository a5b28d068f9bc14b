"""Hypothesis strategies for instances of a cell, built from the structures that hurt a policy.

For users' own tests: every drawn instance lies within its limits by construction, nothing is
filtered, and examples shrink towards few requests and small numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from hypothesis import strategies as st

from adversaries.hunt.limits import Limits, twins
from theory.claims import Cell, Information, Traffic
from theory.request import Instance, Request


def instances(
    cell: Cell | None = None,
    *,
    alpha: Fraction | int = 1,
    traffic: Traffic = Traffic.BURST,
    information: Information = Information.KNOWN,
    max_requests: int = 8,
    max_memory: int = 60,
    latest: int | None = None,
) -> st.SearchStrategy[Instance]:
    """Instances of a cell, or of the alpha, traffic and information given.

    ``max_memory`` is the largest budget (tokens), ``latest`` the last arrival step unless
    traffic is a burst (``max_memory`` if not given). Peaks are at most alpha * memory, exactly.
    Raises InputError when no instance fits the sizes.

    >>> from hypothesis import find
    >>> found = find(instances(alpha=Fraction(1, 3)), lambda i: i.peak > 2)
    >>> found.peak > 2, found.alpha <= Fraction(1, 3)
    (True, True)
    """
    if cell is None:
        cell = Cell("any", Fraction(alpha), traffic=traffic, information=information)
    return within(Limits.of(cell, max_requests, max_memory, latest))


@st.composite
def within(draw: st.DrawFn, limits: Limits) -> Instance:
    """Instances within the limits: one to four structures, one after the other."""
    memory = draw(st.integers(limits.least_memory, limits.max_memory))
    arrange = draw(_orders)
    requests: list[Request] = []
    for _ in range(4):
        requests += _structure(draw, memory, limits)
        if len(requests) >= limits.max_requests or not draw(_more):
            break
    return Instance(memory, tuple(arrange(requests)[: limits.max_requests]))


def _structure(draw: st.DrawFn, memory: int, limits: Limits) -> list[Request]:
    """One structure, arriving at some step, its requests with intervals where the cell has them."""
    cap = limits.cap(memory)
    begin = draw(st.integers(0, limits.latest)) if limits.latest else 0
    structure = draw(_timed_structures if limits.latest else _burst_structures)
    return [
        limits.fitted(memory, r.prompt, r.output, begin + r.arrival, _interval(draw, r, limits))
        for r in structure(draw, memory, cap)
    ]


def _interval(draw: st.DrawFn, request: Request, limits: Limits) -> tuple[int, int] | None:
    if limits.information is not Information.INTERVAL:
        return None
    low = request.output - draw(st.integers(0, request.output - 1))
    return low, request.output + draw(st.integers(0, limits.max_memory))


def plain(draw: st.DrawFn, memory: int, cap: int) -> list[Request]:
    """One request of any shape."""
    return [_request(draw, cap)]


def copies(draw: st.DrawFn, memory: int, cap: int) -> list[Request]:
    """Equal requests, which grow and end together when they start together."""
    return [_request(draw, cap)] * draw(st.integers(2, 6))


def thin_and_thick(draw: st.DrawFn, memory: int, cap: int) -> list[Request]:
    """Long requests of little prompt beside short ones of nearly the largest peak."""
    output = draw(st.integers(1 + cap // 2, cap))
    prompt = draw(st.integers(0, min(2, cap - output)))
    short = draw(st.integers(1, min(2, cap)))
    peak = cap - draw(st.integers(0, min(2, cap - short)))
    thin, thick = Request(prompt, output), Request(peak - short, short)
    return [thin] * draw(_few) + [thick] * draw(_few)


def equal_volumes(draw: st.DrawFn, memory: int, cap: int) -> list[Request]:
    """Two shapes of one volume, in turn: a rank by volume cannot tell them apart."""
    one = _request(draw, cap)
    twin = Request(*draw(st.sampled_from(twins(one, cap))))
    return [one, twin] * draw(_few)


def ties(draw: st.DrawFn, memory: int, cap: int) -> list[Request]:
    """Requests of one output or of one peak, and otherwise different."""
    one = _request(draw, cap)
    if draw(st.booleans()):
        outputs = [draw(st.integers(1, one.peak)) for _ in range(draw(_few))]
        return [one, *(Request(one.peak - output, output) for output in outputs)]
    prompts = [draw(st.integers(0, cap - one.output)) for _ in range(draw(_few))]
    return [one, *(Request(prompt, one.output) for prompt in prompts)]


def ladder(draw: st.DrawFn, memory: int, cap: int) -> list[Request]:
    """Prompts or outputs that rise in equal steps."""
    first = _request(draw, cap)
    step = draw(st.integers(1, max(1, cap // 4)))
    rungs = min(draw(st.integers(2, 6)), 1 + (cap - first.peak) // step)
    if draw(st.booleans()):
        return [Request(first.prompt, first.output + k * step) for k in range(rungs)]
    return [Request(first.prompt + k * step, first.output) for k in range(rungs)]


def full_memory(draw: st.DrawFn, memory: int, cap: int) -> list[Request]:
    """Requests whose peaks fill the memory exactly, or to one token too many."""
    rest = memory + draw(st.integers(0, 1))
    requests: list[Request] = []
    while rest > 0 and len(requests) < 5:
        one = _request(draw, min(cap, rest))
        requests.append(one)
        rest -= one.peak
        if 0 < rest <= cap:
            output = draw(st.integers(1, rest))
            return [*requests, Request(rest - output, output)]
    return requests


def commitment(draw: st.DrawFn, memory: int, cap: int) -> list[Request]:
    """A long request, and short ones that arrive just after it may have started."""
    output = draw(st.integers(1 + cap // 2, cap))
    committed = Request(draw(st.integers(0, cap - output)), output)
    late = draw(st.integers(1, 2))
    prompt = draw(st.integers(0, cap - 1))
    return [committed] + [Request(prompt, 1, late)] * draw(st.integers(1, 6))


def _request(draw: st.DrawFn, cap: int) -> Request:
    output = draw(st.integers(1, cap))
    return Request(draw(st.integers(0, cap - output)), output)


# Strategies are costly to make and cheap to draw from: these are made once.
_few = st.integers(1, 4)
_more = st.sampled_from((False, True, True))

Structure: TypeAlias = Callable[[st.DrawFn, int, int], list[Request]]
"""Draws some requests for a budget and a largest peak; arrivals count from the first's."""

STRUCTURES: tuple[Structure, ...] = (
    plain,
    copies,
    thin_and_thick,
    equal_volumes,
    ties,
    ladder,
    full_memory,
    commitment,
)
"""All structures; a commitment is one only where arrivals may differ."""

_timed_structures = st.sampled_from(STRUCTURES)
_burst_structures = st.sampled_from(STRUCTURES[:-1])

Order: TypeAlias = Callable[[Sequence[Request]], Sequence[Request]]

ORDERS: tuple[Order, ...] = (
    lambda requests: requests,
    lambda requests: requests[::-1],
    lambda requests: [*requests[::2], *requests[1::2]],
)
"""As drawn, backwards, or dealt in two: policies break ties by position."""

_orders = st.sampled_from(ORDERS)

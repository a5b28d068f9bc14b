"""Hypothesis strategies for small instances."""

from __future__ import annotations

from hypothesis import strategies as st

from theory.request import Instance, Request


@st.composite
def requests(draw: st.DrawFn, memory: int, latest: int = 0) -> Request:
    """A request that fits in `memory`, thin-long, thick-short or anything between."""
    peak = draw(st.one_of(st.just(memory), st.integers(1, memory)))
    output = draw(st.one_of(st.just(1), st.just(peak), st.integers(1, peak)))
    arrival = draw(st.integers(0, latest)) if latest else 0
    return Request(peak - output, output, arrival)


@st.composite
def instances(
    draw: st.DrawFn, most_requests: int = 5, most_memory: int = 12, latest: int = 0
) -> Instance:
    """A small instance; peaks below memory half of the time; arrivals in [0, latest]."""
    memory = draw(st.integers(1, most_memory))
    cap = draw(st.one_of(st.just(memory), st.integers(1, memory)))
    drawn = draw(st.lists(requests(cap, latest), min_size=1, max_size=most_requests))
    return Instance(memory, tuple(drawn))

"""Made-up traffic for the evaluation: chat and long documents, in a burst or as a Poisson stream.

Lengths are log-normal, as those of production traces roughly are; the medians are round
numbers, not fitted to any trace. Real lengths come from trace files (theory.files.read_trace).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from theory.errors import InputError
from theory.request import Instance, Request
from theory.traces import read_trace


@dataclass(frozen=True)
class Lengths:
    """Medians in tokens, and the spread of the logarithm (0.8: the upper 5 % are 3.7 medians)."""

    prompt: int
    output: int
    spread: float

    def draw(self, count: int, most: int, rng: np.random.Generator) -> list[tuple[int, int]]:
        """So many (prompt, output), each of a peak of at most ``most`` tokens.

        >>> len(LENGTHS["chat"].draw(3, most=1000, rng=np.random.default_rng(0)))
        3
        """
        drawn: list[tuple[int, int]] = []
        while len(drawn) < count:
            prompt = round(self.prompt * float(np.exp(self.spread * rng.standard_normal())))
            output = round(self.output * float(np.exp(self.spread * rng.standard_normal())))
            if output >= 1 and prompt + output <= most:
                drawn.append((prompt, output))
        return drawn


LENGTHS = {
    "chat": Lengths(prompt=100, output=100, spread=0.8),
    "long documents": Lengths(prompt=1500, output=80, spread=0.6),
}
"""Prompt and output by kind of traffic."""


def from_trace(file: Path, count: int, most: int, seed: int) -> list[tuple[int, int]]:
    """So many (prompt, output) of a trace, drawn without replacement, of peak at most ``most``.

    Raises InputError when the trace has fewer.
    """
    shapes = [(s, o) for _, s, o in read_trace(file).rows if s + o <= most]
    if len(shapes) < count:
        raise InputError(f"{file}: {len(shapes)} requests of at most {most} tokens, not {count}")
    picked = np.random.default_rng(seed).choice(len(shapes), count, replace=False)
    return [shapes[i] for i in picked]


def traffic(
    shapes: Sequence[tuple[int, int]], memory: int, load: float | None, seed: int
) -> Instance:
    """All at step 0 (``load`` None), or as a Poisson stream of this load.

    ``load`` is the mean of (volume that arrives in a step) / memory: at 1 and above no
    scheduler keeps up. Arrivals are rounded down to steps.

    >>> traffic([(1, 2), (3, 4)], memory=10, load=None, seed=0).is_burst
    True
    """
    requests = [Request(prompt, output) for prompt, output in shapes]
    if load is None:
        return Instance(memory, tuple(requests))
    mean_volume = sum(request.volume for request in requests) / len(requests)
    gaps = np.random.default_rng(seed).exponential(mean_volume / (load * memory), len(requests))
    arrivals = np.floor(np.cumsum(gaps)).astype(int)
    return Instance(
        memory,
        tuple(
            Request(request.prompt, request.output, int(arrival))
            for request, arrival in zip(requests, arrivals, strict=True)
        ),
    )

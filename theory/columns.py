"""The requests of an instance as arrays: what the compiled loops and the vector ranks read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
"""Integers below 2^62: steps, tokens, positions."""


@dataclass(frozen=True)
class Columns:
    """Prompts, outputs and arrivals, one entry a request, under the names of a Request.

    ``volume`` and ``area`` are products, exact in 64 bits only while peaks stay below 2^31
    (``Instance.is_narrow``); ask before you multiply.

    >>> Columns(np.array([3, 0]), np.array([2, 10]), np.array([0, 0])).volume.tolist()
    [9, 55]
    """

    prompt: Steps
    output: Steps
    arrival: Steps

    def __len__(self) -> int:
        return len(self.output)

    @property
    def peak(self) -> Steps:
        """Tokens held in the last step of each."""
        return self.prompt + self.output

    @property
    def volume(self) -> Steps:
        """Tokens held, summed over the steps of each life."""
        return self.area + self.output * (self.output + 1) // 2

    @property
    def area(self) -> Steps:
        """s*o of each."""
        return self.prompt * self.output

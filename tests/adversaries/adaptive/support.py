"""Odd policies, and what several of these tests need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from adversaries.adaptive import (
    BLOCKED_BURST,
    ONE_SHOT,
    UNIT_ONE_SHOT,
    AdaptiveFamily,
)
from tests import reference
from theory.policy import LOOK_AHEAD, POLICIES, Job, named_policy

NAMED = [named_policy(name, admission) for name in POLICIES for admission in LOOK_AHEAD]


class Delayed:
    """Serves nothing before a given step; from then on, the smallest prompt that fits."""

    def __init__(self, until: int) -> None:
        self.until = until
        self.name = f"delayed-{until}"

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        if step < self.until:
            return None
        for job in sorted(waiting, key=lambda job: job.request.prompt):
            profile = [0] * (step + 2 * memory + 1)
            for other in running:
                assert other.start is not None
                reference.add(profile, other.request, other.start)
            if reference.fits(memory, profile, job.request, step):
                return job.index
        return None


class OneAtATime:
    """Idles on purpose: nothing runs beside anything else."""

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        return None if running else waiting[-1].index


class Fickle:
    """Starts the bait a step later each time that it is run."""

    def __init__(self) -> None:
        self.runs = -1

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        if running:
            return None
        if step == 0 and waiting[0].index == 0:
            self.runs += 1
        return waiting[0].index if step >= self.runs else None


def sizes(family: AdaptiveFamily, scale: int) -> dict[str, int]:
    """Parameters of about this size: of the length where there is one, else of the memory."""
    if family in (ONE_SHOT, UNIT_ONE_SHOT):
        return {"length": scale}
    if family is BLOCKED_BURST:
        return {"length": scale, "count": 2 * scale}
    return {"memory": scale, "steps": 3 * scale // 2}


def as_read(certificate: dict[str, Any]) -> dict[str, Any]:
    """The certificate as the checker reads it from a file."""
    read: dict[str, Any] = json.loads(json.dumps(certificate))
    return read

"""Where a run of vLLM parts from the model's, and what was at work there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from adversaries.replay.record import Run, Step

FIELDS = ("batch", "tokens", "blocks", "head", "completed")
"""What is compared in every step."""
UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Divergence:
    """The first step in which the runs differ, and how far they differ after it.

    ``causes``: limits of vLLM that were at work in this very step, or that the mispredicted
    requests were among those in play; ``("unexplained",)`` when none was, which means that
    model or plug-in is wrong. Up to here both runs are equal, so a cause is no consequence of
    an earlier difference. ``limits``: for each limit, in how many steps it was at work in all.
    """

    step: int
    field: str
    model: Any
    vllm: Any
    causes: tuple[str, ...]
    differing_steps: int
    differing_completions: int
    limits: dict[str, int]


def compare(model: Run, vllm: Run, mispredicted: Collection[int] = ()) -> Divergence | None:
    """The first divergence, or None when the runs are equal step for step.

    ``mispredicted``: requests whose predicted length is not the true one, by position.

    >>> run = Run((Step(0, (0,), 1, 1, None, (0,)),), {0: 1})
    >>> other = Run((Step(0, (0,), 2, 2, None, (0,), ("block rounding",)),), {0: 1})
    >>> compare(run, run) is None, compare(run, other).causes
    (True, ('block rounding',))
    """
    ours = {step.step: step for step in model.steps}
    theirs = {step.step: step for step in vllm.steps}
    differing = [t for t in sorted(ours.keys() | theirs.keys()) if ours.get(t) != theirs.get(t)]
    late = sum(vllm.completion.get(i) != end for i, end in model.completion.items())
    if not differing:
        if not late:
            return None
        raise ValueError("equal steps, different completions: the record is broken")
    first = differing[0]
    a, b = ours.get(first), theirs.get(first)
    name = next((f for f in FIELDS if getattr(a, f, None) != getattr(b, f, None)), "batch")
    limits = Counter(limit for step in vllm.steps for limit in step.limits)
    return Divergence(
        first,
        name,
        getattr(a, name, None),
        getattr(b, name, None),
        _causes(a, b, mispredicted),
        len(differing),
        late,
        dict(limits),
    )


def _causes(
    model: Step | None, vllm: Step | None, mispredicted: Collection[int]
) -> tuple[str, ...]:
    """The limits at work in the step, and misprediction when such a request is in play."""
    found = list(vllm.limits) if vllm else []
    in_play = {i for step in (model, vllm) if step for i in (*step.batch, step.head)}
    if in_play & set(mispredicted):
        found.append("misprediction")
    return tuple(found) or (UNEXPLAINED,)

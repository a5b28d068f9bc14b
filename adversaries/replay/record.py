"""What a server did, step by step: the form in which model and vLLM are compared."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One step in which something ran. Requests are named by their position in the file.

    Step t is the time from t to t + 1. ``batch``: who runs in it, ascending. ``tokens`` and
    ``blocks``: what they hold at its end. ``head``: who is next in the waiting line, after the
    admissions of this step, if anybody waits. ``completed``: whose last token it yields.
    ``limits``: what of vLLM that the model does not have was at work in it.
    """

    step: int
    batch: tuple[int, ...]
    tokens: int
    blocks: int
    head: int | None
    completed: tuple[int, ...]
    limits: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Run:
    """A whole run, by position in the file; all times in steps.

    ``completion``: the end of each request's last step. ``first_token``: the end of the step
    that yields its first output token. ``counters``: what the scheduler counted.
    ``seconds``: wall-clock time, no part of any comparison.
    """

    steps: tuple[Step, ...]
    completion: dict[int, int]
    first_token: dict[int, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    seconds: float = field(default=0.0, compare=False)

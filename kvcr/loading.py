"""Bring your own policy: load ``module:object`` and hold it to its contract."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any

from theory.errors import InputError, PolicyError
from theory.policy import Admission, Job, Policy, Scheduler, named_policy
from theory.request import Instance, Request

TIME_LIMIT = 60.0
"""Seconds that a user's policy may take for one schedule."""


def load_policy(name: str, admission: Admission | str) -> Policy | Scheduler:
    """A policy by name, or the user's own from ``module:object`` (the folder is searched too).

    The object is a :class:`Policy`, a rank (a function of a request), or an object with
    ``choose`` (see :class:`Scheduler`), which brings its own admission. Raises InputError.
    """
    if ":" not in name:
        return named_policy(name, admission)
    module_name, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:
        raise InputError(f"policy {name}: {type(error).__name__}: {_line(error)}") from None
    if isinstance(found, type):
        found = _call(name, found)
    if isinstance(found, Policy):
        return found.with_admission(admission)
    if isinstance(found, Scheduler):
        return _Guarded(name, found)
    if callable(found):
        rank: Callable[[Request], Any] = found
        return Policy(name, lambda _: lambda r: _number(name, rank, r), Admission(admission))
    raise InputError(f"policy {name}: neither a Policy, nor a rank, nor an object with choose()")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


def _call(name: str, function: Callable[..., Any], *arguments: object) -> Any:
    try:
        return function(*arguments)
    except PolicyError:
        raise
    except Exception as error:
        raise PolicyError(f"policy {name} raised {type(error).__name__}: {_line(error)}") from None


def _number(name: str, rank: Callable[[Request], Any], request: Request) -> int | Fraction:
    value = _call(name, rank, request)
    if isinstance(value, bool) or not isinstance(value, int | Fraction | float):
        raise PolicyError(f"policy {name}: rank {value!r:.40} is not a number")
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise PolicyError(f"policy {name}: rank is {value}")
        return Fraction(value)
    return value


class _Guarded:
    """A user's scheduler whose exceptions become one-line PolicyErrors."""

    def __init__(self, name: str, scheduler: Scheduler) -> None:
        self.name = name
        self._scheduler = scheduler

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        choice: int | None = _call(
            self.name, self._scheduler.choose, step, waiting, running, memory
        )
        return choice


@contextmanager
def time_limit() -> Iterator[None]:
    """Raise PolicyError when the block exceeds TIME_LIMIT: the policy loops, or is far too slow."""
    seconds = TIME_LIMIT

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise PolicyError(f"the policy did not finish within {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def order_of(policy: Policy, instance: Instance) -> tuple[int, ...] | None:
    """The priorities to list in a certificate: None for a policy that the checker knows."""
    return policy.order(instance) if ":" in policy.name else None

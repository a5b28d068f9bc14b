"""Bring your own policy: load ``module:object`` and hold it to its contract."""

from __future__ import annotations

import copy
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
from theory.literature import policy_by_name
from theory.policy import (
    POLICIES,
    Action,
    Admission,
    Job,
    OnlinePolicy,
    Policy,
    Restarter,
    Scheduler,
    restricted,
)
from theory.request import Instance, Request
from theory.simulator import sees_of
from theory.view import Information

TIME_LIMIT = 60.0
"""Seconds that a user's policy may take for one schedule."""


def load_policy(
    name: str, admission: Admission | str, information: Information = Information.KNOWN
) -> Policy | OnlinePolicy:
    """A policy by name, or the user's own from ``module:object`` (the folder is searched too).

    The object is a :class:`Policy`, a rank (a function of a request), or an object or class with
    ``choose`` or ``act`` (see :class:`Scheduler` and :class:`Restarter`), which brings its own
    admission and starts every run afresh. It sees all lengths unless an attribute ``sees`` says
    less, and no more than the ``information``. Raises InputError.
    """
    if ":" not in name:
        return restricted(policy_by_name(name, admission), information)
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
        return restricted(found.with_admission(admission), information)
    if isinstance(found, OnlinePolicy):
        return restricted(found, information)
    try:
        sees = sees_of(found)
    except ValueError as error:
        raise InputError(f"policy {name}: sees: {_line(error)}") from None
    if isinstance(found, Restarter):
        own = OnlinePolicy(name, lambda _: _GuardedRestarter(name, copy.deepcopy(found)), sees)
        return restricted(own, information)
    if isinstance(found, Scheduler):
        own = OnlinePolicy(name, lambda _: _Guarded(name, copy.deepcopy(found)), sees)
        return restricted(own, information)
    if callable(found):
        rank: Callable[[Request], Any] = found
        ranked = Policy(
            name, lambda _: lambda r: _number(name, rank, r), Admission(admission), sees=sees
        )
        return restricted(ranked, information)
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


class _GuardedRestarter:
    """The same for a user's restarter."""

    def __init__(self, name: str, restarter: Restarter) -> None:
        self.name = name
        self._restarter = restarter

    def act(self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int) -> Action:
        answer = _call(self.name, self._restarter.act, step, waiting, running, memory)
        try:
            cut, start = answer
            return Action(tuple(cut), tuple(start))
        except (TypeError, ValueError):
            raise PolicyError(
                f"policy {self.name}: step {step}: {answer!r:.60} is not what to cut and to start"
            ) from None


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
    return None if policy.name in POLICIES else policy.order(instance)

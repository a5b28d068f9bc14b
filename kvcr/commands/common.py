"""What the commands share: options, exact numbers on the command line, JSON output."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Annotated, Any

import typer
from rich.console import Console

from kvcr.loading import load_policy, time_limit
from theory.errors import InputError
from theory.policy import LOOK_AHEAD, Admission, Policy
from theory.request import Instance
from theory.schedule import Schedule
from theory.simulator import execute, simulate, worst_schedule
from theory.view import Information

progress_console = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
PolicyName = Annotated[str, typer.Option(help="A policy by name, or module:object.")]
AdmissionRule = Annotated[Admission, typer.Option(help="Behind a request that does not fit.")]
InformationGiven = Annotated[Information, typer.Option(help="What the policy knows of lengths.")]


def emit(data: dict[str, Any]) -> None:
    """Print one JSON document."""
    print(json.dumps(data, indent=2))


def fraction(text: str, name: str) -> Fraction:
    """An exact number from "p/q", "p" or a decimal. Raises InputError."""
    plain = text.strip()
    try:
        if len(plain) > 60 or "e" in plain.lower():
            raise ValueError
        return Fraction(plain)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{name}: {text[:40]!r} is not a number such as 5 or 3/4") from None


def schedule_of(
    instance: Instance,
    policy: str,
    admission: Admission,
    ties: str = "position",
    information: Information = Information.KNOWN,
) -> tuple[Schedule, int]:
    """The schedule of a policy, by name or the user's own, and its number of evictions.

    Of a request that was evicted, the start of the run that completes. Raises InputError, and
    PolicyError when the policy breaks its contract or takes more than the time limit.
    """
    if ties not in ("position", "worst"):
        raise InputError("--ties: position or worst")
    loaded = load_policy(policy, admission, information)
    with time_limit():
        if ties == "worst":
            if not isinstance(loaded, Policy):
                raise InputError("--ties worst: the policy is not a rank")
            if loaded.admission not in LOOK_AHEAD:
                raise InputError("--ties worst: not for admission restart")
            return worst_schedule(instance, loaded), 0
        if isinstance(loaded, Policy) and loaded.admission in LOOK_AHEAD:
            return simulate(instance, loaded), 0
        made = execute(instance, loaded)
        return made.starts, made.evictions

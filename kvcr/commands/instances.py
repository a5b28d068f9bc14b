"""Instances and traces: how far a policy is from the optimum on one of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from kvcr.commands.common import (
    AdmissionRule,
    InformationGiven,
    Json,
    PolicyName,
    emit,
    fraction,
    schedule_of,
)
from theory.errors import InputError
from theory.policy import Admission
from theory.schedule import cost
from theory.view import Information


def ratio(
    file: Annotated[Path, typer.Argument(help="An instance (kvcr-instance/1).")],
    policy: PolicyName = "svf",
    admission: AdmissionRule = Admission.HEAD_OF_LINE,
    ties: Annotated[str, typer.Option(help="position, or worst: the adversary's.")] = "position",
    information: InformationGiven = Information.KNOWN,
    time_limit_s: Annotated[
        float, typer.Option("--time-limit", min=0, max=86400, help="Seconds for the optimum.")
    ] = 20.0,
    method: Annotated[
        str, typer.Option(help="Who proves it: portfolio, search or cp-sat.")
    ] = "portfolio",
    as_json: Json = False,
) -> None:
    """Replay one instance, solve it, print the exact cost, optimum and ratio.

    Example: kvcr ratio instance.json --policy svf
    """
    from theory.files import read_instance
    from theory.optimum import optimum

    instance = read_instance(file)
    starts, evictions = schedule_of(instance, policy, admission, ties, information)
    spent = cost(instance, starts)
    best = optimum(instance, time_limit_s, method=method)
    low, high = Fraction(spent, best.upper), Fraction(spent, best.lower)
    if as_json:
        emit(
            {
                "cost": str(spent),
                "optimum": {
                    "lower": str(best.lower),
                    "upper": str(best.upper),
                    "status": best.status.value,
                    "trusts": best.trusts,
                },
                "ratio": {"lower": str(low), "upper": str(high)},
                "schedule": list(starts),
                "evictions": evictions,
                "optimum_schedule": list(best.schedule),
            }
        )
        return
    print(f"cost     {spent}" + (f" ({evictions} evictions)" if evictions else ""))
    if best.lower == best.upper:
        print(f"optimum  {best.upper} (exact; lower end by {best.trusts})")
        print(f"ratio    {low} = {float(low):.6g}")
    else:
        print(f"optimum  in [{best.lower}, {best.upper}] (bounds)")
        print(f"ratio    in [{float(low):.6g}, {float(high):.6g}]")


def certify(
    trace: Annotated[Path, typer.Argument(help="A trace: CSV or JSONL.")],
    memory: Annotated[int, typer.Option(min=1, max=10**15, help="KV budget M in tokens.")],
    policy: PolicyName = "svf",
    admission: AdmissionRule = Admission.HEAD_OF_LINE,
    information: InformationGiven = Information.KNOWN,
    arrivals: Annotated[str, typer.Option(help="burst, or trace: its own times.")] = "burst",
    steps_per_second: Annotated[
        str | None, typer.Option(help="Steps a second, with --arrivals trace.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first N rows.")] = None,
    improve_s: Annotated[
        float,
        typer.Option("--improve", min=0, max=86400, help="Seconds of search for a good schedule."),
    ] = 0.0,
    as_json: Json = False,
) -> None:
    """How far from the offline optimum a policy is on a trace, at most: a proved bound.

    Example: kvcr certify azure_conv.csv --memory 200000 --policy svf
    """
    from theory.bounds import lower_bounds
    from theory.optimum import best_heuristic, improve
    from theory.traces import read_trace

    if arrivals not in ("burst", "trace"):
        raise InputError("--arrivals: burst or trace")
    rows = read_trace(trace, limit)
    try:
        if arrivals == "burst":
            instance = rows.burst(memory)
        else:
            if steps_per_second is None:
                raise InputError("--arrivals trace needs --steps-per-second")
            speed = fraction(steps_per_second, "--steps-per-second")
            if speed <= 0:
                raise InputError("--steps-per-second: must be positive")
            instance = rows.timed(memory, speed)
    except InputError as error:
        raise InputError(f"{trace}: {error}") from None
    starts, evictions = schedule_of(instance, policy, admission, information=information)
    spent = cost(instance, starts)
    bounds = lower_bounds(instance)
    above = Fraction(spent, bounds.best)
    best = None
    if improve_s:
        begin = min(starts, best_heuristic(instance), key=lambda s: cost(instance, s))
        best = cost(instance, improve(instance, begin, seconds=improve_s))
    if as_json:
        found = {} if best is None else {"optimum_upper": str(best)}
        found |= {} if best is None else {"ratio_lower": str(Fraction(spent, best))}
        emit(
            found
            | {
                "requests": len(instance),
                "skipped": rows.skipped,
                "cost": str(spent),
                "evictions": evictions,
                "optimum_lower": str(bounds.best),
                "ratio_upper": str(above),
                "bounds": {name: str(-(-v // 1)) for name, v in bounds.by_name.items()},
                "alpha": str(instance.alpha),
            }
        )
        return
    print(f"requests       {len(instance)}", end="")
    print(f" ({rows.skipped} rows without output tokens left out)" if rows.skipped else "")
    print(f"cost           {spent}" + (f" ({evictions} evictions)" if evictions else ""))
    print(f"optimum        at least {bounds.best} ({bounds.best_name})")
    print(f"ratio          at most {float(above):.4f}, proved (exactly {above})")
    if best is not None:
        print(f"               at least {spent / best:.4f}: a schedule found costs {best}")

"""The command line: audit, claims, check, ratio, certify, verify."""

from __future__ import annotations

import json
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer.exceptions import TyperException

from kvcr.loading import load_policy, time_limit
from lemmas import checker
from theory.claims import Cell, Information, Traffic, Verdict
from theory.errors import InputError, PolicyError
from theory.policy import Admission, Policy
from theory.request import Instance
from theory.schedule import Schedule, cost
from theory.simulator import simulate, worst_schedule

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Machine-checked competitive ratios for LLM-serving schedulers.",
)
progress_console = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
PolicyName = Annotated[str, typer.Option(help="A policy by name, or module:object.")]
AdmissionRule = Annotated[Admission, typer.Option(help="Behind a request that does not fit.")]


def main() -> None:
    """Run the command line and exit: 0 holds, 1 does not, 2 bad input, 3 undecided."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of one call; errors in the input are one line on standard error."""
    try:
        code = app(arguments, standalone_mode=False)
    except (InputError, PolicyError) as error:
        return _complain(str(error))
    except TyperException as error:
        return _complain(error.format_message())
    except KeyboardInterrupt:
        return _complain("interrupted")
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return code if isinstance(code, int) else 0


def _complain(message: str) -> int:
    line = " ".join(message.split())
    print(f"kvcr: {line if len(line) <= 500 else line[:500] + '...'}", file=sys.stderr)
    return 2


def _emit(data: dict[str, Any]) -> None:
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


@app.command()
def audit(as_json: Json = False) -> None:
    """Decide every claim of the register and compare with the verdicts on record.

    Example: kvcr audit
    """
    from kvcr.register import read_register

    register = read_register()
    rows: list[tuple[Any, Any]] = []
    begin = time.monotonic()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.completed}/{task.total} {task.description}"),
        TimeElapsedColumn(),
        console=progress_console,
        transient=True,
        disable=not progress_console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(register))
        for claim in register.values():
            progress.update(task, description=claim.key)
            rows.append((claim, claim.decide()))
            progress.advance(task)
    differing = [claim.key for claim, decision in rows if decision.verdict is not claim.recorded]
    if as_json:
        claims = [claim.to_data() | decision.to_data() for claim, decision in rows]
        for entry in claims:
            entry.pop("counterexample", None)
        _emit({"agrees": not differing, "differing": differing, "claims": claims})
    else:
        _print_audit(rows)
        seconds = time.monotonic() - begin
        print(f"\n{len(rows)} claims in {seconds:.0f} s; ", end="")
        print("all as recorded." if not differing else f"NOT as recorded: {', '.join(differing)}.")
    raise typer.Exit(1 if differing else 0)


def _print_audit(rows: list[tuple[Any, Any]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("claim", "verdict", "ratio in", "rests on"):
        table.add_column(column, overflow="fold")
    colours = {Verdict.PROVED: "green", Verdict.REFUTED: "red", Verdict.UNKNOWN: "yellow"}
    for claim, decision in rows:
        colour = colours.get(decision.verdict, "magenta")
        shown = str(decision.certified) if claim.cell is not None else ""
        verdict = f"[{colour}]{decision.verdict.value}[/]\n{decision.evidence.value}"
        rests = ", ".join(decision.rests_on) or "-"
        table.add_row(
            f"{claim.statement}\n[dim]{claim.key} ({claim.source})[/]",
            verdict,
            shown,
            f"{rests}\n[dim]{decision.reason}[/]",
        )
    width = None if sys.stdout.isatty() else 140
    Console(width=width).print(table)


@app.command()
def claims(as_json: Json = False) -> None:
    """List the register.

    Example: kvcr claims --json
    """
    from kvcr.register import read_register

    register = read_register()
    if as_json:
        _emit({"claims": [claim.to_data() for claim in register.values()]})
        return
    for claim in register.values():
        print(f"{claim.key:24} {claim.recorded.value:9} {claim.statement} ({claim.source})")


@app.command()
def check(
    claim_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="A claim's id.")] = None,
    policy: PolicyName = "svf",
    admission: AdmissionRule = Admission.HEAD_OF_LINE,
    traffic: Annotated[Traffic, typer.Option(help="How requests arrive.")] = Traffic.BURST,
    information: Annotated[
        Information, typer.Option(help="What is known of lengths.")
    ] = Information.KNOWN,
    alpha: Annotated[str, typer.Option(help="Peaks are at most alpha times memory.")] = "1",
    bound: Annotated[str | None, typer.Option(help="The competitive ratio claimed.")] = None,
    requests: Annotated[
        int | None, typer.Option(min=1, max=12, help="Only bursts of at most N requests (Z3).")
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Only budgets up to M, with --requests.")
    ] = None,
    time_limit_s: Annotated[
        float, typer.Option("--time-limit", min=0.001, max=86400, help="Seconds for Z3.")
    ] = 60.0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the counterexample here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Decide one claim: every instance of the cell costs at most bound times the optimum.

    Example: kvcr check --policy svf --alpha 1/2 --bound 5
    """
    from kvcr.decide import decide, decide_bounded
    from kvcr.register import read_register

    if claim_id is not None:
        register = read_register()
        if claim_id not in register:
            raise InputError(f"no claim {claim_id[:60]!r}; kvcr claims lists them")
        decision = register[claim_id].decide()
    else:
        if bound is None:
            raise InputError("give a claim's id or --bound")
        cell = Cell(policy, fraction(alpha, "--alpha"), admission, traffic, information)
        limit = fraction(bound, "--bound")
        if limit <= 0:
            raise InputError("--bound: must be positive")
        if (requests is None) != (memory is None):
            raise InputError("--requests and --memory go together")
        if requests is not None and memory is not None:
            decision = decide_bounded(cell, limit, requests, memory, time_limit_s)
        else:
            decision = decide(cell, limit, load_policy(policy, admission))
    if output is not None and decision.counterexample is not None:
        output.write_text(json.dumps(decision.counterexample) + "\n", encoding="utf-8")
    if as_json:
        _emit(decision.to_data())
    else:
        print(f"{decision.verdict.value} ({decision.evidence.value}): {decision.reason}")
        print(f"  worst ratio of the cell in {decision.certified}")
        if decision.rests_on:
            print(f"  rests on {', '.join(decision.rests_on)}")
        for schema in decision.trusts:
            print(f"  trusts {schema}")
    raise typer.Exit(decision.verdict.exit_code)


@app.command()
def ratio(
    file: Annotated[Path, typer.Argument(help="An instance (kvcr-instance/1).")],
    policy: PolicyName = "svf",
    admission: AdmissionRule = Admission.HEAD_OF_LINE,
    ties: Annotated[str, typer.Option(help="position, or worst: the adversary's.")] = "position",
    time_limit_s: Annotated[
        float, typer.Option("--time-limit", min=0, max=86400, help="Seconds for the optimum.")
    ] = 20.0,
    as_json: Json = False,
) -> None:
    """Replay one instance, solve it, print the exact cost, optimum and ratio.

    Example: kvcr ratio instance.json --policy svf
    """
    from theory.files import read_instance
    from theory.optimum import optimum

    instance = read_instance(file)
    starts = _schedule(instance, policy, admission, ties)
    spent = cost(instance, starts)
    best = optimum(instance, time_limit_s)
    low, high = Fraction(spent, best.upper), Fraction(spent, best.lower)
    if as_json:
        _emit(
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
                "optimum_schedule": list(best.schedule),
            }
        )
        return
    print(f"cost     {spent}")
    if best.lower == best.upper:
        print(f"optimum  {best.upper} (exact; lower end by {best.trusts})")
        print(f"ratio    {low} = {float(low):.6g}")
    else:
        print(f"optimum  in [{best.lower}, {best.upper}] (bounds)")
        print(f"ratio    in [{float(low):.6g}, {float(high):.6g}]")


def _schedule(instance: Instance, policy: str, admission: Admission, ties: str) -> Schedule:
    if ties not in ("position", "worst"):
        raise InputError("--ties: position or worst")
    loaded = load_policy(policy, admission)
    with time_limit():
        if ties == "worst":
            if not isinstance(loaded, Policy):
                raise InputError("--ties worst: the policy is not a rank")
            return worst_schedule(instance, loaded)
        return simulate(instance, loaded)


@app.command()
def certify(
    trace: Annotated[Path, typer.Argument(help="A trace: CSV or JSONL.")],
    memory: Annotated[int, typer.Option(min=1, max=10**15, help="KV budget M in tokens.")],
    policy: PolicyName = "svf",
    admission: AdmissionRule = Admission.HEAD_OF_LINE,
    arrivals: Annotated[str, typer.Option(help="burst, or trace: its own times.")] = "burst",
    steps_per_second: Annotated[
        str | None, typer.Option(help="Steps a second, with --arrivals trace.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first N rows.")] = None,
    as_json: Json = False,
) -> None:
    """How far from the offline optimum a policy is on a trace, at most: a proved bound.

    Example: kvcr certify azure_conv.csv --memory 200000 --policy svf
    """
    from theory.bounds import lower_bounds
    from theory.files import read_trace

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
    spent = cost(instance, _schedule(instance, policy, admission, "position"))
    bounds = lower_bounds(instance)
    above = Fraction(spent, bounds.best)
    if as_json:
        _emit(
            {
                "requests": len(instance),
                "skipped": rows.skipped,
                "cost": str(spent),
                "optimum_lower": str(bounds.best),
                "ratio_upper": str(above),
                "bounds": {name: str(-(-v // 1)) for name, v in bounds.by_name.items()},
                "alpha": str(instance.alpha),
            }
        )
        return
    print(f"requests       {len(instance)}", end="")
    print(f" ({rows.skipped} rows without output tokens left out)" if rows.skipped else "")
    print(f"cost           {spent}")
    print(f"optimum        at least {bounds.best} ({bounds.best_name})")
    print(f"ratio          at most {float(above):.4f}, proved (exactly {above})")


@app.command()
def verify(
    certificate: Annotated[Path, typer.Argument(help="A certificate (kvcr-certificate/1).")],
    as_json: Json = False,
) -> None:
    """Check a certificate with the independent checker: exit 0 valid, 1 invalid, 2 malformed.

    Example: kvcr verify counterexample.json
    """
    kind, valid, reason, trusts = "", False, "", list[str]()
    try:
        kind, trusts = checker.check(str(certificate))
        valid = True
    except checker.Invalid as error:
        reason = str(error)
    except checker.MALFORMED as error:
        raise InputError(f"{certificate}: {error}") from None
    if as_json:
        _emit({"valid": valid, "kind": kind, "reason": reason, "trusts": trusts})
    else:
        print(f"{certificate}: {'valid ' + kind if valid else 'invalid: ' + reason}")
        for trust in trusts:
            print(f"  trusts {trust}")
    raise typer.Exit(0 if valid else 1)

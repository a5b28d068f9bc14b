"""Claims: decide all, list all, decide one."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kvcr.bounded import Method
from kvcr.commands.common import AdmissionRule, Json, PolicyName, emit, fraction, progress_console
from kvcr.loading import load_policy
from theory.claims import Cell, Information, Traffic, Verdict
from theory.errors import InputError
from theory.policy import Admission


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
        emit({"agrees": not differing, "differing": differing, "claims": claims})
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


def claims(as_json: Json = False) -> None:
    """List the register.

    Example: kvcr claims --json
    """
    from kvcr.register import read_register

    register = read_register()
    if as_json:
        emit({"claims": [claim.to_data() for claim in register.values()]})
        return
    for claim in register.values():
        print(f"{claim.key:24} {claim.recorded.value:9} {claim.statement} ({claim.source})")


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
        int | None, typer.Option(min=1, max=12, help="Only bursts of at most N requests.")
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Only budgets up to M, with --requests.")
    ] = None,
    method: Annotated[
        Method, typer.Option(help="Who proves it, with --requests: both must agree.")
    ] = Method.AUTO,
    time_limit_s: Annotated[
        float, typer.Option("--time-limit", min=0.001, max=86400, help="Seconds, with --requests.")
    ] = 60.0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the counterexample here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Decide one claim: every instance of the cell costs at most bound times the optimum.

    Example: kvcr check --policy svf --alpha 1/2 --bound 5
    """
    from kvcr.bounded import decide_bounded
    from kvcr.decide import decide
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
        if requests is not None:
            decision = decide_bounded(cell, limit, requests, memory, time_limit_s, method)
        elif memory is not None:
            raise InputError("--memory: needs --requests")
        else:
            decision = decide(cell, limit, load_policy(policy, admission, information))
    if output is not None and decision.counterexample is not None:
        output.write_text(json.dumps(decision.counterexample) + "\n", encoding="utf-8")
    if as_json:
        emit(decision.to_data())
    else:
        print(f"{decision.verdict.value} ({decision.evidence.value}): {decision.reason}")
        print(f"  worst ratio of the cell in {decision.certified}")
        if decision.rests_on:
            print(f"  rests on {', '.join(decision.rests_on)}")
        for schema in decision.trusts:
            print(f"  trusts {schema}")
    raise typer.Exit(decision.verdict.exit_code)

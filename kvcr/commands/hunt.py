"""Looking for an instance on which a policy does badly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kvcr.commands.common import (
    AdmissionRule,
    Json,
    PolicyName,
    emit,
    fraction,
    progress_console,
)
from theory.claims import Cell, Information, Traffic
from theory.errors import InputError
from theory.files import instance_from_data
from theory.policy import Admission, Policy


def hunt(
    policy: PolicyName = "svf",
    admission: AdmissionRule = Admission.HEAD_OF_LINE,
    traffic: Annotated[Traffic, typer.Option(help="How requests arrive.")] = Traffic.BURST,
    information: Annotated[
        Information, typer.Option(help="What the rank may know of the lengths.")
    ] = Information.KNOWN,
    alpha: Annotated[str, typer.Option(help="Every peak is at most alpha times the memory.")] = "1",
    budget: Annotated[
        str, typer.Option(help="A time such as 60s, 2m or 1h, or a number of evaluations.")
    ] = "60s",
    max_requests: Annotated[int, typer.Option(help="Most requests of an instance.")] = 12,
    max_memory: Annotated[int, typer.Option(help="Largest memory, in tokens.")] = 100,
    seed: Annotated[int, typer.Option(help="With one worker and evaluations: find it again.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes, or tasks of the cluster.")] = 1,
    archive: Annotated[
        Path | None, typer.Option(help="Keep what is found in found.jsonl of this folder.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from what the archive holds.")
    ] = False,
    dask: Annotated[
        str | None, typer.Option(help="Hunt on the cluster of this dask scheduler.")
    ] = None,
    generalise: Annotated[
        bool, typer.Option("--generalise", help="Fit what is found into a family, if it fits.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the certificate here (or the bare instance)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Search for the worst instance of a cell: every ratio printed is a certified lower bound.

    Example: kvcr hunt --policy svf --alpha 1/2 --budget 60s --archive found --workers 2
    """
    from adversaries.hunt.budget import Budget
    from adversaries.hunt.hunt import hunt as search
    from adversaries.hunt.limits import Limits
    from kvcr.hunting import family, family_to_data, resolver, to_data
    from kvcr.loading import load_policy

    if resume and archive is None:
        raise InputError("--resume: say from which --archive")
    loaded = load_policy(policy, admission)
    if isinstance(loaded, Policy):  # which may bring its own
        admission = loaded.admission
    cell = Cell(policy, fraction(alpha, "--alpha"), admission, traffic, information)
    if progress_console.is_terminal:
        progress_console.print(f"hunting {cell}", highlight=False)
    result = search(
        cell,
        Budget.of(budget),
        limits=Limits.of(cell, max_requests, max_memory),
        seed=seed,
        archive=archive,
        resume=resume,
        workers=workers,
        dask=dask,
        resolve=resolver(information),
    )
    data = to_data(result, cell.alpha)
    fit = family(result, cell) if generalise else None
    if generalise:
        data["family"] = None if fit is None else family_to_data(fit)
    best = data["best"]
    if output is not None:
        try:
            kept = best["certificate"] or best["instance"]
            output.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{output}: {error.strerror}") from None
    if as_json:
        emit(data)
        return
    print(f"{result.evaluations} evaluations in {result.seconds:.1f} s; by number of requests:")
    for found in data["front"]:
        instance = instance_from_data(found["instance"])
        shapes = ", ".join(
            f"{count} x ({r.prompt}, {r.output})" + (f" at {r.arrival}" if r.arrival else "")
            for count, r in instance.groups()
        )
        ratio = found["ratio_lower"]
        print(
            f"  {len(instance):3}  ratio at least {ratio} = {float(fraction(ratio, 'ratio')):.4f}"
            f"  M = {instance.memory}: {shapes}"
        )
    if generalise:
        print(f"  family: {fit or 'none of them fits one'}")

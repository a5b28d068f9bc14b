"""Searching: what is known over the taxonomy, and looking for worse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kvcr.commands.common import Json, emit, fraction
from theory.errors import InputError


def atlas(
    alpha: Annotated[
        list[str] | None, typer.Option(help="Look at this alpha only; may be repeated.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option(help="Only this policy; may be repeated.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the JSON document here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What is certified about the worst ratio in every cell of the taxonomy, over alpha.

    Example: kvcr atlas --policy svf --json
    """
    from kvcr.atlas import GRID, to_data
    from kvcr.atlas import atlas as whole
    from theory.policy import POLICIES, named_policy

    grid = GRID if not alpha else tuple(fraction(text, "--alpha") for text in alpha)
    names = [named_policy(name).name for name in policy] if policy else list(POLICIES)
    bands = whole(alphas=grid, policies=names)
    data = to_data(bands)
    if output is not None:
        try:
            output.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{output}: {error.strerror}") from None
    if as_json:
        emit(data)
        return
    for band in bands:
        if not band.points:
            continue
        print(f"{band.policy}, {band.admission}, {band.traffic}, {band.information}: {band.gap}")
        for point in band.points:
            upper = "?" if point.upper is None else f"{float(point.upper):.4g} ({point.theorem})"
            source = point.lower.witness.source if point.lower.witness else "-"
            lower = f"{float(point.lower.ratio):.4g} ({source})"
            print(f"  alpha <= {point.alpha!s:>6}  at least {lower:36} at most {upper}")

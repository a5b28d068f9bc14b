"""Searching: what is known over the taxonomy, and what a hunt has found."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kvcr.commands.common import Json, emit, fraction
from theory.errors import InputError

if TYPE_CHECKING:
    from adversaries.hunt.archive import Archive
    from kvcr.atlas import Band


def atlas(
    alpha: Annotated[
        list[str] | None, typer.Option(help="Look at this alpha only; may be repeated.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option(help="Only this policy; may be repeated.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(help="Count what a hunt has found, too: its folder.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write a page here, or with .json the document."),
    ] = None,
    as_json: Json = False,
) -> None:
    """What is certified about the worst ratio in every cell of the taxonomy, over alpha.

    With -o atlas.html a page, with atlas.json beside it; it links to the reports that lie in the
    folder reports beside it (NAME.html with its certificate NAME.json).

    Example: kvcr atlas --policy svf -o atlas.html
    """
    from kvcr.atlas import GRID, to_data
    from kvcr.atlas import atlas as whole
    from kvcr.witnesses import from_archive
    from theory.policy import POLICIES, Admission, named_policy

    grid = GRID if not alpha else tuple(fraction(text, "--alpha") for text in alpha)
    names = [named_policy(name).name for name in policy] if policy else list(POLICIES)
    opened = None if archive is None else _opened(archive)
    found = [
        witness
        for name, rule in product(names, Admission)
        if opened is not None
        for witness in from_archive(opened, name, rule)
    ]
    bands = whole(found, grid, names)
    data = to_data(bands)
    if output is not None:
        document = json.dumps(data, indent=2) + "\n"
        if output.suffix in (".html", ".htm"):
            from kvcr.atlas_page import atlas_page, links_beside

            beside = output.with_suffix(".json")
            _write(output, atlas_page(bands, links_beside(output), beside.name))
            _write(beside, document)
        else:
            _write(output, document)
    if as_json:
        emit(data)
    elif output is None:
        _print(bands)


def gallery(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="A hunt's folder.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the page here.")],
    as_json: Json = False,
) -> None:
    """A page of the worst small instances that a hunt has found, with pictures and filters.

    An instance is shown when no other against the same policy is as small, in requests and in
    tokens, with peaks as low, and as bad.

    Example: kvcr gallery archive -o gallery.html
    """
    from kvcr.gallery import gallery_page

    opened = _opened(archive)
    _write(output, gallery_page(opened))
    if as_json:
        problems = [{"line": p.line, "reason": p.reason} for p in opened.problems]
        emit({"written": str(output), "records": len(opened), "problems": problems})


def _opened(folder: Path) -> Archive:
    from adversaries.hunt.archive import Archive
    from adversaries.hunt.hunt import FOUND
    from theory.literature import policy_by_name

    file = folder / FOUND
    if not file.is_file():
        raise InputError(f"{file}: no such file; give the folder of kvcr hunt --archive")
    return Archive(file, policy_by_name)  # by name only: no code that an archive names is loaded


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def _print(bands: list[Band]) -> None:
    for band in bands:
        if not band.points:
            continue
        print(f"{band.policy}, {band.admission}, {band.traffic}, {band.information}: {band.gap}")
        for point in band.points:
            upper = "?" if point.upper is None else f"{float(point.upper):.4g} ({point.theorem})"
            source = point.lower.witness.source if point.lower.witness else "-"
            lower = f"{float(point.lower.ratio):.4g} ({source})"
            print(f"  alpha <= {point.alpha!s:>6}  at least {lower:36} at most {upper}")

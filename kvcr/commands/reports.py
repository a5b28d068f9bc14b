"""Reports: of counterexamples, and of proofs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kvcr.commands.common import Json, emit
from kvcr.reports import Format
from theory.errors import InputError


def report(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Counterexample certificates.")
    ] = None,
    proof: Annotated[
        str | None, typer.Option(help="Report this lemma's or theorem's proof instead: L1, T4, ...")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to standard output.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.HTML,
    as_json: Json = False,
) -> None:
    """Write a self-contained report: of counterexamples, or of a proof.

    Certificates are verified first; an invalid one ends the command with exit code 1 and no
    report. Exit 0 written, 2 bad input.

    Example: kvcr report counterexample.json -o report.html
    """
    from kvcr.proof_report import proof_report
    from kvcr.reports import counterexample_report
    from lemmas import checker

    reason = text = ""
    if proof is not None:
        if files or form is not Format.HTML:
            raise InputError("--proof: takes no files, and writes HTML only")
        text = proof_report(proof)
    elif not files:
        raise InputError("give certificate files, or --proof")
    else:
        try:
            text = counterexample_report(files, form)
        except checker.Invalid as error:
            reason = str(error)
    if text and output is not None:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{output}: {error.strerror}") from None
    if as_json:
        written = {} if output is not None or not text else {"report": text}
        where = None if output is None or not text else str(output)
        emit({"written": where, "invalid": reason or None, **written})
    elif reason:
        print(f"invalid certificate, no report written: {reason}", file=sys.stderr)
    elif output is None:
        sys.stdout.write(text)
    raise typer.Exit(1 if reason else 0)

"""Certificates: check them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kvcr.commands.common import Json, emit
from lemmas import checker
from theory.errors import InputError


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
        emit({"valid": valid, "kind": kind, "reason": reason, "trusts": trusts})
    else:
        print(f"{certificate}: {'valid ' + kind if valid else 'invalid: ' + reason}")
        for trust in trusts:
            print(f"  trusts {trust}")
    raise typer.Exit(0 if valid else 1)

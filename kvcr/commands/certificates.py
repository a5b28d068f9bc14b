"""Certificates: check them, with the independent checker alone or with Rocq after it."""

from __future__ import annotations

import re
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from kvcr.commands.common import Json, emit
from lemmas import checker, rocq_run
from lemmas.rocq_refutation import refutation, statement
from theory.errors import InputError
from theory.files import instance_from_data
from theory.policy import Admission


class Checker(StrEnum):
    """Who checks a certificate."""

    PYTHON = "python"
    ROCQ = "rocq"


class Undecided(Exception):  # noqa: N818
    """Rocq cannot check this certificate here; the message is one line that says why."""


def verify(
    certificate: Annotated[Path, typer.Argument(help="A certificate (kvcr-certificate/1).")],
    with_: Annotated[
        Checker, typer.Option("--with", help="rocq: by evaluation in Rocq too, its kernel trusted.")
    ] = Checker.PYTHON,
    as_json: Json = False,
) -> None:
    """Check a certificate with the independent checker: exit 0 valid, 1 invalid, 2 malformed.

    With Rocq a valid counterexample also becomes a theorem there, evaluated from the definitions;
    exit 3 where Rocq is missing or its model does not cover the certificate.

    Example: kvcr verify counterexample.json --with rocq
    """
    kind, reason, trusts = "", "", list[str]()
    valid: bool | None = True
    try:
        kind, trusts = checker.check(str(certificate))
        if with_ is Checker.ROCQ:
            trusts = [_prove(checker.load(str(certificate)), kind)]
    except checker.Invalid as error:
        valid, reason = False, str(error)
    except Undecided as error:
        valid, reason = None, str(error)
    except checker.MALFORMED as error:
        raise InputError(f"{certificate}: {error}") from None
    if as_json:
        emit({"valid": valid, "kind": kind, "reason": reason, "trusts": trusts})
    else:
        said = {True: f"valid {kind}", False: f"invalid: {reason}", None: f"undecided: {reason}"}
        print(f"{certificate}: {said[valid]}")
        for trust in trusts:
            print(f"  trusts {trust}")
    raise typer.Exit({True: 0, False: 1, None: 3}[valid])


def _prove(table: dict[str, Any], kind: str) -> str:
    """Let Rocq prove that the claim is false; what is trusted then.

    Raises Invalid when Rocq refuses the proof, Undecided when it cannot be asked.
    """
    if kind != "counterexample":
        raise Undecided(f"Rocq checks counterexamples, not a {kind}")
    if not isinstance(table["policy"], str):
        raise Undecided("policy: Rocq does not know a policy that is a listed order")
    admission, claim = Admission(table["admission"]), table["claim"]
    alpha, bound = Fraction(claim["alpha"]), Fraction(claim["bound"])
    try:
        text = refutation(
            instance_from_data(table["instance"]),
            table["policy"],
            admission,
            alpha,
            bound,
            table["policy_schedule"],
            table["good_schedule"],
        )
    except InputError as error:
        raise Undecided(str(error)) from None
    if not rocq_run.available():
        raise Undecided(rocq_run.INSTALL)
    if not rocq_run.compiled():
        raise Undecided("the Rocq development is not compiled here: make rocq")
    try:
        said = rocq_run.evaluate(text, "certificate").strip()
    except rocq_run.RocqError as error:
        if re.search(r", line \d+, characters", str(error)):
            raise checker.Invalid("Rocq refuses the proof") from None
        raise Undecided(f"Rocq did not finish: {error}") from None
    if said != "Closed under the global context":
        raise checker.Invalid(f"Rocq's proof rests on an assumption: {said}")
    theorem = statement(table["policy"], admission, alpha, bound)
    return f"Rocq's kernel, and the definitions in lemmas/rocq, for {theorem}"

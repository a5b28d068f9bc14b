"""The register of claims, and the audit that decides them all."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.resources import files
from typing import Any

from kvcr.bounded import decide_bounded
from kvcr.claims.arrivals import decide_adaptive, decide_completion, decide_game
from kvcr.claims.one_bit import decide_distortion, decide_one_bit
from kvcr.claims.poisson import decide_poisson
from kvcr.claims.predictions import decide_declared, decide_predicted, decide_restart
from kvcr.decide import Decision, decide, proved
from lemmas.chain import LEMMAS
from lemmas.rocq import READING, checked_by
from theory.claims import Cell, Evidence, Information, Interval, Traffic, Verdict
from theory.errors import InputError
from theory.policy import Admission, named_policy

KERNEL = "Rocq's kernel, and that the theorem's statement says what the claim says"


@dataclass(frozen=True)
class Claim:
    """A claim of the register: what is stated, by whom, about which cell, and the record.

    ``kind`` says how it is decided (:data:`DECIDERS`), ``given`` holds what that takes: the other
    fields of its entry. ``cell`` and ``bound`` are set when it is about the ratio in a cell.
    """

    key: str
    source: str
    statement: str
    recorded: Verdict
    kind: str
    given: Mapping[str, Any]
    cell: Cell | None = None
    bound: Fraction | None = None

    def decide(self) -> Decision:
        """The verdict, by the best proof or refutation there is.

        Its evidence is ``rocq`` where a run on this machine has checked the theorem that states
        the claim, over these very sources (:mod:`lemmas.rocq`).
        """
        decision = DECIDERS[self.kind](self)
        theorem = checked_by(self.key)
        if theorem is None or decision.verdict not in (Verdict.PROVED, Verdict.REFUTED):
            return decision
        reason = f"{decision.reason}; in Rocq, no axiom: {theorem}"
        trusts = (KERNEL, READING[self.key]) if self.key in READING else (KERNEL,)
        return replace(decision, evidence=Evidence.ROCQ, reason=reason, trusts=trusts)

    def to_data(self) -> dict[str, Any]:
        """The claim as JSON data."""
        return {
            "id": self.key,
            "source": self.source,
            "statement": self.statement,
            "cell": None if self.cell is None else str(self.cell),
            "bound": None if self.bound is None else str(self.bound),
            "lemma": self.given.get("lemma"),
            "recorded": self.recorded.value,
        }


def _ratio(claim: Claim) -> Decision:
    """Every instance of the cell with peaks <= alpha M costs at most bound * optimum."""
    assert claim.cell is not None
    assert claim.bound is not None
    policy = named_policy(claim.cell.policy, claim.cell.admission)
    return decide(claim.cell, claim.bound, policy)


def _bounded(claim: Claim) -> Decision:
    """The same, of instances up to so many requests and so large a memory."""
    assert claim.cell is not None
    assert claim.bound is not None
    return decide_bounded(claim.cell, claim.bound, claim.given["requests"], claim.given["memory"])


def _lemma(claim: Claim) -> Decision:
    """The statement of a lemma or theorem, with its hypotheses."""
    key = claim.given["lemma"]
    if key not in LEMMAS:
        return Decision.undecided(f"no module for {key}")
    return proved(key, Interval(Fraction(1), None))


def _literature(_: Claim) -> Decision:
    """Stated elsewhere, about a policy or regime that no check here reaches."""
    reason = "stated in the literature, not checked here"
    nothing = Interval(Fraction(1), None)
    return Decision(Verdict.UNKNOWN, Evidence.LITERATURE, nothing, reason=reason)


DECIDERS: dict[str, Callable[[Claim], Decision]] = {
    "ratio": _ratio,
    "bounded": _bounded,
    "lemma": _lemma,
    "literature": _literature,
    "distortion": lambda claim: decide_distortion(claim.given),
    "one-bit": lambda claim: decide_one_bit(claim.given),
    "declared": lambda claim: decide_declared(claim.given),
    "predicted": lambda claim: decide_predicted(claim.given),
    "restart": lambda claim: decide_restart(claim.given),
    "poisson": lambda claim: decide_poisson(claim.given),
    "adaptive": lambda claim: decide_adaptive(claim.given),
    "game": lambda claim: decide_game(claim.given),
    "completion": lambda claim: decide_completion(claim.given),
}
"""How a claim of each kind is decided."""

FILES = (
    "paper",
    "burst",
    "information",
    "one_bit",
    "predictions",
    "poisson",
    "arrivals",
    "literature",
)
"""The parts of the register, in its order: kvcr/claims/NAME.toml."""


def read_register() -> dict[str, Claim]:
    """The claims by id, in the register's order. Raises InputError when it is malformed."""
    folder = files("kvcr").joinpath("claims")
    claims = [
        _claim(entry)
        for name in FILES
        for entry in tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))["claim"]
    ]
    register = {claim.key: claim for claim in claims}
    if len(register) < len(claims):
        raise InputError("register: an id is used twice")
    return register


def _claim(entry: dict[str, Any]) -> Claim:
    said = {name: entry.pop(name) for name in ("id", "source", "statement", "verdict", "kind")}
    if said["kind"] not in DECIDERS:
        raise InputError(f"register: {said['id']}: unknown kind {said['kind']!r}")
    cell = None
    if "policy" in entry and "alpha" in entry:
        cell = Cell(
            entry["policy"],
            Fraction(entry["alpha"]),
            Admission(entry.get("admission", "head-of-line")),
            Traffic(entry.get("traffic", "burst")),
            Information(entry.get("information", "known")),
        )
    return Claim(
        said["id"],
        said["source"],
        said["statement"],
        Verdict(said["verdict"]),
        said["kind"],
        entry,
        cell,
        Fraction(entry["bound"]) if "bound" in entry else None,
    )

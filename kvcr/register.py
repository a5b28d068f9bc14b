"""The register of claims, and the audit that decides them all."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.resources import files
from typing import Any

from kvcr.bounded import decide_bounded
from kvcr.decide import Decision, decide
from lemmas.chain import LEMMAS, support
from lemmas.rocq import READING, checked_by
from theory.claims import Cell, Evidence, Interval, Verdict
from theory.errors import InputError
from theory.policy import Admission, named_policy

KERNEL = "Rocq's kernel, and that the theorem's statement says what the claim says"


@dataclass(frozen=True)
class Claim:
    """A claim of the register: what is stated, by whom, about which cell, and the record.

    Exactly one of ``cell`` with ``bound`` (a ratio) and ``lemma`` is set; neither for claims
    that are only quoted from the literature. ``sizes`` (requests, memory) limits a ratio claim.
    """

    key: str
    source: str
    statement: str
    recorded: Verdict
    cell: Cell | None = None
    bound: Fraction | None = None
    lemma: str | None = None
    sizes: tuple[int, int] | None = None

    def decide(self) -> Decision:
        """The verdict, by the best proof or refutation there is.

        Its evidence is ``rocq`` where a run on this machine has checked the theorem that states
        the claim, over these very sources (:mod:`lemmas.rocq`).
        """
        decision = self._decide()
        theorem = checked_by(self.key)
        if theorem is None or decision.verdict not in (Verdict.PROVED, Verdict.REFUTED):
            return decision
        reason = f"{decision.reason}; in Rocq, no axiom: {theorem}"
        trusts = (KERNEL, READING[self.key]) if self.key in READING else (KERNEL,)
        return replace(decision, evidence=Evidence.ROCQ, reason=reason, trusts=trusts)

    def _decide(self) -> Decision:
        if self.cell is not None and self.bound is not None:
            if self.sizes is not None:
                return decide_bounded(self.cell, self.bound, *self.sizes)
            policy = named_policy(self.cell.policy, self.cell.admission)
            return decide(self.cell, self.bound, policy)
        if self.lemma is not None:
            return _decide_lemma(self.lemma)
        reason = "stated in the literature, not checked here"
        nothing = Interval(Fraction(1), None)
        return Decision(Verdict.UNKNOWN, Evidence.LITERATURE, nothing, reason=reason)

    def to_data(self) -> dict[str, Any]:
        """The claim as JSON data."""
        return {
            "id": self.key,
            "source": self.source,
            "statement": self.statement,
            "cell": None if self.cell is None else str(self.cell),
            "bound": None if self.bound is None else str(self.bound),
            "lemma": self.lemma,
            "recorded": self.recorded.value,
        }


def _decide_lemma(key: str) -> Decision:
    nothing = Interval(Fraction(1), None)
    if key not in LEMMAS:
        return Decision(Verdict.UNKNOWN, Evidence.NONE, nothing, reason=f"no module for {key}")
    chain = support(key)
    below = (key, *(lemma.key for lemma in chain.chain))
    if chain.problems:
        problems = "; ".join(chain.problems)
        return Decision(Verdict.ERROR, Evidence.NONE, nothing, below, problems)
    reason = f"{chain.obligations} obligations discharged, every sabotaged twin refuted"
    trusts = tuple(schema.value for schema in chain.schemas)
    return Decision(Verdict.PROVED, Evidence.SMT, nothing, below, reason, trusts=trusts)


def read_register() -> dict[str, Claim]:
    """The claims by id, in the register's order. Raises InputError when it is malformed."""
    table = tomllib.loads(files("kvcr").joinpath("register.toml").read_text(encoding="utf-8"))
    claims = [_claim(entry) for entry in table["claim"]]
    register = {claim.key: claim for claim in claims}
    if len(register) < len(claims):
        raise InputError("register: an id is used twice")
    return register


def _claim(entry: dict[str, Any]) -> Claim:
    cell = None
    if entry["kind"] in ("ratio", "bounded"):
        admission = Admission(entry.get("admission", "head-of-line"))
        cell = Cell(entry["policy"], Fraction(entry["alpha"]), admission)
    return Claim(
        entry["id"],
        entry["source"],
        entry["statement"],
        Verdict(entry["verdict"]),
        cell,
        Fraction(entry["bound"]) if "bound" in entry else None,
        entry.get("lemma"),
        (entry["requests"], entry["memory"]) if entry["kind"] == "bounded" else None,
    )

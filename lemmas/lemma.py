"""A lemma: statement, named hypotheses, obligations, trusted schemas, and its own sabotage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from lemmas.obligation import Obligation, Outcome
from theory.request import Instance

Holds = Callable[[Instance], bool]
"""Whether a statement holds on one instance, decided exactly (against the exact optimum)."""


class Schema(StrEnum):
    """Proof steps that the obligations feed and that are trusted, not machine-checked here."""

    SUM = "summation: inequalities that hold term by term hold for the sums"
    STEPS = "induction over steps: base and step give every step"
    REQUESTS = "induction over requests: base and step give every number of requests"
    TILING = "tiling: consecutive intervals that cover [0, p_j] and their areas add up"
    DOUBLE_COUNT = "exchange of summation: the same pairs, counted by rows and by columns"
    LAYERS = "layer cake: a sum over pairs is an integral over thresholds"
    EXPECTATION = "expectation: what holds on every sample path is averaged over Poisson arrivals"
    MODEL = "reading: the variables of an obligation stand for the quantities of the model"


@dataclass(frozen=True)
class Overclaim:
    """The sabotaged statement: what was changed, how to decide it, an instance that breaks it."""

    change: str
    holds: Holds
    breaks_on: Instance


@dataclass(frozen=True)
class Lemma:
    """One lemma or theorem, as the chain reads it.

    ``key`` is its short name (L1, T4, A), ``source`` where it comes from, ``statement`` words
    and symbols, ``hypotheses`` name -> words, ``schemas`` the trusted steps by name with the
    place where each is used, ``rests_on`` keys of the lemmas used. ``holds`` decides the
    statement on one instance; ``example`` is an instance that satisfies every hypothesis.
    ``ratio``, for theorems, gives the competitive ratio proved for all instances with
    peak <= alpha * M, or None where the theorem says nothing.
    """

    key: str
    title: str
    source: str
    statement: str
    hypotheses: Mapping[str, str]
    obligations: tuple[Obligation, ...]
    schemas: Mapping[Schema, str]
    holds: Holds
    example: Instance
    overclaim: Overclaim
    rests_on: tuple[str, ...] = ()
    proof: str = ""
    ratio: Callable[[Fraction], Fraction | None] | None = field(default=None)

    def failures(self) -> list[str]:
        """What is wrong with the lemma: empty when every check passes.

        Obligations discharged by both judges, each with a witness and a refuted twin; the
        statement true on its example; the overclaim false on its instance.
        """
        wrong: list[str] = []
        for obligation in self.obligations:
            outcome = obligation.discharge()
            if outcome is not Outcome.DISCHARGED:
                wrong.append(f"{obligation.name}: {outcome.value}")
            if obligation.find_witness() is None:
                wrong.append(f"{obligation.name}: hypotheses without a witness")
            if obligation.refute_twin() is None:
                wrong.append(f"{obligation.name}: the sabotaged twin is not refuted")
        if not self.holds(self.example):
            wrong.append(f"{self.key}: fails on its own example")
        if self.overclaim.holds(self.overclaim.breaks_on):
            wrong.append(f"{self.key}: the overclaim is not refuted")
        return wrong

    def certificate(self) -> dict[str, Any]:
        """The lemma as a kvcr-certificate/1 of kind "lemma"."""
        return {
            "format": "kvcr-certificate/1",
            "kind": "lemma",
            "lemma": self.key,
            "title": self.title,
            "source": self.source,
            "statement": self.statement,
            "hypotheses": dict(self.hypotheses),
            "schemas": [f"{schema.value} ({where})" for schema, where in self.schemas.items()],
            "rests_on": list(self.rests_on),
            "obligations": [obligation.certificate() for obligation in self.obligations],
        }

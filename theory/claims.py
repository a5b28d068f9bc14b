"""Claims, verdicts and evidence: the words in which everything is reported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from theory.errors import InputError
from theory.policy import Admission
from theory.view import Information as Information  # one of the words, defined beside the views


class Verdict(StrEnum):
    """What is known about a claim. Only PROVED and PROVED_BOUNDED count as success."""

    PROVED = "PROVED"  # for all sizes
    PROVED_BOUNDED = "PROVED_BOUNDED"  # for all instances up to a stated size
    REFUTED = "REFUTED"  # a certificate shows an instance where it fails
    VACUOUS = "VACUOUS"  # its hypotheses cannot hold together
    UNKNOWN = "UNKNOWN"  # neither proved nor refuted here
    TIMEOUT = "TIMEOUT"  # the solver ran out of time
    ERROR = "ERROR"  # something that should hold did not; see the message

    @property
    def exit_code(self) -> int:
        """0 holds, 1 does not hold, 3 undecided."""
        if self in (Verdict.PROVED, Verdict.PROVED_BOUNDED):
            return 0
        return 1 if self is Verdict.REFUTED else 3


class Evidence(StrEnum):
    """Kinds of evidence, never mixed up."""

    ROCQ = "rocq"  # proved in Rocq, no axiom, by a run on this machine over these sources
    SMT = "smt"  # obligations discharged by Z3; the induction schemas are trusted and named
    BOUNDED = "bounded"  # every instance up to a stated size
    WITNESS = "witness"  # an instance, checked exactly
    SAMPLED = "sampled"  # random samples did not contradict it, at a stated confidence
    LITERATURE = "literature"  # stated elsewhere, not checked here
    NONE = "none"


class Traffic(StrEnum):
    """How requests arrive."""

    BURST = "burst"
    POISSON = "poisson"
    ADVERSARIAL = "adversarial"


@dataclass(frozen=True)
class Cell:
    """A cell of the taxonomy: policy, admission, traffic, information, and peaks <= alpha M.

    Raises InputError unless 0 < alpha <= 1.
    """

    policy: str
    alpha: Fraction
    admission: Admission = Admission.HEAD_OF_LINE
    traffic: Traffic = Traffic.BURST
    information: Information = Information.KNOWN

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise InputError(f"alpha must lie in (0, 1], got {self.alpha}")

    def __str__(self) -> str:
        return (
            f"{self.policy}, {self.admission.value}, {self.traffic.value}, "
            f"{self.information.value}, alpha <= {self.alpha}"
        )


@dataclass(frozen=True)
class Interval:
    """A certified interval of the worst ratio in a cell; ``upper`` None when none is known."""

    lower: Fraction
    upper: Fraction | None

    def __str__(self) -> str:
        shown = "?" if self.upper is None else f"{float(self.upper):.4g}"
        return f"[{float(self.lower):.4g}, {shown}]"

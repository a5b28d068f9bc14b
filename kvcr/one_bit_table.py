"""One bit side by side: exact distortion, proved ratio, and the ratio of a checked instance.

``python -m kvcr.one_bit_table`` prints it, with ``--json`` as one JSON document. T is the longest
output. Between the two ratios lies what is not known about 1-bit SVF on bursts with peaks up to
alpha M and longest output T, head-of-line with truthful look-ahead (``head-of-line``) or admitted
without any knowledge of lengths (``restart``): both ratios grow like sqrt(T).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from adversaries.tied_lengths import tied_instance
from kvcr.certificates import counterexample, verified
from kvcr.commands.common import emit
from lemmas.b4_distorted_own_volume_ratio import distorted_own_volume_ratio
from lemmas.b_distorted_ratio import distorted_ratio, largest, root_above
from theory.bits import Bits, balanced, best_spread, k_bits, one_bit
from theory.distortion import bits_pair_above
from theory.errors import InputError
from theory.policy import Admission, named_policy

LENGTHS = (16, 64, 256, 1024)
BITS = (1, 2, 3)
BATCHES = {
    (Admission.HEAD_OF_LINE, Fraction(1, 2)): 64,
    (Admission.HEAD_OF_LINE, Fraction(1, 16)): 32,
    (Admission.RESTART, Fraction(1, 2)): 16,
}
"""Admission and alpha of the table's rows, and how many batches of long requests they replay.

More come closer to the bound; with restart each costs thousands of evictions.
"""
THEOREM = {Admission.HEAD_OF_LINE: "B4", Admission.RESTART: "C"}
"""What turns a distortion into a ratio."""


@dataclass(frozen=True)
class Row:
    """What is known about 1-bit SVF at one T and alpha.

    ``lower`` is the ratio of a certificate that the independent checker accepts, ``upper`` what B4
    or C proves, with r at most 1/1000 above the root of the exact distortion.
    """

    longest: int
    admission: Admission
    alpha: Fraction
    distortion: Fraction
    upper: Fraction
    lower: Fraction
    requests: int

    def to_data(self) -> dict[str, Any]:
        """The row as JSON data, exact numbers as strings; decimals are for reading."""
        root = self.longest**0.5
        return {
            "longest": self.longest,
            "admission": self.admission.value,
            "alpha": str(self.alpha),
            "distortion": str(self.distortion),
            "upper": str(self.upper),
            "lower": str(self.lower),
            "requests": self.requests,
            "upper_over_sqrt": round(float(self.upper) / root, 3),
            "lower_over_sqrt": round(float(self.lower) / root, 3),
        }


@lru_cache(maxsize=64)
def bounded(
    longest: int, alpha: Fraction, admission: Admission = Admission.HEAD_OF_LINE
) -> tuple[Fraction, Fraction]:
    """The exact distortion of the 1-bit rank at T, confirmed by Z3, and the ratio B4 or C gives.

    Raises InputError when Z3 finds a pair above the distortion, or unless 0 < alpha < 1 and the
    admission is head-of-line or restart.

    >>> bounded(64, Fraction(1, 2))[0]
    Fraction(416, 9)
    """
    if not 0 < alpha < 1 or admission not in THEOREM:
        raise InputError(f"no theorem for {admission.value} at alpha = {alpha}")
    bits = one_bit(longest)
    value = bits.worst(longest).distortion
    if bits_pair_above(bits, longest, value) is not None:
        raise InputError(f"longest: the distortion at {longest} is more than {value}")
    restart = admission is Admission.RESTART
    theorem = distorted_ratio if restart else distorted_own_volume_ratio
    ratio = theorem(alpha, root_above(value))
    assert ratio is not None  # they are silent at alpha = 1 only
    return value, ratio


@lru_cache(maxsize=64)
def certified(
    longest: int,
    alpha: Fraction,
    admission: Admission = Admission.HEAD_OF_LINE,
    batches: int = 2,
    bound: Fraction = Fraction(1),
) -> dict[str, Any]:
    """The certificate that the tied instance at T has a ratio above ``bound``, peaks <= alpha M.

    Raises InputError when the independent checker does not accept it.

    >>> certified(16, Fraction(1, 2))["policy"]
    'one-bit-svf'
    """
    instance, good = tied_instance(longest, -(-alpha.denominator // alpha.numerator), batches)
    policy = named_policy("one-bit-svf", admission)
    certificate = counterexample(instance, policy, good, alpha, bound)
    if not verified(certificate):
        raise InputError(f"longest: the instance at {longest} was not accepted")
    return certificate


def rows(longest: Sequence[int] = LENGTHS) -> list[Row]:
    """The table, one admission and alpha after another."""
    found = []
    for (admission, alpha), batches in BATCHES.items():
        for length in longest:
            distortion, upper = bounded(length, alpha, admission)
            certificate = certified(length, alpha, admission, batches)
            lower, count = Fraction(certificate["ratio"]), len(certificate["good_schedule"])
            found.append(Row(length, admission, alpha, distortion, upper, lower, count))
    return found


def bits_data(longest: int, bits: int) -> dict[str, Any]:
    """The exact distortion of geometric classes and of the best ones, with the B4 ratio of these.

    ``vanishing_alpha`` is max(1 + 4 r/3, 2 r), r about the root of the best distortion: what B4
    proves as alpha -> 0.

    >>> data = bits_data(64, 1)
    >>> data["best"]["thresholds"], data["best"]["distortion"]
    ([9], '45')
    """
    plain = one_bit(longest) if bits == 1 else k_bits(longest, bits)
    cuts, spread = best_spread(longest, 2**bits)
    best = balanced(cuts, longest)
    reached = best.worst(longest).distortion
    return {
        "longest": longest,
        "bits": bits,
        "geometric": _bits(plain, plain.worst(longest).distortion),
        "best": _bits(best, reached) | {"optimal": reached == spread},
        "vanishing_alpha": str(largest(Fraction(2), root_above(reached))),
    }


def _bits(bits: Bits, distortion: Fraction) -> dict[str, Any]:
    return {
        "thresholds": list(bits.thresholds),
        "representatives": [str(value) for value in bits.representatives],
        "distortion": str(distortion),
    }


def to_data(longest: Sequence[int] = LENGTHS) -> dict[str, Any]:
    """Both tables as one JSON document."""
    return {
        "format": "kvcr-one-bit/1",
        "rows": [row.to_data() for row in rows(longest)],
        "bits": [bits_data(length, bits) for bits in BITS for length in longest],
    }


def lines(data: dict[str, Any]) -> list[str]:
    """Both tables as text, rounded for reading.

    >>> lines({"rows": [], "bits": []})[0].split()[:3]
    ['T', 'admission', 'alpha']
    """
    shown = [
        f"{'T':>5} {'admission':13} {'alpha':5} {'lambda':>7} {'lower':>7} {'upper':>7}  "
        "over sqrt(T)  requests"
    ]
    for row in data["rows"]:
        distortion, lower, upper = (
            float(Fraction(row[name])) for name in ("distortion", "lower", "upper")
        )
        shown.append(
            f"{row['longest']:5} {row['admission']:13} {row['alpha']:5} {distortion:7.2f} "
            f"{lower:7.2f} {upper:7.2f}  {row['lower_over_sqrt']:.2f} to "
            f"{row['upper_over_sqrt']:.2f}  {row['requests']:8}"
        )
    shown += ["", f"{'T':>5} {'bits':>5} {'lambda':>8} {'best':>8}   best thresholds"]
    for row in data["bits"]:
        plain, best = (float(Fraction(row[name]["distortion"])) for name in ("geometric", "best"))
        cuts = ", ".join(map(str, row["best"]["thresholds"]))
        shown.append(f"{row['longest']:5} {row['bits']:5} {plain:8.2f} {best:8.2f}   {cuts}")
    return shown


def main(arguments: list[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="1-bit SVF: proved and refuted ratios over T.")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    data = to_data()
    if given.json:
        emit(data)
    else:
        print("\n".join(lines(data)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

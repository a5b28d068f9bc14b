"""The Rocq development in ``lemmas/rocq``: its theorems, and whether a run has checked them.

``make rocq`` compiles the development, lets Rocq print what every theorem in ``results/`` assumes
and, when that is nothing, writes a stamp with the hash of all sources. A changed source makes the
stamp worthless. Reading it needs no Rocq; running it does (:mod:`lemmas.rocq_run`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "rocq"
"""The development."""
PARTS = ("util", "behavior", "policy", "analysis", "results", "implementation")
"""Its subfolders, each building on those before."""
STAMP = "stamp.json"
"""The file that a successful run leaves in the folder."""

COVERED: Mapping[str, str] = {
    "prop-3.1": "lower_bounds.L1",
    "lemma-A.2": "blocking.L3",
    "thm-3.2": "corollaries.T1_class",
    "abstract-5-literal": "refuted.not_five_literally",
    "abstract-5-half": "corollaries.five_at_half",
    "abstract-towards-3": "corollaries.three_point_01_at_1_201",
    "no-constant-100": "refuted.not_a_hundred",
    "svf-5-at-17/20": "refuted.not_five_at_17_20",
    "svf-3/2-at-1/2": "refuted.not_three_halves_at_half",
    "svf-backfill-5-at-1/5": "refuted.not_five_backfill_at_fifth",
    "T2": "volume_first.T2",
    "T2-4-at-1/2": "corollaries.four_at_half",
    "T2-5-at-3/5": "corollaries.five_at_three_fifths",
    "T3": "shape.T3",
    "T4": "own_volume.T4",
    "T4-14/5-at-1/2": "corollaries.fourteen_fifths_at_half",
    "T4-5-at-11/15": "corollaries.five_at_eleven_fifteenths",
    "A": "distortion.A_squared",
    "B": "distortion.B",
    "B4": "distortion.B4",
    "C": "restart.C",
    "sjf-5-at-1/2": "refuted.not_five_sjf",
    "fcfs-5-at-1/2": "refuted.not_five_fcfs",
    "peak-5-at-1/2": "refuted.not_five_smallest_peak",
}
"""Claims of the register that a theorem decides, as ``file.theorem`` below ``results/``."""

_ROOTS = "holds for every rational r with lambda <= r^2, whose infimum is sqrt(lambda)"
READING: Mapping[str, str] = {"B": _ROOTS, "B4": _ROOTS, "C": _ROOTS}
"""Where a covering theorem says a little less than the claim: what the reader has to add."""

_THEOREM = re.compile(r"^Theorem\s+(\w+)", re.MULTILINE)
_COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)


def sources(folder: Path = FOLDER) -> list[Path]:
    """What the proofs are made of: every ``.v`` file and the list of them, in a fixed order."""
    found = [path for part in PARTS for path in folder.glob(f"{part}/*.v")]
    found.append(folder / "_CoqProject")
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def fingerprint(folder: Path = FOLDER) -> str:
    """SHA-256 over the names and contents of all sources, in hexadecimal.

    >>> len(fingerprint())
    64
    """
    digest = hashlib.sha256()
    for path in sources(folder):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\n{len(text)}\n".encode())
        digest.update(text)
    return digest.hexdigest()


def theorems(folder: Path = FOLDER) -> dict[str, str]:
    """The theorems in ``results/``, as ``file.theorem``, each with its statement in Rocq.

    >>> print(theorems()["corollaries.five_at_eleven_fifteenths"])
    Theorem five_at_eleven_fifteenths : competitive volume (11%:R / 15%:R) 5%:R.
    """
    found = {}
    for path in sorted(folder.glob("results/*.v")):
        text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
        for match in _THEOREM.finditer(text):
            statement = text[match.start() : text.index("\nProof.", match.start())]
            found[f"{path.stem}.{match.group(1)}"] = statement.strip()
    return found


def write_stamp(coq_version: str, folder: Path = FOLDER) -> Path:
    """Record that every theorem was checked and assumes nothing; call it only after a run."""
    stamp = {
        "sources": fingerprint(folder),
        "coq": coq_version,
        "theorems": sorted(theorems(folder)),
    }
    path = folder / STAMP
    path.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    return path


def stamp_matches(folder: Path = FOLDER) -> bool:
    """True when a run has checked these very sources, and all their theorems, on this machine."""
    stamp = _stamp(folder)
    return stamp.get("sources") == fingerprint(folder) and stamp.get("theorems") == sorted(
        theorems(folder)
    )


def checked_by(claim: str, folder: Path = FOLDER) -> str | None:
    """The theorem that decides a claim of the register, if a run has checked it; else None."""
    name = COVERED.get(claim)
    return name if name in theorems(folder) and stamp_matches(folder) else None


def _stamp(folder: Path) -> dict[str, Any]:
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}

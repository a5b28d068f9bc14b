"""The hunts that fill ``kvcr/hunted.jsonl``: every policy, admission and traffic at four alphas."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from adversaries.hunt.archive import Archive
from adversaries.hunt.budget import Budget
from adversaries.hunt.hunt import hunt
from adversaries.hunt.limits import Limits
from kvcr.hunted import FILE
from kvcr.standings import ALPHAS
from theory.claims import Cell, Information, Traffic
from theory.literature import LITERATURE, policy_by_name
from theory.policy import LOOK_AHEAD, POLICIES, Admission, Policy

MAX_REQUESTS, MAX_MEMORY, LATEST = 12, 100, 30
BURSTS_ONLY = ("sorted-f", "gsa", "gba")
SLOWER = 25
"""A policy that restarts or is no rank gets fewer evaluations, as each takes longer."""


def cells() -> Iterator[Cell]:
    """The cells hunted, bursts first; alphas ascend, so that each starts from the last."""
    ranks = [*product(POLICIES, Admission), ("mc-sf", Admission.HEAD_OF_LINE)]
    ranks += [("mc-sf", Admission.BACKFILL)]
    own = [(name, Admission.HEAD_OF_LINE) for name in LITERATURE if name != "mc-sf"]
    for (name, rule), traffic in product(ranks + own, (Traffic.BURST, Traffic.ADVERSARIAL)):
        if name in BURSTS_ONLY and traffic is not Traffic.BURST:
            continue
        sees = policy_by_name(name, rule).sees
        told = sees if sees is Information.INTERVAL else Information.KNOWN
        for alpha in ALPHAS:
            yield Cell(name, alpha, rule, traffic, told)


def main(arguments: list[str] | None = None) -> int:
    """Hunt every cell for so many evaluations; write the worst of each."""
    parser = argparse.ArgumentParser(description="Hunt every cell and keep the worst of each.")
    parser.add_argument("--evaluations", type=int, default=50_000, help="for each cell of a rank")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--policy", action="append", help="only this one; may be repeated")
    parser.add_argument("--output", type=Path, default=FILE)
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as scratch:
        kept = Archive(Path(scratch) / "hunted.jsonl", policy_by_name)
        for cell in cells():
            if given.policy and cell.policy not in given.policy:
                continue
            policy = policy_by_name(cell.policy, cell.admission)
            is_fast = isinstance(policy, Policy) and policy.admission in LOOK_AHEAD
            # the archive of a policy: a cell begins with what smaller alphas and bursts have shown
            folder = Path(scratch) / f"{cell.policy}-{cell.admission}"
            found = hunt(
                cell,
                Budget(evaluations=given.evaluations // (1 if is_fast else SLOWER)),
                limits=Limits.of(cell, MAX_REQUESTS, MAX_MEMORY, LATEST),
                seed=given.seed,
                archive=folder,
                families=False,
                resolve=policy_by_name,
            )
            assert found.best is not None
            kept.add(found.best)
            print(f"{cell}: {float(found.best.ratio):.4f}", file=sys.stderr, flush=True)
        given.output.write_bytes(kept.path.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())

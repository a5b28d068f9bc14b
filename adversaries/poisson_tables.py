"""The tables of what Poisson traffic costs: large samples, some minutes.

``python -m adversaries.poisson_tables`` holds a policy against Theorem 3.4's stated bound
(one-bit-svf: 3.5's) and its waits against P2's. Options: ``--policy``, ``--requests`` in a run,
``--seed``, ``--json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from adversaries import poisson_blocked
from adversaries.poisson import RUNS, SEED, grid, measure
from theory.poisson import Kind, PoissonTraffic, rank_of


class Shape(NamedTuple):
    """Lengths to try: outputs min(Geo(mu), T), prompts equally likely."""

    mu: Fraction
    longest: int
    prompts: tuple[int, ...]


SHAPES = (
    Shape(Fraction(1, 20), 100, (0, 50, 100, 200)),
    Shape(Fraction(1, 50), 22, (0,)),
    Shape(Fraction(1, 10), 40, (400,)),
    Shape(Fraction(1, 2), 4, (1, 10, 100, 1000)),
    Shape(Fraction(1, 1000), 20, (0,)),
)
ALPHAS = tuple(Fraction(k, 100) for k in (10, 30, 50, 60, 70, 80, 90, 97))
LOADS = tuple(Fraction(k, 100) for k in (30, 60, 90, 98))

THIN_AND_THICK = PoissonTraffic(
    20_000_000,
    (Kind(499_000, 1000, Fraction(18, 1000)), Kind(9_999_999, 1, Fraction(1, 1000))),
)
"""Where theory.md saw the bound without 2MT/D fall: alpha = 1/2, load .901."""


def _grids(policy: str, requests: int, seed: int) -> list[dict[str, Any]]:
    """One row for each shape, alpha and load."""
    return [
        {
            "mu": str(shape.mu),
            "longest": shape.longest,
            "prompts": shape.prompts,
            "alpha": str(cell.alpha),
            "load": str(cell.load),
            "stated": float(cell.stated),
            "ratio": cell.measured.ratio.mean,
            "error": cell.measured.ratio.error,
            "too_large": float(cell.stated) / cell.measured.ratio.upper,
        }
        for shape in SHAPES
        for cell in grid(policy, ALPHAS, LOADS, *shape, requests, seed)
    ]


def _waits(traffic: PoissonTraffic, policy: str, requests: int, seed: int) -> list[dict[str, Any]]:
    """One row for each kind of the traffic: its wait, and both bounds."""
    key = rank_of(policy, traffic)
    rows = []
    for kind, wait, bound in measure(traffic, policy, requests, seed, traffic.kinds).waits:
        without = traffic.wait_bound_without_run_off(kind, key)
        rows.append(
            {
                "memory": traffic.memory,
                "kind": [kind.prompt, kind.output, str(kind.rate)],
                "wait": wait.mean,
                "error": wait.error,
                "bound": None if bound is None else float(bound),
                "without_run_off": None if without is None else float(without),
            }
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """The large tables: a policy against Theorem 3.4's stated bound, waits against P2's."""
    parser = argparse.ArgumentParser("python -m adversaries.poisson_tables", None, main.__doc__)
    parser.add_argument("--policy", default="svf", help="svf, fcfs, one-bit-svf, ...")
    parser.add_argument("--requests", type=int, default=2000, help="about so many in a run")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    rows = _grids(asked.policy, asked.requests, asked.seed)
    waits = [
        row
        for traffic in (THIN_AND_THICK, poisson_blocked.TRAFFIC)
        for row in _waits(traffic, asked.policy, 10 * asked.requests, asked.seed)
    ]
    if asked.json:
        said = {"policy": asked.policy, "seed": asked.seed, "grid": rows, "waits": waits}
        print(json.dumps(said))
        return 0
    print(f"{asked.policy}, seed {asked.seed}, {RUNS} runs of about {asked.requests} requests;")
    print("errors at 99 %; ratio: cost to the best lower bound on the optimum")
    for row in rows:
        print(
            f"mu {row['mu']:>6} T {row['longest']:3} prompts {row['prompts']!s:20} "
            f"alpha {row['alpha']:>6} rho {row['load']:>5}: ratio {row['ratio']:.4f} "
            f"+- {row['error']:.4f}, stated {row['stated']:.4g}"
        )
    largest = max(row["ratio"] + row["error"] for row in rows)
    least = min(row["too_large"] for row in rows)
    print(f"largest ratio {largest:.4f}; the stated bound is {least:.3g} times too large or more")
    for row in waits:
        print(
            f"M {row['memory']}, (s, o, rate) {row['kind']}: wait {row['wait']:.4g} "
            f"+- {row['error']:.2g}, bound {row['bound']}, without C/D {row['without_run_off']}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

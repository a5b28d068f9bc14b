"""The page of the frontier: what is proved about small bursts, from kvcr/frontier.json."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kvcr.frontier import EXHAUSTION, Row, frontier
from theory.policy import Admission

HEAD = """# The frontier of bounded proofs

The worst ratio of cost(policy) to the optimum over **every** burst of a class: exactly n requests,
budget M, peaks at most alpha M, ties ordered by an adversary. Two rivals that share nothing but the
definitions must agree: *exhaustion* looks at every instance up to the order of its requests, with
an exact optimum for each that L2 and L4 do not settle; *z3* asks for a counterexample and proves
that there is none, for a range of budgets or for every budget at once. Each instance below has been
replayed by the independent checker. `make frontier` makes the table anew; seconds are those of the
machine that did.

`kvcr check --requests N --memory M --method both` asks both rivals about one class;
`kvcr check --requests N` without a budget asks Z3 about every M.
"""


def frontier_page() -> str:
    """The tables: the largest classes exhausted, then every budget."""
    rows = frontier()
    parts = [HEAD, "## One budget\n", "The largest budget recorded for each number of requests.\n"]
    parts += _table(_largest(row for row in rows if row.method == EXHAUSTION))
    parts += ["\n## A range of budgets, by Z3\n"]
    parts += _table(row for row in rows if row.method != EXHAUSTION and row.memory is not None)
    parts += [
        "\n## Every budget, by Z3\n",
        "For `sjf`, `ljf`, `fcfs` and `peak` the encoding is exact. For `svf` and `area` it keeps",
        "only linear consequences of the volume order, so the upper end is a proof and the lower",
        "end comes from exhaustion.\n",
    ]
    parts += _table(row for row in rows if row.memory is None)
    return "\n".join(parts) + "\n"


def _largest(rows: Iterable[Row]) -> list[Row]:
    """For each policy, admission, size and alpha of interest: the row of the largest budget."""
    best: dict[tuple[str, Admission, int, Fraction], Row] = {}
    for row in rows:
        for alpha in (Fraction(1, 2), Fraction(1)):
            key = row.policy, row.admission, row.requests, alpha
            known = best.get(key)
            if row.alpha <= alpha and (known is None or _reach(row) >= _reach(known)):
                best[key] = row
    return [best[key] for key in sorted(best)]


def _reach(row: Row) -> tuple[int, Fraction]:
    assert row.memory is not None
    return row.memory[-1], row.alpha


def _table(rows: Iterable[Row]) -> list[str]:
    columns = (
        "policy", "n", "M", "alpha", "worst ratio", "worst instance found", "bursts", "seconds",
        "second solver",
    )  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |"]
    for row in rows:
        budgets = "every" if row.memory is None else str(row.memory[0])
        if row.memory is not None and len(row.memory) > 1:
            budgets += f" to {row.memory[-1]}"
        worst = str(row.at_least) if row.is_exact else f"{row.at_least} to {row.at_most}"
        shapes = " ".join(f"({r.prompt},{r.output})" for r in row.instance.requests)
        cells = (
            f"{row.policy} {row.admission}",
            str(row.requests),
            budgets,
            str(row.alpha),
            worst,
            f"M = {row.instance.memory}: {shapes}",
            "" if row.instances is None else f"{row.instances:,}",
            f"{row.seconds:g}",
            row.second,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines

"""Every way to the optimum on the same small instances: none may disagree with another.

``make cross-check`` runs 10,000; the tests run a sample. Brute force shares no code with the
rest. Each solver is asked on its own: the branch and bound, CP-SAT, and Z3, which must find a
schedule of the optimal cost and prove that there is none below.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests import reference
from theory.bounds import lower_bounds
from theory.encoding import Outcome, optimum_query
from theory.optimum import optimum
from theory.request import Instance, Request


def small_instance(seed: int) -> Instance:
    """An instance of 1 to 4 requests, M <= 12, half of them with arrivals."""
    draw = random.Random(seed)
    memory = draw.randint(2, 12)
    latest = draw.choice((0, 0, 3, 8))
    requests = []
    for _ in range(draw.randint(1, 4)):
        peak = draw.randint(1, memory)
        output = draw.choice((1, peak, draw.randint(1, peak)))
        requests.append(Request(peak - output, output, draw.randint(0, latest)))
    return Instance(memory, tuple(requests))


def answers(instance: Instance) -> dict[str, int | str]:
    """The optimum according to each; for Z3 a word where it does not agree."""
    least = reference.optimum(instance)
    found: dict[str, int | str] = {"brute force": least}
    for method in ("search", "cp-sat"):
        best = optimum(instance, 60.0, method=method)
        exact = best.lower == best.upper
        found[method] = best.upper if exact else f"[{best.lower}, {best.upper}]"
    reached = optimum_query(instance, least, 60.0).outcome is Outcome.SCHEDULE
    refused = optimum_query(instance, least - 1, 60.0).outcome is Outcome.NONE
    found["z3"] = least if reached and refused else f"reached {reached}, below refused {refused}"
    bound = lower_bounds(instance).best
    found["lower bounds"] = least if bound <= least else bound
    return found


def disagreements(seeds: range) -> Iterator[tuple[Instance, dict[str, int | str]]]:
    """The instances on which not all are equal."""
    for seed in seeds:
        instance = small_instance(seed)
        found = answers(instance)
        if len(set(found.values())) != 1:
            yield instance, found


def _worst_of(seeds: range) -> list[str]:
    return [f"{instance}: {found}" for instance, found in disagreements(seeds)]


def main() -> None:
    """Run ``--count`` instances on ``--workers`` processes; exit 1 on a disagreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    begin = time.monotonic()
    blocks = [range(i, min(i + 250, given.count)) for i in range(0, given.count, 250)]
    with ProcessPoolExecutor(given.workers) as pool:
        wrong = [line for lines in pool.map(_worst_of, blocks) for line in lines]
    print(f"{given.count} instances in {time.monotonic() - begin:.0f} s: ", end="")
    print("no two answers differ" if not wrong else f"{len(wrong)} disagreements")
    print("\n".join(wrong[:20]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

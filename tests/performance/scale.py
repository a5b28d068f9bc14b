"""Production traces: a million requests against numpy's sort and the plain simulator."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path

import numpy as np

from tests.performance.measure import Row, in_a_process, seconds
from tests.performance.workloads import burst, sampled_lengths
from theory.policy import LOOK_AHEAD, named_policy
from theory.simulator import simulate

MEMORY = 200_000
MILLION = 1_000_000

CERTIFY = """
import io, sys, time
from contextlib import redirect_stdout
from kvcr.cli import run
begin = time.perf_counter()
said = io.StringIO()
with redirect_stdout(said):
    code = run(["certify", sys.argv[1], "--memory", sys.argv[2], "--policy", "svf", "--json"])
assert code == 0
result = {"seconds": time.perf_counter() - begin}
"""

SIMULATE = """
import sys
from pathlib import Path
from tests.performance.workloads import burst, sampled_lengths
from theory.policy import named_policy
from theory.simulator import simulate
folder = Path(sys.argv[1]) if sys.argv[1] else None
prompts, outputs, _ = sampled_lengths(1_000_000, folder)
starts = simulate(burst(prompts, outputs, 200_000), named_policy("svf", sys.argv[2]))
result = {"last": max(starts)}
"""


PLAIN = """
import sys, time
from pathlib import Path
from tests import reference
from tests.performance.workloads import burst, sampled_lengths
from theory.policy import named_policy
prompts, outputs, _ = sampled_lengths(1_000_000, Path(sys.argv[1]) if sys.argv[1] else None)
few = burst(prompts[:20_000], outputs[:20_000], 200_000)
begin = time.perf_counter()
reference.simulate(few, named_policy("svf").order(few), False)
result = {"seconds": time.perf_counter() - begin}
"""
PATIENCE = 120.0
"""Seconds after which the plain simulator is stopped: what it shows then is a lower bound."""


def simulator(folder: Path | None) -> list[Row]:
    """SVF on a burst of a million requests, its growth and its memory, both admissions."""
    rows: list[Row] = []
    prompts, outputs, source = sampled_lengths(MILLION, folder)
    volumes = prompts * outputs + outputs * (outputs + 1) // 2
    sort = seconds(partial(np.argsort, volumes), 5)
    whole = burst(prompts, outputs, MEMORY)
    tenth = burst(prompts[: MILLION // 10], outputs[: MILLION // 10], MEMORY)
    for admission in LOOK_AHEAD:
        policy = named_policy("svf", admission)
        simulate(tenth, policy)  # compile and load
        small = seconds(partial(simulate, tenth, policy))
        large = seconds(partial(simulate, whole, policy))
        process = in_a_process(SIMULATE, str(folder or ""), admission.value)
        rows.append(
            {
                "what": f"svf {admission.value}, 10^6 of {source}",
                "ours (s)": large,
                "argsort (s)": sort,
                "ours / argsort": large / sort,
                "10^6 / 10^5": large / small,
                "peak (MB)": process["peak_mb"],
            }
        )
    return rows


def certify(folder: Path | None, scratch: Path) -> list[Row]:
    """``kvcr certify`` on a million requests against the plain simulator on 20,000."""
    prompts, outputs, source = sampled_lengths(MILLION, folder)
    trace = scratch / "trace.csv"
    with trace.open("w", encoding="utf-8") as lines:
        lines.write("num_prefill_tokens,num_decode_tokens\n")
        pairs = zip(prompts.tolist(), outputs.tolist(), strict=True)
        lines.writelines(f"{s},{o}\n" for s, o in pairs)
    ours = in_a_process(CERTIFY, str(trace), str(MEMORY))
    try:
        plain = in_a_process(PLAIN, str(folder or ""), limit=PATIENCE)["seconds"]
    except subprocess.TimeoutExpired:
        plain = PATIENCE  # and more
    return [
        {
            "what": f"certify 10^6 of {source}",
            "ours (s)": ours["wall"],
            "plain simulator, 20,000 (s)": plain if plain < PATIENCE else f">= {PATIENCE:g}",
            "plain / ours": plain / ours["wall"],
            "peak (MB)": ours["peak_mb"],
        }
    ]

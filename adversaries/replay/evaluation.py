"""The paper's evaluation, in small: four policies on real vLLM, burst and Poisson traffic.

    python -m adversaries.replay.evaluation -o DIR [--requests 2000] [--traces DIR]

Latencies are in steps of the scheduler; wall-clock seconds stand apart, for they tell of the
machine as much as of the policy. Nothing here is a competitive ratio.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from adversaries.replay.drive import TIERS, least_block_size, server
from adversaries.replay.limits import Limits
from adversaries.replay.record import Run
from adversaries.replay.settings import Settings
from adversaries.replay.workload import LENGTHS, from_trace, traffic
from theory.request import Instance

POLICIES: dict[str, str | None] = {
    "FCFS (native vLLM)": None,
    "SJF": "sjf",
    "1-bit SVF": "one-bit-svf",
    "SVF": "svf",
}
"""By the name shown; None is vLLM's own scheduler, which preempts."""
MEMORY = {"chat": 16_384, "long documents": 65_536}
"""KV budget in tokens by kind of lengths."""
TRACES = {"chat": "azure_conv.csv", "long documents": "arxiv_summarization.csv"}
"""Where real lengths lie in the folder of traces."""
LOAD = 1.0
"""Load of the Poisson streams: as much as perfect packing could serve, so queues build up."""


@dataclass(frozen=True)
class Measures:
    """One policy on one workload. Latencies in steps, throughput in output tokens a step."""

    workload: str
    policy: str
    per_token_mean: float
    per_token_p95: float
    latency_mean: float
    latency_p95: float
    first_token_mean: float
    throughput: float
    preemptions: int
    steps: int
    seconds: float


def measure(workload: str, policy: str, instance: Instance, run: Run) -> Measures:
    """Means and 95th percentiles (nearest rank) over the requests of a run.

    >>> run = Run((), {0: 4, 1: 6}, {0: 1, 1: 5})
    >>> told = measure("w", "p", Instance.of(9, (1, 4), (2, 2)), run)
    >>> told.latency_mean, told.per_token_p95, told.first_token_mean, told.throughput
    (5.0, 3.0, 3.0, 1.0)
    """
    requests = list(enumerate(instance.requests))
    latency = [Fraction(run.completion[i] - r.arrival) for i, r in requests]
    per_token = [spent / r.output for spent, (_, r) in zip(latency, requests, strict=True)]
    first = [Fraction(run.first_token[i] - r.arrival) for i, r in requests]
    makespan = max(run.completion.values()) - min(r.arrival for _, r in requests)
    return Measures(
        workload,
        policy,
        float(_mean(per_token)),
        float(_p95(per_token)),
        float(_mean(latency)),
        float(_p95(latency)),
        float(_mean(first)),
        instance.total_output / makespan,
        run.counters.get("preemptions", 0),
        len(run.steps),
        run.seconds,
    )


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _p95(values: Sequence[Fraction]) -> Fraction:
    return sorted(values)[-(-len(values) * 95 // 100) - 1]


def workloads(
    count: int, seed: int, traces: Path | None = None, scale: int = 1
) -> dict[str, Instance]:
    """Chat and long documents, in a burst and as a Poisson stream: ``count`` requests each.

    ``scale`` divides the budgets, so that fewer requests still have to wait.
    """
    found = {}
    for kind, lengths in LENGTHS.items():
        memory = MEMORY[kind] // scale
        most = memory // 4
        if traces is None:
            shapes = lengths.draw(count, most, np.random.default_rng(seed))
        else:
            shapes = from_trace(traces / TRACES[kind], count, most, seed)
        found[f"{kind}, burst"] = traffic(shapes, memory, None, seed)
        found[f"{kind}, Poisson"] = traffic(shapes, memory, LOAD, seed)
    return found


def serve(instance: Instance, policy: str | None, tier: str, block_size: int) -> Run:
    """Serve on vLLM as its user would: block-exact admission, exact lengths known."""
    ample = Limits.ample(instance, block_size=block_size)
    blocks = max(instance.memory, ample.max_model_len) // block_size
    limits = Limits(
        block_size, blocks, ample.max_num_seqs, ample.max_num_batched_tokens, ample.max_model_len
    )
    longest = max(request.output for request in instance.requests)
    settings = Settings(policy=policy, longest=longest) if policy else None
    host = server(tier, limits, settings)
    try:
        return host.serve(instance)
    finally:
        host.close()


def orderings(table: Iterable[Measures]) -> dict[str, dict[str, bool]]:
    """By workload, which of the paper's orderings hold in this table."""
    by_workload: dict[str, dict[str, Measures]] = {}
    for row in table:
        by_workload.setdefault(row.workload, {})[row.policy] = row
    told = {}
    for workload, rows in by_workload.items():
        svf, sjf, bit = rows["SVF"], rows["SJF"], rows["1-bit SVF"]
        fcfs = rows["FCFS (native vLLM)"]
        best = max(row.throughput for row in rows.values())
        told[workload] = {
            "mean latency: SVF < SJF": svf.latency_mean < sjf.latency_mean,
            "mean latency: SJF < FCFS": sjf.latency_mean < fcfs.latency_mean,
            "mean latency per token: SVF < SJF": svf.per_token_mean < sjf.per_token_mean,
            "mean latency per token: SJF < FCFS": sjf.per_token_mean < fcfs.per_token_mean,
            "throughput: 1-bit SVF is best": bit.throughput == best,
        }
    return told


def to_markdown(table: Sequence[Measures]) -> str:
    """Two tables, steps and seconds, and which orderings hold."""
    lines = [
        "| workload | policy | per token: mean | P95 | latency: mean | P95 | first token: mean "
        "| tokens/step | preemptions | steps |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {r.workload} | {r.policy} | {r.per_token_mean:.2f} | {r.per_token_p95:.2f} "
        f"| {r.latency_mean:.0f} | {r.latency_p95:.0f} | {r.first_token_mean:.0f} "
        f"| {r.throughput:.2f} | {r.preemptions} | {r.steps} |"
        for r in table
    ]
    lines += ["", "| workload | policy | wall-clock seconds |", "|---|---|--:|"]
    lines += [f"| {r.workload} | {r.policy} | {r.seconds:.1f} |" for r in table]
    lines += ["", "| workload | ordering | holds |", "|---|---|---|"]
    lines += [
        f"| {workload} | {ordering} | {'yes' if holds else 'no'} |"
        for workload, found in orderings(table).items()
        for ordering, holds in found.items()
    ]
    return "\n".join(lines) + "\n"


def draw(latencies: dict[str, dict[str, list[float]]], file: Path) -> None:
    """For each workload, the share of requests within a latency per output token."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        1, len(latencies), figsize=(4 * len(latencies), 3.2), squeeze=False, sharey=True
    )
    for axis, (workload, by_policy) in zip(axes[0], latencies.items(), strict=True):
        for policy, values in by_policy.items():
            share = np.arange(1, len(values) + 1) / len(values)
            axis.step(sorted(values), share, where="post", label=policy)
        axis.set(title=workload, xscale="log", xlabel="steps per output token")
    axes[0][0].set_ylabel("share of requests")
    axes[0][-1].legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(file, dpi=120)
    pyplot.close(figure)


def evaluate(
    instances: dict[str, Instance], tier: str, repeat: int
) -> tuple[list[Measures], dict[str, dict[str, list[float]]]]:
    """Serve each workload under each policy, ``repeat`` times; measures and latencies per token.

    Raises RuntimeError when two runs differ in any step.
    """
    block_size = least_block_size() if tier == "engine" else 16
    table, latencies = [], {}
    for workload, instance in instances.items():
        latencies[workload] = by_policy = dict[str, list[float]]()
        for name, policy in POLICIES.items():
            runs = [serve(instance, policy, tier, block_size) for _ in range(repeat)]
            if any(run != runs[0] for run in runs):
                raise RuntimeError(f"{workload}, {name}: two runs differ")
            table.append(measure(workload, name, instance, runs[0]))
            by_policy[name] = [
                (runs[0].completion[i] - r.arrival) / r.output
                for i, r in enumerate(instance.requests)
            ]
            print(f"{workload}, {name}: {table[-1]}", file=sys.stderr, flush=True)
    return table, latencies


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the evaluation; write table.md, results.json and latency.png."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write to")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=int, default=1, help="divide the budgets by this")
    parser.add_argument("--tier", choices=TIERS, default="scheduler")
    parser.add_argument("--repeat", type=int, default=2, help="runs of each, to be equal")
    parser.add_argument("--traces", type=Path, help="folder of traces, for real lengths")
    options = parser.parse_args(arguments)
    instances = workloads(options.requests, options.seed, options.traces, options.scale)
    table, latencies = evaluate(instances, options.tier, options.repeat)
    options.output.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {
        "tier": options.tier,
        "requests": options.requests,
        "seed": options.seed,
        "scale": options.scale,
        "lengths": "traces" if options.traces else "synthetic",
        "runs": [asdict(row) for row in table],
        "orderings": orderings(table),
    }
    (options.output / "results.json").write_text(json.dumps(told, indent=2) + "\n")
    (options.output / "table.md").write_text(to_markdown(table), encoding="utf-8")
    draw(latencies, options.output / "latency.png")


if __name__ == "__main__":
    main()

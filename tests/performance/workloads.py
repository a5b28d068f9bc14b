"""The instances that the benchmarks run on, from seeds."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from theory.columns import Steps
from theory.request import Instance, Request
from theory.traces import read_trace


def mixed(count: int, memory: int, seed: int, latest: int = 0, thin_share: float = 0.5) -> Instance:
    """Thin-long and thick-short requests, arrivals uniform in [0, latest]."""
    draw = random.Random(f"mixed/{count}/{memory}/{seed}/{latest}")
    requests = []
    for _ in range(count):
        if draw.random() < thin_share:
            output = draw.randint(max(1, memory // 8), max(1, memory // 2))
            prompt = draw.randint(0, memory // 10)
        else:
            output = draw.randint(1, 3)
            prompt = draw.randint(memory // 2, memory - 3)
        arrival = draw.randint(0, latest) if latest else 0
        requests.append(Request(min(prompt, memory - output), output, arrival))
    return Instance(memory, tuple(requests))


def uniform(count: int, memory: int, seed: int, latest: int = 0) -> Instance:
    """Peaks uniform in [2, M], the output a uniform part of the peak."""
    draw = random.Random(f"uniform/{count}/{memory}/{seed}/{latest}")
    requests = []
    for _ in range(count):
        peak = draw.randint(2, memory)
        output = draw.randint(1, peak)
        arrival = draw.randint(0, latest) if latest else 0
        requests.append(Request(peak - output, output, arrival))
    return Instance(memory, tuple(requests))


def solver_instances(sizes: range, budgets: tuple[int, ...], seeds: range) -> list[Instance]:
    """Mixed and uniform instances in turn, every other pair with arrivals up to M."""
    found = []
    for seed in seeds:
        for count in sizes:
            for memory in budgets:
                kind = mixed if (seed + count) % 2 == 0 else uniform
                latest = memory if seed % 2 else 0
                found.append(kind(count, memory, seed, latest))
    return found


def sampled_lengths(count: int, folder: Path | None, seed: int = 0) -> tuple[Steps, Steps, str]:
    """Prompts and outputs of ``count`` requests, drawn from a trace, or log-normal without one."""
    draw = np.random.default_rng(seed)
    if folder is not None and (folder / "azure_conv.csv").is_file():
        rows = read_trace(folder / "azure_conv.csv").rows
        prompts = np.array([s for _, s, _ in rows])
        outputs = np.array([o for _, _, o in rows])
        pick = draw.integers(0, len(rows), count)
        return prompts[pick], outputs[pick], "azure_conv"
    prompts = np.minimum(np.exp(draw.normal(6.5, 1.0, count)).astype(np.int64), 14_000)
    outputs = np.minimum(np.exp(draw.normal(4.9, 0.9, count)).astype(np.int64) + 1, 4_000)
    return prompts, outputs, "log-normal"


def burst(prompts: Steps, outputs: Steps, memory: int) -> Instance:
    """All at step 0."""
    pairs = zip(prompts.tolist(), outputs.tolist(), strict=True)
    return Instance(memory, tuple(Request(s, o) for s, o in pairs))

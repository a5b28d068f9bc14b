"""The evaluation: its traffic, its numbers, and one small run of all of it on vLLM."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adversaries.replay import evaluation
from adversaries.replay.evaluation import POLICIES, Measures, measure, orderings, to_markdown
from adversaries.replay.model import model_run
from adversaries.replay.workload import LENGTHS, from_trace, traffic
from tests.adversaries.replay.support import needs_vllm
from tests.strategies import instances
from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost, makespan
from theory.simulator import simulate


@given(st.integers(0, 50), st.sampled_from(sorted(LENGTHS)))
def test_drawn_lengths_fit_and_can_be_drawn_again(seed: int, kind: str) -> None:
    most = 4000
    drawn = LENGTHS[kind].draw(20, most, np.random.default_rng(seed))
    assert drawn == LENGTHS[kind].draw(20, most, np.random.default_rng(seed))
    assert len(drawn) == 20
    assert all(s >= 0 and o >= 1 and s + o <= most for s, o in drawn)


def test_a_poisson_stream_has_its_load() -> None:
    instance = traffic([(10, 20)] * 4000, memory=5000, load=0.5, seed=3)
    volume = sum(request.volume for request in instance.requests)
    load = Fraction(volume, 5000 * instance.last_arrival)
    assert Fraction(45, 100) < load < Fraction(55, 100)
    assert instance == traffic([(10, 20)] * 4000, memory=5000, load=0.5, seed=3)


def test_lengths_of_a_trace(tmp_path: Path) -> None:
    file = tmp_path / "trace.csv"
    rows = "".join(f"{n},{n + 1}\n" for n in range(40))
    file.write_text(f"num_prefill_tokens,num_decode_tokens\n{rows}", encoding="utf-8")
    drawn = from_trace(file, count=10, most=41, seed=1)
    assert len(set(drawn)) == 10
    assert all(o == s + 1 and s + o <= 41 for s, o in drawn)
    with pytest.raises(InputError, match="21 requests of at most 41 tokens, not 22"):
        from_trace(file, count=22, most=41, seed=1)


@given(instances(most_requests=6, latest=5))
def test_the_measures_are_those_of_the_schedule(instance: Instance) -> None:
    policy = named_policy("svf")
    starts = simulate(instance, policy)
    told = measure("w", "svf", instance, model_run(instance, policy))
    n = len(instance)
    assert told.latency_mean == float(Fraction(cost(instance, starts), n))
    waits = sum(p - r.arrival for p, r in zip(starts, instance.requests, strict=True))
    assert told.first_token_mean == float(Fraction(waits + n, n))
    first = min(request.arrival for request in instance.requests)
    assert told.throughput == instance.total_output / (makespan(instance, starts) - first)
    assert told.latency_p95 in [
        p + r.output - r.arrival for p, r in zip(starts, instance.requests, strict=True)
    ]


def test_orderings_are_read_off_the_table() -> None:
    row = Measures("w", "SVF", 1.0, 2.0, 10.0, 20.0, 3.0, 5.0, 0, 9, 0.1)
    table = [
        row,
        replace(row, policy="SJF", latency_mean=11.0, per_token_mean=0.5),
        replace(row, policy="1-bit SVF", throughput=6.0),
        replace(row, policy="FCFS (native vLLM)", latency_mean=10.5, per_token_mean=4.0),
    ]
    assert orderings(table) == {
        "w": {
            "mean latency: SVF < SJF": True,
            "mean latency: SJF < FCFS": False,
            "mean latency per token: SVF < SJF": False,
            "mean latency per token: SJF < FCFS": True,
            "throughput: 1-bit SVF is best": True,
        }
    }
    text = to_markdown(table)
    assert text.count("| w |") == 2 * len(table) + 5
    assert "| w | throughput: 1-bit SVF is best | yes |" in text


@needs_vllm
def test_all_of_it_in_small(tmp_path: Path) -> None:
    evaluation.main(["-o", str(tmp_path), "--requests", "30", "--scale", "8"])
    told = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert len(told["runs"]) == 4 * len(POLICIES)
    # Everything but vLLM's own FCFS knows the lengths and plans ahead.
    assert all(r["preemptions"] == 0 for r in told["runs"] if "native" not in r["policy"])
    assert any(r["preemptions"] > 0 for r in told["runs"] if "native" in r["policy"])
    assert "| chat, burst | SVF |" in (tmp_path / "table.md").read_text(encoding="utf-8")
    assert (tmp_path / "latency.png").stat().st_size > 10_000

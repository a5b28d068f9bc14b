"""The checker rebuilds what the toolkit computes, with code of its own, and rejects the rest."""

import copy
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvcr.certificates import counterexample, lower_bound, verified
from lemmas import checker
from lemmas.l3_blocking import LEMMA
from tests.strategies import instances
from theory.bounds import lower_bounds
from theory.optimum import best_heuristic
from theory.policy import POLICIES, Admission, named_policy
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import simulate

HARD = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
GOOD = (4, 0, 13, 2)


def certificate() -> dict[str, Any]:
    return counterexample(HARD, named_policy("svf"), GOOD, Fraction(1), Fraction(1))


def test_the_checker_is_short_and_stands_alone() -> None:
    text = Path(checker.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    imported = [
        line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))
    ]
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)


@given(
    instances(9, 30, latest=12),
    st.sampled_from(sorted(POLICIES)),
    st.sampled_from(Admission),
)
def test_replays_the_policy_as_the_simulator_does(
    instance: Instance, name: str, admission: Admission
) -> None:
    requests = [(r.prompt, r.output, r.arrival) for r in instance.requests]
    order, trusts = checker.priorities(name, requests)
    policy = named_policy(name, admission)
    assert tuple(order) == policy.order(instance)
    assert trusts == []
    starts = simulate(instance, policy)
    backfill = admission is Admission.BACKFILL
    assert tuple(checker.replay(instance.memory, requests, order, backfill)) == starts
    table = {"schedule": list(starts)}
    _, spent = checker.audit(table, "schedule", instance.memory, requests)
    assert spent == cost(instance, starts)


def test_accepts_a_true_counterexample() -> None:
    assert simulate(HARD, named_policy("svf")) != GOOD
    assert Fraction(certificate()["ratio"]) > 1
    assert verified(certificate())


def worse(path: tuple[object, ...], value: Any) -> list[Any]:
    """Other values for one number of the certificate that no true certificate has there."""
    if path[:2] == ("claim", "alpha"):
        return ["1/2", "2"]
    if path[:2] == ("claim", "bound"):
        return ["2", "48/47"]
    if isinstance(value, str):
        return [str(Fraction(value) + 1), str(Fraction(value) / 2)]
    return [value + 1] if value == 0 else [value - 1, value + 1]


def numbers(node: Any, path: tuple[object, ...] = ()) -> list[tuple[tuple[object, ...], Any]]:
    if isinstance(node, dict):
        return [x for k, v in node.items() for x in numbers(v, (*path, k))]
    if isinstance(node, list):
        return [x for k, v in enumerate(node) for x in numbers(v, (*path, k))]
    exact = isinstance(node, str) and node.replace("/", "").isdigit()
    return [(path, node)] if isinstance(node, int) or exact else []


def test_every_number_matters() -> None:
    found = numbers(certificate())
    assert len(found) == 23
    for path, value in found:
        for other in worse(path, value):
            broken: Any = copy.deepcopy(certificate())
            place = broken
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = other
            assert not verified(broken), (path, value, other)


@settings(max_examples=50)
@given(instances(6, 15))
def test_accepts_exactly_the_bounds_that_hold(instance: Instance) -> None:
    table = lower_bound(instance)
    checker.check_lower_bound(table)
    assert Fraction(table["value"]) == max(lower_bounds(instance).by_name.values())
    table["value"] = str(Fraction(table["value"]) + Fraction(1, 1000))
    with pytest.raises(checker.Invalid):
        checker.check_lower_bound(table)


def test_an_edited_certificate_is_told_from_the_one_that_was_written(tmp_path: Path) -> None:
    file = tmp_path / "edited.json"
    table = certificate()
    file.write_text(json.dumps(table), encoding="utf-8")
    assert checker.main([str(file)]) == 0
    for path, value in numbers({k: v for k, v in table.items() if k != "digest"}):
        broken: Any = copy.deepcopy(table)
        place = broken
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value + 1 if isinstance(value, int) else f"{value}0"
        file.write_text(json.dumps(broken), encoding="utf-8")
        assert checker.main([str(file)]) in (1, 2)


def test_a_better_schedule_is_no_counterexample() -> None:
    good = best_heuristic(HARD)
    claim = counterexample(HARD, named_policy("svf"), good, Fraction(1), Fraction(2))
    assert not verified(claim)


def test_an_order_of_ones_own_is_replayed_and_named_as_trusted(tmp_path: Path) -> None:
    table = counterexample(
        HARD, named_policy("fcfs"), GOOD, Fraction(1), Fraction(1, 2), order=(0, 1, 2, 3)
    )
    file = tmp_path / "own.json"
    file.write_text(json.dumps(table), encoding="utf-8")
    kind, trusts = checker.check(str(file))
    assert kind == "counterexample"
    assert "fcfs" in trusts[0]


def spoil(**changes: Any) -> dict[str, Any]:
    table = LEMMA.certificate()
    table["obligations"] = [copy.deepcopy(table["obligations"][0]) | changes]
    return table


def test_accepts_a_lemma_and_names_what_it_trusts() -> None:
    trusts = checker.check_lemma(json.loads(json.dumps(LEMMA.certificate())))
    assert any("tiling" in trust for trust in trusts)


@pytest.mark.parametrize(
    "changes",
    [
        {"proof": "H_blocked + 2*H_peak"},
        {"proof": "H_blocked - H_peak"},
        {"proof": "load - (M + 1 - P)"},
        {"goal": "load - (M + 2 - P)"},
        {"relation": "= 0"},
        {"witness": {"load": "0", "held": "0", "M": "5", "P": "3"}},
        {"given": {"H_blocked": "load + held - (M + 1)"}},
        {"squares": {"H_peak": "P"}},
        {"twin": LEMMA.certificate()["obligations"][0]},
    ],
)
def test_rejects_a_lemma_that_does_not_follow(changes: dict[str, Any]) -> None:
    checker.check_lemma(spoil())
    with pytest.raises((checker.Invalid, *checker.MALFORMED)):
        checker.check_lemma(spoil(**changes))


def test_a_false_inequality_cannot_be_proved_by_an_odd_power() -> None:
    assert checker.polynomial("(x - y)**2") == checker.polynomial("x**2 - 2*x*y + y*y")
    table = spoil(goal="load", proof="load", given={}, witness={"load": "1"})
    with pytest.raises(checker.Invalid, match="not known"):
        checker.check_lemma(table)


def test_runs_as_a_script(tmp_path: Path) -> None:
    good, bad, torn = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "torn.json"
    text = json.dumps(certificate())
    good.write_text(text, encoding="utf-8")
    bad.write_text(text.replace('"12"', '"13"').replace('"48/47"', '"49/47"'), encoding="utf-8")
    torn.write_text(text[: len(text) // 2], encoding="utf-8")
    codes = [
        subprocess.run(
            [sys.executable, checker.__file__, str(file)], capture_output=True, check=False
        ).returncode
        for file in (good, bad, torn)
    ]
    assert codes == [0, 1, 2]

"""The checker rebuilds what the toolkit computes, with code of its own, and rejects the rest."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.adaptive import BLOCKED_BURST, ONE_SHOT, STREAM
from kvcr.certificates import counterexample, declared_counterexample, lower_bound, verified
from lemmas import checker
from lemmas.l3_blocking import LEMMA
from tests.strategies import instances
from theory.bounds import lower_bounds
from theory.declared import as_declared, follow_declared, overstatement
from theory.optimum import best_heuristic
from theory.policy import LOOK_AHEAD, POLICIES, Admission, named_policy
from theory.request import Instance, Request
from theory.restart import Eviction
from theory.schedule import cost
from theory.simulator import execute, simulate

HARD = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
GOOD = (4, 0, 13, 2)


def certificate() -> dict[str, Any]:
    return counterexample(HARD, named_policy("svf"), GOOD, Fraction(1), Fraction(1))


def test_the_checker_is_short_and_stands_alone() -> None:
    text = Path(checker.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 460
    imported = [
        line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))
    ]
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)


@settings(deadline=None)  # the simulator may be compiled on the way
@given(
    instances(9, 30, latest=12),
    st.sampled_from(sorted(POLICIES)),
    st.sampled_from(LOOK_AHEAD),
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


RESTARTED = Instance.of(8, (4, 3), (2, 2), (4, 2), (2, 2))
CUT = [[1, 0, 1], [2, 3, 4], [3, 5, 6]]


def restarted() -> dict[str, Any]:
    """First come, first served, with restarts, against smallest volume first."""
    good = simulate(RESTARTED, named_policy("svf"))
    return counterexample(
        RESTARTED, named_policy("fcfs", "restart"), good, Fraction(1), Fraction(1)
    )


@settings(deadline=None)
@given(instances(7, 16, latest=8), st.sampled_from(sorted(POLICIES)))
def test_replays_restarts_as_the_simulator_does(instance: Instance, name: str) -> None:
    policy = named_policy(name, "restart")
    table = counterexample(instance, policy, best_heuristic(instance), Fraction(1), Fraction(0))
    assert verified(table)
    runs = execute(instance, policy)
    assert table["policy_cost"] == str(runs.cost(instance))
    assert len(table["cut"]) == runs.evictions


def test_a_run_is_cut_for_each_eviction() -> None:
    assert restarted()["cut"] == CUT
    assert verified(restarted())


def evict_another(cut: Any) -> None:
    cut[1][0] = 3


def evict_later(cut: Any) -> None:
    cut[2][1:] = 6, 7


def leave_out_a_run(cut: Any) -> None:
    cut.pop()


def add_a_run(cut: Any) -> None:
    cut.append([0, 20, 21])


def overfill_a_step(cut: Any) -> None:
    cut.append([0, 3, 5])


def finish_a_run(cut: Any) -> None:
    cut[0][2] += 1


def empty_a_run(cut: Any) -> None:
    cut[0][2] = cut[0][1]


@pytest.mark.parametrize(
    ("sabotage", "reason"),
    [
        (evict_another, "not the runs that are cut"),
        (evict_later, "tokens in step"),
        (leave_out_a_run, "more runs are cut"),
        (add_a_run, "not the runs that are cut"),
        (overfill_a_step, "tokens in step"),
        (finish_a_run, "empty, or complete"),
        (empty_a_run, "empty, or complete"),
    ],
)
def test_rejects_a_wrong_run(sabotage: Callable[[Any], None], reason: str) -> None:
    table = restarted()
    sabotage(table["cut"])
    with pytest.raises(checker.Invalid, match=reason):
        checker.check_counterexample(table)


@pytest.mark.parametrize("run", [[4, 0, 1], [0, 0], [0, 0, "1"], {}])
def test_rejects_what_is_no_run(run: Any) -> None:
    table = restarted()
    table["cut"].append(run)
    with pytest.raises(ValueError, match="cut: not"):
        checker.check_counterexample(table)


def test_rejects_a_restart_that_is_paid_for_too_little() -> None:
    for name, value in (("policy_schedule", [0, 0, 3, 5]), ("policy_cost", "1"), ("cut", [])):
        with pytest.raises(checker.Invalid):
            checker.check_counterexample(restarted() | {name: value})


def test_evicting_the_largest_is_not_the_rule() -> None:
    policy = replace(named_policy("fcfs", "restart"), eviction=Eviction.LARGEST)
    good = simulate(RESTARTED, named_policy("svf"))
    assert not verified(counterexample(RESTARTED, policy, good, Fraction(1), Fraction(0)))


OVERSTATED = Instance(
    8, tuple(Request(0, o, 0, (1, u)) for o, u in ((2, 7), (4, 8), (1, 7), (1, 2)))
)


def overstated() -> dict[str, Any]:
    """Declared up to seven times too long, against smallest volume first."""
    good = simulate(OVERSTATED, named_policy("svf"))
    return declared_counterexample(
        OVERSTATED, named_policy("svf"), good, Fraction(1), Fraction(5, 4), Fraction(7)
    )


@st.composite
def declarations(draw: st.DrawFn) -> Instance:
    instance = draw(instances(8, 20, latest=8))
    found = [
        Request(r.prompt, r.output, r.arrival, (1, draw(st.integers(r.output, most))))
        for r in instance.requests
        if (most := instance.memory - r.prompt)
    ]
    return Instance(instance.memory, tuple(found))


@settings(deadline=None)
@given(declarations(), st.sampled_from(sorted(POLICIES)))
def test_replays_declared_admission_as_the_simulator_does(instance: Instance, name: str) -> None:
    policy, good = named_policy(name), best_heuristic(instance)
    beta = overstatement(instance)
    table = declared_counterexample(instance, policy, good, Fraction(1), Fraction(0), beta)
    assert verified(table)
    order = policy.order(as_declared(instance))
    assert table["policy_schedule"] == list(follow_declared(instance, order))
    if beta > 1:
        table["claim"]["overstatement"] = str(beta - Fraction(1, 1000))
        assert not verified(table)


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (("declared", 0), 1, "out of range"),  # below its output
        (("declared", 0), 9, "out of range"),  # above memory
        (("declared", 2), 8, "above 7 times 1"),
        (("declared", 0), 8, "not the schedule"),
        (("policy_schedule", 2), 0, "tokens in step|not the schedule"),
        (("policy_schedule", 1), 0, "tokens in step|not the schedule"),
        (("policy_cost",), "3", "policy_cost: it is"),
        (("alpha",), "1/2", "alpha: it is 1"),
        (("claim", "bound"), "2", "not above the bound"),
        (("admission",), "head-of-line", "not the schedule"),
        (("admission",), "backfill", "not the schedule"),
    ],
)
def test_rejects_a_wrong_declaration(place: tuple[Any, ...], value: Any, reason: str) -> None:
    table = overstated()
    checker.check_counterexample(table)
    node = table
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    with pytest.raises(checker.Invalid, match=reason):
        checker.check_counterexample(table)


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


def game() -> dict[str, Any]:
    """The one-shot adversary against every policy, M = 16: the bait (12, 4), then 8 of (1, 1)."""
    table: dict[str, Any] = json.loads(json.dumps(ONE_SHOT.game(length=4).certificate()))
    return table


def test_accepts_a_game_and_names_what_it_trusts(tmp_path: Path) -> None:
    file = tmp_path / "game.json"
    for table in (game(), STREAM.game(memory=4, steps=6).certificate()):
        file.write_text(json.dumps(table), encoding="utf-8")
        kind, trusts = checker.check(str(file))
        assert kind == "game"
        assert "released after it chooses" in trusts[0]


def leaf_of(table: dict[str, Any]) -> dict[str, Any]:
    """The first node that ends the game: the bait was started at step 0."""
    return next(node for node in table["nodes"] if "good" in node)


def drop_reply(table: dict[str, Any]) -> None:
    table["nodes"][0]["replies"].pop(0)
    table["nodes"].pop(1)
    for node in table["nodes"]:
        for reply in node.get("replies", []):
            reply["then"] -= 1


def raise_bound(table: dict[str, Any]) -> None:
    table["bound"] = str(Fraction(table["bound"]) + Fraction(1, 10**9))


def overfill(table: dict[str, Any]) -> None:
    leaf_of(table)["good"][0] = 1  # beside the burst


def start_early(table: dict[str, Any]) -> None:
    leaf_of(table)["good"][1] = 0


def start_what_is_not_there(table: dict[str, Any]) -> None:
    table["nodes"][0]["replies"][0]["start"] = [1]


def start_what_is_still_to_come(table: dict[str, Any]) -> None:
    table["nodes"][0]["release"].append({"prompt": 1, "output": 1, "arrival": 9})
    table["nodes"][0]["replies"][0]["start"] = [1]


def start_twice(table: dict[str, Any]) -> None:
    table["nodes"][0]["replies"][1]["start"] = [0, 0]


def start_what_does_not_fit(table: dict[str, Any]) -> None:
    table["nodes"][0]["release"][0]["count"] = 2  # both baits at once
    replies = table["nodes"][0]["replies"]
    replies.append({"start": [0, 1], "then": len(table["nodes"])})
    table["nodes"].append(copy.deepcopy(leaf_of(table)))


def release_in_the_past(table: dict[str, Any]) -> None:
    leaf_of(table)["release"][0]["arrival"] = 0


def repeat_a_reply(table: dict[str, Any]) -> None:
    table["nodes"][0]["replies"].append({"start": [0], "then": len(table["nodes"])})
    table["nodes"].append(copy.deepcopy(leaf_of(table)))


def share_a_child(table: dict[str, Any]) -> None:
    table["nodes"][0]["replies"][0]["then"] = table["nodes"][0]["replies"][1]["then"]


def lose_the_last_node(table: dict[str, Any]) -> None:
    table["nodes"].pop()


def add_a_node(table: dict[str, Any]) -> None:
    table["nodes"].append(copy.deepcopy(table["nodes"][-1]))


def release_nothing(table: dict[str, Any]) -> None:
    table["nodes"] = [{"release": [], "good": []}]


def have_no_node(table: dict[str, Any]) -> None:
    table["nodes"] = []


def count_completion_times(table: dict[str, Any]) -> None:
    table["objective"] = "completion-time"


SABOTAGES = [
    (drop_reply, "not one reply for each legal start"),
    (raise_bound, "is below"),
    (overfill, "tokens in step"),
    (start_early, "before its arrival"),
    (start_what_is_not_there, "does not wait"),
    (start_what_is_still_to_come, "does not wait"),
    (start_twice, "starts twice"),
    (start_what_does_not_fit, "not one reply for each legal start"),
    (release_in_the_past, "a release in the past"),
    (repeat_a_reply, "not one reply for each legal start"),
    (share_a_child, "two replies lead here"),
    (lose_the_last_node, "leads to no node"),
    (add_a_node, "no earlier node leads here"),
    (release_nothing, "nothing was released"),
    (have_no_node, "leads to no node"),
    (count_completion_times, "is below"),
]


@pytest.mark.parametrize(("sabotage", "reason"), SABOTAGES)
def test_rejects_a_game_with_a_hole(
    sabotage: Callable[[dict[str, Any]], None], reason: str
) -> None:
    table = game()
    checker.check_game(table)
    sabotage(table)
    with pytest.raises(checker.Invalid, match=reason):
        checker.check_game(table)


def test_a_reply_cannot_lead_back() -> None:
    table = game()
    table["nodes"][2]["replies"] = [{"start": [], "then": 1}]
    table["nodes"][2].pop("good", None)
    with pytest.raises(ValueError, match="then: out of range"):
        checker.check_game(table)


def test_a_game_holds_under_its_own_objective_only() -> None:
    table = json.loads(json.dumps(BLOCKED_BURST.game(length=4, count=6).certificate()))
    checker.check_game(table)
    table["objective"] = "makespan"
    with pytest.raises(ValueError, match="objective"):
        checker.check_game(table)


def test_a_game_that_would_take_for_ever_is_refused() -> None:
    with pytest.raises(ValueError, match="too many replies"):
        next(checker.legal_replies(10**6, [(0, k % 20 + 1) for k in range(400)], [], 0))
    with pytest.raises(ValueError, match="waits too long"):
        checker.least_starts(10**6, [(500_000, 1, 0)], [(0, 0, 10**6)], 500_000)


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

"""Every policy by name, and one's own, goes through the commands; docs/own-policy.md is true."""

import json
import re
import shlex
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adversaries.replay.settings import Settings
from kvcr import cli
from kvcr.certificates import verified
from kvcr.loading import load_policy
from kvcr.testing import assert_competitive
from theory.errors import InputError, PolicyError
from theory.files import instance_from_data, instance_to_data
from theory.literature import LITERATURE, policy_by_name
from theory.optimum import optimum
from theory.policy import POLICIES, Action, Admission, OnlinePolicy
from theory.request import Instance, Request
from theory.restart import run_with_restart
from theory.schedule import cost, require_feasible
from theory.simulator import execute, simulate
from theory.view import Information

EXAMPLE = Instance(
    12,
    (
        Request(0, 9, predicted=(4, 10)),
        Request(1, 5, predicted=(1, 6)),
        Request(4, 8, predicted=(3, 8)),
        Request(2, 6, predicted=(6, 6)),
    ),
)
NAMES = [*POLICIES, *LITERATURE]
SMALL = ("--budget", "40", "--max-requests", "3", "--max-memory", "12")
RESTART = ("vllm-fcfs", "a-min", "gsa")
DOCS = Path(__file__).resolve().parents[2] / "docs"
Run = Callable[..., SimpleNamespace]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    Path("i.json").write_text(json.dumps(instance_to_data(EXAMPLE)), encoding="utf-8")

    def run(*arguments: str) -> SimpleNamespace:
        code = cli.run(list(arguments))
        out, err = capsys.readouterr()
        data: Any = json.loads(out) if "--json" in arguments and code != 2 else None
        return SimpleNamespace(code=code, out=out, err=err, data=data)

    return run


@pytest.mark.parametrize("name", NAMES)
def test_ratio(name: str, run: Run) -> None:
    found = run("ratio", "i.json", "--policy", name, "--json").data
    made = execute(EXAMPLE, policy_by_name(name))
    require_feasible(EXAMPLE, found["schedule"])
    assert found["schedule"] == list(made.starts)
    assert int(found["cost"]) == cost(EXAMPLE, made.starts)
    assert found["evictions"] == made.evictions
    assert (made.evictions > 0) == (name in RESTART)
    assert found["optimum"]["lower"] == found["optimum"]["upper"] == "47"


@pytest.mark.parametrize("name", POLICIES)
def test_restart_is_an_admission_of_every_rank(name: str, run: Run) -> None:
    arguments = "ratio", "i.json", "--policy", name, "--admission", "restart"
    found = run(*arguments, "--json").data
    made = run_with_restart(EXAMPLE, policy_by_name(name).order(EXAMPLE))
    assert (found["schedule"], found["evictions"]) == (list(made.starts), made.evictions)
    assert f"({made.evictions} evictions)" in run(*arguments).out
    assert "--ties worst: not for admission restart" in run(*arguments, "--ties", "worst").err


def test_certify(run: Run, tmp_path: Path) -> None:
    trace = "num_prefill_tokens,num_decode_tokens\n" + "3,4\n1,9\n" * 20
    Path("t.csv").write_text(trace, encoding="utf-8")
    for name in NAMES:
        done = run("certify", "t.csv", "--memory", "40", "--policy", name, "--json")
        if name in ("a-max", "a-min"):
            assert done.code == 2
            assert "needs a prediction" in done.err
        else:
            assert int(done.data["cost"]) >= int(done.data["optimum_lower"])
    Path("t.csv").write_text(trace + "3,4\n" * 2_000, encoding="utf-8")
    assert (
        "gsa takes at most 2000, got 2040"
        in run("certify", "t.csv", "--memory", "40", "--policy", "gsa").err
    )
    many = run("certify", "t.csv", "--memory", "40", "--policy", "vllm-fcfs", "--json").data
    assert many["evictions"] > 0


@pytest.mark.parametrize("name", [*LITERATURE, "svf, restart"])
def test_hunt(name: str, run: Run) -> None:
    name, _, admission = name.partition(", ")
    sees = policy_by_name(name).sees.value
    rule = ("--admission", admission) if admission else ()
    found = run("hunt", "--policy", name, *rule, "--information", sees, *SMALL, "--json")
    assert found.code == 0, found.err
    best = found.data["best"]
    instance = instance_from_data(best["instance"])
    policy = policy_by_name(name, admission or "head-of-line")
    spent = cost(instance, simulate(instance, policy))
    least = optimum(instance, 5.0).upper
    assert best["ratio_lower"] == str(Fraction(spent, least))
    assert best["certificate"] is None or verified(best["certificate"])


@pytest.mark.parametrize("name", ["gsa", "vllm-fcfs", "mc-sf"])
def test_check_attacks_what_no_theorem_knows(name: str, run: Run) -> None:
    found = run("check", "--policy", name, "--bound", "2", "--json")
    assert found.data["verdict"] in ("UNKNOWN", "REFUTED")
    assert found.code in (1, 3)
    assert Fraction(found.data["certified"]["lower"]) > 2


def test_information_is_a_limit_on_what_is_told(run: Run) -> None:
    peek = run("ratio", "i.json", "--information", "interval")
    assert peek.code == 2
    assert "svf peeks at volume" in peek.err
    for name, sees in (("fcfs", "none"), ("one-bit-svf", "1-bit"), ("a-max", "interval")):
        assert run("ratio", "i.json", "--policy", name, "--information", sees).code == 0
    Path("mine.py").write_text(
        "def blind(request): return request.output\n"
        "blind.sees = 'none'\n"
        "def odd(request): return 0\n"
        "odd.sees = 'all'\n"
        "def by_bit(request): return request.is_long\n",
        encoding="utf-8",
    )
    assert "peeks at output" in run("ratio", "i.json", "--policy", "mine:blind").err
    assert "sees: 'all' is not a valid" in run("ratio", "i.json", "--policy", "mine:odd").err
    ranked = run("ratio", "i.json", "--policy", "mine:by_bit", "--information", "1-bit")
    assert ranked.code == 2
    assert "rank True is not a number" in ranked.err


class Hasty:
    """Starts everything, and never cuts."""

    def act(self, step: int, waiting: Any, running: Any, memory: int) -> Action:
        return Action((), [job.index for job in waiting])


class Mute:
    """Says nothing of use."""

    def act(self, step: int, waiting: Any, running: Any, memory: int) -> int:
        return 7


def test_ones_own_restarter_is_held_to_its_contract() -> None:
    with pytest.raises(PolicyError, match="overfills memory"):
        assert_competitive(Hasty, 99, examples=20, seed=1)
    mute = load_policy("tests.kvcr.test_named_policies:Mute", "head-of-line")
    assert isinstance(mute, OnlinePolicy)
    with pytest.raises(PolicyError, match="step 0: 7 is not what to cut and to start"):
        simulate(EXAMPLE, mute)


@pytest.mark.parametrize("name", ["gsa", "gba", "sorted-f"])
def test_assert_competitive_takes_every_name(name: str) -> None:
    sees = policy_by_name(name).sees
    assert assert_competitive(name, 99, information=sees, examples=10, moves=20, seed=1).ratio >= 1
    if sees is Information.KNOWN:
        with pytest.raises(PolicyError, match=f"{name} peeks at"):
            assert_competitive(name, 99, information=Information.NONE, examples=10, seed=1)


def test_replay_takes_no_restart() -> None:
    with pytest.raises(InputError, match="admission: head-of-line or backfill, got 'restart'"):
        Settings(admission=Admission.RESTART)


def test_the_page_about_ones_own_policy(run: Run) -> None:
    """Its code runs, and its commands print what it says."""
    text = (DOCS / "own-policy.md").read_text(encoding="utf-8")
    Path("myrank.py").write_text(
        "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), encoding="utf-8"
    )
    Path("instance.json").write_text(json.dumps(instance_to_data(EXAMPLE)), encoding="utf-8")
    shown = "\n".join(re.findall(r"```\n(\$ .*?)```", text, re.DOTALL))
    commands = [part.partition("\n") for part in re.split(r"^\$ ", shown, flags=re.MULTILINE)[1:]]
    assert len(commands) >= 7
    for command, _, expected in commands:
        if command.startswith("kvcr ratio"):
            done = run(*shlex.split(command)[1:])
            assert (done.out + done.err).strip() == expected.strip(), command
    sys.modules.pop("myrank")

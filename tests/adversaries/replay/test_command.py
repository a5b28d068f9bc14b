"""`kvcr replay` without vLLM: what it refuses, and how it tells that vLLM is missing."""

import json
import sys
from pathlib import Path

import pytest
import typer

from kvcr.commands import replay as command
from theory.errors import InputError

INSTANCE = {
    "format": "kvcr-instance/1",
    "memory": 6,
    "requests": [{"prompt": 1, "output": 2, "count": 2}],
}
OUTCOME = {
    "agrees": True,
    "steps": 2,
    "model": {"cost": "4", "makespan": 2, "completion": [2, 2]},
    "vllm": {"cost": "4", "makespan": 2, "completion": [2, 2], "preemptions": 0},
    "divergence": None,
    "server": {"device": "cpu"},
    "seconds": 0.1,
}
STEPS = [{"step": 0, "model": {"tokens": 4}, "vllm": {"tokens": 5}}]
DIVERGENCE = {
    "step": 0,
    "field": "batch",
    "model": [0, 1],
    "vllm": [0],
    "causes": ["max_num_seqs"],
    "differing_steps": 2,
    "differing_completions": 1,
    "limits": {"max_num_seqs": 1},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(INSTANCE), encoding="utf-8")
    return path


def exit_code(file: Path, **options: object) -> int:
    with pytest.raises(typer.Exit) as stopped:
        command.replay(file, **options)  # type: ignore[arg-type]
    return int(stopped.value.exit_code)


def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """A Python that answers every order with this program."""
    script = tmp_path / "python"
    script.write_text(f"#!{sys.executable}\n{program}\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("KVCR_VLLM_PYTHON", str(script))


def answer(outcome: dict[str, object]) -> str:
    """A program that gives this outcome, with a record of the steps."""
    outcome = {"record": STEPS, **outcome}
    return f"import pathlib, sys\npathlib.Path(sys.argv[3]).write_text({json.dumps(outcome)!r})"


def test_without_vllm_it_says_how_to_get_it(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "vllm_python", lambda: None)
    assert exit_code(file) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "make vllm" in captured.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policy": "best"}, "policy"),
        ({"tier": "cloud"}, "--tier"),
        ({"device": "abacus"}, "--device"),
        ({"lengths": "guessed"}, "--lengths"),
        ({"model": Path("/nowhere")}, "--model"),
    ],
)
def test_bad_options_are_told_before_vllm_is_looked_for(
    file: Path, options: dict[str, object], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "vllm_python", lambda: None)
    with pytest.raises(InputError, match=message):
        command.replay(file, **options)  # type: ignore[arg-type]


def test_too_large_an_instance_is_named(file: Path) -> None:
    file.write_text(json.dumps({**INSTANCE, "memory": 10**9}), encoding="utf-8")
    with pytest.raises(InputError, match=r"instance\.json: memory"):
        command.replay(file)


def test_the_order_arrives_and_the_outcome_is_told(
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = tmp_path / "order.json"
    keep = f"pathlib.Path({str(told)!r}).write_text(sys.stdin.read())"
    pretend(tmp_path, monkeypatch, f"{answer(OUTCOME)}\n{keep}")
    steps = tmp_path / "steps.jsonl"
    assert exit_code(file, tier="stub", max_num_seqs=3, record=steps, as_json=True) == 0
    assert [json.loads(line) for line in steps.read_text().splitlines()] == STEPS
    assert json.loads(capsys.readouterr().out) == OUTCOME
    order = json.loads(told.read_text(encoding="utf-8"))
    assert (order["tier"], order["max_num_seqs"], order["instance"]) == ("stub", 3, INSTANCE)


def test_a_divergence_exits_1_and_says_why(
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcome = {**OUTCOME, "agrees": False, "divergence": DIVERGENCE}
    pretend(tmp_path, monkeypatch, answer(outcome))
    assert exit_code(file) == 1
    assert "max_num_seqs" in capsys.readouterr().out


def test_a_record_that_cannot_be_written_is_bad_input(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, monkeypatch, answer(OUTCOME))
    with pytest.raises(InputError, match="No such file"):
        command.replay(file, record=tmp_path / "nowhere" / "steps.jsonl")


def test_what_vllm_refuses_is_bad_input(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, monkeypatch, answer({"error": "--device cuda: this vLLM runs on cpu"}))
    with pytest.raises(InputError, match="runs on cpu"):
        command.replay(file, device="cuda")


@pytest.mark.parametrize(
    "program", ["import sys\nsys.exit('no blocks')", "raise ValueError('no blocks')"]
)
def test_when_vllm_fails_nothing_is_decided(
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    program: str,
) -> None:
    pretend(tmp_path, monkeypatch, program)
    assert exit_code(file) == 3
    assert "no blocks" in capsys.readouterr().err


def test_a_python_that_is_not_there_decides_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KVCR_VLLM_PYTHON", "/nowhere/python")
    assert exit_code(file) == 3
    assert "/nowhere/python" in capsys.readouterr().err

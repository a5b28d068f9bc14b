"""Replaying an instance on real vLLM."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from adversaries.replay.model import require_replayable
from adversaries.replay.outcome import Gate
from kvcr.commands.common import AdmissionRule, Json, emit
from theory.errors import InputError
from theory.files import instance_to_data, read_instance
from theory.policy import Admission, named_policy

ROOT = Path(__file__).parent.parent.parent
HOW_TO_GET_IT = (
    "vLLM is missing: run `make vllm` once, or name a Python that has it in KVCR_VLLM_PYTHON"
)


def replay(
    file: Annotated[Path, typer.Argument(help="An instance (kvcr-instance/1).")],
    policy: Annotated[str, typer.Option(help="A policy by name.")] = "svf",
    admission: AdmissionRule = Admission.HEAD_OF_LINE,
    tier: Annotated[str, typer.Option(help="scheduler, stub or engine.")] = "scheduler",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    model: Annotated[
        Path | None, typer.Option(help="A model's folder, for the engine; default a tiny one.")
    ] = None,
    gate: Annotated[Gate, typer.Option(help="Admit by tokens or by whole blocks.")] = Gate.TOKEN,
    lengths: Annotated[str, typer.Option(help="true, or predicted: as the file says.")] = "true",
    block_size: Annotated[
        int | None, typer.Option(min=1, max=10**6, help="Tokens in a KV block.")
    ] = None,
    max_num_seqs: Annotated[
        int | None, typer.Option(min=1, max=10**6, help="Requests that run at once, at most.")
    ] = None,
    max_num_batched_tokens: Annotated[
        int | None, typer.Option(min=1, max=10**6, help="Tokens computed in a step, at most.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write both runs here, a line of JSON for each step.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Replay an instance on real vLLM, step for step: exit 0 as the model says, 1 not.

    Exit 3 when there is no vLLM. Example: kvcr replay instance.json --policy svf --tier stub
    """
    instance = read_instance(file)
    named_policy(policy)
    for name, value, known in (
        ("--tier", tier, ("scheduler", "stub", "engine")),
        ("--device", device, ("auto", "cpu", "cuda")),
        ("--lengths", lengths, ("true", "predicted")),
    ):
        if value not in known:
            raise InputError(f"{name}: {', '.join(known)}")
    if model is not None and not (model / "config.json").is_file():
        raise InputError(f"--model {model}: no config.json there")
    try:
        require_replayable(instance)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    python = vllm_python()
    if python is None:
        print(f"kvcr: {HOW_TO_GET_IT}", file=sys.stderr)
        raise typer.Exit(3)
    order = {
        "instance": instance_to_data(instance),
        "policy": policy,
        "admission": admission.value,
        "tier": tier,
        "device": device,
        "gate": gate.value,
        "lengths": lengths,
        "block_size": block_size,
        "max_num_seqs": max_num_seqs,
        "max_num_batched_tokens": max_num_batched_tokens,
        "model": str(model.resolve()) if model else None,
    }
    data = _run(python, order)
    if "error" in data:
        raise InputError(f"{file}: {data['error']}")
    if "failed" in data:
        print(f"kvcr: vLLM failed: {data['failed']}", file=sys.stderr)
        raise typer.Exit(3)
    steps = data.pop("record")
    if record is not None:
        try:
            record.write_text("".join(json.dumps(step) + "\n" for step in steps), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{record}: {error.strerror}") from None
    if as_json:
        emit(data)
    else:
        _tell(data)
    raise typer.Exit(0 if data["agrees"] else 1)


def vllm_python() -> Path | None:
    """A Python that has vLLM: KVCR_VLLM_PYTHON, this one, or that of ``make vllm``; or None."""
    named = os.environ.get("KVCR_VLLM_PYTHON")
    if named:
        return Path(named)
    if importlib.util.find_spec("vllm") is not None:
        return Path(sys.executable)
    made = ROOT / ".venv-vllm" / "bin" / "python"
    return made if made.exists() else None


def _run(python: Path, order: dict[str, Any]) -> dict[str, Any]:
    """The outcome of a replay in a process of its own, or what it failed with."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with TemporaryDirectory() as folder:
        output = Path(folder) / "outcome.json"
        # Two versions of numba would throw each other's code out of one cache.
        cache = str(python.parent.parent / "numba-cache")
        environment = {**os.environ, "PYTHONPATH": path, "NUMBA_CACHE_DIR": cache}
        try:
            done = subprocess.run(
                [str(python), "-m", "adversaries.replay", str(output)],
                input=json.dumps(order),
                capture_output=True,
                text=True,
                check=False,
                cwd=folder,
                env=environment,
            )
        except OSError as error:
            return {"failed": f"{python}: {error.strerror}"}
        if output.exists():
            data: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
            return data
    lines = done.stderr.strip().splitlines() or ["no message"]
    return {"failed": f"exit {done.returncode}: {lines[-1]}"}


def _tell(data: dict[str, Any]) -> None:
    model, vllm, divergence = data["model"], data["vllm"], data["divergence"]
    print(f"steps      {data['steps']} on {data['server']['device']}, {data['seconds']} s")
    print(f"cost       {vllm['cost']} on vLLM, {model['cost']} in the model")
    print(f"makespan   {vllm['makespan']} on vLLM, {model['makespan']} in the model")
    print(f"preempted  {vllm['preemptions']} times")
    if divergence is None:
        print("agrees     batches, KV use, waiting head and completions, step for step")
        return
    print(
        f"diverges   first in step {divergence['step']}: {divergence['field']} is "
        f"{divergence['vllm']}, not {divergence['model']}; in {divergence['differing_steps']} "
        f"steps and {divergence['differing_completions']} completions in all"
    )
    print(f"because    {', '.join(divergence['causes'])}")

"""Bad input gets one clear line on standard error and exit code 2, whatever it is."""

import json
import re
import sys
from pathlib import Path

import pytest

from kvcr import cli, loading

GOOD = {"format": "kvcr-instance/1", "memory": 6, "requests": [{"prompt": 1, "output": 2}]}


def instance(**changes: object) -> str:
    return json.dumps(GOOD | changes)


def request(**changes: object) -> str:
    return instance(requests=[{"prompt": 1, "output": 2} | changes])


INSTANCES = {
    "empty": ("", "empty"),
    "blank": (" \n ", "empty"),
    "truncated": (instance()[:-5], "not JSON"),
    "not an object": ("[1, 2]", "object"),
    "a number": ("7", "object"),
    "unknown format": (instance(format="kvcr-instance/9"), "format"),
    "unknown key": (instance(colour="red"), "colour"),
    "unknown request key": (request(prio=3), r"prio.*requests\[0\]"),
    "no memory": (json.dumps({"format": "kvcr-instance/1", "requests": []}), "memory"),
    "memory zero": (instance(memory=0), "memory"),
    "memory negative": (instance(memory=-4), "memory"),
    "memory text": (instance(memory="6"), "memory"),
    "memory NaN": ('{"format": "kvcr-instance/1", "memory": NaN, "requests": []}', "NaN"),
    "memory infinite": (
        '{"format": "kvcr-instance/1", "memory": Infinity, "requests": []}',
        "Infinity",
    ),
    "memory fractional": (instance(memory=6.5), "memory"),
    "memory true": (instance(memory=True), "memory"),
    "no requests": (instance(requests=[]), "at least one request"),
    "requests null": (instance(requests=None), "requests"),
    "prompt negative": (request(prompt=-1), "request 0: prompt"),
    "output zero": (request(output=0), "request 0: output"),
    "output missing": (instance(requests=[{"prompt": 1}]), "output"),
    "arrival negative": (request(arrival=-1), "request 0: arrival"),
    "peak above memory": (request(output=9), "request 0.*exceeds memory"),
    "count zero": (request(count=0), "request 0: count"),
    "count enormous": (request(count=10**12), "count"),
    "predicted reversed": (request(predicted=[4, 2]), "predicted"),
    "10^400 tokens": (request(prompt=10**400), "401 digits"),
    "10^30 tokens": (request(prompt=10**30), "request 0: prompt"),
    "duplicate key": ('{"format": "kvcr-instance/1", "memory": 6, "memory": 7}', "duplicate"),
    "nested": ("[" * 100_000, "nested|not JSON"),
}

CERTIFICATES = {
    "empty": "",
    "not a certificate": instance(),
    "NaN": '{"format": "kvcr-certificate/1", "kind": "counterexample", "ratio": NaN}',
    "unknown kind": '{"format": "kvcr-certificate/1", "kind": "proof"}',
    "list": "[]",
    "no instance": '{"format": "kvcr-certificate/1", "kind": "counterexample"}',
    "10^400": '{"format": "kvcr-certificate/1", "kind": "lower-bound", "value": 1'
    + "0" * 400
    + "}",
    "duplicate": '{"format": "x", "format": "kvcr-certificate/1", "kind": "lemma"}',
}

TRACES = {
    "empty": ("", "no known columns"),
    "other columns": ("a,b\n1,2\n", "no known columns"),
    "header only": ("num_prefill_tokens,num_decode_tokens\n", "no request"),
    "negative": ("num_prefill_tokens,num_decode_tokens\n-3,4\n", "row 1: prompt"),
    "text": ("num_prefill_tokens,num_decode_tokens\n3,four\n", "row 1: output"),
    "nan": ("num_prefill_tokens,num_decode_tokens\n3,nan\n", "row 1: output"),
    "short row": ("num_prefill_tokens,num_decode_tokens\n3\n", "row 1: output"),
    "beyond memory": ("num_prefill_tokens,num_decode_tokens\n300,4\n", "request 0.*exceeds"),
    "enormous": (f"num_prefill_tokens,num_decode_tokens\n{10**400},4\n", "row 1: prompt"),
    "long line": ("num_prefill_tokens,num_decode_tokens\n" + "1" * 3_000_000, "longer than"),
    "no times": ("num_prefill_tokens,num_decode_tokens\n3,4\n", "no arrival times"),
    "bad time": ("arrived_at,num_prefill_tokens,num_decode_tokens\nsoon,3,4\n", "row 1: arrival"),
}

POLICIES = {
    "raises": "def policy(request):\n    raise RuntimeError('boom')\n",
    "returns text": "def policy(request):\n    return 'first'\n",
    "returns NaN": "def policy(request):\n    return float('nan')\n",
    "not a policy": "policy = 3\n",
    "does not import": "import a_module_that_is_not_there\n",
    "someone else's": "class policy:\n    def choose(self, *args):\n        return 99\n",
    "negative index": "class policy:\n    def choose(self, *args):\n        return -1\n",
    "idles": "class policy:\n    def choose(self, *args):\n        return None\n",
    "overfills": "class policy:\n    def choose(self, step, waiting, *args):\n"
    "        return waiting[0].index\n",
    "loops": "class policy:\n    def choose(self, *args):\n        while True:\n            pass\n",
    "constructor raises": "class policy:\n    def __init__(self):\n        raise ValueError\n"
    "    def choose(self, *args):\n        return None\n",
}


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert len(err) < 700
    return err


@pytest.mark.parametrize("kind", INSTANCES)
def test_instances(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, words = INSTANCES[kind]
    file = tmp_path / "instance.json"
    file.write_text(text, encoding="utf-8")
    err = refused(capsys, "ratio", str(file))
    assert str(file) in err
    assert re.search(words, err), err


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_certificates(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "certificate.json"
    file.write_text(CERTIFICATES[kind], encoding="utf-8")
    assert str(file) in refused(capsys, "verify", str(file))


@pytest.mark.parametrize("kind", TRACES)
def test_traces(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, words = TRACES[kind]
    file = tmp_path / "trace.csv"
    file.write_text(text, encoding="utf-8")
    timed = ["--arrivals", "trace", "--steps-per-second", "2"] if "time" in kind else []
    err = refused(capsys, "certify", str(file), "--memory", "100", *timed)
    assert re.search(words, err), err


@pytest.mark.parametrize("kind", POLICIES)
def test_policies(
    kind: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "TIME_LIMIT", 0.3)
    monkeypatch.chdir(tmp_path)
    name = f"own_{abs(hash(kind))}"
    (tmp_path / f"{name}.py").write_text(POLICIES[kind], encoding="utf-8")
    file = tmp_path / "instance.json"
    file.write_text(instance(requests=[{"prompt": 1, "output": 4, "count": 3}]), encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert "policy" in refused(capsys, "ratio", str(file), "--policy", f"{name}:policy")


@pytest.mark.parametrize("command", ["ratio", "verify", "certify"])
@pytest.mark.parametrize("what", ["missing", "folder", "binary", "device"])
def test_paths(command: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = {"folder": tmp_path, "device": Path("/dev/null")}.get(what, tmp_path / what)
    if what == "binary":
        file.write_bytes(bytes(range(256)))
    memory = ["--memory", "100"] if command == "certify" else []
    assert str(file) in refused(capsys, command, str(file), *memory)


def test_a_200_mb_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "long.json"
    with file.open("wb") as out:
        out.truncate(200_000_000)
    for command in (["ratio"], ["verify"], ["certify", "--memory", "9"]):
        assert "larger than" in refused(capsys, *command, str(file)) or command[0] == "certify"


@pytest.mark.parametrize(
    "arguments",
    [
        ["bogus"],
        ["check", "--bound", "five"],
        ["check", "--bound", "1e400"],
        ["check", "--bound", "-1"],
        ["check", "--bound", "5", "--alpha", "3/2"],
        ["check", "--bound", "5", "--alpha", "0"],
        ["check", "--bound", "5", "--alpha", "1/0"],
        ["check", "--bound", "5", "--policy", "nobody"],
        ["check", "--bound", "5", "--admission", "polite"],
        ["check"],
        ["check", "no-such-claim"],
        ["ratio"],
        ["ratio", "x.json", "--time-limit", "-1"],
        ["certify", "x.csv"],
        ["certify", "x.csv", "--memory", "0"],
        ["certify", "x.csv", "--memory", "12", "--arrivals", "sometimes"],
    ],
)
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, *arguments)

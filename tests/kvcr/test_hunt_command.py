"""kvcr hunt: what it prints is certified, and bad input is one line."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from adversaries.hunt.archive import Archive
from adversaries.hunt.hunt import FOUND
from adversaries.hunt.score import score
from kvcr import cli, hunting
from kvcr.certificates import verified
from kvcr.commands.hunt import hunt
from kvcr.hunting import certificate, resolver
from kvcr.witnesses import best_of, from_archive
from theory.claims import Information
from theory.errors import InputError, PolicyError
from theory.policy import Admission, Policy, named_policy
from theory.request import Instance

Run = Callable[..., SimpleNamespace]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    app = typer.Typer(rich_markup_mode=None)
    app.command()(hunt)
    monkeypatch.setattr(cli, "app", app)

    def run(*arguments: str) -> SimpleNamespace:
        code = cli.run(list(arguments))
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return run


def test_json_holds_a_verified_certificate(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "best.json"
    done = run("--alpha", "1/2", "--budget", "800", "--json", "-o", str(kept))
    assert done.code == 0
    data = json.loads(done.out)
    best = data["best"]
    assert Fraction(best["ratio_lower"]) > 1
    assert best["certificate"]["ratio"] == best["ratio_lower"]
    assert best["certificate"]["instance"] == best["instance"]
    assert verified(best["certificate"])
    assert json.loads(kept.read_text()) == best["certificate"]
    assert data["evaluations"] >= 800
    assert data["seconds"] > 0


def test_a_finding_that_the_checker_refuses_is_not_handed_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = score(Instance.of(3, (2, 1), (0, 2), (0, 1)), named_policy("ljf"))
    assert certificate(found, Fraction(1)) is not None
    monkeypatch.setattr(hunting, "verified", lambda _: False)
    with pytest.raises(InputError, match="does not accept"):
        certificate(found, Fraction(1))


def test_what_is_archived_is_a_witness(run: Run, tmp_path: Path) -> None:
    done = run("--budget", "500", "--policy", "sjf", "--archive", str(tmp_path), "--json")
    best = Fraction(json.loads(done.out)["best"]["ratio_lower"])
    on = run("--budget", "20", "--policy", "sjf", "--archive", str(tmp_path), "--resume")
    assert f"{best}" in on.out or float(on.out.split(" = ")[-1].split()[0]) > best
    sjf = named_policy("sjf")
    witnesses = list(from_archive(Archive(tmp_path / FOUND), "sjf", Admission.HEAD_OF_LINE))
    assert best_of(witnesses, sjf, Fraction(1)).ratio >= best
    assert not list(from_archive(Archive(tmp_path / FOUND), "svf", Admission.HEAD_OF_LINE))


def test_what_is_found_becomes_a_family(run: Run) -> None:
    small = ("--budget", "400", "--max-requests", "3", "--max-memory", "30", "--generalise")
    family = json.loads(run(*small, "--json").out)["family"]
    assert Fraction(family["limit"]) > 2
    assert "t" in family["memory"]
    assert f"ratio -> {family['limit']}" in run(*small).out
    alone = ("--budget", "50", "--max-requests", "1", "--generalise")
    assert json.loads(run(*alone, "--json").out)["family"] is None


def test_a_policy_of_ones_own(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("hunted.py").write_text(
        "def largest(request): return -request.volume\n"
        "class Sleeps:\n"
        "    def choose(self, step, waiting, running, memory): return None\n"
        "class Once:\n"
        "    def choose(self, step, waiting, running, memory):\n"
        "        return None if running else waiting[0].index\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    best = json.loads(run("--policy", "hunted:largest", "--budget", "300", "--json").out)["best"]
    assert verified(best["certificate"])
    scheduled = json.loads(run("--policy", "hunted:Once", "--budget", "300", "--json").out)
    assert scheduled["best"]["certificate"] is None
    breach = run("--policy", "hunted:Sleeps", "--budget", "300")
    assert breach.code == 2
    assert "idles for ever" in breach.err
    assert '"memory"' in breach.err
    peek = run("--policy", "hunted:largest", "--information", "none", "--budget", "300")
    assert peek.code == 2
    assert "peeks at volume" in peek.err
    hidden = run("--policy", "hunted:Once", "--information", "none", "--budget", "300")
    assert hidden.code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--budget", "soon"], "budget"),
        (["--alpha", "2"], "alpha"),
        (["--policy", "nobody"], "unknown name"),
        (["--resume"], "--archive"),
        (["--traffic", "poisson", "--budget", "10"], "Poisson"),
        (["--max-requests", "0"], "max_requests"),
        (["--workers", "0"], "workers"),
        (["--archive", "/dev/null"], "/dev/null"),
    ],
)
def test_bad_input_is_one_line(run: Run, arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert message in done.err.splitlines()[-1]


def test_a_certificate_needs_a_rank() -> None:
    finding = score(Instance.of(22, (0, 6), (21, 1), (21, 1)), named_policy("svf"))
    made = certificate(finding, Fraction(1))
    assert made is not None
    assert made["claim"]["bound"] == "1"
    even = score(Instance.of(9, (0, 3)), named_policy("svf"))
    made = certificate(even, Fraction(1))
    assert made is not None
    assert made["claim"]["bound"] == "0"


def test_the_resolver_hides_what_the_cell_hides() -> None:
    blind = resolver(Information.NONE)("svf", Admission.HEAD_OF_LINE)
    assert isinstance(blind, Policy)
    with pytest.raises(PolicyError, match="peeks"):
        blind.order(Instance.of(9, (0, 3)))

"""Reports from files: verified first, refused when invalid; and reports of proofs."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from adversaries.report.findings import findings
from adversaries.report.kinds import kinds
from adversaries.report.picture import picture
from kvcr import proof_report as proofs
from kvcr.certificates import counterexample, lower_bound
from kvcr.commands.reports import report
from kvcr.reports import Format, counterexample_report, verified_entry
from lemmas import checker
from lemmas.chain import LEMMAS, Support, foundations, support
from tests.report.certificates import CLAIMS, comparing, noted, refuting
from theory.errors import InputError
from theory.optimum import optimum
from theory.policy import named_policy
from theory.request import Instance


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "svf.json"
    path.write_bytes(refuting(*CLAIMS[0]))
    return path


@pytest.fixture
def app() -> typer.Typer:
    commands = typer.Typer()
    commands.callback()(lambda: None)
    commands.command()(report)
    return commands


def test_the_checker_is_asked_and_said_to_have_been(file: Path) -> None:
    assert verified_entry(file).checked
    for form in Format:
        assert "independent checker accepted" in counterexample_report([file], form)


def test_what_the_check_trusts_is_on_the_page(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(comparing(noted(""), ("svf", "head-of-line"), name="mine"))
    assert "orders the requests as listed" in counterexample_report([path])


def test_theorems_are_quoted_for_the_cells_they_speak_of(tmp_path: Path) -> None:
    shown = []
    for claim in CLAIMS:
        path = tmp_path / "claim.json"
        path.write_bytes(refuting(*claim))
        shown.append(verified_entry(path).ceilings)
    assert set(shown[0]) == {"T1", "T2", "T4"}
    assert set(shown[0].values()) == {None}
    assert not shown[1]
    (above,) = shown[2].values()
    assert isinstance(above, Fraction)
    assert above > 5


@pytest.mark.parametrize("form", list(Format))
def test_an_invalid_certificate_gets_no_report(file: Path, app: typer.Typer, form: Format) -> None:
    table = json.loads(file.read_bytes())
    table["policy_schedule"][1] += 1
    file.write_text(json.dumps(table))
    with pytest.raises(checker.Invalid, match=r"svf\.json: digest"):
        counterexample_report([file], form)
    output = file.with_name("out")
    result = CliRunner().invoke(
        app, ["report", str(file), "-o", str(output), "--format", form.value]
    )
    assert result.exit_code == 1
    assert not output.exists()
    assert "digest" in result.output


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bound.json"
    with pytest.raises(InputError, match=r"bound\.json"):
        counterexample_report([path])
    path.write_text(json.dumps(lower_bound(noted(""))))
    with pytest.raises(InputError, match="of kind lower-bound"):
        counterexample_report([path])


def test_the_command_writes_the_report(file: Path, app: typer.Typer) -> None:
    output = file.with_name("out.html")
    result = CliRunner().invoke(app, ["report", str(file), str(file), "-o", str(output), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output) == {"written": str(output), "invalid": None}
    assert output.read_text(encoding="utf-8") == counterexample_report([file, file])
    result = CliRunner().invoke(app, ["report", str(file), "--format", "md"])
    assert result.output == counterexample_report([file], Format.MARKDOWN)


@pytest.mark.parametrize("arguments", [[], ["--proof", "T9"], ["--proof", "L2", "--format", "md"]])
def test_bad_usage_is_an_input_error(app: typer.Typer, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["report", *arguments])
    assert isinstance(result.exception, InputError)


# --- proofs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["L3", "T1"])
def test_the_proof_page_shows_the_chain(key: str) -> None:
    page, again = (proofs.proof_report(key) for _ in range(2))
    models = re.compile(r"\nfails at .*")
    assert models.sub("", page) == models.sub("", again)
    chain = [*foundations(key), LEMMAS[key]]
    assert f"{support(key).obligations} obligations" in page
    assert set(re.findall(r'<h3 id="([^"]+)"', page)) == {lemma.key for lemma in chain}
    count = sum(len(lemma.obligations) for lemma in chain)
    assert page.count(": discharged.</p>") == page.count("\nfails at ") == count
    assert "NOT " not in page
    for lemma in chain:
        assert all(schema.value in page for schema in lemma.schemas)


def test_a_broken_chain_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Support(LEMMAS["L2"], (), ("L2: <it> fails",))
    monkeypatch.setattr(proofs, "support", lambda _: broken)
    page = proofs.proof_report("L2")
    assert "PROVED" not in page
    assert "L2: &lt;it&gt; fails" in page


@pytest.mark.parametrize("key", LEMMAS)
def test_the_diagram_keeps_what_rests_on_what(key: str) -> None:
    drawn = proofs.diagram(key)
    place = {name: (x, y) for name, _, x, y, _ in drawn["boxes"]}
    assert set(place) == {key, *(lemma.key for lemma in foundations(key))}
    assert len(set(place.values())) == len(place)
    name = {where: box for box, where in place.items()}
    arrows = {(name[begin], name[end]) for begin, end in drawn["arrows"]}
    for below, above in arrows:
        assert below in LEMMAS[above].rests_on
        assert place[below][1] < place[above][1]

    def reached(box: str) -> set[str]:
        direct = {below for below, above in arrows if above == box}
        return direct.union(*(reached(below) for below in direct))

    assert reached(key) == set(place) - {key}


def test_constants_are_the_theorems_own() -> None:
    half = Fraction(1, 2)
    curves = proofs.constants("T2")
    assert {name: curve(half) for name, curve in curves.items()} == {
        name: LEMMAS[name].ratio(half)
        for name in curves  # type: ignore[misc]
    }
    assert curves["T1"](Fraction(1)) is None
    values = [curve(half) for curve in proofs.constants("B4").values()]
    assert values == sorted(values, key=lambda value: value or 0)


def test_restart_shows_what_was_cut_and_blames_no_head_of_line(tmp_path: Path) -> None:
    instance = Instance.of(23, (0, 12), (0, 12), (0, 12), (14, 5), (18, 4))
    policy = named_policy("svf", "restart")
    good = optimum(instance).schedule
    made = counterexample(instance, policy, good, Fraction(1), Fraction(1))
    file = tmp_path / "restart.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    entry = verified_entry(file)
    stated = findings(entry.exhibit, kinds(entry.exhibit.instance), entry.ceilings)
    assert stated.where.startswith(f"{len(made['cut'])} runs were cut; ")
    assert (stated.blockings, stated.links) == ((), ())
    drawing = picture(entry.exhibit, entry.exhibit.bad, kinds(instance))
    assert sum(shape.is_cut for shape in drawing.shapes) == len(made["cut"]) > 0
    assert "is cut at step" in next(shape.info for shape in drawing.shapes if shape.is_cut)
    other = picture(entry.exhibit, entry.exhibit.good, kinds(instance))
    assert not any(shape.is_cut for shape in other.shapes)
    assert "a run that was cut" in counterexample_report([file], Format.HTML)

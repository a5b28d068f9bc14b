"""The atlas and the gallery as pages: the numbers of the data, and hostile text as text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adversaries.hunt.archive import Archive
from adversaries.hunt.records import Provenance
from adversaries.hunt.score import Finding, score
from kvcr import cli
from kvcr.atlas import Band, atlas, to_data
from kvcr.atlas_chart import Chart, chart, height, paper_curve
from kvcr.atlas_page import Links, atlas_page, links_beside
from kvcr.gallery import front, gallery_page
from kvcr.make_reports import make_reports
from kvcr.witnesses import Witness
from lemmas.chain import ratios
from tests.report.certificates import CLAIMS, refuting
from tests.strategies import instances
from theory.errors import InputError
from theory.policy import Admission, named_policy
from theory.request import Instance

ALPHAS = [Fraction(text) for text in ("1/5", "1/2", "1")]
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
HOSTILE = '</script><img src=x onerror="alert(1)">' + chr(0x202E) + "W" * 10_000


@pytest.fixture(scope="module")
def bands() -> list[Band]:
    return atlas(alphas=ALPHAS, policies=("svf",))


class Tables(HTMLParser):
    """Reads the numbers back: the cells that a figure is for, and the rows of its table."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: dict[str, list[tuple[str, ...]]] = {}
        self.rows: dict[str, list[dict[str, str]]] = {}
        self.tags: list[str] = []
        self._table, self._reading = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "data-cells" in found:
            policy = tuple(found["data-policy"].split(", "))
            names = (tuple(name.split("/")) for name in found["data-cells"].split())
            self.cells[found["id"]] = [(*policy, *name) for name in names]
        elif tag == "table":
            self._table = found.get("id", "").removesuffix("-numbers")
        elif "data-alpha" in found and tag == "tr":
            self.rows.setdefault(self._table, []).append({"alpha": found["data-alpha"]})
        elif "data-is" in found:
            self._reading = found["data-is"] if tag == "td" else ""
            if tag == "data":
                self.rows[self._table][-1][found["data-is"]] = found["value"]

    def handle_endtag(self, tag: str) -> None:
        self._reading = "" if tag == "td" else self._reading

    def handle_data(self, data: str) -> None:
        if self._reading:
            self.rows[self._table][-1][self._reading] = data


def as_row(point: dict[str, Any]) -> dict[str, str]:
    """What the page should say of a point of the JSON document."""
    witness = point["witness"] or {}
    kept = {key: point[key] for key in ("alpha", "lower", "upper", "theorem", "limit")} | witness
    return {key: str(value) for key, value in kept.items() if value is not None}


def test_the_numbers_are_those_of_the_document(bands: list[Band]) -> None:
    data = to_data(bands)
    read = Tables(atlas_page(bands))
    where = {cell: figure for figure, cells in read.cells.items() for cell in cells}
    modelled = [cell for cell in data["cells"] if cell["points"]]
    assert len(where) == len(modelled) > 0
    for cell in modelled:
        name = tuple(cell[key] for key in ("policy", "admission", "traffic", "information"))
        assert read.rows[where[name]] == [as_row(point) for point in cell["points"]]


def test_the_page_names_gaps_and_what_is_not_modelled(bands: list[Band]) -> None:
    page = atlas_page(bands)
    for band in bands:
        if band.points:
            assert band.gap.replace("alpha", "α")[1:] in page
    assert "every policy, either admission" in page
    assert "poisson traffic, lengths known" in page
    assert page.index('data-cells="burst/known"') < page.index('data-cells="adversarial/known"')
    assert all(constant in page for constant in ("61.92", "10.67", "6.75"))
    assert "not checked here" in page


def test_the_same_bands_give_the_same_bytes(bands: list[Band]) -> None:
    again = atlas(alphas=ALPHAS, policies=("svf",))
    assert atlas_page(again, Links(), "a.json") == atlas_page(bands, Links(), "a.json")


@given(
    st.fractions(min_value=1, max_value=10**6, max_denominator=10**6),
    st.fractions(min_value=1, max_value=10**6, max_denominator=10**6),
)
def test_heights_are_ordered_as_ratios(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))
    assert 0 <= height(low, 100) <= height(high, 100) <= 1
    assert (height(high, 100) == 1) == (high >= 100)


def test_charts_stay_in_their_frame_and_regions_in_order(bands: list[Band]) -> None:
    for band in (band for band in bands if band.points):
        drawn = chart(band, 100)
        assert isinstance(drawn, Chart)
        lines = (drawn.lower, drawn.upper, drawn.limit, drawn.open, drawn.proved, drawn.unbounded)
        for line in lines:
            assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in line)
        for line in (drawn.lower, drawn.upper):
            assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(line))
        assert [s.right for s in drawn.slices[:-1]] == [s.left for s in drawn.slices[1:]]
        for point, told in zip(band.points, drawn.slices, strict=True):
            assert str(point.lower.ratio) in told.info
            assert point.upper is None or str(point.upper) in told.info
            assert len(told.spots) == 1 + (point.upper is not None)


def test_the_upper_line_goes_through_the_theorem(bands: list[Band]) -> None:
    burst = next(b for b in bands if (b.admission, b.traffic) == ("head-of-line", "burst"))
    line = chart(burst, 100).upper
    half = next(y for x, y in line if x == pytest.approx(0.5 / 1.03))
    assert half == height(Fraction(25, 9), 100)
    assert line[0][1] == height(ratios(Fraction(0))["T4"], 100)
    assert next(y for x, y in paper_curve(100) if x == pytest.approx(0.5 / 1.03)) == height(5, 100)


def test_hostile_sources_come_out_as_text() -> None:
    instance = Instance.of(60, (0, 10), *[(59, 1)] * 3)
    witness = Witness(HOSTILE, instance, (3, 0, 1, 2), Fraction(46, 19))
    bands = atlas([witness], [Fraction(99, 100), Fraction(1)], ["svf"])
    known = bands[0].points[-1].lower
    assert known.witness is not None
    hostile = Witness(HOSTILE, known.witness.instance, known.witness.good, known.ratio * 2)
    shown = atlas_page(atlas([hostile], [Fraction(1)], ["svf"]))
    assert "&lt;/script&gt;&lt;img" in shown
    assert "<img" not in shown
    assert shown.count("W" * 61) == 0
    assert Tables(shown).tags.count("script") == 1


def test_links_go_only_to_what_lies_beside(
    bands: list[Band], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "atlas.html"
    assert links_beside(page) == Links()
    assert "reports/" not in atlas_page(bands, links_beside(page))
    monkeypatch.setattr("kvcr.make_reports.THEOREM", "L2")  # T4 takes seconds
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "proof-T4.html").write_text("a proof")
    written = make_reports(tmp_path, bands)
    assert all(file.exists() for file in written)
    drawn = (tmp_path / "pictures" / "counterexample.svg").read_bytes()
    assert drawn == (PICTURES / "counterexample.svg").read_bytes()
    assert b"proved by T4" in (tmp_path / "pictures" / "atlas.svg").read_bytes()
    links = links_beside(page)
    assert [(r.policy, r.bound, r.requests) for r in links.reports[:3]] == [
        ("svf", 5, 7),
        ("svf", 5, 50),
        ("sjf", 5, 121),
    ]
    assert links.proofs == {key: f"reports/proof-{key}.html" for key in ("L2", "T4")}
    text = page.read_text(encoding="utf-8")
    hrefs = set(re.findall(r'href="([^"#]+)"', text)) - {"data:,"}
    assert hrefs >= {"atlas.json", "reports/proof-T4.html"}
    assert all((tmp_path / href).exists() for href in hrefs)
    assert json.loads((tmp_path / "atlas.json").read_text()) == to_data(bands)
    worst = next(r for r in links.reports if r.bound > 5)
    assert worst.ratio == bands[0].points[-1].lower.ratio
    assert re.search(rf'<td class="source foreign"[^>]*><a href="{re.escape(worst.href)}">', text)


def test_an_invalid_certificate_gets_no_link(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    table = json.loads(refuting(*CLAIMS[0])) | {"ratio": "1000"}
    (folder / "bad.json").write_text(json.dumps(table))
    assert links_beside(tmp_path / "atlas.html") == Links()
    (folder / "bad.html").write_text("a report")
    with pytest.raises(InputError, match="invalid certificate"):
        links_beside(tmp_path / "atlas.html")


def test_the_command_writes_the_page_and_the_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "atlas.html"
    asked = ["atlas", "--policy", "svf", "--alpha", "1/2", "--json"]
    assert cli.run([*asked, "-o", str(page)]) == 0
    data = json.loads(capsys.readouterr().out)
    assert json.loads((tmp_path / "atlas.json").read_text()) == data
    assert 'href="atlas.json"' in page.read_text(encoding="utf-8")
    assert cli.run([*asked, "-o", str(tmp_path / "only.json")]) == 0
    assert json.loads((tmp_path / "only.json").read_text()) == data
    assert sorted(p.name for p in tmp_path.iterdir()) == ["atlas.html", "atlas.json", "only.json"]
    assert cli.run([*asked, "--archive", str(tmp_path)]) == 2
    assert cli.run([*asked, "-o", str(tmp_path / "none" / "a.html")]) == 2
    assert cli.run(["gallery", str(tmp_path), "-o", str(tmp_path / "g.html")]) == 2


# --- archives -------------------------------------------------------------------------------


def found_in(folder: Path, method: str = "test", note: str = "") -> Archive:
    """An archive in which svf is held against three instances, two of them worth keeping."""
    archive = Archive(folder / "found.jsonl")
    for pairs in (((0, 10), (59, 1), (59, 1), (59, 1)), ((0, 9), (59, 1)), ((0, 9), (50, 2))):
        made = Instance.of(60, *pairs)
        noted = Instance(made.memory, made.requests, note)
        archive.add(score(noted, named_policy("svf")), Provenance(method, 7, 1))
    return archive


def test_an_archive_counts_and_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = found_in(tmp_path)
    asked = ["atlas", "--policy", "svf", "--alpha", "1", "--archive", str(tmp_path), "--json"]
    monkeypatch.setattr("kvcr.atlas.from_families", lambda *_: iter(()))
    monkeypatch.setattr("kvcr.atlas.from_hunted", lambda *_: iter(()))
    assert cli.run(asked) == 0
    point = json.loads(capsys.readouterr().out)["cells"][0]["points"][0]
    assert Fraction(point["lower"]) == max(finding.ratio for finding in archive)
    assert point["witness"]["source"] == "hunt, svf, head-of-line"
    page = tmp_path / "gallery.html"
    assert cli.run(["gallery", str(tmp_path), "-o", str(page), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["records"], told["problems"]) == (3, [])
    text = page.read_text(encoding="utf-8")
    kept = front(archive.provenances())
    assert re.findall(r'<data value="([^"]+)">', text) == [str(f.ratio) for f, _ in kept]
    assert len(kept) == 2
    assert text == gallery_page(Archive(archive.path))


def test_a_hostile_archive_comes_out_as_text(tmp_path: Path) -> None:
    archive = found_in(tmp_path, HOSTILE, HOSTILE)
    with archive.path.open("ab") as file:
        file.write(b'{"<script>alert(1)</script>": 1}\n')
    text = gallery_page(Archive(archive.path))
    assert "&lt;/script&gt;&lt;img" in text
    assert "<img" not in text
    assert "W" * 200 not in text
    assert Tables(text).tags.count("script") == 2
    assert 'id="problems"' in text


@given(st.lists(instances(most_requests=4, most_memory=12), max_size=8))
def test_the_front_covers_everything_and_nothing_on_it_is_covered(made: list[Instance]) -> None:
    policy = named_policy("ljf", Admission.BACKFILL)
    found = [(score(instance, policy), Provenance()) for instance in made]
    kept = [f for f, _ in front(found)]

    def covers(one: Finding, other: Finding) -> bool:
        return (
            len(one.instance) <= len(other.instance)
            and one.tokens <= other.tokens
            and one.instance.alpha <= other.instance.alpha
            and one.ratio >= other.ratio
        )

    assert all(any(covers(k, f) for k in kept) for f, _ in found if f.ratio > 1)
    assert not any(covers(x, y) for x in kept for y in kept if x is not y)


def test_no_code_that_an_archive_names_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "named_by_an_archive.py"
    module.write_text("raise SystemExit('loaded')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    own = replace(named_policy("svf"), name="named_by_an_archive:rank")
    instance = Instance.of(3, (2, 1), (0, 2), (0, 1))
    Archive(tmp_path / "found.jsonl", lambda *_: own).add(score(instance, own))
    page = tmp_path / "gallery.html"
    assert cli.run(["gallery", str(tmp_path), "-o", str(page), "--json"]) == 0
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert "unknown name" in problem["reason"]

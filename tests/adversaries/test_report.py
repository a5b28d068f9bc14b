"""Counterexample reports: their numbers, their size, and what hostile text does to them."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.report import Entry, html, latex, markdown
from adversaries.report import text as words
from tests.report.certificates import CLAIMS, comparing, exhibit_of, noted, refuting
from theory.errors import InputError
from theory.request import Instance, Request

HOSTILE = (
    '<script>alert(1)</script> "quotes" \' & </style> {{7*7}} <<7*7>> \\input{x} $x^2_1$ %c #1 ~ '
    "\u202eright to left\u202c مرحبا \x00"
)
LONG = f"{HOSTILE} {'W' * 10_000}"


class Page(HTMLParser):
    """What a reader of the HTML finds: tags, text, data by id, table rows, links, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.data: dict[str, str] = {}
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._cell: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        if tag == "data":
            self.data[str(found["id"])] = str(found["value"])
        if tag == "a":
            self.links.append(str(found["href"]))
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._cell is not None:
            self.rows[-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)


def page_of(raw: bytes) -> str:
    return html([Entry(exhibit_of(raw), True)], "1.0")


def expanded(shown: str) -> list[int]:
    low, _, high = shown.replace(",", "").partition("–")
    return list(range(int(low), int(high or low) + 1))


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_page_shows_the_certificates_numbers(claim: tuple[str, str, str]) -> None:
    raw = refuting(*claim)
    table, page = json.loads(raw), Page(page_of(raw))
    assert page.data["r1-policy-cost"] == table["policy_cost"]
    assert page.data["r1-good-cost"] == table["good_cost"]
    assert page.data["r1-ratio"] == table["ratio"]
    assert page.data["r1-bound"] == table["claim"]["bound"]
    assert page.data["r1-alpha"] == table["alpha"]
    assert page.data["r1-memory"] == str(table["instance"]["memory"])
    assert page.data["r1-requests"] == str(len(table["policy_schedule"]))
    assert hashlib.sha256(raw).hexdigest() in "".join(page.words)
    embedded = next(link for link in page.links if link.startswith("data:"))
    assert base64.b64decode(embedded.partition(",")[2]) == raw


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_tables_hold_instance_and_schedules(claim: tuple[str, str, str]) -> None:
    exhibit = exhibit_of(refuting(*claim))
    page = Page(html([Entry(exhibit)], "1.0"))
    found: dict[int, tuple[int, ...]] = {}
    for who, _, *numbers in (row for row in page.rows if len(row) == 9):
        for index in expanded(who):
            found[index] = tuple(int(number.replace(",", "")) for number in numbers)
    requests = exhibit.instance.requests
    assert found == {
        i: (r.prompt, r.output, r.arrival, p, p + r.output, q, q + r.output)
        for i, (r, p, q) in enumerate(zip(requests, exhibit.bad, exhibit.good, strict=True))
    }
    kinds_shown = [row for row in page.rows if len(row) == 7]
    assert sum(int(row[1].replace(",", "")) for row in kinds_shown) == len(requests)
    assert {row[6] for row in kinds_shown} == {f"{r.volume:,}" for r in requests}


def test_each_claim_fails_for_its_own_reason() -> None:
    reasons = [page_of(refuting(*claim)) for claim in CLAIMS]
    assert "No hypothesis of L3 breaks" in reasons[0]
    assert "H_head_of_line breaks at step 0" in reasons[1]
    assert "L3’s conclusion fails" in reasons[1]
    assert "H_svf, smallest volume first, breaks at step 0" in reasons[2]
    late = comparing(Instance.of(9, (0, 3), (0, 9, 4), (1, 2, 5)))
    assert "H_burst, which" in page_of(late)


def test_same_input_same_bytes() -> None:
    raw = refuting(*CLAIMS[0])
    for write in (html, markdown, latex):
        entries = [[Entry(exhibit_of(raw), True)] for _ in range(2)]
        assert write(entries[0], "1.0") == write(entries[1], "1.0")


def test_two_exhibits_on_one_page_have_their_own_ids() -> None:
    entries = [Entry(exhibit_of(refuting(*claim))) for claim in CLAIMS[:2]]
    text = html(entries, "1.0")
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    page = Page(text)
    assert page.data["r2-ratio"] == str(entries[1].exhibit.ratio)
    assert {"#r1", "#r2"} <= set(page.links)


# --- size ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shapes", [60, 2_000])
def test_two_thousand_requests_stay_below_three_megabytes(shapes: int) -> None:
    draw = random.Random(shapes)
    pool = [Request(draw.randint(0, 800), draw.randint(1, 400)) for _ in range(shapes)]
    requests = tuple(draw.choice(pool) for _ in range(2_000)) if shapes < 2_000 else tuple(pool)
    text = page_of(comparing(Instance(9_000, requests), seed=shapes))
    assert len(text.encode()) <= 3_000_000
    page = Page(text)
    assert page.data["r1-requests"] == "2000"
    assert sum(len(expanded(row[0])) for row in page.rows if len(row) == 9) == 2_000


# --- foreign text ------------------------------------------------------------------------------


def hostile(text: str) -> bytes:
    return comparing(noted(text), ("svf", "head-of-line"), name=text, provenance={"tool": text})


@settings(max_examples=25, deadline=None)
@given(st.one_of(st.just(HOSTILE), st.text(min_size=1)))
def test_foreign_text_stays_text(text: str) -> None:
    plain = Page(page_of(hostile("plain")))
    page = Page(page_of(hostile(text)))
    assert page.tags == plain.tags
    assert page.links[:-1] == plain.links[:-1]
    shown = "".join(page.words).replace("\r\n", "\n")
    assert words.clean(text).strip() in shown


def test_the_hostile_note_is_shown_whole() -> None:
    text = page_of(hostile(LONG))
    assert "<script>alert" not in text
    assert "W" * 10_000 in text
    assert len(re.findall("<script", text)) == 1


def test_lone_surrogates_can_be_written() -> None:
    raw = json.dumps(json.loads(hostile("x"))).replace('"note": "x"', '"note": "a\\ud800b"')
    for write in (html, markdown, latex):
        write([Entry(exhibit_of(raw.encode()))], "1.0").encode()


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_latex_leaves_no_special_character(text: str) -> None:
    shown = words.latex(text)
    assert shown.isascii()
    commands = (
        r"\\text\w+\{\}|\\char\d+\{\}|\\allowbreak\{\}|\\dots\{\}|\\\(\\?[\w-]+\\\)|\\[{}$&#%_]"
    )
    rest = re.sub(commands + r"|\{-\}", "", shown)
    assert not set(rest) & set('\\{}$&#%_^~<>|"')


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_markdown_leaves_no_markup(text: str) -> None:
    shown = words.markdown(text)
    assert "\n" not in shown
    assert not set(re.sub(r"\\.", "", shown)) & set("`*_{}[]<>#|~$^&!\\")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(tmp_path: Path) -> None:
    entries = [Entry(exhibit_of(refuting(*CLAIMS[2]))), Entry(exhibit_of(hostile(LONG)))]
    (tmp_path / "report.tex").write_text(latex(entries, "1.0"), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "report.pdf").stat().st_size > 10_000


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("ratio", "6", "ratio: it is"),
        ("good_schedule", [0, 0, 0, 0, 0, 0, 0], "memory is"),
        ("claim", {"alpha": "1", "bound": "100"}, "not refuted"),
        ("kind", "lemma", "not a counterexample"),
        ("policy", "nonsense", "unknown name"),
        ("policy", {"name": "mine", "order": [0, 0]}, "not a permutation"),
        ("instance", 7, "object"),
        ("policy_cost", None, "malformed"),
    ],
)
def test_a_wrong_certificate_is_refused(field: str, value: object, reason: str) -> None:
    table = json.loads(refuting(*CLAIMS[0])) | {field: value}
    with pytest.raises(InputError, match=reason):
        exhibit_of(json.dumps(table).encode())

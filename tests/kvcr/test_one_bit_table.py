"""The table of one bit: what it shows holds, and the page that quotes it quotes it."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from kvcr import one_bit_table
from kvcr.one_bit_table import (
    BATCHES,
    bits_data,
    bounded,
    certified,
    lines,
    main,
    rows,
    to_data,
)
from theory.errors import InputError
from theory.policy import Admission

PAGE = Path(__file__).parents[2] / "docs" / "one-bit.md"
HALF = Fraction(1, 2)


def test_lower_is_below_upper_and_both_grow_like_the_root() -> None:
    table = rows((16, 64))
    assert len(table) == 2 * len(BATCHES)
    for row in table:
        assert 1 < row.lower < row.upper
        assert row.distortion <= row.longest
        # beyond the square root of T below, not beyond four of them above
        assert row.lower**2 > row.longest
        assert row.upper**2 < 16 * row.longest


def test_more_batches_come_closer() -> None:
    few, more = (Fraction(certified(64, HALF, Admission.HEAD_OF_LINE, n)["ratio"]) for n in (4, 16))
    assert few < more < bounded(64, HALF)[1]


def test_what_cannot_be_proved_or_built_is_refused() -> None:
    with pytest.raises(InputError, match="no theorem"):
        bounded(16, Fraction(1))
    with pytest.raises(InputError, match="no theorem"):
        bounded(16, HALF, Admission.BACKFILL)
    with pytest.raises(InputError, match="not accepted"):
        certified(16, HALF, Admission.HEAD_OF_LINE, 1, Fraction(100))


def test_a_distortion_that_z3_does_not_confirm_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(one_bit_table, "bits_pair_above", lambda *_: "a pair")
    with pytest.raises(InputError, match="is more than"):
        bounded.__wrapped__(16, HALF)


def test_the_best_thresholds_are_optimal_where_quoted() -> None:
    for bits in (1, 2, 3):
        data = bits_data(64, bits)
        assert data["best"]["optimal"]
        best, plain = (Fraction(data[name]["distortion"]) for name in ("best", "geometric"))
        assert best <= plain
        assert Fraction(data["vanishing_alpha"]) ** 2 >= 4 * best


def test_the_page_quotes_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows with restart at T = 256 and more take seconds, and are left out here."""
    page = PAGE.read_text(encoding="utf-8").splitlines()
    shown = lines(to_data((16, 64)))
    monkeypatch.setattr(
        one_bit_table,
        "BATCHES",
        {key: n for key, n in BATCHES.items() if key[0] is Admission.HEAD_OF_LINE},
    )
    shown += lines(to_data((256, 1024)))
    assert len(shown) > 20
    assert [line for line in shown if line not in page] == []


def test_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_bit_table, "to_data", lambda: to_data((16,)))
    assert main([]) == 0
    text = capsys.readouterr().out
    assert text.startswith("    T admission") and "restart" in text
    assert main(["--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["format"] == "kvcr-one-bit/1"
    assert [Fraction(row["distortion"]) for row in data["rows"]] == [10] * len(BATCHES)

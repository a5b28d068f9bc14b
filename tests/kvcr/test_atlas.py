"""The atlas: bands that are ordered, checked below, proved above, and open where they are open."""

import json
from fractions import Fraction
from itertools import pairwise

import pytest

from adversaries.families import FAMILIES
from kvcr import cli, witnesses
from kvcr.atlas import Band, atlas
from kvcr.certificates import verified
from kvcr.witnesses import Witness, best_of
from theory.claims import Information, Traffic
from theory.policy import LOOK_AHEAD, named_policy

ALPHAS = [Fraction(text) for text in ("1/5", "1/2", "4/5", "1")]


@pytest.fixture(scope="module")
def bands() -> dict[tuple[str, str, str, str], Band]:
    found = atlas(alphas=ALPHAS, policies=("svf", "fcfs"))
    return {(b.policy, b.admission, b.traffic, b.information): b for b in found}


def test_every_cell_is_there(bands: dict[tuple[str, str, str, str], Band]) -> None:
    assert len(bands) == 2 * len(LOOK_AHEAD) * len(Traffic) * len(Information)
    assert not bands["svf", "head-of-line", "poisson", "known"].points
    assert bands["svf", "head-of-line", "burst", "none"].gap.startswith("does not apply")
    assert bands["fcfs", "head-of-line", "burst", "none"].points


def test_bands_are_ordered_and_checked(bands: dict[tuple[str, str, str, str], Band]) -> None:
    for band in bands.values():
        assert [p.alpha for p in band.points] == (ALPHAS if band.points else [])
        for here, after in pairwise(band.points):
            assert here.lower.ratio <= after.lower.ratio
        for point in band.points:
            assert point.upper is None or point.lower.ratio <= point.upper
            assert point.lower.witness is not None
            assert point.lower.witness.instance.alpha <= point.alpha
            assert point.lower.certificate is not None
            assert verified(point.lower.certificate)


def test_what_is_proved_and_what_is_closed(bands: dict[tuple[str, str, str, str], Band]) -> None:
    burst = bands["svf", "head-of-line", "burst", "known"]
    half = burst.points[1]
    assert (half.upper, half.theorem) == (Fraction(25, 9), "T4")
    assert burst.points[-1].upper is None
    assert burst.points[-1].limit == "oo"
    assert burst.gap.startswith("open: widest at alpha")
    assert burst.gap.endswith("; no constant holds from alpha = 1 on")
    assert bands["svf", "head-of-line", "adversarial", "known"].points[-1].limit == "oo"
    backfill = bands["svf", "backfill", "burst", "known"]
    assert backfill.gap == "closed: no constant holds from alpha = 1/5 on"
    assert all(p.upper is None for p in backfill.points)


def test_a_witness_that_overstates_is_not_believed() -> None:
    member = FAMILIES["thin-blocks-thick"].exceed(Fraction(1), Fraction(5))
    assert member is not None
    policy = named_policy("svf")
    boast = Witness("boast", member.instance, member.schedule, Fraction(1000))
    best = best_of([boast], policy, Fraction(1))
    assert best.ratio == Fraction(231, 41)
    outside = best_of([boast], policy, Fraction(1, 2))
    assert (outside.ratio, outside.witness) == (1, None)


def test_a_witness_that_the_checker_refuses_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = FAMILIES["thin-blocks-thick"].exceed(Fraction(1), Fraction(5))
    assert member is not None
    true = Witness("family", member.instance, member.schedule, Fraction(231, 41))
    assert best_of([true], named_policy("svf"), Fraction(1)).ratio == Fraction(231, 41)
    monkeypatch.setattr(witnesses, "verified", lambda _: False)
    assert best_of([true], named_policy("svf"), Fraction(1)).ratio == 1


def test_json_and_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["atlas", "--policy", "svf", "--alpha", "1/2", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["format"] == "kvcr-atlas/1"
    assert data["cells"][0]["points"][0]["upper"] == "25/9"
    assert cli.run(["atlas", "--policy", "svf", "--alpha", "1/2"]) == 0
    assert "at most 2.778 (T4)" in capsys.readouterr().out
    assert cli.run(["atlas", "--policy", "nobody"]) == 2
    assert cli.run(["atlas", "--alpha", "3/2"]) == 2

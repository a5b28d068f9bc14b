"""Claims about distortion and about 1-bit SVF: proved, refuted with what refutes, or open."""

from fractions import Fraction
from typing import Any

import pytest

from kvcr.certificates import verified
from kvcr.claims import one_bit
from kvcr.claims.one_bit import Ranked, decide_distortion, decide_one_bit, ratio_of
from kvcr.register import read_register
from theory.claims import Evidence, Verdict
from theory.errors import InputError
from theory.request import Request

DISTORTION = {"policy": "sjf", "peak": 6, "longest": 6, "bound": "6"}
ONE_BIT = {"peaks_up_to": "1/2", "longest": 16, "bound": "9"}


def verdict(given: dict[str, Any]) -> tuple[Verdict, Evidence]:
    found = decide_distortion(given)
    return found.verdict, found.evidence


def test_a_distortion_is_decided_both_ways() -> None:
    proved = Verdict.PROVED, Evidence.SMT
    assert verdict(DISTORTION) == proved
    assert verdict(DISTORTION | {"exact": True}) == proved
    assert verdict(DISTORTION | {"bound": "7"}) == proved
    assert verdict(DISTORTION | {"bound": "7", "exact": True})[0] is Verdict.UNKNOWN
    refuted = decide_distortion(DISTORTION | {"bound": "11/2"})
    assert (refuted.verdict, refuted.evidence) == (Verdict.REFUTED, Evidence.WITNESS)
    assert "(5, 1) of volume 6 against (0, 1) of volume 1: 6" in refuted.reason


def test_one_bit_has_no_bound_on_prompts() -> None:
    at_two = {"policy": "one-bit-svf", "longest": 2, "bound": "2"}
    assert verdict(at_two) == (Verdict.REFUTED, Evidence.WITNESS)
    assert verdict(at_two | {"bound": "3", "exact": True}) == (Verdict.PROVED, Evidence.SMT)


def test_a_pair_that_does_not_refute_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    tame = Request(0, 1), Request(0, 1)
    monkeypatch.setattr(one_bit, "pair_above", lambda *_: tame)
    assert verdict(DISTORTION) == (Verdict.ERROR, Evidence.NONE)


def test_pairs_outside_the_bounds_are_not_admitted() -> None:
    sjf, one_bit = Ranked("sjf", 3, 5), Ranked("one-bit-svf", 16, None)
    assert sjf.admits((Request(4, 1), Request(0, 1)))
    assert not sjf.admits((Request(0, 2), Request(0, 1)))  # the other way round
    assert not sjf.admits((Request(5, 1), Request(0, 1)))  # its peak is 6
    assert not sjf.admits((Request(0, 4), Request(0, 4)))  # longer than 3
    assert one_bit.admits((Request(0, 4), Request(0, 1)))
    assert not one_bit.admits((Request(0, 5), Request(0, 4)))
    assert ratio_of((Request(0, 4), Request(0, 1))) == 10


def test_one_bit_at_one_length() -> None:
    proved = decide_one_bit(ONE_BIT)
    assert (proved.verdict, proved.evidence) == (Verdict.PROVED, Evidence.SMT)
    assert proved.rests_on[0] == "B4"
    assert proved.certified.upper is not None
    assert 1 < proved.certified.lower < proved.certified.upper <= 9
    refuted = decide_one_bit(ONE_BIT | {"bound": "4"})
    assert (refuted.verdict, refuted.evidence) == (Verdict.REFUTED, Evidence.WITNESS)
    assert refuted.counterexample is not None
    assert verified(refuted.counterexample)
    assert refuted.counterexample["claim"] == {"alpha": "1/2", "bound": "4"}
    opened = decide_one_bit(ONE_BIT | {"bound": "6"})
    assert (opened.verdict, opened.evidence) == (Verdict.UNKNOWN, Evidence.NONE)
    assert opened.certified == proved.certified


def test_with_restart_one_bit_is_all_that_is_known() -> None:
    restart = ONE_BIT | {"admission": "restart"}
    proved = decide_one_bit(restart | {"bound": "13"})
    assert (proved.verdict, proved.rests_on[0]) == (Verdict.PROVED, "C")
    refuted = decide_one_bit(restart | {"bound": "4"})
    assert refuted.counterexample is not None
    assert refuted.counterexample["admission"] == "restart"
    assert refuted.counterexample["cut"]


def test_a_bound_below_a_checked_instance_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_bit, "bounded", lambda *_: (Fraction(1), Fraction(2)))
    assert decide_one_bit(ONE_BIT).verdict is Verdict.ERROR


def test_the_records_of_the_register_hold() -> None:
    claims = [
        claim for claim in read_register().values() if claim.kind in ("distortion", "one-bit")
    ]
    assert len(claims) >= 8
    for claim in claims:
        assert claim.decide().verdict is claim.recorded


@pytest.mark.parametrize(("policy", "peak"), [("sjf", None), ("one-bit-svf", 8)])
def test_a_rank_is_not_taken_for_another(policy: str, peak: int | None) -> None:
    with pytest.raises(InputError, match="peak: give it for every rank but one-bit-svf"):
        Ranked(policy, 8, peak)

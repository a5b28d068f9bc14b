"""The Rocq development as Python sees it; and, where Rocq is installed, its own evaluation."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcr.register import read_register
from lemmas import rocq, rocq_refutation, rocq_run, rocq_text
from lemmas.rocq import COVERED, FOLDER, checked_by, fingerprint, sources, stamp_matches, theorems
from lemmas.rocq_witness import witnesses
from tests.strategies import instances
from theory.errors import InputError
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.simulator import simulate

needs_rocq = pytest.mark.skipif(
    not (rocq_run.available() and rocq_run.compiled()), reason="Rocq has not compiled this here"
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources, elsewhere."""
    for path in sources():
        target = tmp_path / path.relative_to(FOLDER)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    return tmp_path


def test_the_project_lists_every_file() -> None:
    listed = {line for line in (FOLDER / "_CoqProject").read_text().splitlines() if ".v" in line}
    assert listed == {path.relative_to(FOLDER).as_posix() for path in sources()} - {"_CoqProject"}


def test_no_source_contains_an_axiom_or_a_gap() -> None:
    for path in sources():
        assert not rocq_run.FORBIDDEN.search(path.read_text(encoding="utf-8")), path


def test_files_are_short() -> None:
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in sources()]
    assert sorted(lengths)[len(lengths) // 2] <= 130
    assert max(lengths) <= 300


def test_every_theorem_is_sabotaged_once_in_its_statement() -> None:
    changes = rocq_run.sabotages()
    assert {change.theorem for change in changes} == set(theorems())
    for change in changes:
        text, first, last = change.text()
        file = FOLDER / "results" / f"{change.theorem.split('.')[0]}.v"
        before = file.read_text(encoding="utf-8").splitlines()
        after = text.splitlines()
        assert len(before) == len(after)
        differ = [
            k for k, lines in enumerate(zip(before, after, strict=True), 1) if len(set(lines)) > 1
        ]
        assert len(differ) == 1
        assert first <= differ[0] < last


def test_claims_are_covered_by_theorems_that_exist() -> None:
    register = read_register()
    assert set(COVERED) <= set(register)
    assert set(COVERED.values()) <= set(theorems())


def test_a_stamp_holds_until_a_source_changes(copy: Path) -> None:
    assert not stamp_matches(copy)
    assert fingerprint(copy) == fingerprint()
    rocq.write_stamp("8.16.1", copy)
    assert stamp_matches(copy)
    assert checked_by("T4", copy) == "own_volume.T4"
    assert checked_by("sorted-f-48", copy) is None
    source = copy / "results" / "own_volume.v"
    source.write_text(source.read_text() + " ", encoding="utf-8")
    assert not stamp_matches(copy)
    assert checked_by("T4", copy) is None


@given(st.data())
def test_the_fingerprint_sees_every_byte(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("rocq")
    (folder / "results").mkdir()
    (folder / "_CoqProject").write_bytes(data.draw(st.binary(max_size=20)))
    file = folder / "results" / "a.v"
    old = data.draw(st.binary(max_size=20))
    new = data.draw(st.binary(max_size=20).filter(lambda text: text != old))
    file.write_bytes(old)
    before = fingerprint(folder)
    file.write_bytes(new)
    assert fingerprint(folder) != before
    file.write_bytes(old)
    assert fingerprint(folder) == before
    file.rename(folder / "results" / "b.v")
    assert fingerprint(folder) != before


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sources": 1}'])
def test_a_broken_stamp_is_no_stamp(copy: Path, text: str) -> None:
    (copy / rocq.STAMP).write_text(text)
    assert not stamp_matches(copy)


def test_the_page_shows_every_theorem_and_the_statements_of_those_that_decide_claims() -> None:
    page = (FOLDER.parents[1] / "docs" / "rocq.md").read_text(encoding="utf-8")
    assert not [name for name in theorems() if f"`{name}`" not in page]
    assert not [claim for claim in COVERED if f"`{claim}`" not in page]
    assert not [name for name in COVERED.values() if theorems()[name] not in page]


def test_without_rocq_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert rocq_run.main([]) == 2
    assert "apt-get install" in capsys.readouterr().out
    assert rocq_run.main(["prove"]) == 2
    assert "unknown command 'prove'" in capsys.readouterr().out


def test_random_instances_are_reproducible_and_mixed() -> None:
    first = list(rocq_text.random_instances(50, seed=3))
    assert first == list(rocq_text.random_instances(50, seed=3))
    assert any(max(simulate(instance, named_policy("svf"))) > 0 for instance in first)


@needs_rocq
def test_rocq_evaluates_policies_as_the_simulator_does() -> None:
    small = rocq_text.random_instances(20, seed=random.randrange(10**6))
    rocq_run.evaluate(rocq_text.agreement(small, rocq_refutation.RANKS), "test_agreement")


@needs_rocq
def test_rocq_refuses_a_wrong_start() -> None:
    text = rocq_text.agreement([Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))], ["svf"])
    assert "[:: 5; 0; 14; 1]" in text
    with pytest.raises(rocq_run.RocqError, match="line"):
        rocq_run.evaluate(text.replace("[:: 5; 0; 14; 1]", "[:: 5; 0; 13; 1]"), "test_refusal")


BLOCKED = Instance.of(10, (0, 4), (9, 1), (9, 1), (9, 1))
"""The long request has the volume of the others and comes first: cost 22 against 13."""
ADMISSIONS = (Admission.HEAD_OF_LINE, Admission.BACKFILL)
BLOCKED_STARTS, GOOD_STARTS = (0, 4, 5, 6), (3, 0, 1, 2)


def refutation(
    instance: Instance = BLOCKED,
    policy: str = "svf",
    admission: Admission = Admission.HEAD_OF_LINE,
    bound: Fraction = Fraction(3, 2),
    starts: Sequence[int] = BLOCKED_STARTS,
    good: Sequence[int] = GOOD_STARTS,
    alpha: Fraction = Fraction(1),
) -> str:
    return rocq_refutation.refutation(instance, policy, admission, alpha, bound, starts, good)


def together(texts: Iterable[str]) -> str:
    """The theorems as one text, which imports but once: that takes half a second."""
    parts = (text.removeprefix(rocq_refutation.HEADER) for text in texts)
    modules = (f"Module M{k}.{part}\nEnd M{k}." for k, part in enumerate(parts))
    return "\n".join((rocq_refutation.HEADER, *modules))


@needs_rocq
def test_rocq_refutes_claims_by_evaluation() -> None:
    small = rocq_text.random_instances(8, seed=5)
    huge = Instance.of(10**9, (10**9 - 1, 1), (0, 10**6), (10**9 - 2, 1))
    texts = [refutation()]
    for instance in (*small, huge):
        for admission in ADMISSIONS:
            for policy in rocq_refutation.RANKS:
                made = simulate(instance, named_policy(policy, admission))
                half = Fraction(1, 2)  # every schedule costs more than half of itself
                text = refutation(instance, policy, admission, half, made, made)
                texts.append(text.removesuffix("Print Assumptions refuted."))
    said = rocq_run.evaluate(together(texts), "test_refutation")
    assert said.strip() == "Closed under the global context"


@needs_rocq
def test_rocq_refuses_what_refutes_nothing() -> None:
    two = Instance.of(10, (0, 3), (0, 4))
    roomy = refutation(two, bound=Fraction(1, 2), starts=(0, 0), good=(0, 0))
    nothing = {
        "not above the bound": refutation(bound=Fraction(22, 13)),
        "infeasible": refutation(good=(2, 0, 1, 2)),
        "a start is missing": refutation().replace("[:: 3; 0; 1; 2]", "[:: 3; 0; 1]"),
        "starts too late": refutation(starts=(0, 4, 5, 7)),
        "starts too early": refutation(starts=(0, 3, 5, 6)),
        "too large a peak": refutation(alpha=Fraction(9, 10)),
        "not in the order of volume": roomy.replace("(0, 3, 0); (0, 4, 0)", "(0, 4, 0); (0, 3, 0)"),
    }
    texts = []
    for name, text in nothing.items():
        assert text not in (roomy, refutation()), name
        change = text.replace("Proof. by", "Proof. Fail by").replace("Qed.", "Abort.")
        texts.append(change.removesuffix("Print Assumptions refuted."))
    rocq_run.evaluate(together(texts), "test_no_refutation")
    rocq_run.evaluate(roomy, "test_refutation")
    with pytest.raises(rocq_run.RocqError, match="line"):
        rocq_run.evaluate(nothing["infeasible"], "test_no_refutation")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"policy": "ljf"}, "policy: Rocq knows"),
        ({"admission": Admission.RESTART}, "admission: Rocq checks"),
        ({"instance": Instance.of(10, (0, 4, 1)), "starts": (1,), "good": (1,)}, "bursts only"),
        ({"bound": Fraction(1, 5001)}, "up to 5000"),
        ({"instance": Instance(10, BLOCKED.requests * 1000)}, "4000 are too many"),
        (
            {"instance": Instance(10, BLOCKED.requests * 600), "starts": range(9, 2409)},
            "too many checks",
        ),
    ],
)
def test_refutations_beyond_the_development_are_refused(
    change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        refutation(**change)


@given(instances(), st.sampled_from(ADMISSIONS), st.sampled_from(sorted(rocq_refutation.RANKS)))
def test_witnesses_explain_every_step_of_every_wait(
    instance: Instance, admission: Admission, name: str
) -> None:
    policy = named_policy(name, admission)
    starts = simulate(instance, policy)
    entries = [(instance.requests[i], starts[i]) for i in policy.order(instance)]
    why = list(witnesses(instance.memory, entries, admission))
    assert len(why) == len(entries)
    for place, (request, start) in enumerate(entries):
        step = entries[place - 1][1] if place and admission is Admission.HEAD_OF_LINE else 0
        for kind, number, until in (reason.split() for reason in why[place]):
            for t in range(step, min(int(until), start)):
                seen = t + int(number) if kind == "After" else int(number)
                beside = [e for i, e in enumerate(entries) if e[1] < t or (e[1] == t and i < place)]
                held = sum(r.prompt + seen - p for r, p in beside if p < seen <= p + r.output)
                assert t < seen <= t + request.output
                assert held + request.prompt + seen - t > instance.memory
            step = int(until)
        assert step >= start

"""The archive loses nothing, believes nothing, and is shared by processes."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.hunt.archive import Archive
from adversaries.hunt.records import Provenance, from_line, instance_key
from adversaries.hunt.score import Finding, score
from tests import reference
from tests.adversaries.archive_writers import KILLS
from tests.strategies import instances
from theory.errors import InputError
from theory.policy import LOOK_AHEAD, POLICIES, Admission, Policy, named_policy
from theory.request import Instance
from theory.simulator import simulate

SVF = named_policy("svf")
HEAD = Admission.HEAD_OF_LINE


def finding(*shapes: tuple[int, int], memory: int = 9, policy: Policy = SVF) -> Finding:
    return score(Instance.of(memory, *shapes), policy)


def some(count: int) -> list[Finding]:
    """Findings against svf on instances that differ."""
    return [finding((k % 5, 1 + k // 5), (8, 1), (0, 4)) for k in range(count)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "found.jsonl"


def test_what_is_added_is_read_back(path: Path) -> None:
    archive = Archive(path)
    first, second = some(2)
    provenance = Provenance("climb", seed=3, evaluations=99)
    assert archive.add(first, provenance)
    assert archive.add(second)
    assert not archive.add(first)
    again = Archive(path)
    assert list(again) == list(archive) == [first, second]
    assert again.provenances() == [(first, provenance), (second, Provenance())]
    assert not again.problems
    assert len(path.read_bytes().splitlines()) == 2


def test_a_better_schedule_for_a_known_instance_is_news(path: Path) -> None:
    good = finding((7, 2), (0, 9), (8, 1), (1, 3))
    poor = replace(good, good_schedule=good.policy_schedule)
    assert poor.ratio < good.ratio
    archive = Archive(path)
    assert archive.add(poor)
    assert archive.add(good)
    assert not archive.add(poor)
    assert list(Archive(path)) == [good]


@given(instances(6, 12, latest=5), st.sampled_from(sorted(POLICIES)), st.data())
@settings(deadline=None)
def test_one_instance_in_another_order_of_requests(
    instance: Instance, name: str, data: st.DataObject
) -> None:
    policy = named_policy(name, data.draw(st.sampled_from(LOOK_AHEAD)))
    shuffled = instance.select(data.draw(st.permutations(range(len(instance)))))
    one, two = score(instance, policy), score(shuffled, policy)
    if instance_key(one, policy) == instance_key(two, policy):
        assert one.policy_cost == two.policy_cost
        in_order = [one.policy_schedule[i] for i in policy.order(instance)]
        assert in_order == [two.policy_schedule[i] for i in policy.order(shuffled)]
    by_rank = instance.select(policy.order(instance))
    assert instance_key(one, policy) == instance_key(score(by_rank, policy), policy)


def test_the_order_of_tied_requests_makes_another_instance(path: Path) -> None:
    archive = Archive(path)
    assert archive.add(finding((8, 1), (2, 3), (0, 1)))  # volumes 9, 12, 1
    assert not archive.add(finding((0, 1), (2, 3), (8, 1)))
    assert archive.add(finding((2, 1), (0, 2)))  # both of volume 3
    assert archive.add(finding((0, 2), (2, 1)))
    assert len(archive) == 3


def test_scaling_changes_the_ratio(path: Path) -> None:
    """Why scaled copies are kept apart: every length and the budget doubled."""
    small = Instance.of(3, (2, 1), (0, 2))
    double = Instance.of(6, (4, 2), (0, 4))
    one, two = score(small, SVF), score(double, SVF)
    assert (one.ratio, two.ratio) == (1, Fraction(5, 4))
    assert reference.optimum(small) == one.good_cost
    assert reference.optimum(double) == two.good_cost
    archive = Archive(path)
    assert archive.add(one)
    assert archive.add(two)


def test_best_and_pareto(path: Path) -> None:
    archive = Archive(path)
    assert archive.best("svf", HEAD, Fraction(1)) is None
    found = [
        finding((0, 9), (44, 1), memory=45),
        finding((0, 9), (44, 1), (44, 1), memory=45),
        finding((0, 9), (44, 1), (44, 1), (44, 1), memory=45),
        finding((0, 3), (1, 1), (1, 2), memory=45),  # ratio 1, dominated by nothing smaller
        finding((0, 3), (1, 1), (1, 2), (44, 1), memory=45),
        finding((0, 1), memory=45),
        finding((0, 9), (44, 1), memory=45, policy=named_policy("sjf")),
    ]
    for f in found:
        archive.add(f)
    mine = archive.select("svf", HEAD, Fraction(1))
    best = archive.best("svf", HEAD, Fraction(1))
    assert best is not None
    assert best.ratio == max(f.ratio for f in mine)
    front = archive.pareto("svf", HEAD, Fraction(1))
    assert best in front

    def beats(f: Finding, g: Finding) -> bool:
        sizes = len(f.instance) <= len(g.instance) and f.tokens <= g.tokens
        return f is not g and sizes and f.ratio >= g.ratio

    assert all((g in front) != any(beats(f, g) for f in mine) for g in mine)
    assert archive.select("svf", HEAD, Fraction(1, 9)) == [found[3], found[5]]
    assert archive.select("svf", Admission.BACKFILL, Fraction(1)) == []


def test_arrivals_are_told_from_bursts(path: Path) -> None:
    archive = Archive(path)
    archive.add(score(Instance.of(9, (0, 3, 0), (0, 3, 1)), SVF))
    assert archive.best("svf", HEAD, Fraction(1)) is None
    assert archive.best("svf", HEAD, Fraction(1), bursts=False) is not None


class Last:
    """Starts the last of the waiting requests when nothing runs."""

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return None if running else waiting[-1].index


def test_a_users_policy_needs_a_resolver(path: Path) -> None:
    mine = score(Instance.of(4, (0, 2), (0, 1)), Last(), name="mine:Last")
    with pytest.raises(InputError, match="unknown name"):
        Archive(path).add(mine)
    archive = Archive(path, resolve=lambda name, admission: Last())
    assert archive.add(mine)
    assert [p.line for p in Archive(path).problems] == [1]
    assert list(Archive(path, resolve=lambda name, admission: Last())) == [mine]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"good_schedule": (0, 0, 0)}, "tokens held"),
        ({"good_schedule": (0, 0)}, "2 starts for 3"),
        ({"policy_schedule": (0, 1, 2)}, "makes another"),
        ({"policy": "nobody"}, "unknown name"),
        ({"admission": None}, "admission"),
    ],
)
def test_a_false_finding_is_refused(path: Path, change: dict[str, object], words: str) -> None:
    false = replace(finding((8, 1), (0, 9), (4, 4)), **change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=words):
        Archive(path).add(false)
    assert path.read_bytes() == b""


def test_an_edited_line_is_named_and_never_used(path: Path) -> None:
    archive = Archive(path)
    found = some(5)
    for f in found:
        archive.add(f)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"memory":9', b'"memory":8')
    lines[2] = b"not json\n"
    lines[3] = json.dumps(json.loads(lines[3])).encode() + b"\n"  # not the bytes written
    path.write_bytes(b"".join(lines))
    damaged = Archive(path)
    assert [p.line for p in damaged.problems] == [2, 3, 4]
    assert list(damaged) == [found[0], found[4]]
    assert damaged.add(found[1])


def test_a_well_hashed_lie_is_not_believed(path: Path) -> None:
    from adversaries.hunt import records

    archive = Archive(path)
    archive.add(finding((8, 1), (0, 9), (4, 4)))
    content = json.loads(path.read_bytes())
    for lie in (
        {"ratio": "99"},
        {"alpha": "1/2"},
        {"policy_schedule": [0, 0, 0]},
        {"format": "kvcr-record/2"},
        {"good_schedule": ["x"]},
        {"instance": {}},
        {"provenance": {"who": 1}},
    ):
        told = {k: v for k, v in (content | lie).items() if k != "hash"}
        told["hash"] = records._digest(told)
        with pytest.raises(InputError):
            from_line(records._canonical(told), named_policy)


def test_a_torn_tail_at_every_byte(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda file: None)  # it is slow, and nothing is pulled here
    archive = Archive(path)
    found = [finding((k, 1)) for k in range(3)]
    for f in found:
        archive.add(f)
    whole = path.read_bytes()
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        torn = Archive(path)
        complete = sum(end - 1 <= cut for end in ends)  # the line's end itself may be missing
        assert list(torn) == found[:complete]
        assert not torn.problems
        assert path.read_bytes() == whole[: ([0, *ends])[complete]]
    path.write_bytes(whole[:-9])
    torn = Archive(path)
    assert torn.add(found[2])
    assert path.read_bytes() == whole
    assert Path(f"{path}.torn").read_bytes().endswith(whole[ends[1] : -9] + b"\n")


def printed(mode: str, path: Path) -> int:
    """What the writers say in the end: they check what they do."""
    command = [sys.executable, "-m", "tests.adversaries.archive_writers", mode, str(path)]
    root = Path(__file__).parent.parent.parent
    return int(subprocess.run(command, cwd=root, capture_output=True, check=True).stdout)


def test_a_killed_writer_loses_nothing(path: Path) -> None:
    assert printed("kills", path) == len(Archive(path)) >= KILLS


def test_two_processes_append_at_once(path: Path) -> None:
    assert printed("rivals", path) == 90  # nothing lost, and the 30 in common only once
    archive = Archive(path)
    assert len(archive) == len(path.read_bytes().splitlines()) == 90
    assert not archive.problems


def test_a_running_archive_reads_what_others_append(path: Path) -> None:
    one, two = Archive(path), Archive(path)
    first, second = some(2)
    one.add(first)
    assert not two.add(first)
    two.add(second)
    one.refresh()
    assert list(one) == list(two) == [first, second]


def test_what_is_no_archive_is_refused(tmp_path: Path, path: Path) -> None:
    for wrong in (tmp_path, tmp_path / "missing" / "file", Path("/dev/null")):
        with pytest.raises(InputError, match=str(wrong)):
            Archive(wrong)
    archive = Archive(path)
    archive.add(some(1)[0])
    path.write_bytes(b"")
    with pytest.raises(InputError, match="shorter"):
        archive.refresh()


def test_the_schedules_are_the_simulators(path: Path) -> None:
    archive = Archive(path)
    f = finding((8, 1), (0, 9), (4, 4))
    archive.add(f)
    assert next(iter(archive)).policy_schedule == simulate(f.instance, SVF)

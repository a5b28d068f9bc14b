"""The hunt finds, repeats itself, resumes, shares, and tells of breaches."""

import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from adversaries.hunt.archive import Archive
from adversaries.hunt.budget import Budget
from adversaries.hunt.crew import in_processes, on_cluster
from adversaries.hunt.hunt import FOUND, HuntResult, hunt
from adversaries.hunt.limits import Limits
from adversaries.hunt.shrink import simplifications
from theory.claims import Cell, Information, Traffic
from theory.errors import InputError
from theory.policy import Admission, Job, Policy, Scheduler, named_policy
from theory.schedule import is_feasible
from theory.simulator import simulate

SVF = Cell("svf", Fraction(1))
FEW = Budget(evaluations=1500)


@pytest.fixture(scope="module")
def found() -> HuntResult:
    return hunt(SVF, FEW, seed=1)


def test_what_is_found_holds(found: HuntResult) -> None:
    assert found.best is not None
    assert found.best.ratio > Fraction(3, 2)
    assert found.best.ratio == max(finding.ratio for finding in found.front)
    for finding in found.front:
        assert Limits().hold(finding.instance)
        assert finding.policy_schedule == simulate(finding.instance, named_policy("svf"))
        assert is_feasible(finding.instance, finding.good_schedule)
    assert 1500 <= found.evaluations < 1500 + 3000 * (1 + len(found.front))


def test_one_seed_and_one_budget_find_the_same(found: HuntResult) -> None:
    again = hunt(SVF, FEW, seed=1)
    assert (again.front, again.evaluations) == (found.front, found.evaluations)
    assert hunt(SVF, FEW, seed=2).front != found.front


def test_what_is_found_is_small(found: HuntResult) -> None:
    """No simplification of a small one has as large a ratio, by the same score."""
    from adversaries.hunt.score import score

    small = found.front[1]
    for simpler in simplifications(small.instance, Limits()):
        assert score(simpler, named_policy("svf")).ratio < small.ratio


def test_a_hunt_resumes_from_its_archive(found: HuntResult, tmp_path: Path) -> None:
    assert found.best is not None
    begun = hunt(SVF, FEW, seed=1, archive=tmp_path / "new" / "folder")
    assert begun.front == found.front
    archive = Archive(tmp_path / "new" / "folder" / FOUND)
    assert set(begun.front) <= set(archive)
    folder = archive.path.parent
    little = Budget(evaluations=30)
    on = hunt(SVF, little, seed=5, archive=folder)
    assert on.best is not None
    assert on.best.ratio >= found.best.ratio
    anew = hunt(SVF, little, seed=5, archive=folder, resume=False)
    assert anew.front == hunt(SVF, little, seed=5).front
    records = len(archive)
    archive.refresh()
    assert len(archive) >= records


def test_only_findings_of_the_cell_are_resumed(found: HuntResult, tmp_path: Path) -> None:
    hunt(SVF, FEW, seed=1, archive=tmp_path)
    half = Cell("svf", Fraction(1, 2))
    limits = Limits.of(half, max_requests=3, max_memory=20)
    result = hunt(half, Budget(evaluations=30), limits=limits, archive=tmp_path)
    assert all(limits.hold(finding.instance) for finding in result.front)


def test_a_budget_of_time_finds_something() -> None:
    result = hunt(SVF, Budget(seconds=1.0))
    assert result.best is not None
    assert result.best.ratio > 1
    assert result.seconds > 0


class OneAtATime:
    """Fair, and remembers nothing."""

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        return None if running else waiting[0].index


class OnlyOnce(OneAtATime):
    """Idles for ever when it is used for a second instance."""

    def __init__(self) -> None:
        self.last = -1

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        self.last = max(self.last, step)
        return None if step < self.last else super().choose(step, waiting, running, memory)


def fresh(name: str, admission: Admission) -> Policy | Scheduler:
    return {"one": OneAtATime, "once": OnlyOnce}[name]()


@pytest.mark.parametrize("name", ["one", "once"])
def test_a_scheduler_starts_afresh_on_every_instance(name: str, tmp_path: Path) -> None:
    cell = Cell(name, Fraction(1))
    result = hunt(cell, Budget(evaluations=200), archive=tmp_path, resolve=fresh)
    assert result.breach is None
    assert result.best is not None
    assert result.best.ratio > 2
    assert len(Archive(tmp_path / FOUND, fresh)) >= len(result.front)


class Sleeper(OneAtATime):
    """Starts nothing long."""

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        return next((job.index for job in waiting if not running and job.request.output < 9), None)


def test_a_breach_ends_the_hunt_and_is_told() -> None:
    result = hunt(Cell("sleeper", Fraction(1)), FEW, resolve=lambda *_: Sleeper())
    assert result.breach is not None
    instance, reason = result.breach
    assert "idles for ever" in reason
    assert max(request.output for request in instance.requests) >= 9
    assert result.evaluations < 1500


def test_arrivals_and_intervals_are_hunted_too() -> None:
    cell = Cell(
        "fcfs",
        Fraction(1, 2),
        Admission.BACKFILL,
        Traffic.ADVERSARIAL,
        Information.INTERVAL,
    )
    limits = Limits.of(cell, latest=20)
    result = hunt(cell, Budget(evaluations=1000), limits=limits, seed=3)
    assert result.best is not None
    assert all(limits.hold(finding.instance) for finding in result.front)
    assert result.best.instance.last_arrival > 0


def test_two_processes_share_what_they_find(tmp_path: Path) -> None:
    result = hunt(SVF, Budget(evaluations=600), archive=tmp_path, workers=2, families=False)
    assert result.best is not None
    archive = Archive(tmp_path / FOUND)
    assert not archive.problems
    assert len({provenance.seed for _, provenance in archive.provenances()}) == 2
    assert set(result.front) <= set(archive)


def test_a_failure_in_a_process_is_ours() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        in_processes(int, ["1", "x"])


def test_a_cluster_finds_the_same() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=None,
        host="127.0.0.1",
    ) as cluster:
        budget = Budget(evaluations=200)
        there = hunt(SVF, budget, seed=4, dask=cluster.scheduler_address)
    assert there.front == hunt(SVF, budget, seed=4).front


def test_no_cluster_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adversaries.hunt.crew.CONNECT", "1s")
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="dask: no scheduler at tcp"):
        on_cluster(abs, [1], "tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="dask: needs the package distributed"):
        on_cluster(abs, [1], "tcp://127.0.0.1:9")


def test_killed_hunts_lose_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.adversaries.hunt.killed", str(tmp_path), "3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60s", Budget(seconds=60)),
        ("1.5h", Budget(seconds=5400)),
        ("12", Budget(evaluations=12)),
    ],
)
def test_budgets(text: str, expected: Budget) -> None:
    assert Budget.of(text) == expected


@pytest.mark.parametrize("text", ["", "s", "0", "0s", "-3", "60 s", "5d", "1e9", "nan", "9" * 40])
def test_bad_budgets(text: str) -> None:
    with pytest.raises(InputError, match="budget"):
        Budget.of(text)


def test_bad_arguments() -> None:
    with pytest.raises(InputError, match="budget"):
        Budget()
    with pytest.raises(InputError, match="workers"):
        hunt(SVF, FEW, workers=0)
    with pytest.raises(InputError, match="Poisson"):
        hunt(Cell("svf", Fraction(1), traffic=Traffic.POISSON), FEW)
    with pytest.raises(InputError, match="unknown name"):
        hunt(Cell("nobody", Fraction(1)), FEW)

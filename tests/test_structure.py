"""Imports run one way: kvcr -> lemmas, adversaries -> theory; the checker has none of ours."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "theory": {"theory"},
    "lemmas": {"lemmas", "theory"},
    "adversaries": {"adversaries", "theory"},
    "kvcr": {"kvcr", "lemmas", "adversaries", "theory"},
}


def imported(file: Path) -> set[str]:
    """Top-level packages that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_run_one_way(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    ours = set(MAY_IMPORT) | {"tests"}
    for file in files:
        assert imported(file) & ours <= MAY_IMPORT[package], file


def modules_and_imports() -> dict[str, set[str]]:
    """Every module of ours, and the modules of ours that it imports, also inside functions."""
    files = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for package in MAY_IMPORT
        for file in (ROOT / package).rglob("*.py")
    }
    found = {}
    for name, file in files.items():
        froms = [
            node
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        ]
        names = {f"{n.module}.{a.name}" for n in froms for a in n.names} & set(files)
        names |= {n.module for n in froms if n.module in files}
        found[name] = names - {name}
    return found


def without_packages(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """A package's __init__ only gathers; what it gathers may import its neighbours."""
    packages = {name for name in graph if any(other.startswith(f"{name}.") for other in graph)}
    return {name: found - packages for name, found in graph.items() if name not in packages}


def test_no_module_imports_itself_in_a_circle() -> None:
    TopologicalSorter(without_packages(modules_and_imports())).prepare()
    with pytest.raises(CycleError):
        TopologicalSorter({"a": {"b"}, "b": {"a"}}).prepare()


def test_the_rule_can_fail() -> None:
    assert imported(ROOT / "kvcr" / "decide.py") & {"lemmas"}
    assert not imported(ROOT / "lemmas" / "checker.py") & set(MAY_IMPORT)


def test_most_modules_hold_one_idea() -> None:
    lengths = [
        len(file.read_text(encoding="utf-8").splitlines())
        for package in MAY_IMPORT
        for file in (ROOT / package).rglob("*.py")
    ]
    assert sum(length > 300 for length in lengths) <= 3
    assert max(lengths) <= 460  # the checker, which is one file on purpose

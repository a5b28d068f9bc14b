"""Imports run one way: kvcr -> lemmas, adversaries -> theory; the checker has none of ours."""

import ast
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
    assert max(lengths) <= 400

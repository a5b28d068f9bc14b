"""The documentation covers every option of every command, every lemma and every family."""

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from adversaries.families import FAMILIES
from kvcr import cli
from kvcr.register import read_register
from lemmas.chain import LEMMAS

DOCS = Path(__file__).resolve().parents[2] / "docs"
COMMANDS = (
    "audit",
    "claims",
    "check",
    "ratio",
    "certify",
    "hunt",
    "verify",
    "atlas",
    "gallery",
    "report",
    "replay",
)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def load_pages() -> ModuleType:
    sys.path.insert(0, str(DOCS))
    try:
        return importlib.import_module("pages")
    finally:
        sys.path.remove(str(DOCS))


def section(command: str) -> str:
    """What docs/commands.md says about a command."""
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    parts = re.split(r"^## kvcr ", text, flags=re.MULTILINE)
    return next(part for part in parts if part.split("\n", 1)[0] == command)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([command, "--help"]) == 0
    options = set(OPTION.findall(capsys.readouterr().out.partition("Options:")[2]))
    assert {"--json", "--help", "-h"} <= options
    assert options <= set(OPTION.findall(section(command)))


def test_no_option_is_invented() -> None:
    assert "--nothing" not in OPTION.findall(section("check"))
    assert OPTION.findall("head-of-line, -o, `--time-limit`") == ["-o", "--time-limit"]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    found: dict[str, str] = load_pages().pages()
    return found


def test_every_lemma_has_a_page(pages: dict[str, str]) -> None:
    overview = pages["generated/lemmas/index.md"]
    for key, lemma in LEMMAS.items():
        page = pages[f"generated/lemmas/{key.lower()}.md"]
        assert page.startswith(f"# {key}: ")
        assert page.count("\nSabotaged twin: ") == len(lemma.obligations)
        assert all(f"({below.lower()}.md)" in page for below in lemma.rests_on)
        assert f"{key} <{key.lower()}>" in overview


def test_every_claim_and_family_is_listed(pages: dict[str, str]) -> None:
    claims = pages["generated/claims.md"]
    assert all(f"| `{key}` |" in claims for key in read_register())
    assert all(f"\n## {name}\n" in pages["generated/families.md"] for name in FAMILIES)

"""Markdown from plain words, code and tables: what the generated pages are made of."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable
from fractions import Fraction

from theory.request import Instance


def plain(text: str) -> str:
    """Words and symbols as Markdown that shows them as they are."""
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|~$^&!])", r"\\\1", text)


def block(text: str) -> str:
    """A literal block."""
    return f"```text\n{text.rstrip()}\n```"


def prose(doc: str) -> str:
    """A docstring as Markdown: paragraphs, lists, literal blocks; its doctests are left out."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(doc)):
        if paragraph.startswith(">>>"):
            continue
        if paragraph.startswith(" "):
            parts.append(block(textwrap.dedent(paragraph)))
        elif paragraph.startswith("- "):
            items = re.split(r"^- ", paragraph, flags=re.MULTILINE)[1:]
            parts.append("\n".join(f"- {code_or_plain(item)}" for item in items))
        else:
            parts.append(code_or_plain(paragraph))
    return "\n\n".join(parts)


CODE = re.compile(r":\w+:`([^`]+)`|``([^`]+)``|`([^`]+)`")
EMPHASIS = re.compile(r"(?<![\w\\])\\\*([A-Za-z][A-Za-z ,'-]*)\\\*(?!\w)")


def code_or_plain(text: str) -> str:
    """A paragraph, its code and emphasis kept and everything else shown as it is."""
    shown, end = "", 0
    text = " ".join(text.split())
    for match in CODE.finditer(text):
        name = next(group for group in match.groups() if group)
        shown += _escaped(text[end : match.start()]) + f"`{name}`"
        end = match.end()
    shown = EMPHASIS.sub(r"*\1*", shown + _escaped(text[end:]))
    # A paragraph must not begin with what Markdown takes for a list or a heading.
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([-+=])", r"\\\1", shown))


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table of cells that are Markdown already."""
    lines = [list(header)]
    lines += [["---"] * len(lines[0]), *map(list, rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def number(value: Fraction | None) -> str:
    """A ratio, exact and as a decimal."""
    if value is None:
        return "says nothing"
    return str(value) if value.denominator == 1 else f"{value} = {float(value):.3f}"


def requests(instance: Instance) -> str:
    """An instance in one line: memory and requests (prompt, output)."""
    shown = []
    for count, r in instance.groups():
        late = f" at {r.arrival}" if r.arrival else ""
        shown.append(f"{f'{count} x ' if count > 1 else ''}({r.prompt}, {r.output}){late}")
    return f"M = {instance.memory}: {', '.join(shown)}"


def document(*parts: str) -> str:
    """Parts of a page, the empty ones left out."""
    return "\n\n".join(part for part in parts if part) + "\n"

"""The pages that are generated from the code: claims, lemmas, families.

Only data is read here. No obligation is discharged and no claim decided, so a build takes
seconds; `kvcr audit` is what decides.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from cell_pages import cell_pages
from frontier_page import frontier_page
from page_text import block, code_or_plain, document, number, plain, prose, requests, table

from adversaries.families import FAMILIES
from adversaries.families.family import Family
from kvcr.register import Claim, read_register
from lemmas import chain
from lemmas.chain import LEMMAS
from lemmas.lemma import Lemma
from lemmas.obligation import Obligation

FOLDER = "generated"
ALPHAS = tuple(
    Fraction(text)
    for text in ("1/100", "1/10", "1/4", "1/3", "1/2", "3/5", "7/10", "11/15", "4/5", "9/10", "1")
)
LIMITS_AT = (Fraction(1, 10), Fraction(1, 2), Fraction(1))


def pages() -> dict[str, str]:
    """Every generated page: path below docs/ -> text."""
    found = {
        f"{FOLDER}/claims.md": claims_page(),
        f"{FOLDER}/families.md": families_page(),
        f"{FOLDER}/frontier.md": frontier_page(),
        f"{FOLDER}/lemmas/index.md": chain_page(),
    }
    found |= {f"{FOLDER}/cells/{name}.md": text for name, text in cell_pages().items()}
    return found | {lemma_path(key): lemma_page(lemma) for key, lemma in LEMMAS.items()}


def write(docs: Path) -> None:
    """Write the pages that changed below ``docs`` and remove those that are gone."""
    wanted = pages()
    for name, text in wanted.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in (docs / FOLDER).rglob("*.md"):
        if path.relative_to(docs).as_posix() not in wanted:
            path.unlink()


def lemma_path(key: str) -> str:
    """Where the page of a lemma lies, below docs/."""
    return f"{FOLDER}/lemmas/{key.lower()}.md"


# --- claims ---------------------------------------------------------------------------------


def claims_page() -> str:
    """The register."""
    register = read_register()
    return document(
        "# The register of claims",
        "Every claim that `kvcr audit` decides, with the verdict on record. The audit decides "
        "each one again and exits with 0 only if all verdicts agree. `kvcr check ID` decides "
        "one. What the verdicts mean is explained in [What you have to trust](../trust.md).",
        "A source that starts with *paper* is arXiv 2606.22327; *theory.md* stands for results "
        "derived for this project, which are not peer-reviewed. In the bounds, M is the memory, "
        "P the largest peak, D = M + 1 - P, and alpha = P/M.",
        table(
            ("id", "claim", "source", "cell and bound", "on record"),
            (_claim_row(claim) for claim in register.values()),
        ),
    )


def _claim_row(claim: Claim) -> tuple[str, ...]:
    if claim.kind == "lemma":
        lemma = claim.given["lemma"]
        about = f"lemma {_link(lemma, 'lemmas/')}" if lemma in LEMMAS else lemma
    elif claim.cell is not None:
        about = plain(str(claim.cell))
        if claim.bound is not None:
            about += f"; ratio at most {claim.bound}"
        if claim.kind == "bounded":
            about += f"; up to {claim.given['requests']} requests, M up to {claim.given['memory']}"
    else:
        about = "quoted from the literature" if claim.kind == "literature" else ""
    return (
        f"`{claim.key}`",
        plain(claim.statement),
        plain(claim.source),
        about,
        f"`{claim.recorded.value}`",
    )


# --- lemmas ---------------------------------------------------------------------------------


def modules() -> dict[str, ModuleType]:
    """The module of each lemma, by the lemma's key."""
    found = (m for m in vars(chain).values() if inspect.ismodule(m))
    return {m.LEMMA.key: m for m in found if isinstance(getattr(m, "LEMMA", None), Lemma)}


def _link(key: str, folder: str = "") -> str:
    return f"[{key}]({folder}{key.lower()}.md)"


def _links(keys: Iterable[str]) -> str:
    return ", ".join(_link(key) for key in keys) or "nothing"


def chain_page() -> str:
    """The overview: what rests on what, and the bounds at several alphas."""
    bounds = {alpha: chain.ratios(alpha) for alpha in ALPHAS}
    theorems = [key for key in LEMMAS if any(key in found for found in bounds.values())]
    rows = (
        (_link(k), plain(x.title), _links(x.rests_on), str(len(x.obligations)))
        for k, x in LEMMAS.items()
    )
    hidden = "\n".join(f"{LEMMAS[key].key} <{key.lower()}>" for key in LEMMAS)
    return document(
        "# The chain of lemmas",
        "Each lemma is cut into *obligations*: polynomial facts that Z3 and an explicit identity, "
        "expanded by sympy, both have to accept. What joins the obligations (inductions, sums, "
        "tilings) is named on each page and trusted. A theorem counts only when its own "
        "obligations and those of everything it rests on are discharged, and when every sabotaged "
        "version is refuted. These pages are generated from the modules in `lemmas/`; "
        "`kvcr audit` runs the checks.",
        table(("key", "title", "rests on", "obligations"), rows),
        "## The bounds",
        "Upper bounds on the competitive ratio of smallest volume first (head-of-line, burst, "
        "known lengths) when no peak exceeds alpha times the memory:",
        table(
            ("alpha", *(_link(key) for key in theorems)),
            (
                (str(a), *(number(found.get(key)) for key in theorems))
                for a, found in bounds.items()
            ),
        ),
        f"```{{toctree}}\n:hidden:\n\n{hidden}\n```",
    )


def lemma_page(lemma: Lemma) -> str:
    """One lemma or theorem."""
    module = modules()[lemma.key]
    below = [x.key for x in chain.foundations(lemma.key)]
    used_by = [key for key, other in LEMMAS.items() if lemma.key in other.rests_on]
    deeper = [key for key in below if key not in lemma.rests_on]
    rests_on = _links(lemma.rests_on) + (f", and through these on {_links(deeper)}" * bool(deeper))
    return document(
        f"# {lemma.key}: {plain(lemma.title)}",
        f"- Source: {plain(lemma.source)}\n- Rests on: {rests_on}\n- Used by: {_links(used_by)}",
        "## Statement",
        f"> {code_or_plain(lemma.statement)}",
        "## Hypotheses",
        _named(lemma.hypotheses),
        "## Why it holds",
        prose(module.__doc__ or ""),
        *(prose(helper.__doc__ or "") for helper in _helpers(module)),
        f"In one line: {plain(lemma.proof)}." if lemma.proof else "",
        "## What is trusted",
        "These steps join the obligations. They are not machine-checked here.",
        "\n".join(f"- {plain(s.value)}. Used for: {plain(w)}" for s, w in lemma.schemas.items())
        or "Nothing beyond the obligations.",
        "## Obligations",
        "Every *given* is assumed to be at least 0 and every *equal* to be 0. The proof writes "
        "the goal as a combination of them with non-negative coefficients (terms that contain an "
        "equation may have any sign). The *twin* is a sabotaged version, which must be refuted by "
        "a point at which its hypotheses hold and its goal fails.",
        *(_obligation(number, o) for number, o in enumerate(lemma.obligations, 1)),
        "## The overclaim",
        f"A statement that says too much: {plain(lemma.overclaim.change)}. It is false on this "
        "instance, given as (prompt, output):",
        block(_wrapped(requests(lemma.overclaim.breaks_on))),
        "The lemma itself is checked on an instance that satisfies every hypothesis:",
        block(_wrapped(requests(lemma.example))),
    )


def _helpers(module: ModuleType) -> list[ModuleType]:
    """Modules of the package that hold parts of the lemma: imported, and no lemma themselves."""
    names = re.findall(r"^from (lemmas\.\w+) import", inspect.getsource(module), re.MULTILINE)
    found = [import_module(n) for n in names if n not in ("lemmas.lemma", "lemmas.obligation")]
    return [helper for helper in found if not hasattr(helper, "LEMMA")]


def _named(words: Mapping[str, str]) -> str:
    return "\n".join(f"- `{name}`: {plain(text)}" for name, text in words.items()) or "None."


def _wrapped(text: str, indent: int = 0) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        96,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _lines(label: str, entries: Iterable[str]) -> list[str]:
    heads = [label]
    lines = []
    for entry in entries:
        head = f"{heads.pop() if heads else '':9}"
        lines.append(head + _wrapped(entry, 13))
    return lines


def _obligation(index: int, o: Obligation) -> str:
    twin = o.twin
    statement = [
        *_lines("given", (f"{name}:  {text} >= 0" for name, text in o.given.items())),
        *_lines("equal", (f"{name}:  {text} = 0" for name, text in o.equal.items())),
        *_lines("squares", (f"{name}:  ({text})**2 >= 0" for name, text in o.squares.items())),
        *_lines("goal", [f"{o.goal} {o.relation}"]),
        *_lines("proof", [o.proof]),
    ]
    sabotage = [
        *_lines("dropped", [", ".join(twin.drop)] if twin.drop else []),
        *_lines("given", (f"{name}:  {text} >= 0" for name, text in twin.given.items())),
        *_lines("goal", [f"{twin.goal} {o.relation}"] if twin.goal is not None else []),
        *_lines("fails at", [_point(twin.model)] if twin.model else []),
    ]
    return document(
        f"### {index}. {plain(o.name)}",
        f"Note: {plain(o.note)}." if o.note else "",
        block("\n".join(statement)),
        f"Sabotaged twin: {plain(twin.change)}.",
        block("\n".join(sabotage)) if sabotage else "",
    ).rstrip()


def _point(point: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point.items())


# --- families -------------------------------------------------------------------------------


def families_page() -> str:
    """The families of bad instances."""
    return document(
        "# Families of bad instances",
        "A family is a recipe for burst instances on which some policies do badly. Each member "
        "comes with a feasible *good* schedule, whose cost bounds the optimum from above, so the "
        "policy's cost over the good cost is a lower bound on the policy's ratio and needs no "
        "proof that anything is optimal. Requests are written (prompt, output).",
        "The two costs below are closed forms, confirmed against simulation by the tests; so are "
        "the limits that follow from them. They steer the search. A verdict never uses them: it "
        "uses one finite member, replayed and audited by the independent checker.",
        *(_family(family) for family in FAMILIES.values()),
    )


def _family(family: Family) -> str:
    limits = ((str(alpha), _limit(family, alpha)) for alpha in LIMITS_AT)
    forms = [
        *_lines("policy", [str(family.policy_cost)]),
        *_lines("good", [str(family.good_cost)]),
        *_lines("requests", [str(family.requests)]),
    ]
    return document(
        f"## {family.name}",
        f"{plain(family.summary[:1].upper() + family.summary[1:])}.",
        prose(family.construct.__doc__) if family.construct.__doc__ else "",
        f"- Against: {', '.join(f'`{name}`' for name in family.policies)}\n"
        f"- Admission: {', '.join(f'`{rule.value}`' for rule in family.admissions)}\n"
        f"- Parameters: {', '.join(f'`{name}`' for name in family.parameters)}\n"
        f"- Source: {plain(family.source)}",
        "Costs and number of requests:"
        if family.closed_form
        else "Costs, which are known by simulation only, and number of requests:",
        block("\n".join(forms)),
        table(("peaks at most alpha M", "limit of the ratio"), limits),
    ).rstrip()


def _limit(family: Family, alpha: Fraction) -> str:
    limit = family.limit(alpha)
    if limit is None:
        return "no member"
    return {"oo": "unbounded"}.get(str(limit), f"`{limit}`")

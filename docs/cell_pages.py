"""The pages of the taxonomy: one for each cell, and the table of all."""

from __future__ import annotations

from itertools import product

from page_text import document, plain, table

from kvcr.register import Claim, read_register
from kvcr.standings import ALPHAS, Standing, standings
from kvcr.taxonomy import Cell, policies_of, taxonomy
from theory.claims import Information, Traffic
from theory.policy import LOOK_AHEAD, Admission, OnlinePolicy, Policy

TOLD = {
    Information.KNOWN: "The policy is told every output length.",
    Information.INTERVAL: "The policy is told an interval that contains the output length.",
    Information.ONE_BIT: "The policy is told one bit of each request: whether its output is "
    "longer than the square root of T, the longest output.",
    Information.NONE: "The policy is told nothing about output lengths.",
}
ARRIVE = {
    Traffic.BURST: "All requests arrive at step 0.",
    Traffic.POISSON: "Requests arrive in independent Poisson batches, one a step.",
    Traffic.ADVERSARIAL: "An adversary chooses when requests arrive, and may watch the policy.",
}
ADMITS = {
    Admission.HEAD_OF_LINE: "Waiting requests start in the order of the policy's rank, up to the "
    "first that does not fit. The check that nothing overflows later belongs to the server, which "
    "knows the true lengths; a server that does not evicts and restarts instead, which is said "
    "where it matters.",
    Admission.BACKFILL: "The scan goes on past a request that does not fit, and starts later ones "
    "that do.",
}
NAMES: dict[str, str] = {
    Traffic.BURST: "bursts",
    Traffic.POISSON: "Poisson traffic",
    Traffic.ADVERSARIAL: "arrivals at will",
    Information.KNOWN: "known lengths",
    Information.INTERVAL: "intervals",
    Information.ONE_BIT: "one bit",
    Information.NONE: "no lengths",
}


def cell_pages() -> dict[str, str]:
    """Every page by its name, the table of all under "index"."""
    claims = read_register()
    pages = {cell.name: _page(cell, claims) for cell in taxonomy()}
    return {"index": _index()} | pages


def _title(cell: Cell) -> str:
    return f"{NAMES[cell.traffic]}, {NAMES[cell.information]}, {cell.admission.value}"


def _index() -> str:
    cells = {(c.traffic, c.information, c.admission): c for c in taxonomy()}
    rows = []
    for traffic, information in product(Traffic, Information):
        pair = [cells[traffic, information, rule] for rule in LOOK_AHEAD]
        links = [f"[{plain(cell.brief)}]({cell.name}.md)" for cell in pair]
        rows.append((traffic.value, information.value, *links))
    names = "\n".join(f"{_title(cell)} <{cell.name}>" for cell in taxonomy())
    return document(
        "# The taxonomy",
        "What a policy is told x how requests arrive x what happens behind a request that does "
        "not fit. Each cell has a page: what is proved about a policy of the cell, what is "
        "certified against it, what our hunts have found, and what is open. T is the longest "
        "output, P the largest peak, alpha = P/M.",
        table(("traffic", "told", *(rule.value for rule in LOOK_AHEAD)), rows),
        f"```{{toctree}}\n:hidden:\n\n{names}\n```",
    )


def _page(cell: Cell, claims: dict[str, Claim]) -> str:
    return document(
        f"# {_title(cell)[0].upper()}{_title(cell)[1:]}",
        " ".join((ARRIVE[cell.traffic], TOLD[cell.information], ADMITS[cell.admission])),
        plain(cell.note),
        "## Proved from above",
        _claims(cell.above, claims) or "Nothing: no policy of this cell has a bound here.",
        "## Certified from below",
        _claims(cell.below, claims) or "Nothing beyond the hunts.",
        *_hunts(cell),
        "## Open",
        plain(cell.open),
    )


def _claims(keys: tuple[str, ...], claims: dict[str, Claim]) -> str:
    if not keys:
        return ""
    rows = (
        (f"[`{key}`](../claims.md)", plain(claims[key].statement), f"`{claims[key].recorded}`")
        for key in keys
    )
    return table(("claim", "statement", "on record"), rows)


def _hunts(cell: Cell) -> list[str]:
    """The table of policies: the worst of our hunts, beside what is proved for its sizes."""
    if cell.traffic is Traffic.POISSON:
        return []
    rows = [_row(policy, cell.traffic) for policy in policies_of(cell)]
    return [
        "## Policies of the cell",
        "The worst ratio that our hunts have found with at most 12 requests and 100 tokens, for "
        "peaks up to alpha M, and in brackets what is proved for every burst with that memory, "
        "those peaks and outputs. Each ratio is a lower bound on the worst ratio of the policy: "
        "its cost is exact, and a feasible schedule bounds the optimum from above. One with "
        "\\* has no certificate, as the checker does not know the policy: its cost is our "
        "simulator's word.",
        table(("policy", *(f"alpha <= {alpha}" for alpha in ALPHAS)), rows),
    ]


def _row(policy: Policy | OnlinePolicy, traffic: Traffic) -> tuple[str, ...]:
    found = {standing.alpha: standing for standing in standings(policy, traffic)}
    shown = (_shown(found[alpha]) if alpha in found else "not hunted" for alpha in ALPHAS)
    brings = isinstance(policy, OnlinePolicy) or policy.admission is Admission.RESTART
    return f"`{policy.name}`{', own admission' if brings else ''}", *shown


def _shown(standing: Standing) -> str:
    ratio = f"{float(standing.ratio):.3f}" + ("" if standing.certified else "\\*")
    if standing.bound is None:
        return f"{ratio} (nothing proved)"
    return f"{ratio} ({float(standing.bound):.3f}, {standing.theorem})"

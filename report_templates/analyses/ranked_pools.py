"""Ranked pools: who stands at the top by score, beside what chance would give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, words
from fairwitness.report_templates.analyses import ranked_pools_chart, ranked_pools_tables
from fairwitness.report_templates.analyses.ranked_pools_csv import tables
from fairwitness.report_templates.analyses.ranked_pools_methods import METHODS
from fairwitness.report_templates.analyses.ranked_pools_said import adjusted_p, beside, count, least_by_chance
from fairwitness.report_templates.document import (
    Bullets,
    Cell,
    Definitions,
    Fact,
    Facts,
    FindingLine,
    Heading,
    Paragraph,
    Section,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block

    Part = Mapping[str, Any]

__all__ = ["absent", "can", "cannot", "lines", "section", "tables"]

SAID = (
    "People are ordered by score within their own pool, and every figure is made pool by pool; those of many pools are "
    "sums and averages, never one long list. Beside each stands what would be seen if the same places were dealt out "
    "without regard to groups. The order is held against the make-up of the pool: whether those placed lower were as "
    "able is another question."
)


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the ranked pools of each attribute, or None where there are no scores."""
    ranked = audit.get("ranked_pools")
    if not ranked:
        return None
    blocks: list[Block] = [Paragraph(SAID), Facts(tuple(_about(ranked)))]
    if ranked["because"]:
        blocks.append(Paragraph(f"Not evaluated: {words.sentence(ranked['because'])}"))
    for i, part in enumerate(ranked["attributes"], start=1):
        blocks.append(Heading(f"By {words.label(part['attribute'])}"))
        if part["because"]:
            blocks.append(Paragraph(f"Not evaluated: {words.sentence(part['because'])}"))
        else:
            blocks += _of_attribute(f"r{i}", part, audit)
    if any(not part["because"] for part in ranked["attributes"]):
        blocks.append(Definitions(METHODS))
    return Section("ranked-pools", "Ranked pools", tuple(blocks))


def _about(ranked: Part) -> Iterator[Fact]:
    good = "high" if ranked["order"] == "high" else "low"
    bins = ", counted in bins" if ranked["binned"] else ""
    yield Fact("Ordered by", f"{words.label(ranked['score'])}, {good} scores first{bins}")
    yield Fact("Pools", "one, of everybody" if ranked["stratum"] is None else f"by {words.label(ranked['stratum'])}")
    k = ranked["k"]["value"]
    yield Fact("First places", "as many as were selected in the pool" if k is None else words.people(k))


def _of_attribute(key: str, part: Part, audit: Mapping[str, Any]) -> Iterator[Block]:
    yield Facts(tuple(_facts(part)))
    yield from ranked_pools_chart.draw(key, part, audit)
    yield ranked_pools_tables.groups(part)
    if len(part["by_pool"]) > 1:
        yield ranked_pools_tables.pools(part)
    if part["caveats"]:
        yield Bullets(tuple(words.sentence(caveat) for caveat in part["caveats"]), "To bear in mind")


def _facts(part: Part) -> Iterator[Fact]:
    pools, ndkl = part["pools"], part["ndkl"]
    yield Fact("Compared with", beside(part))
    yield Fact("Pools with two groups or more", f"{words.people(pools['compared'])} of {words.people(pools['all'])}")
    yield Fact("Of these, with first places to be had", words.people(pools["with_top"]))
    value = words.decimals(ndkl["value"]["value"], 3)
    chance = f"{words.decimals(ndkl['by_chance'], 3)} by chance"
    yield Fact("Departure of the order (NDKL)", f"{value}; {chance}, {study_figures.p_spoken(ndkl['test']['p'])}")


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield the line of the summary: the group whose place at the top chance explains least."""
    parts = [p for p in (audit.get("ranked_pools") or {}).get("attributes", ()) if not p["because"]]
    found = [(g, part) for part in parts if (g := least_by_chance(part)) is not None]
    if not found:
        return
    g, part = min(found, key=lambda pair: adjusted_p(pair[0]) or 0.0)
    name, top, exposure = words.group(g["group"]), g["top_k"], g["exposure"]
    seen = (
        f"exposure is {numerals.ratio(exposure['ratio']['value'])} times that of {beside(part)}"
        if exposure["test"]
        else ""
    )
    if top and top["test"]:
        said = (
            f"{name}: {count(top['observed'])} in the first places of {words.people(top['pools'])} pools, where "
            f"{count(top['expected'])} would be a proportional share "
            f"({study_figures.p_spoken(top['test']['p_adjusted'])})" + (f"; {seen}" if seen else "")
        )
    else:
        said = f"{name}: {seen} ({study_figures.p_spoken(exposure['test']['p_adjusted'])})"
    yield FindingLine(
        (), f"{said}.", "The order by score is held against each pool's make-up, not against merit.", "Ranked pools"
    )


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the order by score can say."""
    ranked = audit.get("ranked_pools") or {}
    parts = [part for part in ranked.get("attributes", ()) if not part["because"]]
    if parts:
        names = words.joined([words.label(part["attribute"]) for part in parts])
        yield f"Who stands at the top when people are ordered by {words.label(ranked['score'])}, by {names}."


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what it cannot say."""
    if any(not part["because"] for part in (audit.get("ranked_pools") or {}).get("attributes", ())):
        yield "Whether people placed lower in an order by score were less able: it is held against the pool's make-up."


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for part in (audit.get("ranked_pools") or {}).get("attributes", ()):
        where = f"{words.label(part['attribute'])}, ranked pools"
        for g in part["groups"]:
            figures = {"exposure ratio": g["exposure"]["ratio"], "attention ratio": g["attention"]["ratio"]}
            if g["top_k"]:
                figures |= {"times a proportional share": g["top_k"]["times_expected"], "skew": g["top_k"]["skew"]}
            yield from study_figures.absent(words.group(g["group"]), where, figures)

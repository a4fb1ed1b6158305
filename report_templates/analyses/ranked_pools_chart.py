"""The chart of ranked pools: first places and exposure beside what random deals give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, study_figures, words
from fairwitness.report_templates.analyses.ranked_pools_said import beside, chance_level, count, least_by_chance
from fairwitness.report_templates.pictures import Dot, DotChart, Panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Part = Mapping[str, Any]


def draw(key: str, part: Part, audit: Mapping[str, Any]) -> Iterator[DotChart]:
    """Yield how often each group stands in the first places and how visible it is, on one axis of ratios."""
    compared = [g for g in part["groups"] if not g["is_reference"]]
    tops = tuple(_top_dot(g) for g in compared if g["top_k"])
    panels = [Panel("In the first places: times a proportional share", tops)] if tops else []
    panels.append(Panel(f"Exposure: times that of {beside(part)}", tuple(_exposure_dot(g) for g in compared)))
    reach = study_figures.reach(dot for panel in panels for dot in panel.dots)
    if reach is None:
        return
    together = len(charts.pages([dot for panel in panels for dot in panel.dots])) == 1
    parts = [panels] if together else [[Panel(p.title, page)] for p in panels for page in charts.pages(p.dots)]
    for i, shown in enumerate(parts, start=1):
        yield DotChart(
            key=f"{key}-{i}",
            title=_headline(part) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=f"By {words.label(part['attribute'])}; bands: where {chance_level(part)} of random deals lie",
            description=" ".join(f"{panel.title}: {study_figures.described(panel.dots)}" for panel in shown),
            scale="ratio",
            panels=tuple(shown),
            reach=reach,
            axis="ratio, log scale",
            footnote=f"Source: {words.label(audit['data']['source'])}.",
            parity="proportional",
        )


def _top_dot(g: Part) -> Dot:
    top = g["top_k"]
    detail = f"{count(top['observed'])}, {count(top['expected'])} expected"
    return _dot(g, detail, top["times_expected"], top["times_range"])


def _exposure_dot(g: Part) -> Dot:
    return _dot(g, f"of {words.people(g['n'])}", g["exposure"]["ratio"], g["exposure"]["range"])


def _dot(g: Part, detail: str, figure: Part, ends: list[float] | None) -> Dot:
    name = words.group(g["group"])
    if figure["value"] is None:
        return Dot(name, detail, "not_evaluable", None, None, None, "not evaluated")
    shown = numerals.ratio(figure["value"])
    band = None if ends is None else (ends[0], ends[1])
    chance = "" if band is None else f"by chance {numerals.ratio(band[0])}–{numerals.ratio(band[1])}"
    return Dot(name, detail, "plain", figure["value"], None, None, shown, floor=band, shown_floor=chance)


def _headline(part: Part) -> str:
    g = least_by_chance(part)
    if g is None:
        return f"The order by {words.label(part['attribute'])}"
    name, top = words.group(g["group"]), g["top_k"]
    if top and top["times_expected"]["value"] is not None:
        return (
            f"{name}: {numerals.ratio(top['times_expected']['value'])} times a proportional share of the first places"
        )
    return f"{name}: {numerals.ratio(g['exposure']['ratio']['value'])} times the exposure of {beside(part)}"

"""Analyses of the counts and studies of the model: what each says, can and cannot say, and could not evaluate.

Each study is a file of its own with ``section``, ``lines``, ``can``, ``cannot`` and ``absent``; its section of
``audit.json`` is there or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import alternatives, counterfactual, model, proxies, user_metrics, words
from fairwitness.report_templates.analyses import (
    calibration,
    choices,
    funnel,
    individual,
    intersections,
    membership,
    periods,
    ranked_pools,
    requisitions,
    scores,
    stratified,
    subgroup_search,
    undisclosed,
)
from fairwitness.report_templates.analyses.registry import ANALYSES, Figured, Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Cell, FindingLine, Section

SECTIONS = ("model", "user_metrics", "proxies", "counterfactual", "alternatives")
ANALYSES_BY_WEIGHT: tuple[Said, ...] = (
    stratified,
    membership,
    funnel,
    undisclosed,
    choices,
    periods,
    intersections,
    subgroup_search,
    requisitions,
    calibration,
    scores,
    ranked_pools,
    individual,
)
"""In the order of the first page: what may turn a verdict first."""
MOST = 3  # lines of analyses there
OF_MODELS: tuple[Said, ...] = (counterfactual, alternatives, proxies, user_metrics, model)
BY_WEIGHT: tuple[Said, ...] = (*ANALYSES, *OF_MODELS)
"""In the order of what can and cannot be concluded."""
WITH_FIGURES: tuple[Figured, ...] = (*ANALYSES, user_metrics, proxies, counterfactual, alternatives)
NAMES: Mapping[str, str] = {
    "analyses": "analyses of the counts",
    "model": "the model",
    "user_metrics": "metrics of your own",
    "proxies": "proxies",
    "counterfactual": "counterfactual résumés",
    "alternatives": "alternatives",
}


def there(audit: Mapping[str, Any]) -> bool:
    """Whether the audit has any study of a model."""
    return any(audit.get(name) for name in SECTIONS)


def sections(audit: Mapping[str, Any]) -> Iterator[Section | None]:
    """Yield the sections of the studies that follow the results, in the order of reading."""
    for analysis in ANALYSES:
        yield analysis.section(audit)
    yield user_metrics.section(audit)
    yield proxies.section(audit)
    yield counterfactual.section(audit)
    yield alternatives.section(audit)


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield what the first page says: of the analyses the first few, of the studies of a model what each says."""
    yield from _of_analyses(audit)[:MOST]
    for study in OF_MODELS:
        yield from study.lines(audit)


def further(audit: Mapping[str, Any]) -> list[str]:
    """Return the topics of the analyses that have no line there."""
    return [line.topic for line in _of_analyses(audit)[MOST:]]


def _of_analyses(audit: Mapping[str, Any]) -> list[FindingLine]:
    return [line for analysis in ANALYSES_BY_WEIGHT for line in analysis.lines(audit)]


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the studies can say."""
    for study in BY_WEIGHT:
        yield from study.can(audit)


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the studies cannot say."""
    for study in BY_WEIGHT:
        yield from study.cannot(audit)


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures of studies that are not there, as rows of "Figures that are not there"."""
    for study in WITH_FIGURES:
        yield from study.absent(audit)


def withheld(audit: Mapping[str, Any]) -> str:
    """Say which studies the public view leaves out, or nothing.

    Examples
    --------
    >>> withheld({"studies_withheld": ["proxies", "alternatives"]})
    'Left out of the public view, because small groups in them are not merged: proxies and alternatives.'
    """
    names = audit.get("studies_withheld") or []
    if not names:
        return ""
    named = words.joined([NAMES.get(name, words.label(name)) for name in names])
    return f"Left out of the public view, because small groups in them are not merged: {named}."

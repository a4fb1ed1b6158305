"""Studies of the model: what each says on the first page, can and cannot say, and could not evaluate.

Each study is a file of its own with ``section``, ``lines``, ``can``, ``cannot`` and ``absent``; its section of
``audit.json`` is there or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import alternatives, counterfactual, model, proxies, user_metrics, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Cell, FindingLine, Section

SECTIONS = ("model", "user_metrics", "proxies", "counterfactual", "alternatives")
BY_WEIGHT = (counterfactual, alternatives, proxies, user_metrics, model)
"""In the order of the first page."""
NAMES: Mapping[str, str] = {
    "model": "the model",
    "user_metrics": "metrics of your own",
    "proxies": "proxies",
    "counterfactual": "counterfactual résumés",
    "alternatives": "alternatives",
}


def there(audit: Mapping[str, Any]) -> bool:
    """Whether the audit has any study."""
    return any(audit.get(name) for name in SECTIONS)


def sections(audit: Mapping[str, Any]) -> Iterator[Section | None]:
    """Yield the sections of the studies that follow the results, in the order of reading."""
    yield user_metrics.section(audit)
    yield proxies.section(audit)
    yield counterfactual.section(audit)
    yield alternatives.section(audit)


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield what each study says on the first page."""
    for study in BY_WEIGHT:
        yield from study.lines(audit)


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
    for study in (user_metrics, proxies, counterfactual, alternatives):
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

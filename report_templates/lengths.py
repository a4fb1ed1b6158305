"""What is told at length: the first decision of an audit.  Its stages, and rates by score, are told in brief.

With two stages and a score an audit has four tables of each attribute.  The figures of all are shown, with whatever is
held against a threshold; charts and what lies behind the figures are shown of the first, and are in the CSV files of
all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import words
from fairwitness.report_templates.document import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Entry = Mapping[str, Any]


def at_length(audit: Mapping[str, Any], entry: Entry) -> bool:
    """Whether a table, or what was made of it, is about the decision that the audit's first table is about.

    Examples
    --------
    >>> audit = {"tables": [{"measure": "selection_rate", "stage": None}]}
    >>> at_length(audit, {"measure": "selection_rate"}), at_length(audit, {"measure": "scoring_rate"})
    (True, False)
    """
    return not audit["tables"] or _decision(entry) == _decision(audit["tables"][0])


def told(audit: Mapping[str, Any], entries: Iterable[Entry]) -> list[Entry]:
    """Return what is told at length."""
    return [entry for entry in entries if at_length(audit, entry)]


def elsewhere(audit: Mapping[str, Any], entries: Iterable[Entry], files: Sequence[str]) -> Iterator[Paragraph]:
    """Say of what else there are figures, and in which files of the report folder; nothing where there is no more.

    Examples
    --------
    >>> audit = {"tables": [{"measure": "selection_rate", "stage": None}]}
    >>> others = [{"measure": "scoring_rate"}, {"measure": "selection_rate", "stage": "interview"}]
    >>> [said] = elsewhere(audit, others, ["undisclosed"])
    >>> said.text
    'The same by score and at interview: tables/undisclosed.csv.'
    """
    others = dict.fromkeys(_decision(entry) for entry in entries if not at_length(audit, entry))
    if others:
        named = [_named(*other) for other in others]
        where = words.joined([f"tables/{name}.csv" for name in files])
        yield Paragraph(f"The same {words.joined(named)}: {where}.", soft=True)


def _decision(entry: Entry) -> tuple[str, str | None]:
    return entry["measure"], entry.get("stage")


def _named(measure: str, stage: str | None) -> str:
    said = [f"at {words.label(stage)}"] if stage else []
    said += ["by score"] if measure == "scoring_rate" else []
    return ", ".join(said) or "of the decision"

"""The analyses that a report may tell of, in the order of reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fairwitness.report_templates.analyses import (
    adjusted,
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Cell, FindingLine, Section
    from fairwitness.report_templates.study_tables import StudyTable


class Said(Protocol):
    """What a file says on the first page and of itself; nothing where audit.json has no such section."""

    def lines(self, audit: Mapping[str, Any]) -> Iterator[FindingLine]:
        """Yield what it says on the first page."""

    def can(self, audit: Mapping[str, Any]) -> Iterator[str]:
        """Yield what it can say."""

    def cannot(self, audit: Mapping[str, Any]) -> Iterator[str]:
        """Yield what it cannot say."""


class Figured(Said, Protocol):
    """What a file says that has figures, some of which may not be there."""

    def absent(self, audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
        """Yield the figures that are not there, as rows of "Figures that are not there"."""


class Analysis(Figured, Protocol):
    """A file of this room: what an analysis says in the report."""

    def section(self, audit: Mapping[str, Any]) -> Section | None:
        """Return the section of the report."""

    def tables(self, audit: Mapping[str, Any]) -> Iterator[StudyTable]:
        """Yield its tables in full precision: name of the CSV file without its ending, header, rows."""


ANALYSES: tuple[Analysis, ...] = (
    intersections,
    subgroup_search,
    stratified,
    adjusted,
    requisitions,
    funnel,
    scores,
    calibration,
    ranked_pools,
    individual,
    undisclosed,
    membership,
    periods,
    choices,
)

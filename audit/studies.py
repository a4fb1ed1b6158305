"""Studies: what an audit says besides its tables of groups, each a section of audit.json.

A section that holds a list, one entry for each thing studied, may come from several studies; one that holds a single
answer may not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fairwitness.audit.errors import FairwitnessError, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

OF_COUNTS = (
    "requisitions",
    "funnel",
    "scores",
    "calibration",
    "ranked_pools",
    "intersections",
    "subgroup_search",
    "individual",
    "undisclosed",
    "membership",
    "periods",
    "choices",
)
OF_MODELS = ("model", "proxies", "user_metrics", "counterfactual", "alternatives")
SECTIONS = (*OF_COUNTS, *OF_MODELS)
IN_PUBLIC = frozenset({"model"})  # the others hold figures of groups that nobody has merged


class Study(Protocol):
    """Anything that makes a section of audit.json."""

    @property
    def section(self) -> str:
        """The key in audit.json: one of ``SECTIONS``."""

    def to_json(self) -> Any:
        """Return the section's content."""


def sections(studies: Iterable[Study]) -> dict[str, Any]:
    """Return the sections of audit.json that studies make, by key.

    Raises
    ------
    FairwitnessError
        A section that is not known, or one single answer given twice.
    """
    made: dict[str, Any] = {}
    for study in studies:
        name, content = study.section, study.to_json()
        if name not in SECTIONS:
            raise FairwitnessError(f"A study has the section {quoted(name)}; there are {listed(SECTIONS)}.")
        if name not in made:
            made[name] = list(content) if isinstance(content, list) else content
        elif isinstance(content, list):
            made[name] += content
        else:
            raise FairwitnessError(f"Two studies have the section {quoted(name)}, which holds one. Leave one out.")
    return {name: made[name] for name in SECTIONS if name in made}


def in_public(studies: Iterable[Study], *, analysed: bool) -> dict[str, Any]:
    """Return the sections that anybody may read, and the names of those left out; analyses of the counts are one."""
    made = sections(studies)
    shown = {name: content for name, content in made.items() if name in IN_PUBLIC}
    withheld = [*(["analyses"] if analysed else []), *(name for name in made if name not in IN_PUBLIC)]
    return shown | ({"studies_withheld": withheld} if withheld else {})

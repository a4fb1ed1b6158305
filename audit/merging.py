"""Tallies add: shards, days, sites and employers become one by adding cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fairwitness.audit.clusters import numbered
from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.tally import NOTHING, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.tally import Count, Key


def merge(*tallies: Tally) -> Tally:
    """Add tallies of the same axes: shards, days, sites, employers.

    Parameters
    ----------
    *tallies : Tally

    Returns
    -------
    Tally
        Cells added.  A binned score's exact median is lost: a merged tally knows it only within its bin.  Clusters have
        no names: each counts as one of its own, so none may have rows in two of the tallies.

    Raises
    ------
    FairwitnessError
        None given, or axes, bins, measures or weighting that do not agree.

    Examples
    --------
    >>> from fairwitness.audit.tally import Axis
    >>> a = Tally.of([Axis("sex", "protected")], {("F",): 2})
    >>> merge(a, a).cells[("F",)].n
    4
    """
    if not tallies:
        raise FairwitnessError("Nothing to merge: give at least one tally.")
    if len(tallies) == 1:
        return tallies[0]
    first = tallies[0]
    shapes = {(t.measure, t.weighted, tuple((a.name, a.role, a.edges, a.order) for a in t.axes)) for t in tallies}
    if len(shapes) > 1:
        shown = " | ".join(
            sorted(", ".join(f"{a.name} ({a.role}, {len(a.edges)} edges)" for a in t.axes) for t in tallies)
        )
        msg = (
            "Tallies of different questions cannot be added: they must agree on measure, weighting and axes, and "
            f"on the edges of score bins. Found: {printable(shown)}. Count again with the same plan (score_edges "
            "fixes the bins)."
        )
        raise FairwitnessError(msg)
    cells = _added(tallies)
    axes = [
        replace(a, levels=tuple(sorted({level for t in tallies for level in t.axes[i].levels})), median=None)
        for i, a in enumerate(first.axes)
    ]
    sources = tuple(s for t in tallies for s in t.sources)
    return Tally.of(
        axes,
        cells,
        measure=first.measure,
        weighted=first.weighted,
        repeats=sum(t.repeats for t in tallies),
        sources=sources,
        warnings=tuple(dict.fromkeys(w for t in tallies for w in t.warnings)),
    )


def _added(tallies: Sequence[Tally]) -> dict[Key, Count]:
    """Return the sums of cells; clusters of different tallies are different ones."""
    cluster = tallies[0].axis("cluster")
    at = None if cluster is None else tallies[0].axes.index(cluster)
    cells: dict[Key, Count] = {}
    for i, t in enumerate(tallies):
        for key, c in t.cells.items():
            named = key if at is None else (*key[:at], f"{i} {key[at]}", *key[at + 1 :])
            cells[named] = cells.get(named, NOTHING) + c
    return cells if at is None else numbered(cells, at)

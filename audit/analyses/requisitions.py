"""The sweep: every requisition, stage and group by itself, and where to look first.

Of each requisition a group is held against everybody else who was in it, so that its shortfall and its test speak of
the same selections and need no reference.  Requisitions are looked at because they are there, not because somebody
expected something of them: the order says where to look, and no verdict is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fairwitness.audit.judging.stratified import RATIO
from fairwitness.metrics.exact_by_pool import exact_by_pool
from fairwitness.metrics.multiplicity import benjamini_hochberg
from fairwitness.metrics.significance import rejected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.judging.stratified import Stratified, StratifiedComparison
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.counts import Floats

COLUMNS = (
    "requisition",
    "stage",
    "group",
    "selected",
    "n",
    "others_selected",
    "others_n",
    "expected",
    "shortfall",
    "fisher_p",
    "mid_p",
    "p_adjusted",
)


@dataclass(frozen=True, slots=True)
class Entries:
    """One group in all requisitions of a stage that it was in, as columns; ``within`` is it over all of them."""

    stage: str | None
    group: Group
    names: tuple[str, ...]
    counts: NDArray[np.int64]  # selected, n, others selected, others n
    fisher_p: Floats
    mid_p: Floats
    within: StratifiedComparison

    @property
    def expected(self) -> Floats:
        """Selections of the group at equal rates."""
        x, n, y, m = self.counts
        return np.asarray(n * (x + y) / np.maximum(n + m, 1))


@dataclass(frozen=True, slots=True)
class Sweep:
    """The requisitions of one attribute and measure.

    Attributes
    ----------
    by : tuple of str
    measure : str
    column : str
        Which says the requisition.
    requisitions : int
    together : bool
        Whether a cluster, or a repeated unit, has several decisions in the same requisition: then the tests are
        approximate.
    entries : tuple of Entries
    level : float
        ``1 - level`` is about the most that the share of false leads among those that stand out is, on average.
    """

    by: tuple[str, ...]
    measure: str
    column: str
    requisitions: int
    together: bool
    entries: tuple[Entries, ...]
    level: float

    def to_json(self) -> dict[str, Any]:
        """Return every entry as a row, those to look at first on top; those that tell nothing last."""
        p = np.concatenate([e.mid_p for e in self.entries])
        adjusted = benjamini_hochberg(p)
        rows = [row for e in self.entries for row in _rows(e)]
        for row, value in zip(rows, adjusted.tolist(), strict=True):
            row[-1] = None if np.isnan(value) else value
        size = np.concatenate([np.abs(e.expected - e.counts[0]) for e in self.entries])
        order = np.lexsort((-size, np.where(np.isnan(p), 2.0, p)))
        m = int(np.isfinite(p).sum())
        return {
            "by": list(self.by),
            "measure": self.measure,
            "column": self.column,
            "requisitions": self.requisitions,
            "stages": list(dict.fromkeys(e.stage for e in self.entries)),
            "m": m,
            "uninformative": len(p) - m,
            "standing_out": int(rejected(adjusted, 1 - self.level).sum()),
            "level": self.level,
            "adjusted_by": "benjamini_hochberg",
            "independent": not self.together,
            "totals": [_total(e) for e in self.entries],
            "columns": list(COLUMNS),
            "rows": [rows[i] for i in order],
        }


@dataclass(frozen=True, slots=True)
class Requisitions:
    """The sweeps of an audit: one for each attribute and measure."""

    section: ClassVar[str] = "requisitions"

    sweeps: tuple[Sweep, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each sweep."""
        return [sweep.to_json() for sweep in self.sweeps]


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Requisitions | None:
    """Return every requisition, stage and group by itself, or None where there are no strata.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Single attributes are swept, at every stage and for the decision.
    plan : AuditPlan

    References
    ----------
    Benjamini & Hochberg, Journal of the Royal Statistical Society B 57 (1995),
    doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    found: dict[tuple[tuple[str, ...], str], list[tuple[str | None, Stratified]]] = {}
    for table in tables:
        if table.stratified and table.kind == "confirmatory":
            found.setdefault((table.by, table.measure), []).append((table.stage, table.stratified))
    sweeps = [
        Sweep(
            by=by,
            measure=measure,
            column=parts[0][1].column,
            requisitions=max(len(s.names) for _, s in parts),
            together=bool(tally.repeats) or any(_together(s) for _, s in parts),
            entries=tuple(e for stage, s in parts for e in _entries(stage, s)),
            level=plan.level,
        )
        for (by, measure), parts in found.items()
    ]
    return Requisitions(tuple(sweeps)) if sweeps else None


def _entries(stage: str | None, s: Stratified) -> list[Entries]:
    made = []
    for group in s.comparisons:
        counts = np.stack(s.counts.pools(group, None))
        there = counts[1] > 0
        names = tuple(name for name, kept in zip(s.names, there.tolist(), strict=True) if kept)
        exact = exact_by_pool(*counts[:, there])
        made.append(Entries(stage, group, names, counts[:, there], *exact, s.comparisons[group]))
    return made


def _together(s: Stratified) -> bool:
    """Whether a cluster has several decisions in one requisition."""
    cells = s.counts.clusters
    if cells is None:
        return False
    _, place = np.unique(np.stack([cells.cluster, cells.stratum]), axis=1, return_inverse=True)
    return bool(np.any(np.bincount(place.ravel(), cells.n) > 1))


def _total(e: Entries) -> dict[str, Any]:
    """Return a group over all requisitions of a stage."""
    tests = e.within.tests
    return {
        "stage": e.stage,
        "group": list(e.group),
        "requisitions": len(e.names),
        "selected": int(e.counts[0].sum()),
        "n": int(e.counts[1].sum()),
        "shortfall": float(np.sum(e.expected - e.counts[0])),
        RATIO: e.within.estimates[RATIO].to_json(),
        "test": {"name": tests.default, "p": tests.p, "p_adjusted": tests.p_adjusted, "m": tests.m},
    }


def _rows(e: Entries) -> list[list[Any]]:
    """Return the rows of a group, the adjusted p still missing."""
    group, expected = " · ".join(e.group), e.expected
    p, mid = ([None if np.isnan(v) else v for v in column.tolist()] for column in (e.fisher_p, e.mid_p))
    shortfall = (expected - e.counts[0]).tolist()
    columns = zip(e.names, *e.counts.tolist(), expected.tolist(), shortfall, p, mid, strict=True)
    return [[name, e.stage, group, *figures, None] for name, *figures in columns]

"""The tally: the decisions counted once, as a sparse contingency table that needs no row again.

A tally has *axes* (protected attributes, the decision, the true outcome, the score; strata, periods, controls, stages
and clusters where they were named) and *cells*: for each combination of levels that occurs, how many decisions it
stands for.  Every figure of an audit is derived
from it.  Tallies of shards, days or employers are merged by adding cells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SMALL_CELL = 10
WEIGHT_PLACES = 6  # a weight is a whole number of millionths

SELECTED = "selected"
NOT_SELECTED = "not_selected"
SCORED = "scored"  # no decision was named: the row has a score and no more
SET_ASIDE = "set_aside:"  # followed by the reason

POSITIVE = "positive"
NEGATIVE = "negative"

Level = str | float | int | None
Key = tuple[Level, ...]
AxisRole = Literal[
    "table", "protected", "decision", "label", "score", "earlier", "stratum", "period", "control", "stage", "cluster"
]
Measure = Literal["selection_rate", "scoring_rate"]


class Count(NamedTuple):
    """What one cell holds.

    ``n`` decisions; of survey weights, the sum in millionths and the sum of squares in millionths of
    millionths, both exact integers (0 where the tally is not weighted).
    """

    n: int
    weight: int = 0
    weight_squared: int = 0

    def __add__(self, other: tuple[object, ...]) -> Count:
        if not isinstance(other, Count):
            return NotImplemented
        return Count(self.n + other.n, self.weight + other.weight, self.weight_squared + other.weight_squared)


NOTHING = Count(0)


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of the contingency table.

    Attributes
    ----------
    name : str
        The source's column.
    role : AxisRole
        ``table`` is the column of a table of counts that says which table a row belongs to; ``earlier`` the decision
        of an earlier release on the same unit.  Of a ``stage``, of which there may be several in order, the levels are
        those of a decision, and None where it was not reached.  Of ``stratum``, ``period`` and ``control`` they are
        labels, and None where it is not stated.  Of a ``cluster`` they are numbers given by what is in it.
    levels : tuple of str
        A protected attribute's labels, sorted; declared labels that nobody bears are among them.
        In a cell, ``None`` stands for "not disclosed".
    edges : tuple of float
        A binned score's edges, increasing: level *i* holds scores in ``(edges[i-1], edges[i]]``, the first and
        last without end.  Empty: the levels are the scores themselves.
    median : float or None
        The exact median of a binned score, where the count fixed it; it is then one of the edges.
    order : {"high", "low"}
        Which scores are good.
    """

    name: str
    role: AxisRole
    levels: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    median: float | None = None
    order: Literal["high", "low"] = "high"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a tally's rows came from: a name without its folder, a digest, and how many rows it had."""

    name: str
    sha256: str | None
    rows: int
    columns_read: tuple[str, ...] = ()
    columns_available: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of decisions by protected attributes, decision, true outcome and score.

    Attributes
    ----------
    axes : tuple of Axis
    cells : mapping of level tuples to Count
        Only combinations that occur, in sorted order; one level per axis.
    measure : {"selection_rate", "scoring_rate"}
        What "selected" stands for in a table of counts.  Otherwise ``selection_rate``.
    repeats : int
        Rows that repeat a unit and were kept: with any, rows are not independent.
    sources : tuple of Source
        Not part of the digest: the same decisions in other files make the same tally.
    warnings : tuple of str
        What a reader must know about how the rows were counted.  Not part of the digest.

    Examples
    --------
    >>> t = Tally.of([Axis("sex", "protected"), Axis("hired", "decision")],
    ...              {("F", "selected"): 3, ("F", "not_selected"): 7, ("M", "selected"): 6, ("M", "not_selected"): 4})
    >>> t.decisions
    20
    >>> t.margin("hired").cells[("selected",)].n
    9
    """

    axes: tuple[Axis, ...]
    cells: Mapping[Key, Count]
    measure: Measure = "selection_rate"
    weighted: bool = False
    repeats: int = 0
    sources: tuple[Source, ...] = field(default=(), compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def of(
        cls,
        axes: Iterable[Axis],
        cells: Mapping[Key, Count] | Mapping[Key, int],
        *,
        measure: Measure = "selection_rate",
        weighted: bool = False,
        repeats: int = 0,
        sources: tuple[Source, ...] = (),
        warnings: tuple[str, ...] = (),
    ) -> Tally:
        """Make a tally in canonical form: axes with all their levels, cells sorted."""
        counts = {key: c if isinstance(c, Count) else Count(c) for key, c in cells.items()}
        full = []
        for i, axis in enumerate(axes):
            seen = {str(key[i]) for key in counts if key[i] is not None} if axis.role in ("protected", "table") else ()
            full.append(replace(axis, levels=tuple(sorted({*axis.levels, *seen}))))
        ordered = {key: counts[key] for key in sorted(counts, key=sortable)}
        return cls(tuple(full), ordered, measure, weighted, repeats, sources, warnings)

    # -- looking -----------------------------------------------------------------------------------------------

    def axis(self, role: AxisRole) -> Axis | None:
        """Return the one axis with a role, or None; protected attributes are in `attributes`."""
        return next((a for a in self.axes if a.role == role), None)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names that an audit can tabulate by: the protected columns, or a table of counts' tables."""
        table = self.axis("table")
        return table.levels if table else tuple(a.name for a in self.axes if a.role == "protected")

    @property
    def decisions(self) -> int:
        """How many decisions the tally stands for.

        Tables of counts need not add up to one another; then it is the largest table's number.
        """
        table = self.axis("table")
        if table is None:
            return sum(c.n for c in self.cells.values())
        everywhere = sum(c.n for key, c in self.cells.items() if key[0] is None)
        sizes = Counter(dict.fromkeys(table.levels, 0))
        for key, c in self.cells.items():
            if key[0] is not None:
                sizes[str(key[0])] += c.n
        return everywhere + max(sizes.values(), default=0)

    @property
    def rows(self) -> int:
        """How many rows of the source were counted or set aside."""
        return sum(s.rows for s in self.sources)

    @property
    def small_cells(self) -> int:
        """How many cells stand for 1 to 9 decisions: each may point to a person."""
        return sum(0 < c.n < SMALL_CELL for c in self.cells.values())

    def margin(self, *names: str) -> Tally:
        """Return the tally summed over every axis not named.

        Raises
        ------
        FairwitnessError
            An axis that the tally does not have.
        """
        at = [self._place(name) for name in names]
        cells: dict[Key, Count] = {}
        for key, c in self.cells.items():
            part = tuple(key[i] for i in at)
            cells[part] = cells.get(part, NOTHING) + c
        axes = tuple(self.axes[i] for i in at)
        return replace(self, axes=axes, cells={k: cells[k] for k in sorted(cells, key=sortable)})

    def where(self, **levels: Level) -> Tally:
        """Return the part of the tally in which the named axes have the given levels."""
        at = {self._place(name): level for name, level in levels.items()}
        cells = {key: c for key, c in self.cells.items() if all(key[i] == level for i, level in at.items())}
        return replace(self, cells=cells)

    def table(self, name: str) -> Tally:
        """Return one table of a table of counts, as a tally of its own with the attribute ``name``.

        Rows whose table is blank count in every table.
        """
        keep = [i for i, a in enumerate(self.axes) if a.role != "table"]
        cells: dict[Key, Count] = {}
        for key, c in self.cells.items():
            if key[0] in (name, None):
                part = tuple(key[i] for i in keep)
                cells[part] = cells.get(part, NOTHING) + c
        axes = [
            replace(self.axes[i], name=name, levels=()) if self.axes[i].role == "protected" else self.axes[i]
            for i in keep
        ]
        return Tally.of(
            axes, cells, measure=self.measure, repeats=self.repeats, sources=self.sources, warnings=self.warnings
        )

    def _place(self, name: str) -> int:
        names = [a.name for a in self.axes]
        if name not in names:
            msg = f"The tally has no axis {quoted(name)}; it has {listed(names)}.{did_you_mean(name, names)}"
            raise FairwitnessError(msg)
        return names.index(name)

    # -- keeping -----------------------------------------------------------------------------------------------

    @property
    def digest(self) -> str:
        """SHA-256 of what was counted: the same on every engine, in every order, however it was split."""
        from fairwitness.audit.tally_file import digest

        return digest(self)

    def to_json(self) -> str:
        """Return the tally as JSON (schema ``fairwitness/tally/v1``)."""
        from fairwitness.audit.tally_file import to_json

        return to_json(self)

    def save(self, path: str | Path) -> None:
        """Write the tally to a file.  A tally has no rows, yet a cell of one is a person: treat it as such data."""
        Path(path).write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Tally:
        """Read a tally written by `save`.

        Raises
        ------
        FairwitnessError
            Not a tally, a tally of another version, or one that was changed after it was written.
        """
        from fairwitness.audit.tally_file import read

        return read(path)


def sortable(key: Key) -> tuple[tuple[int, float, str], ...]:
    """Order levels of any kind: not disclosed first, then numbers, then words."""
    return tuple(
        (0, 0.0, "") if level is None else (2, 0.0, level) if isinstance(level, str) else (1, float(level), "")
        for level in key
    )

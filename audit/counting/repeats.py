"""Repeats of a unit (a person, a person and a position): refused, kept, or all but one set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.vocabulary import decision_rank
from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.engine import fetch, lazy, length

if TYPE_CHECKING:
    import narwhals as nw

    from fairwitness.audit.counting.roles import Decisions, Roles

REPEAT = "repeat of the same unit"  # the reason under which repeats are set aside


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows that are counted; and how many repeats are among them, or were taken out."""

    frame: nw.LazyFrame[Any]
    repeats: int = 0
    removed: int = 0
    warnings: tuple[str, ...] = ()


def one_per_unit(decisions: Decisions) -> Kept:
    """Return the rows to count, as ``duplicates`` says.

    ``refuse`` counts repeats that agree in every column once and refuses others; ``first`` and ``last`` go by the
    order of rows; ``any_favorable`` takes a favourable row before an unfavourable one, and that before one set
    aside; ``keep`` keeps all.

    Raises
    ------
    FairwitnessError
        An empty unit, or repeats that disagree.
    """
    roles, frame, where = decisions.roles, decisions.frame, printable(decisions.loaded.name)
    if not roles.unit:
        return Kept(frame)
    unit = [roles.alias(name) for name in roles.unit]
    _refuse_empty(frame, unit, roles, where)
    rows, units = decisions.loaded.rows, length(frame.select(unit).unique())
    extra = rows - units
    if extra == 0:
        return Kept(frame)
    what = f"{where}: {extra:,} of {rows:,} rows repeat a unit ({listed(roles.unit)})"
    if roles.duplicates == "keep":
        return Kept(frame, repeats=extra, warnings=(f"{what} and are counted; rows are not independent.",))
    if roles.duplicates == "refuse":
        chosen = frame.unique()
        _refuse_conflicts(chosen, unit, what, units)
    else:
        chosen = _chosen(frame, unit, decisions)
    how = "which agree in every column" if roles.duplicates == "refuse" else f"--duplicates {roles.duplicates}"
    return Kept(
        chosen, removed=extra, warnings=(f"{what}, {how}: one row of each unit is counted, the others are set aside.",)
    )


def _refuse_empty(frame: nw.LazyFrame[Any], unit: list[str], roles: Roles, where: str) -> None:
    import narwhals as nw

    for alias, name in zip(unit, roles.unit, strict=True):
        empty = nw.col(alias).is_null()
        if frame.collect_schema()[alias] == nw.String:
            empty = empty | (nw.col(alias) == "")
        n = length(frame.filter(empty))
        if n:
            raise FairwitnessError(
                f"{where}, column {quoted(name)}: {n:,} rows have no unit. Fill it, or name another --unit."
            )


def _refuse_conflicts(distinct: nw.LazyFrame[Any], unit: list[str], what: str, units: int) -> None:
    import narwhals as nw

    counts = distinct.group_by(unit).agg(nw.len().alias("rows"))
    conflicts = length(counts.filter(nw.col("rows") > 1))
    if conflicts:
        raise FairwitnessError(
            f"{what}, and {conflicts:,} of {units:,} units have repeats that disagree. Say which row counts: "
            "--duplicates first, last, any_favorable, or keep; or name more columns with --unit."
        )


def _chosen(frame: nw.LazyFrame[Any], unit: list[str], decisions: Decisions) -> nw.LazyFrame[Any]:
    """Return one row of each unit.  The order of rows matters here, so the rows are fetched in order."""
    import narwhals as nw

    rows = nw.from_native(fetch(frame).select(frame.collect_schema().names()), eager_only=True).with_row_index("row")
    duplicates = decisions.roles.duplicates
    order = ["row"]
    if duplicates == "any_favorable":
        rows = rows.with_columns(rank=decision_rank(rows.lazy(), decisions.roles))
        order = ["rank", "row"]
    if duplicates == "last":
        rows = rows.with_columns(row=nw.col("row").cast(nw.Int64) * -1)
    best = rows.sort(order).unique(unit, keep="first", maintain_order=True)
    return lazy(best.drop(order).to_native())

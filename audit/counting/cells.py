"""Cells: one grouped query on the engine that holds the rows, then levels as text on its small result.

The engine groups by the columns as they are and sums integers; so every engine, in every order, gives the same
counts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.amounts import amounts, count_of, refuse_faults, with_amounts
from fairwitness.audit.counting.binning import NOT_FINITE, as_float, bin_code, bin_labels, whole
from fairwitness.audit.counting.score_scale import refuse_not_finite
from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.loaders.engine import fetch, fetch_row
from fairwitness.audit.loaders.labels import MOST_LEVELS, label_text
from fairwitness.audit.tally import NOTHING, Count, Key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import narwhals as nw
    import pyarrow as pa

    from fairwitness.audit.counting.roles import Roles
    from fairwitness.audit.counting.score_scale import ScoreScale

PROBE = 100_000  # rows looked at before grouping: an identifier shows there
MANY: Mapping[str, int] = {"stratum": 100_000, "period": 10_000, "cluster": 5_000_000}  # levels, of some roles


@dataclass(frozen=True, slots=True)
class Cells:
    """What a grouped query found.

    Attributes
    ----------
    counts : mapping of Key to Count
        A key is one text for each protected attribute, then the decision's text, the label's text and the score;
        None where the cell is empty, or there is no such column.  Then one text for each of ``roles.circumstances``.
    rows : int
    fractional : tuple of str
        Attributes cut at whole edges that have fractional values.
    """

    counts: Mapping[Key, Count]
    rows: int
    fractional: tuple[str, ...] = ()


def group(frame: nw.LazyFrame[Any], roles: Roles, scale: ScoreScale | None, where: str) -> Cells:
    """Group the rows by all roles, and sum what they stand for.

    Raises
    ------
    FairwitnessError
        Too many levels, or counts, weights or binned values at fault.
    """
    import narwhals as nw

    keys = {f"p{i}": _attribute(frame, name, roles) for i, name in enumerate(roles.protected)}
    keys |= {key: nw.col(roles.alias(name)) for key, name in (("d", roles.decision), ("l", roles.label)) if name}
    keys |= {f"x{i}": _attribute(frame, name, roles) for i, (_, name) in enumerate(roles.circumstances)}
    if scale is not None:
        score = as_float(frame, roles.alias(str(roles.score)))
        keys["s"] = bin_code(score, scale.edges, closed="right") if scale.edges else score
    frame = with_amounts(frame, roles)
    if roles.count or roles.weight:
        keys["fault"] = nw.col("fault")
    halves = {
        f"f{i}": _fraction(frame, name, roles) for i, name in enumerate(roles.protected) if whole(roles.bins.get(name))
    }
    sums = [*amounts(roles), *(nw.col(name).sum().alias(name) for name in halves)]
    result = fetch(frame.with_columns(**keys, **halves).group_by(list(keys), drop_null_keys=False).agg(*sums))
    _refuse_levels(result, roles, where)
    if "fault" in keys:
        _refuse_faults(result, roles, where)
    counts: defaultdict[Key, Count] = defaultdict(lambda: NOTHING)
    for key, row in zip(_keys(result, roles, scale, where), result.to_pylist(), strict=True):
        counts[key] += count_of(row, roles)
    fractional = tuple(roles.protected[int(name[1:])] for name in halves if any(result[name].to_pylist()))
    return Cells(counts, int(sum(result["rows"].to_pylist())), fractional)


def probe(frame: nw.LazyFrame[Any], roles: Roles, where: str) -> None:
    """Refuse identifiers and free text before grouping by them, going by the first rows."""
    import narwhals as nw

    few = (*roles.protected, roles.decision, roles.label, *(n for role, n in roles.circumstances if role not in MANY))
    named = [name for name in few if name and name not in roles.bins]
    first = frame.head(PROBE)
    seen = fetch_row(first.select(nw.len().alias("rows"), *(_distinct(first, roles.alias(n)) for n in named)))
    for name in named:
        n = seen[roles.alias(name)]
        if n > MOST_LEVELS + 1:  # one of them may be the empty one
            raise FairwitnessError(_too_many(where, name, f"{n:,} different values in the first {seen['rows']:,} rows"))


def _distinct(frame: nw.LazyFrame[Any], alias: str) -> nw.Expr:
    import narwhals as nw

    column = nw.col(alias)
    if frame.collect_schema()[alias] == nw.Decimal:  # which Polars 1.20 does not count
        column = column.cast(nw.Float64)
    return column.n_unique()


def _attribute(frame: nw.LazyFrame[Any], name: str, roles: Roles) -> nw.Expr:
    import narwhals as nw

    if name not in roles.bins:
        return nw.col(roles.alias(name))
    column = as_float(frame, roles.alias(name))
    code = bin_code(column, roles.bins[name], closed="left")
    hidden = [float(text) for text in roles.unknown if _is_number(text)]
    return nw.when(~column.is_in(hidden)).then(code) if hidden else code


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _fraction(frame: nw.LazyFrame[Any], name: str, roles: Roles) -> nw.Expr:
    """Return 1 where the value has a fraction, otherwise 0."""
    import narwhals as nw

    column = as_float(frame, roles.alias(name))
    fractional = ~column.is_null() & (column != column.round(0))
    return nw.when(fractional).then(nw.lit(1, nw.Int64)).otherwise(nw.lit(0, nw.Int64))


def _keys(result: pa.Table, roles: Roles, scale: ScoreScale | None, where: str) -> list[Key]:
    none = [None] * result.num_rows
    parts: list[Sequence[Any]] = [
        _binned(result[f"p{i}"], name, roles, where)
        if name in roles.bins
        else _texts(result[f"p{i}"], name, roles.unknown, where)
        for i, name in enumerate(roles.protected)
    ]
    parts.append(_texts(result["d"], roles.decision, frozenset(), where) if roles.decision else none)
    parts.append(_texts(result["l"], roles.label, roles.unknown, where) if roles.label else none)
    parts.append(none if scale is None else _scores(result, roles, scale, where))
    parts += [
        _binned(result[f"x{i}"], name, roles, where)
        if name in roles.bins
        else _texts(result[f"x{i}"], name, frozenset(), where)
        for i, (_, name) in enumerate(roles.circumstances)
    ]
    return list(zip(*parts, strict=True))


def _scores(result: pa.Table, roles: Roles, scale: ScoreScale, where: str) -> list[float | None]:
    """Return the bins' numbers, or the scores.

    What is not finite was looked for before; but an engine that trusts a file's statistics may overlook NaN in a
    filter, and it shows here.
    """
    scores = result["s"].to_pylist()
    faulty = [
        (s, rows)
        for s, rows in zip(scores, result["rows"].to_pylist(), strict=True)
        if s is not None and (s == NOT_FINITE if scale.edges else not math.isfinite(s))
    ]
    nan = sum(rows for s, rows in faulty if math.isnan(s))
    refuse_not_finite(nan, sum(rows for _, rows in faulty), roles, where)
    if scale.edges:
        return [None if s is None else int(s) for s in scores]
    return [None if s is None else float(s) + 0.0 for s in scores]  # + 0.0: minus zero is zero


def _texts(column: pa.ChunkedArray, name: str, unknown: frozenset[str], where: str) -> list[str | None]:
    try:
        texts = [label_text(value) for value in column.to_pylist()]
    except TypeError as error:
        raise FairwitnessError(
            f"{where}, column {quoted(name)}: values of the type {error} cannot be labels. "
            "Convert the column to text first."
        ) from None
    return [None if text in unknown else text for text in texts]


def _binned(column: pa.ChunkedArray, name: str, roles: Roles, where: str) -> list[str | None]:
    codes = column.to_pylist()
    if NOT_FINITE in codes:
        raise FairwitnessError(
            f"{where}, column {quoted(name)}: infinite values cannot be cut into bins. "
            "Leave them empty if nothing is known."
        )
    labels = bin_labels(roles.bins[name])
    return [None if code is None else labels[int(code)] for code in codes]


def _refuse_levels(result: pa.Table, roles: Roles, where: str) -> None:
    keys: dict[str, str | None] = {f"p{i}": name for i, name in enumerate(roles.protected)}
    keys |= {"d": roles.decision, "l": roles.label}
    most = dict.fromkeys(keys, MOST_LEVELS)
    for i, (role, named) in enumerate(roles.circumstances):
        keys[f"x{i}"], most[f"x{i}"] = named, MANY.get(role, MOST_LEVELS)
    for key, name in keys.items():
        if name and (n := len(result[key].unique().drop_null())) > most[key]:
            raise FairwitnessError(_too_many(where, name, f"{n:,} different values", most[key]))


def _too_many(where: str, name: str, found: str, most: int = MOST_LEVELS) -> str:
    may = "an attribute or a decision" if most == MOST_LEVELS else "such a column"
    return (
        f"{where}, column {quoted(name)}: {found}, more than the {most:,} that {may} may have. Name another column; a "
        "numeric attribute can be cut (--bin)."
    )


def _refuse_faults(result: pa.Table, roles: Roles, where: str) -> None:
    faults: defaultdict[int, int] = defaultdict(int)
    for fault, rows in zip(result["fault"].to_pylist(), result["rows"].to_pylist(), strict=True):
        faults[int(fault)] += rows
    refuse_faults(faults, roles, where)

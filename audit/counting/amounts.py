"""What a row stands for: so many decisions, or a survey weight, as exact integers; and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.binning import LARGEST_INTEGER, as_float
from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.tally import WEIGHT_PLACES, Count

if TYPE_CHECKING:
    from collections.abc import Mapping

    import narwhals as nw

    from fairwitness.audit.counting.roles import Roles

UNIT = 10**WEIGHT_PLACES
LARGEST_WEIGHT = 10**6  # below, floating point holds six decimals with room to spare
LIMB = 2**20  # a weight in millionths is at most 2**40: its square is summed in two limbs
MOST_ROWS = 2**23  # of one cell: 2**23 × 2**40 stays below 2**63
SLACK = 1e-3  # millionths by which a product may miss an integer in floating point

FAULTS = {
    "count": {1: "missing", 2: "negative", 3: "fractional, or 2⁵³ and more"},
    "weight": {1: "missing", 2: "negative", 3: "with more than 6 decimals", 4: f"above {LARGEST_WEIGHT:,}"},
}
REMEDY = {
    "count": "A count is a whole number of decisions: mend the rows, or give survey weights as --weight.",
    "weight": "A weight is a decimal from 0 to 1,000,000 with at most 6 places: round or rescale it.",
}


def with_amounts(frame: nw.LazyFrame[Any], roles: Roles) -> nw.LazyFrame[Any]:
    """Add what `amounts` sums: columns of integers, 0 where the value is at fault, and the fault's number."""
    import narwhals as nw

    if roles.count:
        count = as_float(frame, roles.alias(roles.count))
        odd = (count != count.round(0)) | (count >= LARGEST_INTEGER)
        frame = frame.with_columns(fault=_fault(count, {2: count < 0, 3: odd}))
        frame = frame.with_columns(n=nw.when(nw.col("fault") == 0).then(count).otherwise(nw.lit(0.0)).cast(nw.Int64))
    if roles.weight:
        weight = as_float(frame, roles.alias(roles.weight))
        scaled = (weight * UNIT).round(0)
        odd = (weight * UNIT - scaled).abs() > SLACK
        frame = frame.with_columns(fault=_fault(weight, {2: weight < 0, 4: weight > LARGEST_WEIGHT, 3: odd}))
        frame = frame.with_columns(w=nw.when(nw.col("fault") == 0).then(scaled).otherwise(nw.lit(0.0)).cast(nw.Int64))
        frame = frame.with_columns(high=nw.col("w") // LIMB)
        frame = frame.with_columns(low=nw.col("w") - nw.col("high") * LIMB)
        frame = frame.with_columns(
            high_high=nw.col("high") * nw.col("high"),
            high_low=nw.col("high") * nw.col("low"),
            low_low=nw.col("low") * nw.col("low"),
        )
    return frame


def amounts(roles: Roles) -> list[nw.Expr]:
    """Return the sums that `count_of` puts together."""
    import narwhals as nw

    names = (["n"] if roles.count else []) + (["w", "high_high", "high_low", "low_low"] if roles.weight else [])
    return [nw.len().alias("rows"), *(nw.col(name).sum().alias(f"sum_{name}") for name in names)]


def count_of(row: Mapping[str, Any], roles: Roles) -> Count:
    """Return one result row of `amounts` as a Count.

    Raises
    ------
    FairwitnessError
        More weighted rows in one cell than can be summed without overflow.
    """
    rows = int(row["rows"])
    if roles.count:
        return Count(int(row["sum_n"]))
    if not roles.weight:
        return Count(rows)
    if rows > MOST_ROWS:
        raise FairwitnessError(
            f"{rows:,} weighted rows in one cell, more than the {MOST_ROWS:,} that can be summed exactly. "
            "Count parts of the source and merge the tallies."
        )
    squared = LIMB * LIMB * int(row["sum_high_high"]) + 2 * LIMB * int(row["sum_high_low"]) + int(row["sum_low_low"])
    return Count(rows, int(row["sum_w"]), squared)


def refuse_faults(rows: Mapping[int, int], roles: Roles, where: str) -> None:
    """Raise if some rows' counts or weights are at fault.

    Parameters
    ----------
    rows : mapping of int to int
        How many rows have each fault's number; 0 means none.
    """
    kind = "count" if roles.count else "weight"
    name = roles.count or roles.weight
    found = [f"{n:,} {FAULTS[kind][fault]}" for fault, n in sorted(rows.items()) if fault]
    if found:
        msg = f"{where}, column {quoted(name)}: of {sum(rows.values()):,} values {', '.join(found)}."
        raise FairwitnessError(f"{msg} {REMEDY[kind]}")


def _fault(number: nw.Expr, rules: Mapping[int, nw.Expr]) -> nw.Expr:
    """Return the number of the first rule that is broken, 1 for an absent number, 0 for none."""
    import narwhals as nw

    found = nw.lit(0, nw.Int64)
    for fault, broken in reversed(list(rules.items())):
        found = nw.when(broken).then(nw.lit(fault, nw.Int64)).otherwise(found)
    return nw.when(number.is_null() | number.is_nan()).then(nw.lit(1, nw.Int64)).otherwise(found)

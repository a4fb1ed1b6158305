"""Matching: the rows of two releases brought together on the unit, whatever engines hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.repeats import one_per_unit
from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.engine import UnreadableError, connection, fetch
from fairwitness.audit.loaders.labels import label_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from fairwitness.audit.counting.roles import Decisions


def matched(base: Decisions, new: Decisions) -> tuple[pa.Table, tuple[str, ...]]:
    """Return one row for each unit of either release, and what must be said of repeats.

    Parameters
    ----------
    base, new : Decisions
        With the same number of unit columns, which are matched in order by their text.

    Returns
    -------
    tuple of (pyarrow.Table, tuple of str)
        For each protected attribute of the new release ``a0``, ``a1``, … and ``old_a0``, …; ``label`` and
        ``old_label``; ``decision`` and ``old_decision``; and ``is_new`` and ``is_old``, whether the release has the
        unit.  Texts, but for attributes that are cut into bins.  What a release does not have is null.

    Raises
    ------
    FairwitnessError
        A release with empty units, or with repeats that disagree or are kept.
    """
    import pyarrow as pa

    now, now_warnings = _rows(new, new)
    old, old_warnings = _rows(base, new)
    old = old.rename_columns([f"old_{name}" for name in old.column_names])
    made = connection()
    same = " AND ".join(f"u{i} = old_u{i}" for i in range(len(new.roles.unit)))
    joined = made.from_arrow(now).join(made.from_arrow(old), same, how="outer").to_arrow_table()
    columns = {name: joined[name] for name in joined.column_names if not name.startswith(("u", "old_u"))}
    there = {"is_new": joined["u0"].is_valid(), "is_old": joined["old_u0"].is_valid()}  # no release has empty units
    made.close()
    return pa.table(columns | there), (*now_warnings, *old_warnings)


def _rows(release: Decisions, new: Decisions) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the columns of one release, named by their place among those of the new one."""
    import pyarrow as pa

    where, roles = printable(release.loaded.name), release.roles
    try:
        kept = one_per_unit(release)
        table = fetch(kept.frame)
    except UnreadableError as error:
        raise FairwitnessError(f"{where}: {error}") from None
    if kept.repeats:
        raise FairwitnessError(
            f"{where}: {kept.repeats:,} rows repeat a unit ({listed(roles.unit)}), and in a pair each release decides "
            "once. Name more columns with --unit, or say which row counts: --duplicates first, last or any_favorable."
        )
    columns = {f"u{i}": text(table[roles.alias(name)]) for i, name in enumerate(roles.unit)}
    for column, name in zip(columns.values(), roles.unit, strict=True):
        if column.null_count:  # NaN, which engines tell from an empty unit
            raise FairwitnessError(
                f"{where}, column {quoted(name)}: {column.null_count:,} rows have no unit. Fill it, or name another "
                "--unit."
            )
    for i, name in enumerate(new.roles.protected):
        number = name in new.roles.bins
        nothing = pa.chunked_array([pa.nulls(table.num_rows, pa.large_string())])
        column = table[roles.alias(name)] if name in roles.protected else nothing
        columns[f"a{i}"] = column.cast(pa.float64()) if number else text(column)
    for role, named in (("label", roles.label), ("decision", roles.decision)):
        columns[role] = text(table[roles.alias(named)]) if named else pa.nulls(table.num_rows, pa.large_string())
    return pa.table(columns), kept.warnings


def text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the texts of a column's labels; see `fairwitness.audit.loaders.labels.label_text`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> text(pa.chunked_array([[1.0, 2.5, None]])).to_pylist()
    ['1', '2.5', None]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_integer(kind):
        return column.cast(pa.large_string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        # A copy, because if_else of pyarrow 18 mistakes the offsets of a slice.
        copied = pa.concat_arrays([*column.chunks, pa.array([], kind)])
        filled = pc.if_else(pc.equal(copied, ""), pa.scalar(None, kind), copied)
        return pa.chunked_array([filled.cast(pa.large_string())])
    coded = column.combine_chunks().dictionary_encode()
    return replaced(coded, {value: label_text(value) for value in coded.dictionary.to_pylist()})


def replaced(column: Any, meanings: Mapping[Any, str | None]) -> pa.ChunkedArray:
    """Return a column with each value replaced; null stands for what ``meanings`` says of None, or stays.

    Examples
    --------
    >>> import pyarrow as pa
    >>> replaced(pa.chunked_array([["a", "b", None]]), {"a": "A", "b": None}).to_pylist()
    ['A', None, None]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = column if pa.types.is_dictionary(column.type) else column.combine_chunks().dictionary_encode()
    texts: Sequence[str | None] = [meanings.get(value) for value in coded.dictionary.to_pylist()]
    made = pa.array(texts, pa.large_string()).take(coded.indices)
    absent = meanings.get(None)
    if absent is not None:
        made = pc.if_else(coded.indices.is_valid(), made, absent)
    return pa.chunked_array([made])

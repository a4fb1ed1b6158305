"""Tables of counts as vendors publish them: one row for each group, with its applicants and its selected.

A source may hold several tables, told apart by a column.  They need not add up to one another: in the New York
rule's own example race does not add up to sex × race.

References
----------
New York City, Rules of the Department of Consumer and Worker Protection, 6 RCNY § 5-301(b), example.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable, quoted
from fairwitness.audit.loaders.engine import fetch
from fairwitness.audit.loaders.labels import label_text
from fairwitness.audit.tally import NOT_SELECTED, NOTHING, SELECTED, Axis, Count, Key, Source, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.counting.roles import Decisions, Roles

BETWEEN = " | "  # joins a group's labels where each table has one axis


def count_table(decisions: Decisions, source: Source) -> Tally:
    """Return a table of counts as a tally.

    Without a column that tells tables apart, the protected columns are axes, and rows of the same group add up.
    With one, each of its values is a table whose groups are named by their labels, joined where there are several;
    a row without a table and without a label stands for people of unknown group in every table.

    Raises
    ------
    FairwitnessError
        A count that is absent, negative or fractional; more selected than applied; a selected count that is blank
        for a known group; a known group without a table.
    """
    roles = decisions.roles
    where = printable(decisions.loaded.name)
    found = fetch(decisions.frame).to_pydict()
    columns = {name: found[roles.alias(name)] for name in roles.columns}
    cells: defaultdict[Key, Count] = defaultdict(lambda: NOTHING)
    for i in range(decisions.loaded.rows):
        row = {name: values[i] for name, values in columns.items()}
        labels = [_label(row[name], name, roles, f"{where}, data row {i + 1:,}") for name in roles.protected]
        place = f"{where}, data row {i + 1:,} ({_shown(labels)})"
        group = _group(labels, row, roles, place)
        applicants = _whole(row, str(roles.applicants), place)
        if applicants is None:
            raise FairwitnessError(f"{place}: no number of applicants. Fill {quoted(roles.applicants)}; nobody is 0.")
        selected = _whole(row, str(roles.selected), place)
        if selected is None:
            if any(labels):
                raise FairwitnessError(
                    f"{place}: no number of selected. Only a row of unknown group may leave "
                    f"{quoted(roles.selected)} blank; nobody is 0."
                )
            cells[(*group, None)] += Count(applicants)
            continue
        if selected > applicants:
            raise FairwitnessError(
                f"{place}: {selected:,} selected of {applicants:,} applicants. Mend the counts, or swap the columns."
            )
        cells[(*group, SELECTED)] += Count(selected)
        cells[(*group, NOT_SELECTED)] += Count(applicants - selected)
    return Tally.of(_axes(roles), cells, measure=roles.measure or "selection_rate", sources=(source,))


def _axes(roles: Roles) -> list[Axis]:
    if roles.group_by is None:
        groups = [Axis(name, "protected") for name in roles.protected]
    else:
        groups = [Axis(roles.group_by, "table"), Axis(BETWEEN.join(roles.protected), "protected")]
    return [*groups, Axis(str(roles.selected), "decision")]


def _group(labels: Sequence[str | None], row: dict[str, Any], roles: Roles, place: str) -> Key:
    """Return a row's part of the key: its labels, or its table and its joined labels."""
    if roles.group_by is None:
        return tuple(labels)
    table = _label(row[roles.group_by], roles.group_by, roles, place)
    label = BETWEEN.join(text for text in labels if text is not None) or None
    if table is None and label is not None:
        raise FairwitnessError(
            f"{place}: the column {quoted(roles.group_by)} is blank, so it is not clear which table the group "
            "belongs to. Fill it; only a row of unknown group may leave it blank."
        )
    return table, label


def _label(value: object, name: str, roles: Roles, place: str) -> str | None:
    try:
        text = label_text(value)
    except TypeError as error:
        raise FairwitnessError(
            f"{place}, column {quoted(name)}: a {error} cannot be a label. Convert it to text."
        ) from None
    return None if text in roles.unknown else text


def _shown(labels: Sequence[str | None]) -> str:
    return BETWEEN.join(printable(text) for text in labels if text is not None) or "unknown group"


def _whole(row: dict[str, Any], name: str, place: str) -> int | None:
    """Return a count, or None where it is blank."""
    value = row[name]
    if value is None or value != value:  # noqa: PLR0124 -- NaN is the one number that differs from itself
        return None
    if value < 0 or value % 1:
        raise FairwitnessError(f"{place}: {quoted(name)} is {value:g}. A count is a whole number, 0 or more: mend it.")
    return int(value)

"""The tables of an audit that a gate looks at, and what became of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.gating.few import some_hidden
from fairwitness.audit.numerals import whole
from fairwitness.audit.tally import SMALL_CELL as SMALL

if TYPE_CHECKING:
    from collections.abc import Collection

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.tally import Tally

By = str | tuple[str, ...] | None


def called(counted: Tally) -> str:
    """Return what the data of a tally are called."""
    return " and ".join(source.name for source in counted.sources) or "decisions"


def tables_of(audit: AuditResult, by: By) -> list[GroupTable]:
    """Return the tables that are asked for: one by its attributes, or all by a single attribute.

    Raises
    ------
    FairwitnessError
        There is none.
    """
    if by is None:
        return [table for table in audit.tables if len(table.by) == 1 and table.stage is None]
    wanted = (by,) if isinstance(by, str) else tuple(by)
    whole_way = [table for table in audit.tables if table.stage is None]  # a gate looks at the decision
    found = [table for table in whole_way if set(table.by) == set(wanted) and len(table.by) == len(wanted)]
    if not found:
        known = list(dict.fromkeys(", ".join(table.by) for table in audit.tables))
        name = ", ".join(wanted)
        raise FairwitnessError(
            f"by: the audit has no table by {quoted(name)}; it has {listed(known)}.{did_you_mean(name, known)} Name an "
            "attribute, or the attributes of an intersection that the plan counts."
        )
    return found


def counted(table: GroupTable, audit: AuditResult) -> str:
    """Say what became of the rows: how many were counted, how many not, and why."""
    rows = f"{whole(audit.tally.rows)} rows in, " if audit.tally.rows else ""
    unknown, away = table.counts.unknown, _set_aside(table, audit)
    rest = f", {whole(away)} set aside" if away else ""
    of = f"{' × '.join(table.by)}: " if len(audit.tally.attributes) > 1 else ""
    return f"{of}{rows}{whole(table.counts.known)} counted, {whole(unknown)} unknown{rest}."


def is_public(table: GroupTable, audit: AuditResult, hidden: Collection[Group]) -> bool:
    """Tell whether `counted` may be read by anybody: no group is hidden, and nothing it says is a number under 10."""
    away = (table.counts.unknown, _set_aside(table, audit))
    return not some_hidden(table, hidden) and not any(0 < n < SMALL for n in away)


def _set_aside(table: GroupTable, audit: AuditResult) -> int:
    if audit.tally.axis("table"):  # whose tables need not add up to one another
        return 0
    return audit.tally.decisions - table.counts.known - table.counts.unknown

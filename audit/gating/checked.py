"""The answer of a gate: one row per figure, and why the gate fails, if it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairwitness.audit.judging.policy import Verdict

FEW = "withheld: small numbers"


@dataclass(frozen=True, slots=True, repr=False)
class CheckedRow:
    """One figure that a gate looked at.

    Attributes
    ----------
    by : tuple of str
        The attributes of the table.
    group : tuple of str
        Empty for a figure of the whole table.
    figure, interval, counts : str
        As they are printed: ``0.54``, ``[0.48, 0.62]``, ``176/530 vs White 997/1,636``; empty where there is none.
    note : str
        One sentence or nothing: why it could not be evaluated, what would settle it.
    small : bool
        The figure rests on a count under 10: in public only the verdict is shown.
    details : dict
        For machines: the finding or the change as JSON has it; internal where ``small``.
    measure : {"selection_rate", "scoring_rate"}
        What was counted.
    withheld : tuple of str
        Of a row that is not ``small``, what else is not shown in public: ``interval``, ``note``, ``details``, or a
        name among the details.  An adjusted p-value, for one, may be that of a small group's test.
    """

    by: tuple[str, ...]
    group: tuple[str, ...]
    figure: str
    interval: str
    counts: str
    verdict: Verdict
    attention: bool
    note: str
    small: bool
    details: dict[str, Any]
    measure: str = "selection_rate"
    withheld: tuple[str, ...] = ()

    def __repr__(self) -> str:  # short and without a count: test runners print it, wherever they run
        return f"CheckedRow({' × '.join(self.by)}: {' · '.join(self.group) or 'all groups'}, {self.verdict})"


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """What a gate found.

    Attributes
    ----------
    title : str
        The question: ``impact_ratio at least 0.80``.
    data : str
        The data, as their source is called.
    footer : tuple of str
        Sentences that belong to all rows.
    failed : tuple of str
        Why the gate fails, in words; empty where it holds.
    footer_in_public : tuple of str
        The sentences from which no count under 10 can be computed.
    """

    title: str
    data: str
    rows: tuple[CheckedRow, ...]
    footer: tuple[str, ...]
    failed: tuple[str, ...]
    footer_in_public: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Checked({self.title}; {self.data}; {len(self.rows)} rows)"


def public_view(checked: Checked) -> Checked:
    """Return what anybody may read of an answer: of rows that rest on a count under 10 the verdict only.

    Examples
    --------
    >>> row = CheckedRow(("sex",), ("F",), "0.50", "", "3/9 vs M 6/9", "inconclusive", False, "", True, {"n": 9})
    >>> public_view(Checked("impact_ratio at least 0.80", "few.csv", (row,), (), ())).rows[0].counts
    'withheld: small numbers'
    """
    rows = tuple(_shown(row) for row in checked.rows)
    return replace(checked, rows=rows, footer=checked.footer_in_public)


def _shown(row: CheckedRow) -> CheckedRow:
    if row.small:
        return replace(row, figure="", interval="", counts=FEW, note="", details={})
    details = {} if "details" in row.withheld else row.details
    return replace(
        row,
        interval="" if "interval" in row.withheld else row.interval,
        note="" if "note" in row.withheld else row.note,
        details={name: value for name, value in details.items() if name not in row.withheld},
    )

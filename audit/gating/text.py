"""The answer of a gate as aligned lines, as a failed test and the end of a run show it."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from fairwitness.audit.errors import printable
from fairwitness.audit.gating.checked import public_view
from fairwitness.audit.judging.sentences import VERDICTS, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fairwitness.audit.gating.checked import Checked, CheckedRow
    from fairwitness.audit.judging.policy import Verdict

ORDER: tuple[Verdict, ...] = ("beyond", "inconclusive", "not_evaluable", "within")  # what is told first
WIDTH = 108  # of the sentences below a row
COUNTED = {
    "beyond": "beyond",
    "attention": "attention",
    "not_evaluable": "not evaluable",
    "within": "within",
    "inconclusive": "inconclusive",
}


def lines(checked: Checked, *, public: bool, every: bool = True) -> list[str]:
    r"""Return an answer as lines: for each table a heading and its figures in columns, then what belongs to all.

    Parameters
    ----------
    checked : Checked
    public : bool
        Show of rows that rest on a count under 10 the verdict only.
    every : bool
        Show figures that are within the line, too.

    Examples
    --------
    >>> from fairwitness.audit.gating.checked import Checked, CheckedRow
    >>> row = CheckedRow(("race",), ("Black",), "0.54", "[0.48, 0.62]", "176/530 vs White 997/1,636", "beyond", False,
    ...                  "147 fewer selections than at the White rate.", False, {})
    >>> answer = Checked("impact_ratio at least 0.80", "holdout.csv", (row,), ("3,000 rows in.",), ())
    >>> print("\n".join(lines(answer, public=False)))
    impact_ratio(race) at least 0.80: beyond threshold
      Black  0.54  [0.48, 0.62]  176/530 vs White 997/1,636  beyond threshold
        147 fewer selections than at the White rate.
      3,000 rows in.
    """
    if public:
        checked = public_view(checked)
    made: list[str] = []
    tables = [list(rows) for _, rows in groupby(checked.rows, key=lambda row: (row.by, row.measure))]
    for table in sorted(tables, key=_worst):
        shown = table if every else [row for row in table if noteworthy(row)]
        if shown:
            made.append(_heading(checked.title, table))
            made += _aligned(shown)
    if not checked.rows:  # where no line is drawn the sentences tell all; where a gate fails, there was nothing to hold
        made.append(f"{checked.title}: {VERDICTS['not_evaluable']}" if checked.failed else f"{checked.title}:")
    for sentence in checked.footer if every or made else ():
        made += _wrapped(sentence, "  ")
    return made


def message(checked: Checked, *, public: bool) -> str:
    """Return why a gate fails: the lines of the answer, and the reasons."""
    return "\n".join([*lines(checked, public=public), *reasons(checked)])


def reasons(checked: Checked) -> list[str]:
    """Return why a gate fails, a line each."""
    return [f"  The gate fails: {printable(reason)}" for reason in checked.failed]


def noteworthy(row: CheckedRow) -> bool:
    """Tell whether a figure must be shown where not all are: all that is not a clean ``within``."""
    return row.attention or row.verdict != "within"


def tallied(checks: Iterable[Checked]) -> dict[str, int]:
    """Count the figures of answers by verdict; ``attention`` is counted besides.

    Examples
    --------
    >>> tallied([])
    {'beyond': 0, 'attention': 0, 'not_evaluable': 0, 'within': 0, 'inconclusive': 0}
    """
    counts = dict.fromkeys(COUNTED, 0)
    for row in (row for checked in checks for row in checked.rows):
        counts[row.verdict] += 1
        counts["attention"] += row.attention
    return counts


def in_one_line(checks: Iterable[Checked]) -> str:
    """Return how many figures have each verdict: ``1 beyond, 1 not evaluable, 6 within, 2 inconclusive``."""
    counts = tallied(checks)
    return ", ".join(f"{n} {COUNTED[word]}" for word, n in counts.items() if n) or "no figure"


def _worst(rows: Sequence[CheckedRow]) -> int:
    """Return the place of a table's worst verdict in the order in which tables are told."""
    return min(ORDER.index(row.verdict) for row in rows)


def _heading(title: str, rows: Sequence[CheckedRow]) -> str:
    metric, _, rest = title.partition(" ")
    scoring = ", scoring rate" if rows[0].measure == "scoring_rate" else ""
    words = [VERDICTS[ORDER[_worst(rows)]], *([VERDICTS["attention"]] if any(row.attention for row in rows) else [])]
    return f"{metric}({' × '.join(map(printable, rows[0].by))}{scoring}) {rest}: {', '.join(words)}"


def _aligned(rows: Sequence[CheckedRow]) -> list[str]:
    cells = [
        (
            printable(name_of(row.group)) or "all groups",
            row.figure,
            row.interval,
            printable(row.counts),
            ", ".join([VERDICTS[row.verdict], *([VERDICTS["attention"]] if row.attention else [])]),
        )
        for row in rows
    ]
    kept = [column for column in zip(*cells, strict=True) if any(column)]
    widths = [max(map(len, column)) for column in kept]
    made = []
    for row, line in zip(rows, zip(*kept, strict=True), strict=True):
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        made.append(f"  {'  '.join(padded)}".rstrip())
        made += _wrapped(row.note, "    ")
    return made


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        printable(text), WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip

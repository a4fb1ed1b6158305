"""The summary of gates as Markdown, for the page of a job or a pull request.

Labels, columns and files come from outside, and the page belongs to somebody else.  So a foreign word that could mean
anything to Markdown, to HTML or to the host (a link, an @mention, an #issue, an :emoji:) stands in a code span, where
none of them has a meaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fairwitness.audit.errors import printable
from fairwitness.audit.gating.checked import public_view
from fairwitness.audit.gating.text import in_one_line
from fairwitness.audit.judging.sentences import VERDICTS, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fairwitness.audit.gating.checked import Checked, CheckedRow

SHAPES = {"beyond": "◆", "within": "●", "inconclusive": "○", "not_evaluable": "×", "attention": "▲"}
HEADER = ("By", "Group", "Figure", "Interval", "Counts", "Verdict", "Note")
LONGEST_WORD = 80
LONGEST_TEXT = 2000

NUMBER = re.compile(r"\[?[-−+]?[\d.,∞]+%?\]?[,;.]?")
TAME = re.compile(r"(?=.*[^\W_])(?:[A-Za-z0-9.,;%()+=?'\"/-]|[^\x00-\x7f])+:?|[<&/%]|[^\x00-\x7f]+")
LINKED = re.compile(r"\W*(?:www\.|gh-\d|[0-9a-f]{7,40}\W*$)", re.IGNORECASE)  # a host makes links of these


def summary(checks: Sequence[Checked], *, public: bool, report: str | None = None) -> str:
    """Return what gates found: a tally in one line, then a table for each.

    Parameters
    ----------
    checks : sequence of Checked
    public : bool
        Show of rows that rest on a count under 10 the verdict only.
    report : str, optional
        Where the report is.

    Examples
    --------
    >>> from fairwitness.audit.gating.checked import Checked, CheckedRow
    >>> row = CheckedRow(("sex",), ("F",), "0.54", "[0.48, 0.62]", "176/530 vs M 997/1,636", "beyond", False, "",
    ...                  False, {})
    >>> print(summary([Checked("impact_ratio at least 0.80", "holdout.csv", (row,), (), ())], public=True))
    ## fairwitness
    <BLANKLINE>
    **1 beyond**
    <BLANKLINE>
    ### `impact_ratio` at least 0.80
    <BLANKLINE>
    Data: holdout.csv
    <BLANKLINE>
    | By | Group | Figure | Interval | Counts | Verdict | Note |
    | --- | --- | --- | --- | --- | --- | --- |
    | sex | `F` | 0.54 | [0.48, 0.62] | 176/530 vs M 997/1,636 | ◆ beyond threshold |  |
    <BLANKLINE>
    """
    if public:
        checks = [public_view(check) for check in checks]
    parts = ["## fairwitness"]
    if not checks or any(check.rows for check in checks):
        parts.append(f"**{in_one_line(checks)}**")
    if report is not None:
        parts.append(f"Report: {code(report)}")
    for check in checks:
        parts += _section(check)
    return "\n\n".join(parts) + "\n"


def code(text: object, longest: int = LONGEST_WORD) -> str:
    """Return foreign text as a code span: shown as it is, and nothing else.

    Examples
    --------
    >>> print(code("@team"), code("a`b"))
    `@team` ``a`b``
    """
    shown = cut(printable(text), longest)
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    padding = " " if shown != shown.strip(" `") or not shown else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def prose(text: object) -> str:
    """Return a sentence that may hold foreign words; each that could mean anything but itself is a code span.

    Examples
    --------
    >>> print(prose("<b>F</b>: selected at 0.50 times the rate of M_2."))
    `<b>F</b>`: selected at 0.50 times the rate of `M_2`.
    """
    return " ".join(_word(word) for word in cut(printable(text), LONGEST_TEXT).split(" "))


def cut(text: str, longest: int) -> str:
    """Return text, or its beginning and how long it was.

    Examples
    --------
    >>> cut("abcdef", 3)
    'abc… (6 characters)'
    """
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"


def _word(word: str) -> str:
    if len(word) <= LONGEST_WORD and (not word or NUMBER.fullmatch(word)):
        return word
    tame = len(word) <= LONGEST_WORD and TAME.fullmatch(word) and not LINKED.match(word)
    if tame:
        return word
    bare = word.rstrip(".,;:") or word
    return code(bare) + word[len(bare) :]


def _section(check: Checked) -> list[str]:
    parts = [f"### {prose(check.title)}", f"Data: {prose(check.data)}"]
    parts += [f"**The gate fails:** {prose(reason)}" for reason in check.failed]
    if check.rows:
        rows = [HEADER, ("---",) * len(HEADER), *map(_cells, check.rows)]
        parts.append("\n".join(_line(cells) for cells in rows))
    if check.footer:
        parts.append("\n".join(f"- {prose(sentence)}" for sentence in check.footer))
    return parts


def _cells(row: CheckedRow) -> tuple[str, ...]:
    by = " × ".join(row.by) + (", scoring rate" if row.measure == "scoring_rate" else "")
    group = code(name_of(row.group)) if row.group else "all groups"
    verdict = f"{SHAPES[row.verdict]} {VERDICTS[row.verdict]}"
    if row.attention:
        verdict += f", {SHAPES['attention']} {VERDICTS['attention']}"
    return prose(by), group, *map(prose, (row.figure, row.interval, row.counts)), verdict, prose(row.note)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

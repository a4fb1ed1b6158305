"""What GitHub Actions is told of gates: the summary on the job's page, and annotations beside the code.

References
----------
GitHub Docs, Workflow commands for GitHub Actions: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.errors import printable
from fairwitness.audit.gating.checked import public_view
from fairwitness.audit.gating.text import noteworthy
from fairwitness.audit.judging.sentences import VERDICTS, name_of
from fairwitness.audit.pipelines.markdown import cut, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.gating.checked import Checked, CheckedRow

LARGEST = 1024 * 1024  # bytes of a step's summary; GitHub shows nothing of a larger one
CUT = "\n\nCut here: a step's summary holds 1 MiB. The report has all of it.\n"
MOST = 10  # annotations of a kind that GitHub shows of a step
LONGEST_TITLE = 200
LONGEST_MESSAGE = 4000
LONGEST_LABEL = 80
MOST_ROWS = 5


class Place(NamedTuple):
    """Where a gate stands: a file, relative to the repository, and a line of it, from 1."""

    file: str
    line: int


def on_github() -> bool:
    """Tell whether this runs in GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def tell_github(checks: Sequence[tuple[Checked, Place | None]], *, public: bool, report: str | None = None) -> None:
    """Append the summary to the job's page and print the annotations; do nothing outside GitHub Actions.

    Annotations go to standard error, which GitHub reads as it reads standard output: that one is for results.  A
    summary that cannot be written is said on standard error, and never ends a job.

    Parameters
    ----------
    checks : sequence of (Checked, Place or None)
        What each gate found, and where it stands.
    public : bool
        Show of rows that rest on a count under 10 the verdict only.
    report : str, optional
        Where the report is.
    """
    if not on_github():
        return
    for line in annotation_lines(checks, public=public):
        sys.stderr.write(line + "\n")
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        append_summary(Path(path), summary([check for check, _ in checks], public=public, report=report))


def append_summary(path: Path, text: str) -> None:
    """Append text to a step's summary, cut at a line where the step's share of 1 MiB ends."""
    try:
        before = path.stat().st_size if path.exists() else 0
        with path.open("ab") as file:
            file.write(_within(text, LARGEST - before))
    except OSError as error:
        sys.stderr.write(f"The summary was not written to GITHUB_STEP_SUMMARY ({error.strerror}).\n")


def annotation_lines(checks: Sequence[tuple[Checked, Place | None]], *, public: bool) -> list[str]:
    """Return the workflow commands that annotate a run: an error for each gate that ends it, a notice for each doubt.

    GitHub shows ten of a kind for a step; where there are more, the tenth says how many it stands for.
    """
    made: dict[str, list[str]] = {"error": [], "notice": []}
    for found, place in checks:
        check = public_view(found) if public else found
        doubted = list(filter(noteworthy, check.rows))
        if check.failed or doubted:
            kind = "error" if check.failed else "notice"
            where = {} if place is None else place._asdict()
            message = "\n".join([*map(printable, check.failed), *_rows(doubted)])
            made[kind].append(
                command(kind, cut(message, LONGEST_MESSAGE), title=f"{check.title} · {check.data}", **where)
            )
    return [line for kind, lines in made.items() for line in _most(kind, lines)]


def command(kind: str, message: str, **properties: object) -> str:
    r"""Return a workflow command in one line, whatever is in the message.

    Examples
    --------
    >>> print(command("error", "100 %\n::notice::x", title="a,b: c"))
    ::error title=a%2Cb%3A c::100 %25%0A::notice::x
    """
    given = (f"{name}={_escaped(cut(printable(value), LONGEST_TITLE))}" for name, value in properties.items())
    listed = ",".join(value.replace(":", "%3A").replace(",", "%2C") for value in given)
    return f"::{kind}{' ' if listed else ''}{listed}::{_escaped(message)}"


def _rows(rows: list[CheckedRow]) -> list[str]:
    """Return figures in words, those beyond the line first, the rest as a number."""
    first = sorted(rows, key=lambda row: (row.verdict != "beyond", not row.attention))
    said = [_row(row) for row in first[:MOST_ROWS]]
    return said if len(rows) <= MOST_ROWS else [*said, f"and {len(rows) - MOST_ROWS:,} more"]


def _row(row: CheckedRow) -> str:
    who = cut(printable(name_of(row.group) or " × ".join(row.by)), LONGEST_LABEL)
    verdict = VERDICTS[row.verdict] + (f", {VERDICTS['attention']}" if row.attention else "")
    shown = " ".join(filter(None, (row.figure, row.interval)))
    return printable(f"{who}: {verdict}" + "".join(f"; {part}" for part in (shown, row.counts, row.note) if part))


def _most(kind: str, lines: list[str]) -> list[str]:
    if len(lines) <= MOST:
        return lines
    left = len(lines) - MOST + 1
    return [*lines[: MOST - 1], command(kind, f"{left} more are in the summary of the job.", title="fairwitness")]


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _within(text: str, room: int) -> bytes:
    whole = text.encode()
    if len(whole) <= room:
        return whole
    kept = whole[: max(room - len(CUT.encode()), 0)]
    return kept[: kept.rfind(b"\n") + 1] + (CUT.encode() if room >= len(CUT.encode()) else b"")

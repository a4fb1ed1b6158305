"""What the commands for studies share: the flags of where it goes, and the report folder of a study alone."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from fairwitness.audit.errors import FairwitnessError

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fairwitness.audit.loaders.rows import Rows
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.studies import Study
    from fairwitness.audit.tally import Source


def told_where(
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    level: Annotated[float | None, typer.Option(help="Confidence level.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything that is drawn.")] = None,
    out: Annotated[Path, typer.Option(help="The report folder; it must not exist.")] = Path("fairwitness-study"),
    force: Annotated[bool, typer.Option("--force", help="Replace the report folder whole.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print audit.json, and nothing else.")] = False,
    view: Annotated[str | None, typer.Option(help="internal: what a study needs where CI is set.")] = None,
) -> None:
    """Declare where a study goes."""


def refuse_public(view: str | None) -> None:
    """Refuse to make a study that could not be shown.

    Raises
    ------
    FairwitnessError
        The public view is wanted: ``--view``, or CI is set.
    """
    from fairwitness.audit.commands.viewing import wants_public

    if wants_public(view):
        raise FairwitnessError(
            "A study has no public view yet, and the public view is wanted (--view, or CI is set). Where only those "
            "may read the output who may read the decisions, give --view internal."
        )


@contextmanager
def rows_asked(plan: AuditPlan) -> Iterator[tuple[Rows, Source]]:
    """Yield the rows of the source that a plan names, and what the evidence says of it.

    Raises
    ------
    FairwitnessError
        It names none, or one that cannot be read.
    """
    from fairwitness.audit.commands.working import file_of
    from fairwitness.audit.loaders.rows import rows_of
    from fairwitness.audit.loaders.table import Reading
    from fairwitness.audit.tally import Source

    data = plan.data
    if data is None or data.source is None:
        raise FairwitnessError("No source: give a file of rows, or name it in the plan ([data] source = ...).")
    reading = Reading(data.engine, data.sheet, data.delimiter, data.encoding, data.decimal, data.verify_pages)
    with file_of(data.source) as path:
        rows = rows_of(path, reading)
        yield rows, Source(rows.name, rows.sha256, len(rows.whole), tuple(rows.names), len(rows.names))


def only(given: Sequence[T], flag: str) -> T:
    """Return the one thing that a flag is about.

    Raises
    ------
    FairwitnessError
        None, or several.
    """
    if len(given) != 1:
        raise FairwitnessError(f"{flag} is about one, and {len(given)} are named. Name one.")
    return given[0]


def write_study(context: typer.Context, studies: Sequence[Study], source: Source, plan: AuditPlan) -> None:
    """Write the report folder of a study and say what it found, or print its audit.json."""
    from fairwitness.audit.commands.telling import tell_studies
    from fairwitness.audit.commands.working import command_line
    from fairwitness.audit.evidence.canonical import canonical_json
    from fairwitness.audit.run import report_of

    report, asked = report_of(studies, source, plan), context.params
    if asked["as_json"]:
        sys.stdout.write(canonical_json(report.to_dict(command_line())).decode())
        return
    written = report.write(Path(asked["out"]), replace=asked["force"], command=command_line())
    tell_studies(report.to_dict())
    typer.echo(f"Report: {written / 'report.html'}")

"""The command ``init``: look at a file and write a plan to complete, and with ``--ci`` what a pipeline needs."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairwitness.audit.errors import FairwitnessError, printable

if TYPE_CHECKING:
    from fairwitness.audit.pipelines.setup_files import SetUp


def init(
    source: Annotated[str, typer.Argument(help="File of decisions to look at.")],
    out: Annotated[Path, typer.Option(help="The plan to write; it must not exist.")] = Path("audit.toml"),
    ci: Annotated[
        bool, typer.Option("--ci", help="Also write a test, and files that run it on GitHub, GitLab and in pre-commit.")
    ] = False,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the columns of a text file.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
) -> None:
    """Look at a file and write an audit plan to complete. Nothing is applied, nothing overwritten."""
    from fairwitness.audit.proposal import propose

    if ci and os.path.lexists(out):
        typer.echo(f"left as it is: {printable(out)}")
    else:
        fixed = "://" in source or Path(source).is_absolute()
        named = source if fixed else Path(os.path.relpath(source, out.parent)).as_posix()
        _write(out, propose(source, named=named, sheet=sheet, delimiter=delimiter, encoding=encoding))
        typer.echo(f"written: {printable(out)}" if ci else f"Plan: {printable(out)}")
    if ci:
        _set_up(out)
    else:
        typer.echo(f"Read it, complete it, then: fairwitness audit --config {shlex.quote(str(out))}")


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise FairwitnessError(
            f"{printable(out)} exists, and is not overwritten. Name another file with --out."
        ) from None
    except OSError as error:
        raise FairwitnessError(
            f"{printable(out)} cannot be written ({error.strerror}). Name another file with --out."
        ) from None


def _set_up(plan: Path) -> None:
    """Write the files for pipelines, and say of each whether it is new, was there, or needs a hand."""
    from fairwitness.audit.pipelines.setup_files import repository_root, set_up

    here = Path.cwd()
    for file in set_up(here, Path(os.path.relpath(plan, here)).as_posix()):
        typer.echo(_told(file))
    root = repository_root(here)
    if root not in (None, here):
        typer.echo(
            f"! GitHub and GitLab read these files at the root of the repository: move them to {printable(root)}."
        )
    typer.echo(f"Read {printable(plan)}, complete it, then: python -m pytest --fairness-only")


def _told(file: SetUp) -> str:
    if file.written:
        return f"written: {file.path}"
    added = "".join(f"\n    {line}" for line in file.to_add.splitlines())
    return f"left as it is: {file.path}{f'; to add to it:{added}' if added else ''}"

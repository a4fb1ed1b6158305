"""The command ``init``: look at a file and write a plan to complete."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from fairwitness.audit.errors import FairwitnessError, printable


def init(
    source: Annotated[str, typer.Argument(help="File of decisions to look at.")],
    out: Annotated[Path, typer.Option(help="The plan to write; it must not exist.")] = Path("audit.toml"),
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the columns of a text file.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
) -> None:
    """Look at a file and write an audit plan to complete. Nothing is applied, nothing overwritten."""
    from fairwitness.audit.proposal import propose

    text = propose(source, sheet=sheet, delimiter=delimiter, encoding=encoding)
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
    typer.echo(f"Plan: {out}\nRead it, complete it, then: fairwitness audit --config {shlex.quote(str(out))}")

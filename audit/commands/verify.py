"""The command ``verify``: whether a report folder is exactly what its manifest says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairwitness.audit.errors import printable


def verify(folder: Annotated[Path, typer.Argument(help="A report folder.")]) -> None:
    """Check that a report folder is exactly what its manifest says. Exit code 1 names what differs."""
    from fairwitness.audit.evidence.manifest import verify_folder

    differences = verify_folder(folder)
    for d in differences:
        typer.echo(f"{d.kind}: {printable(d.path)}")
    if differences:
        raise typer.Exit(1)
    typer.echo(
        "Every file is what the manifest says. The manifest is not signed: this shows integrity, not who wrote it."
    )

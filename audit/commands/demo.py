"""The command ``demo``: the whole thing on real decisions that come along."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option(help="The report folder; it must not exist.")] = Path("fairwitness-demo"),
    force: Annotated[bool, typer.Option("--force", help="Replace the report folder whole.")] = False,
) -> None:
    """Audit real decisions that come with fairwitness: callbacks to 4,870 résumés. Needs no network."""
    from fairwitness.audit.commands.telling import tell
    from fairwitness.audit.commands.working import audited
    from fairwitness.audit.plan import read_plan
    from fairwitness.datasets import bundled

    plan = read_plan(bundled.demo_plan())
    result = audited(str(bundled.path("resume_callbacks_by_name")), plan)
    tell(result)
    typer.echo(
        "The tests ignore that the 4,870 résumés were sent to 1,323 advertisements: they treat them as independent."
    )
    written = result.write(out, replace=force, command=shlex.join(["fairwitness", "demo"]))
    typer.echo(f"Report: {written / 'report.html'}")

"""The command ``metrics``: list the metrics, or explain one."""

from __future__ import annotations

from typing import Annotated

import typer

from fairwitness.audit.errors import FairwitnessError, quoted


def metrics(name: Annotated[str | None, typer.Argument(help="A metric to explain.")] = None) -> None:
    """List the metrics, or explain one: formula, what it reads, where it is defined."""
    from fairwitness.audit.errors import did_you_mean
    from fairwitness.metrics.further_figures import FIGURES, figure
    from fairwitness.metrics.table import METRICS, metric

    if name is None:
        for row in METRICS:
            typer.echo(f"{row.name:32} {row.scope:12} {row.formula}")
        for more in FIGURES:
            typer.echo(f"{more.name:32} {more.section:12} {more.formula}")
        return
    found, further = metric(name), figure(name)
    if further is not None:
        typer.echo(
            f"{further.name}\n{further.sentence}\n\nformula   {further.formula}\nsection   {further.section}\n"
            f"undefined {further.undefined}\ndefined   {further.reference}"
        )
        return
    if found is None:
        known = [*(m.name for m in METRICS), *(f.name for f in FIGURES)]
        raise FairwitnessError(f"No metric {quoted(name)}.{did_you_mean(name, known)}")
    parity = "" if found.parity is None else f"\nparity    {found.parity:g}"
    typer.echo(
        f"{found.name}\n{found.sentence}\n\nformula   {found.formula}\nreads     {', '.join(found.reads)}{parity}\n"
        f"interval  {found.interval or 'none'}\ndefined   {found.reference}"
    )

"""The command ``proxies``: which inputs carry the protected attribute, and what they add to the disparity."""

from __future__ import annotations

from typing import Annotated

import typer

from fairwitness.audit.commands.model_flags import model_asked
from fairwitness.audit.commands.role_flags import Many, file_read, with_flags
from fairwitness.audit.commands.studying import told_where


@with_flags(file_read, model_asked, told_where)
def proxies(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="File, folder or glob of rows, or - for CSV.")] = None,
    protected: Annotated[Many, typer.Option(help="A protected attribute; repeatable.")] = None,
    decision: Annotated[str | None, typer.Option(help="The column of the decision, where no model is asked.")] = None,
    favorable: Annotated[Many, typer.Option(help="A value that means selected; repeatable.")] = None,
    unfavorable: Annotated[Many, typer.Option(help="A value that means not selected; repeatable.")] = None,
    set_aside: Annotated[Many, typer.Option(help="VALUE=REASON: a value that means not decided; repeatable.")] = None,
    unknown: Annotated[Many, typer.Option(help="A value that means not disclosed; repeatable.")] = None,
    bins: Annotated[Many, typer.Option("--bin", help="Cut a numeric attribute: COL:25,40.")] = None,
) -> None:
    """Find the inputs that tell a protected attribute, and how much of the gap goes through each."""
    from rich.console import Console

    from fairwitness.audit.commands.model_flags import model_of
    from fairwitness.audit.commands.studying import refuse_public, rows_asked, write_study
    from fairwitness.audit.commands.working import settings_of
    from fairwitness.audit.plan import DataPlan
    from fairwitness.audit.proxies.run import proxies as study

    refuse_public(context.params["view"])
    plan = settings_of(context).plan
    data = plan.data or DataPlan()
    with rows_asked(plan) as (rows, read), Console(stderr=True).status("Looking for proxies …"):
        found = study(
            rows,
            protected=data.protected,
            decision=data.decision,
            favorable=data.favorable or None,
            unfavorable=data.unfavorable or None,
            set_aside=data.set_aside or None,
            unknown=data.unknown,
            bins=data.bins or None,
            features=plan.model.features or None if plan.model else None,
            model=model_of(plan) if plan.model else None,
            level=plan.level,
            seed=plan.seed,
        )
    write_study(context, [found], read, plan)

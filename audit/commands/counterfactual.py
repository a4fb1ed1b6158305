"""The command ``counterfactual``: the same résumés asked again under other names, pronouns, years, affiliations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairwitness.audit.commands.model_flags import model_asked
from fairwitness.audit.commands.role_flags import Many, file_read, with_flags
from fairwitness.audit.commands.studying import told_where
from fairwitness.audit.errors import FairwitnessError, printable

NUMBER = "fairwitness_row"  # by which answers from elsewhere are joined

if TYPE_CHECKING:
    from fairwitness.audit.counterfactual.swaps import Swap
    from fairwitness.audit.plan import AuditPlan


@with_flags(file_read, model_asked, told_where)
def counterfactual(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="File, folder or glob of résumés, or - for CSV.")] = None,
    swap: Annotated[
        Many,
        typer.Option(
            help="KIND:COLUMN, repeatable: attribute, names, pronouns, honorific or graduation_year. More in the plan "
            "([[swap]])."
        ),
    ] = None,
    favorable: Annotated[Many, typer.Option(help="An answer that means selected; repeatable.")] = None,
    withheld: Annotated[Many, typer.Option(help="A column that the model is not given; repeatable.")] = None,
    group: Annotated[Many, typer.Option(help="A group to compare; repeatable. Default: all of the swap's.")] = None,
    job: Annotated[str | None, typer.Option(help="The column of the job that a résumé was sent to.")] = None,
    per_resume: Annotated[int, typer.Option(help="Variants of each group that a résumé is shown with.")] = 2,
    draws: Annotated[int, typer.Option(help="How often each row is asked, of a model that answers by chance.")] = 1,
    budget: Annotated[int | None, typer.Option(help="Most questions for a swap; else a sample is asked.")] = None,
    rows_out: Annotated[
        Path | None, typer.Option(help="Write the rows to be scored elsewhere (.csv, .parquet, .jsonl); ask nothing.")
    ] = None,
) -> None:
    """Ask a model about the same résumés again, with a signal of sex, race or age written anew.

    Answers that come from elsewhere, to rows that --rows-out wrote, are given as --model with the same flags.
    """
    from fairwitness.audit.commands.model_flags import model_of
    from fairwitness.audit.commands.studying import refuse_public, rows_asked, write_study
    from fairwitness.audit.commands.working import settings_of
    from fairwitness.audit.counterfactual.run import counterfactual as study

    refuse_public(context.params["view"])
    plan = settings_of(context).plan
    swaps = _swaps(plan)
    asked: dict[str, Any] = {"groups": group, "per_resume": per_resume, "job": job, "draws": draws, "budget": budget}
    if rows_out is not None:
        _write_rows(plan, swaps, asked, rows_out)
        return
    model = model_of(plan, unit=(NUMBER,))
    with rows_asked(plan) as (rows, read):
        asked |= {"favorable": favorable, "withheld": withheld or (), "level": plan.level, "seed": plan.seed}
        found = study(rows, model, swap=swaps, **asked)
    write_study(context, [found], read, plan)


def _write_rows(plan: AuditPlan, swaps: list[Swap], asked: dict[str, Any], path: Path) -> None:
    """Write the rows that a swap asks about, each with a number by which its answer is found again."""
    from fairwitness.audit.commands.studying import only, rows_asked
    from fairwitness.audit.counterfactual.design import design_of
    from fairwitness.audit.counterfactual.export import write_questions

    swap = only(swaps, "--rows-out")
    with rows_asked(plan) as (rows, _):
        design = design_of(rows.part(list(range(len(rows.names)))), swap, seed=plan.seed, **asked)
        write_questions(design, path)
    typer.echo(f"{len(design.rows):,} rows to be scored: {printable(path)}")
    typer.echo(f"Bring back {NUMBER} and a score or a decision for each, and give the file as --model.")


def _swaps(plan: AuditPlan) -> list[Swap]:
    """Return the swaps that a plan names."""
    from fairwitness.audit.counterfactual.swaps import swap_of

    if not plan.swap:
        raise FairwitnessError("No swap: give --swap KIND:COLUMN, such as attribute:gender, or [[swap]] in the plan.")
    return [swap_of(table) for table in plan.swap]

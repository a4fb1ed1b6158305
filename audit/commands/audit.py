"""The command ``audit``: from a file of decisions to a report folder."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from fairwitness.audit.errors import FairwitnessError, quoted

Many = list[str] | None


def audit(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Argument(help="File, folder or glob of decisions, a tally, or - for CSV on standard input.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Audit plan (TOML); flags override it.")] = None,
    protected: Annotated[Many, typer.Option(help="A protected attribute; repeatable.")] = None,
    intersect: Annotated[
        Many, typer.Option(help="An intersection, A,B (repeatable), or none. Default: every pair.")
    ] = None,
    bins: Annotated[Many, typer.Option("--bin", help="Cut a numeric attribute: COL:25,40.")] = None,
    decision: Annotated[str | None, typer.Option(help="The column that holds the decision.")] = None,
    favorable: Annotated[Many, typer.Option(help="A value that means selected; repeatable.")] = None,
    unfavorable: Annotated[Many, typer.Option(help="A value that means not selected; repeatable.")] = None,
    set_aside: Annotated[Many, typer.Option(help="VALUE=REASON: a value that means not decided; repeatable.")] = None,
    score: Annotated[str | None, typer.Option(help="The column that holds a score.")] = None,
    score_order: Annotated[str | None, typer.Option(help="Which scores are good: high or low.")] = None,
    label: Annotated[str | None, typer.Option(help="The column that holds the true outcome.")] = None,
    label_positive: Annotated[Many, typer.Option(help="A value that means a positive outcome; repeatable.")] = None,
    label_scope: Annotated[str | None, typer.Option(help="Whose outcome is known: all or selected.")] = None,
    count: Annotated[str | None, typer.Option(help="A frequency: the row stands for that many decisions.")] = None,
    applicants: Annotated[str | None, typer.Option(help="Table of counts: the column of applicants.")] = None,
    selected: Annotated[str | None, typer.Option(help="Table of counts: the column of selected.")] = None,
    measure: Annotated[str | None, typer.Option(help="Table of counts: selection_rate or scoring_rate.")] = None,
    group_by: Annotated[
        str | None, typer.Option(help="Table of counts: the column that says which table a row belongs to.")
    ] = None,
    unit: Annotated[Many, typer.Option(help="A column that makes a row unique; repeatable.")] = None,
    duplicates: Annotated[str | None, typer.Option(help="refuse, first, last, any_favorable or keep.")] = None,
    unknown: Annotated[Many, typer.Option(help="A value that means not disclosed; repeatable.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the columns of a text file.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
    decimal: Annotated[str | None, typer.Option(help="Decimal sign of a text file: . or ,")] = None,
    verify_pages: Annotated[
        bool | None, typer.Option("--verify-pages", help="Verify a Parquet file's page checksums.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="auto, pandas, polars, pyarrow or duckdb.")] = None,
    exclude_under: Annotated[
        str | None, typer.Option(help="Leave categories under this share out of ratios, e.g. 0.02.")
    ] = None,
    min_n: Annotated[int | None, typer.Option(help="Groups under this number are not compared.")] = None,
    reference: Annotated[str | None, typer.Option(help="highest, largest, overall, rest, or a group's name.")] = None,
    level: Annotated[float | None, typer.Option(help="Confidence level.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every resampling.")] = None,
    resamples: Annotated[int | None, typer.Option(help="Draws of every resampling.")] = None,
    jurisdiction: Annotated[
        str | None, typer.Option(help="us, us-nyc, eu, uk, cn or sg: chooses default policies.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    out: Annotated[Path, typer.Option(help="The report folder; it must not exist.")] = Path("fairwitness-report"),
    force: Annotated[bool, typer.Option("--force", help="Replace the report folder whole.")] = False,
    fail_on: Annotated[str, typer.Option(help="never, beyond, attention or inconclusive.")] = "never",
    as_json: Annotated[bool, typer.Option("--json", help="Print audit.json, and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the report's path only.")] = False,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the plan and where it comes from.")
    ] = False,
) -> None:
    """Audit decisions and write the report folder."""
    from fairwitness.audit.commands.telling import tell
    from fairwitness.audit.commands.working import audited
    from fairwitness.audit.flags import given
    from fairwitness.audit.result import GATES
    from fairwitness.audit.settings import gather

    if fail_on not in GATES:
        raise FairwitnessError(f"--fail-on: no gate {quoted(fail_on)}. Give {', '.join(GATES)}.")
    settings = gather(config, given(context), Path.cwd())
    if print_config:
        typer.echo(settings.told())
        return
    if settings.plan.data is None or settings.plan.data.source is None:
        raise FairwitnessError("No source: give a file of decisions, or name it in the plan ([data] source = ...).")
    result = audited(settings.plan.data.source, settings.plan)
    command = shlex.join(["fairwitness", *sys.argv[1:]])
    if as_json:
        from fairwitness.audit.evidence.canonical import canonical_json

        sys.stdout.write(canonical_json(result.to_dict(command)).decode())
    else:
        written = result.write(out, replace=force, command=command)
        if not quiet:
            tell(result)
        typer.echo(f"Report: {written / 'report.html'}")
    result.require(fail_on)

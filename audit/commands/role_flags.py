"""The flags that commands share: which column is what, how a file is read, which groups are compared.

They are declared once, as parameters of a function that is never called.  A command reads them, like its own, from its
context (`fairwitness.audit.flags.given`), so nothing is passed on.
"""

from __future__ import annotations

from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., None]

Many = list[str] | None


def file_read(
    config: Annotated[Path | None, typer.Option(help="Audit plan (TOML); flags override it.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the columns of a text file.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
    decimal: Annotated[str | None, typer.Option(help="Decimal sign of a text file: . or ,")] = None,
    verify_pages: Annotated[
        bool | None, typer.Option("--verify-pages", help="Verify a Parquet file's page checksums.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="auto, pandas, polars, pyarrow or duckdb.")] = None,
) -> None:
    """Declare the plan, and how the file is read."""


def columns(
    protected: Annotated[Many, typer.Option(help="A protected attribute; repeatable.")] = None,
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
    weight: Annotated[str | None, typer.Option(help="A survey weight: decimals of at most 6 places.")] = None,
    stratum: Annotated[str | None, typer.Option(help="Requisition, job, site: compare within each, too.")] = None,
    stages: Annotated[Many, typer.Option("--stage", help="A stage of a funnel, in order; repeatable.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Whose rows are not independent: person, pair, advert.")] = None,
    controls: Annotated[Many, typer.Option("--control", help="What else may explain decisions; repeatable.")] = None,
    period: Annotated[str | None, typer.Option(help="When, as a label that sorts by time.")] = None,
    unit: Annotated[Many, typer.Option(help="A column that makes a row unique; repeatable.")] = None,
    duplicates: Annotated[str | None, typer.Option(help="refuse, first, last, any_favorable or keep.")] = None,
    unknown: Annotated[Many, typer.Option(help="A value that means not disclosed; repeatable.")] = None,
) -> None:
    """Declare which column is what."""


def groups_compared(
    exclude_under: Annotated[
        str | None, typer.Option(help="Leave categories under this share out of ratios, e.g. 0.02.")
    ] = None,
    min_n: Annotated[int | None, typer.Option(help="Groups under this number are not compared.")] = None,
    reference: Annotated[str | None, typer.Option(help="highest, largest, overall, rest, or a group's name.")] = None,
    level: Annotated[float | None, typer.Option(help="Confidence level.")] = None,
    decides: Annotated[str | None, typer.Option(help="What a line is held against: pooled or stratified.")] = None,
    top_k: Annotated[int | None, typer.Option("--top-k", help="Places at the top of each ranked pool.")] = None,
    search_subgroups: Annotated[
        bool | None, typer.Option("--search-subgroups", help="Search subgroups for the largest departure.")
    ] = None,
) -> None:
    """Declare which groups are compared, with what, and how surely."""


def with_flags(*shared: Command) -> Callable[[Command], Command]:
    """Give a command the flags that some functions declare, before its own.

    Parameters
    ----------
    *shared : function
        Each parameter is a flag, as the parameters of a command are.
    """

    def decorate(command: Command) -> Command:
        own = signature(command, eval_str=True).parameters
        borrowed = [flag for declared in shared for flag in signature(declared, eval_str=True).parameters.values()]

        @wraps(command)
        def run(**values: Any) -> None:
            command(**{name: values[name] for name in own})

        flags = [flag.replace(kind=Parameter.KEYWORD_ONLY) for flag in (*borrowed, *own.values())]
        run.__signature__ = Signature(flags)  # type: ignore[attr-defined]  # what inspect, and so typer, reads
        run.__annotations__ = {flag.name: flag.annotation for flag in flags}
        return run

    return decorate

"""The command ``alternatives``: a search for a model that selects as well, with less disparity."""

from __future__ import annotations

from typing import Annotated

import typer

from fairwitness.audit.commands.role_flags import Many, file_read, with_flags
from fairwitness.audit.commands.studying import told_where
from fairwitness.audit.errors import FairwitnessError


@with_flags(file_read, told_where)
def alternatives(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="File, folder or glob of rows with a known outcome.")] = None,
    protected: Annotated[str | None, typer.Option(help="The column with the groups.")] = None,
    label: Annotated[str | None, typer.Option(help="The column that holds the true outcome.")] = None,
    label_positive: Annotated[Many, typer.Option(help="A value that means a positive outcome; repeatable.")] = None,
    jurisdiction: Annotated[
        str | None, typer.Option(help="us, us-nyc, eu, uk, cn or sg: what may be an alternative. Required.")
    ] = None,
    pipeline: Annotated[
        str | None,
        typer.Option(help="module:function or module:object, a scikit-learn pipeline. Default: a plain logistic one."),
    ] = None,
    feature: Annotated[Many, typer.Option(help="A column that the pipeline reads; repeatable.")] = None,
    withheld: Annotated[Many, typer.Option(help="A column that nothing reads; repeatable.")] = None,
    group: Annotated[str | None, typer.Option(help="The group to compare; default: the one selected least.")] = None,
    validity: Annotated[str, typer.Option(help="auc or precision_at_selection_rate.")] = "auc",
    margin: Annotated[float, typer.Option(help="By how much validity may be lower and still count as equal.")] = 0.02,
    selection_rate: Annotated[
        float | None, typer.Option(help="The share to select; default: that of positive outcomes.")
    ] = None,
    family: Annotated[
        Many,
        typer.Option(
            help="cutoff, drop, cap, reweighing, exponentiated_gradient, grid_search or banding; repeatable. "
            "Default: all."
        ),
    ] = None,
    reference: Annotated[str | None, typer.Option(help="The group to compare with.")] = None,
    unknown: Annotated[Many, typer.Option(help="A value that means not disclosed; repeatable.")] = None,
    bins: Annotated[Many, typer.Option("--bin", help="Cut a numeric attribute: COL:25,40.")] = None,
    allow_protected_at_decision: Annotated[
        bool,
        typer.Option("--allow-protected-at-decision", help="Where the law may allow it: read the attribute to decide."),
    ] = False,
) -> None:
    """Search for a less discriminatory alternative that is as valid. One that is found is evidence: keep the record."""
    from rich.console import Console

    from fairwitness.audit.alternatives.search import search_alternatives
    from fairwitness.audit.commands.studying import only, refuse_public, rows_asked, write_study
    from fairwitness.audit.commands.working import settings_of

    refuse_public(context.params["view"])
    plan = settings_of(context).plan
    data = plan.data
    if data is None or data.label is None:
        raise FairwitnessError("No true outcome: name its column with --label. What is valid is measured against it.")
    asked = _pipeline(pipeline)
    with rows_asked(plan) as (rows, read), Console(stderr=True).status("Searching …"):
        found = search_alternatives(
            asked,
            rows,
            label=data.label,
            label_positive=data.label_positive or None,
            protected=only(data.protected, "--protected"),
            jurisdiction=plan.jurisdiction,
            group=group,
            reference=reference,
            unknown=data.unknown,
            bins=data.bins or None,
            features=feature,
            withheld=withheld or (),
            validity=validity,
            margin=margin,
            selection_rate=selection_rate,
            families=family,
            allow_protected_at_decision=allow_protected_at_decision,
            level=plan.level,
            seed=plan.seed,
        )
    write_study(context, [found], read, plan)


def _pipeline(reference: str | None) -> object:
    """Return the pipeline that a flag names."""
    if reference is None:
        from fairwitness.audit.alternatives.plain_screener import plain_screener

        return plain_screener()
    from fairwitness.audit.models.function import imported

    named, _ = imported(reference)
    return named() if callable(named) and not hasattr(named, "fit") else named

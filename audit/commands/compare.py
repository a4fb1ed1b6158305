"""The command ``compare``: whether a release treats groups worse than the last one did, by more than a margin."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairwitness.audit.commands.role_flags import columns, file_read, groups_compared, with_flags
from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded, printable, quoted

if TYPE_CHECKING:
    from fairwitness.audit.comparing.release import ReleaseComparison
    from fairwitness.audit.counting.roles import Decisions
    from fairwitness.audit.gating.checked import Checked
    from fairwitness.audit.loaders.table import Reading
    from fairwitness.audit.plan import AuditPlan, DataPlan
    from fairwitness.audit.tally import Tally


@with_flags(columns, file_read, groups_compared)
def compare(
    context: typer.Context,
    base: Annotated[
        str,
        typer.Argument(help="The last release: a file of decisions, a tally, or a baseline (fairness-baseline.json)."),
    ],
    new: Annotated[
        list[str] | None,
        typer.Argument(
            help="This release: a file of decisions, a tally, or - for CSV on standard input. Several, in the order of "
            "time: all are followed with e-values, and none is judged."
        ),
    ] = None,
    margin: Annotated[
        str | None,
        typer.Option(help="How much worse is still no worse: 0.02 is 2 % of the old ratio, or 2 points. Required."),
    ] = None,
    metric: Annotated[
        str,
        typer.Option(help="impact_ratio, rate_difference, equal_opportunity_ratio or equal_opportunity_difference."),
    ] = "impact_ratio",
    evidence: Annotated[str | None, typer.Option(help="screen_and_test, clear, assured or point.")] = None,
    by: Annotated[
        str | None, typer.Option(help="One table only: an attribute, or an intersection A,B. Default: each attribute.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Which audit, where a baseline file holds several.")] = None,
    baseline_decision: Annotated[
        str | None,
        typer.Option(help="The last release's decision, where both stand in one file: the column beside --decision."),
    ] = None,
    view: Annotated[
        str | None, typer.Option(help="internal, or public: no count under 10. Where CI is set, public.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Three releases or more: write a report of them all into this folder.")
    ] = None,
    fail_on: Annotated[str, typer.Option(help="never, beyond, attention or inconclusive.")] = "never",
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON, and nothing else.")] = False,
) -> None:
    """Compare two releases: is a figure no worse than in the last one, by more than a margin, for each group.

    With --unit in two files of decisions the same people are matched; otherwise the releases are independent samples.
    Three releases or more, each of people of its own, are followed from one to the next.
    """
    from rich.console import Console

    from fairwitness.audit.commands.following import follow
    from fairwitness.audit.commands.viewing import wants_public
    from fairwitness.audit.commands.working import settings_of
    from fairwitness.audit.comparing.release import compare_releases
    from fairwitness.audit.pipelines.github import on_github, tell_github

    public = wants_public(view)
    if len(new or ()) > 1:
        follow(context, [base, *(new or ())], out=out, as_json=as_json, public=public)
        return
    if out is not None:
        raise FairwitnessError("--out: a report is written of three releases or more. Leave it out, or name them all.")
    _refuse(fail_on, margin, json_in_public=public and as_json)
    plan = settings_of(context).plan
    asked: dict[str, Any] = {"metric": metric, "margin": margin, "plan": plan}
    asked["by"] = tuple(part.strip() for part in by.split(",")) if by else None
    answer = None
    with Console(stderr=True).status("Counting the decisions …"):
        last, this = _releases(base, new[0] if new else None, baseline_decision, plan, name)
        found = compare_releases(last, this, evidence=evidence, **asked)
        if public or on_github():
            answer = _answer(found, plan, fail_on)
    _tell(found, answer if public else None, as_json=as_json)
    if answer is not None:
        tell_github([(answer, None)], public=public)
        if public and answer.failed:
            raise ThresholdExceeded(answer.failed[0])
    found.require(fail_on)


def _refuse(fail_on: str, margin: str | None, *, json_in_public: bool) -> None:
    from fairwitness.audit.result import GATES

    if fail_on not in GATES:
        raise FairwitnessError(f"--fail-on: no gate {quoted(fail_on)}. Give {', '.join(GATES)}.")
    if margin is None:
        raise FairwitnessError(
            "How much worse is still no worse? That is policy, so there is no default: give --margin, "
            "such as 0.02 (2 % of the old ratio, or 2 points of a difference)."
        )
    if json_in_public:
        raise FairwitnessError(
            "The comparison as JSON holds every count, and the public view is wanted (--view, or CI is set). "
            "Leave --json out; or give --view internal, where nobody reads the output who may not see them."
        )


def _answer(found: ReleaseComparison, plan: AuditPlan, fail_on: str) -> Checked:
    """Return the comparison as the answer of a gate, which knows what anybody may read of it."""
    from fairwitness.audit.gating.no_worse import checked_of

    tripped = found.tripped(fail_on)
    why = f"Gate {fail_on!r}: {len(tripped)} of {len(found.changes)} changes."
    return replace(checked_of(found, plan, plan.gate), failed=(why,) if tripped else ())


def _releases(
    base: str, new: str | None, baseline_decision: str | None, plan: AuditPlan, name: str | None
) -> tuple[object, Tally | Decisions]:
    """Return the last release and this one; None for the last where this one's tally holds both."""
    from fairwitness.audit.commands.working import file_of
    from fairwitness.audit.comparing.pairing import paired_columns
    from fairwitness.audit.comparing.released import released, roles_stated
    from fairwitness.audit.counting.roles import Decisions, load
    from fairwitness.audit.plan import DataPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.audit.tally_file import is_tally

    data = plan.data or DataPlan()
    fields = data.model_dump(exclude={"source"})
    if baseline_decision is not None:
        if new is not None:
            raise FairwitnessError(
                "--baseline-decision names a column beside --decision in one file, but two were given. "
                "Leave one of them out; or match two files by --unit."
            )
        both = {"protected": [*data.protected, baseline_decision]}
        with file_of(base) as path:
            return None, paired_columns(load(path, **fields | both), baseline_decision)
    new = new or data.source
    if new is None:
        raise FairwitnessError(
            "No release to compare: give a second file, name it in the plan ([data] source = ...), or name the column "
            "of the last release's decision in the first (--baseline-decision)."
        )
    with file_of(new) as path:
        this = Tally.load(path) if is_tally(path) else load(path, **fields)
        roles = this.roles if isinstance(this, Decisions) else roles_stated(data)
        last = released(base, roles, name=name, to_match=isinstance(this, Decisions), reading=_reading(data))
        return last, this


def _reading(data: DataPlan) -> Reading:
    from fairwitness.audit.loaders.table import Reading

    return Reading(data.engine, data.sheet, data.delimiter, data.encoding, data.decimal, data.verify_pages)


def _tell(found: ReleaseComparison, answer: Checked | None, *, as_json: bool) -> None:
    """Print every change on a line, and what all of it rests on; with an answer, what anybody may read of it."""
    from fairwitness.audit.commands.telling import MARKS
    from fairwitness.audit.evidence.canonical import canonical_json
    from fairwitness.audit.gating.text import lines
    from fairwitness.audit.judging.sentences import VERDICTS

    if as_json:
        sys.stdout.write(canonical_json(found.to_dict()).decode())
        return
    if answer is not None:
        typer.echo("\n".join(lines(answer, public=True)))
        return
    typer.echo(f"{found.question.title}:")
    for change in found.changes:
        flag = f" ({VERDICTS['attention']})" if change.attention else ""
        typer.echo(f"{MARKS[change.verdict]} {VERDICTS[change.verdict]}{flag}: {printable(change.headline)}")
        if change.verdict == "inconclusive" and change.settle:
            typer.echo(f"  {change.settle}")
    for note in found.notes:
        typer.echo(printable(note))

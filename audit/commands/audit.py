"""The command ``audit``: from a file of decisions to a report folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairwitness.audit.commands.model_flags import model_asked
from fairwitness.audit.commands.role_flags import Many, columns, file_read, groups_compared, with_flags
from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded, quoted

if TYPE_CHECKING:
    from fairwitness.audit.result import AuditResult


@with_flags(columns, file_read, groups_compared, model_asked)
def audit(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Argument(help="File, folder or glob of decisions, a tally, or - for CSV on standard input.")
    ] = None,
    intersect: Annotated[
        Many, typer.Option(help="An intersection, A,B (repeatable), or none. Default: every pair.")
    ] = None,
    attach: Annotated[
        Many, typer.Option("--with", help="A report folder whose studies this report takes over; repeatable.")
    ] = None,
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
    view: Annotated[
        str | None, typer.Option(help="internal, or public: no count under 10. Where CI is set, public.")
    ] = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the plan and where it comes from.")
    ] = False,
) -> None:
    """Audit decisions and write the report folder."""
    from fairwitness.audit.commands.telling import tell, tell_in_public
    from fairwitness.audit.commands.viewing import in_public_view, wants_public
    from fairwitness.audit.commands.working import audited, command_line, config_of, settings_of
    from fairwitness.audit.result import GATES

    if fail_on not in GATES:
        raise FairwitnessError(f"--fail-on: no gate {quoted(fail_on)}. Give {', '.join(GATES)}.")
    settings = settings_of(context)
    if print_config:
        typer.echo(settings.told())
        return
    if settings.plan.data is None or settings.plan.data.source is None:
        raise FairwitnessError("No source: give a file of decisions, or name it in the plan ([data] source = ...).")
    public = wants_public(view)
    result = audited(settings.plan.data.source, settings.plan, attach=attach or ())
    shown = in_public_view(result) if public else result
    command = command_line()
    written = None
    if as_json:
        from fairwitness.audit.evidence.canonical import canonical_json

        sys.stdout.write(canonical_json(shown.to_dict(command)).decode())
    else:
        written = shown.write(out, replace=force, command=command)
        if not quiet:
            tell_in_public(result) if public else tell(result)
        typer.echo(f"Report: {written / 'report.html'}")
    _tell_pipeline(result, fail_on, config_of(context), written, public=public)
    if public and (tripped := result.tripped(fail_on)):
        raise ThresholdExceeded(f"Gate {fail_on!r}: {len(tripped)} of {len(result.findings)} findings.")
    result.require(fail_on)


def _tell_pipeline(
    result: AuditResult, fail_on: str, config: Path | None, written: Path | None, *, public: bool
) -> None:
    """In GitHub Actions, put the findings on the job's page; elsewhere do nothing."""
    from fairwitness.audit.pipelines.github import Place, on_github, tell_github

    if on_github():
        from fairwitness.audit.pipelines.findings import answers

        place = None if config is None else Place(config.as_posix(), 1)
        report = None if written is None else str(written / "report.html")
        tell_github([(answer, place) for answer in answers(result, fail_on)], public=public, report=report)

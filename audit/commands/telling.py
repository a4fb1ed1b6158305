"""What commands say of an audit: what was counted, and every finding on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from fairwitness.audit.errors import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairwitness.audit.result import AuditResult

MARKS = {"beyond": "◆", "within": "●", "inconclusive": "○", "not_evaluable": "×", None: "·"}


def tell(result: AuditResult) -> None:
    """Print what was counted and every finding."""
    from fairwitness.audit.judging.sentences import VERDICTS

    content = result.to_dict()
    data = content["data"]
    typer.echo(f"{data['rows']:,} rows read, {data['decisions']:,} decisions, {data['counted']:,} counted.")
    for entry in data["set_aside"]:
        typer.echo(f"  set aside: {entry['n']:,} {printable(entry['reason'])}")
    for finding in result.findings:
        flag = f" ({VERDICTS['attention']})" if finding.attention else ""
        typer.echo(f"{MARKS[finding.verdict]} {VERDICTS[finding.verdict]}{flag}: {printable(finding.headline)}")
    tell_studies(content)
    for warning in result.warnings:
        typer.echo(f"! {printable(warning)}")


def tell_studies(content: Mapping[str, Any]) -> None:
    """Print what each study of an audit.json found, a sentence each."""
    from fairwitness.report_templates.studies import lines

    for line in lines(content):
        typer.echo(f"■ {line.topic}: {line.headline} {line.because}".rstrip())


def tell_in_public(result: AuditResult) -> None:
    """Print every finding as anybody may read it: of what rests on fewer than ten people the verdict alone."""
    from fairwitness.audit.gating.text import lines
    from fairwitness.audit.pipelines.findings import answers

    for answer in answers(result, "never"):
        typer.echo("\n".join(lines(answer, public=True)))

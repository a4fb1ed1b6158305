"""What the end of a run tells of its audits, and how two answers are told apart."""

from __future__ import annotations

import os
from difflib import ndiff
from typing import TYPE_CHECKING

from fairwitness.audit.disclosure import in_public
from fairwitness.audit.errors import printable
from fairwitness.audit.gating.checked import Checked
from fairwitness.audit.gating.text import in_one_line, lines, noteworthy, reasons
from fairwitness.audit.judging.sentences import name_of
from fairwitness.audit.result import AuditResult

if TYPE_CHECKING:
    import pytest

    from fairwitness.audit.testing.session import Session


def tell(session: Session, terminal: pytest.TerminalReporter) -> None:
    """Print the section: how many figures have each verdict, then every one that is not a clean ``within``.

    With ``-q`` without the figures, with ``-v`` all figures.
    """
    verbosity = terminal.config.option.verbose
    terminal.write_sep("=", "fairness")
    for line in section(session, every=verbosity > 0, short=verbosity < 0):
        terminal.write_line(line)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from fairwitness.audit.pipelines.github import Place, tell_github

        placed = [
            (check, Place(**answer["place"]))
            for test, checks in session.checks()
            for check, answer in zip(checks, session.answers[test], strict=True)
        ]
        tell_github(placed, public=in_public(), report=session.written)


def section(session: Session, *, every: bool, short: bool) -> list[str]:
    """Return the lines of the section; in public, no count under 10."""
    tests = session.checks()
    written = [f"report: {session.written}"] if session.written else []
    made = ["   ".join([in_one_line(check for _, checks in tests for check in checks), *written]), *session.told]
    if short:
        return made
    for test, checks in tests:
        shown = [check for check in checks if every or not check.rows or any(map(noteworthy, check.rows))]
        if shown:
            made.append(printable(test))
        for check in shown:
            made += [f"  {line}" for line in [*lines(check, public=in_public(), every=every), *reasons(check)]]
    return made


def differences(left: object, right: object) -> list[str] | None:
    """Return in what two answers, or the findings of two audits, differ; None for anything else."""
    if isinstance(left, Checked) and isinstance(right, Checked):
        before, after = (lines(checked, public=in_public()) for checked in (left, right))
    elif isinstance(left, AuditResult) and isinstance(right, AuditResult):
        before, after = (_findings(audit) for audit in (left, right))
    else:
        return None
    return [f"two {type(left).__name__}s, which differ:", *(line for line in ndiff(before, after) if line[0] in "+-")]


def _findings(audit: AuditResult) -> list[str]:
    """Return a line for each finding, in public without the counts."""
    public = in_public()
    made = [] if public else [f"plan {audit.plan.digest[:12]}, tally {audit.tally.digest[:12]}"]
    for f in audit.findings:
        figure = f"{f.metric} {name_of(f.group)}" if public else f.headline
        made.append(f"{' × '.join(map(printable, f.by))}: {f.verdict or f.difference}: {printable(figure)}")
    return made

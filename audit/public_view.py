"""The public view of an audit: the same decisions with small groups merged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fairwitness.audit.disclosure import coarsened
from fairwitness.audit.run import run_audit

if TYPE_CHECKING:
    from fairwitness.audit.result import AuditResult


def public_view(result: AuditResult) -> AuditResult | None:
    """Return the audit as anybody may read it; None where every group rests on fewer than ten people.

    Verdicts are those of the merged groups: what a gate decides, it decides on the audit itself.  It has no
    analyses, and of its studies audit.json names those that are left out.
    """
    coarse = coarsened(result.tally, result.plan)
    if coarse is None:
        return None
    audit = run_audit(coarse.tally, coarse.plan, studies=result.studies)
    return replace(audit, created=result.created, view="public")

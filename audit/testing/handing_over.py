"""Handing over: how a worker of pytest-xdist gives its audits to the process that tells and writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from fairwitness.audit.plan import make_plan
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Tally

if TYPE_CHECKING:
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.testing.session import Session


def pack(session: Session) -> str:
    """Return the kept audits as JSON: of each its name, tally and plan."""
    audits = [
        {
            "name": name,
            "tally": kept.audit.tally.to_json(),
            "plan": kept.audit.plan.to_json(),
            "for_baseline": kept.for_baseline,
        }
        for (name, _, _), kept in session.kept.items()
    ]
    return json.dumps(audits)


def unpack(session: Session, packed: str) -> None:
    """Take over a worker's audits.  What two workers have audited alike is one audit."""
    for entry in json.loads(packed):
        audit = _again(entry["tally"], make_plan(entry["plan"]))
        session.keep(entry["name"], audit, for_baseline=entry["for_baseline"])


def _again(tally: str, plan: AuditPlan) -> AuditResult:
    """Return the audit of a tally by the plan that the rows were audited by."""
    with TemporaryDirectory(prefix="fairwitness-") as folder:
        file = Path(folder, "tally.json")
        file.write_text(tally, encoding="utf-8")
        result = run_audit(Tally.load(file), plan)
    return replace(result, plan=result.plan.model_copy(update={"data": plan.data}))

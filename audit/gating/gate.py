"""When a gate fails: what was asked of it, and which of its figures close it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.judging.sentences import VERDICTS, name_of
from fairwitness.audit.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fairwitness.audit.gating.checked import CheckedRow
    from fairwitness.audit.plan import AuditPlan, GatePlan


def gate_of(plan: AuditPlan, given: Mapping[str, str | None]) -> GatePlan:
    """Return the gate of a plan with what is given laid over it.

    Raises
    ------
    FairwitnessError
        A value that a gate does not know.
    """
    stated = {name: value for name, value in given.items() if value is not None}
    return make_plan({"gate": plan.gate.model_dump() | stated}, where="check").gate


def closed_by(rows: Sequence[CheckedRow], gate: GatePlan) -> tuple[str, ...]:
    """Return why a gate fails, in words; nothing where it holds.

    What is beyond its line always fails, and so does a check in which nothing could be evaluated: silence is no
    answer.  What is inconclusive or could not be evaluated fails where ``inconclusive`` is ``fail`` or the rule is
    ``assured``, and a difference that is shown without being beyond the line where ``attention`` is ``fail``.
    """
    made = _named([row for row in rows if row.verdict == "beyond"], "beyond")
    if all(row.verdict == "not_evaluable" for row in rows):
        return ("nothing could be evaluated.",)
    if gate.inconclusive == "fail" or gate.evidence == "assured":
        asked = "rule assured" if gate.evidence == "assured" else "inconclusive = fail"
        for verdict in ("inconclusive", "not_evaluable"):
            made += _named([row for row in rows if row.verdict == verdict], verdict, asked)
    if gate.attention == "fail":
        made += _named([row for row in rows if row.attention], "attention", "attention = fail")
    return made


def is_open_question(rows: Sequence[CheckedRow]) -> bool:
    """Tell whether an answer that holds leaves a figure inconclusive or not evaluated."""
    return any(row.verdict in ("inconclusive", "not_evaluable") for row in rows)


def _named(rows: Sequence[CheckedRow], verdict: str, asked: str = "") -> tuple[str, ...]:
    if not rows:
        return ()
    names = [f"{' × '.join(row.by)}: {name_of(row.group) or 'all groups'}" for row in rows]
    reason = f" ({asked})" if asked else ""
    return (f"{VERDICTS[verdict]}{reason}: {'; '.join(names)}.",)

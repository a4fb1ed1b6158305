"""The audit of a model: its decisions on a source, and whether it reads what is protected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.models.load import load_model
from fairwitness.audit.models.model import Model
from fairwitness.audit.models.reading import reads_protected
from fairwitness.audit.models.scoring import decisions_of
from fairwitness.audit.models.section import ModelSection
from fairwitness.audit.plan import AuditPlan, DataPlan
from fairwitness.audit.run import run_audit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.studies import Study


def audit_model(
    source: object,
    model: object,
    plan: AuditPlan | None = None,
    *,
    features: Sequence[str] | None = None,
    studies: Sequence[Study] = (),
    **fields: Any,
) -> AuditResult:
    """Audit what a model decides on the rows of a source.

    Parameters
    ----------
    source : path or frame
        As ``fw.load`` takes it.
    model : Model or object
        What ``fw.load_model`` returns, or takes.  With a cut-off its scores are decisions; a model that gives scores
        alone is otherwise audited by scoring rate.
    plan : AuditPlan, optional
        What is asked, and which column is what (``plan.data``).
    features : sequence of str, optional
        The columns that the model is given.  By default those that it says it reads; if it says nothing, all that
        have no role.
    studies : sequence of Study
        Other sections of the report.
    **fields
        Arguments of ``fw.load``, and fields of the plan; they override the plan.  ``decision`` names the decisions.

    Returns
    -------
    AuditResult
        With the section ``model``: which model it is, a digest of what it answered, whether it reads the protected
        columns.

    Raises
    ------
    FairwitnessError
        What `load_model` refuses, a model that does not answer as it must, and what ``fw.run_audit`` refuses.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"sex": ["F", "M"] * 20, "points": range(40)})
    >>> screener = load_model(lambda rows: rows["points"] / 40, features=["points"], top=0.25, name="points")
    >>> result = audit_model(people, screener, protected="sex", reference="M")
    >>> [(f.group, f.verdict) for f in result.findings]
    [(('F',), 'inconclusive')]
    >>> result.to_dict()["model"]["reads_protected"][0]["static"]
    'does_not_read'
    """
    plan = plan or AuditPlan()
    known = (plan.data or DataPlan()).model_dump(exclude={"source"})
    roles = known | {name: value for name, value in fields.items() if name in DataPlan.model_fields}
    asked = {name: value for name, value in fields.items() if name not in DataPlan.model_fields}
    asked = {"level": plan.level, "seed": plan.seed} | asked
    made = model if isinstance(model, Model) else load_model(model)
    scored = decisions_of(source, made, roles=roles, features=features, seed=asked["seed"])
    reads = reads_protected(scored.model, scored.sample, scored.decisions.roles.protected, seed=asked["seed"])
    return run_audit(scored.decisions, plan, studies=(ModelSection(made, scored, reads), *studies), **asked)

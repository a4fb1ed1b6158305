"""What a test asks: the call over the marker over a plan file over ``[tool.fairwitness]`` over the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.plan import AuditPlan, DataPlan, GatePlan, make_plan
from fairwitness.audit.settings import gather
from fairwitness.audit.testing.counted import found

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pytest

    from fairwitness.audit.testing.session import Session

GATE = frozenset(GatePlan.model_fields)
PLAN = frozenset(AuditPlan.model_fields) - {"data", "gate"}
ROLES = frozenset(DataPlan.model_fields) - {"source"}
MARKER = "@pytest.mark.fairness"


def marked(item: pytest.Item) -> dict[str, Any]:
    """Return what the markers of a test state, the nearest over the others.

    Raises
    ------
    FairwitnessError
        A keyword that neither plan nor gate has, or a value that does not fit.
    """
    markers = list(item.iter_markers("fairness"))
    fields: dict[str, Any] = {}
    for mark in reversed(markers):
        if mark.args:
            raise FairwitnessError(f"{MARKER}: found {quoted(mark.args[0])} without a name. Write {MARKER}(min_n=30).")
        check_names(mark.kwargs, PLAN | GATE, MARKER)
        fields |= mark.kwargs
    laid_over({}, fields, MARKER)
    return fields


def asked(session: Session, *stated: Mapping[str, Any], config: str | Path | None = None) -> AuditPlan:
    """Return the plan of an audit, with its gate.

    Parameters
    ----------
    session : Session
        Knows the rootdir, whose pyproject.toml is read once.
    *stated : mappings of field to value
        From the marker, then from the call: the later is laid over the earlier.
    config : path, optional
        An audit plan to lay over what pyproject.toml says; a relative path is looked for as that of a source is.

    Raises
    ------
    FairwitnessError
        An unknown field, or a value that does not fit.
    """
    file = None if config is None else Path(str(found(config, session.options)))
    base = session.once(("stated", file), lambda: gather(file, {}, session.options.root).plan)
    fields: dict[str, Any] = base.model_dump(exclude_unset=True)
    for each in stated:
        check_names(each, PLAN | GATE | ROLES, "fairness.audit")
        fields = laid_over(fields, each, "fairness.audit").model_dump(exclude_unset=True)
    return make_plan(fields, where="fairness.audit")


def laid_over(fields: Mapping[str, Any], stated: Mapping[str, Any], where: str) -> AuditPlan:
    """Return the plan of some fields with others laid over them, those of gate and data under their own names."""
    gate = dict(fields.get("gate") or {}) | {name: stated[name] for name in stated if name in GATE}
    data = dict(fields.get("data") or {}) | {name: stated[name] for name in stated if name in ROLES}
    plan = dict(fields) | {name: stated[name] for name in stated if name in PLAN}
    return make_plan(plan | {"gate": gate, "data": data}, where=where)


def check_names(stated: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Refuse a name that is not known, with the one that was meant.

    Raises
    ------
    FairwitnessError
        Naming the first.
    """
    for name in stated:
        if name not in known:
            hint = did_you_mean(name, sorted(known)) or f" Known: {listed(sorted(known), 60)}."
            raise FairwitnessError(f"{where}: unknown field {quoted(name)}.{hint}")

"""Counting once: checks on the same data with the same roles and plan share one count and one audit in a run.

Files are the same if path, size and time of change are.  Frames and models are the same if they are the same object,
which is kept alive for it; a pandas frame, which is easily changed in place, must also have the same content.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.count import tally
from fairwitness.audit.counting.roles import Decisions, load
from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.loaders.source import find_files
from fairwitness.audit.plan import DataPlan
from fairwitness.audit.run import data_plan, run_audit
from fairwitness.audit.tally import Tally
from fairwitness.audit.tally_file import is_tally

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.testing.session import Options, Session


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, by which roles where they are known, and from what.

    Attributes
    ----------
    tally : Tally
    decisions : Decisions or None
        None where the source was counted already.
    rows : object
        The source with its decisions: the file, or the frame that a model decided on.
    alive : tuple of object
        What the key in the cache stands for by its identity.
    """

    tally: Tally
    decisions: Decisions | None
    rows: object
    alive: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An audit, and what it was counted from."""

    result: AuditResult
    counted: Counted

    def by_unit(self, unit: str | Sequence[str] | None) -> Decisions:
        """Return the decisions with a unit, so that people can be matched.

        Raises
        ------
        FairwitnessError
            The source was counted already, or nobody said what makes a row unique.
        """
        decisions = self.counted.decisions
        if decisions is None:
            raise FairwitnessError("unit: people are matched by rows, and this source is counted already.")
        if unit is None or isinstance(self.counted.rows, Decisions):
            return decisions
        roles = data_plan(decisions).model_dump(exclude={"source"}) | {"unit": unit}
        return load(self.counted.rows, **roles)


def audited(
    session: Session,
    source: object,
    plan: AuditPlan,
    *,
    model: object = None,
    features: str | Sequence[str] | None = None,
) -> Found:
    """Return the audit of a source, counted and judged once in a run.

    Parameters
    ----------
    session : Session
    source : path, frame, Tally or Decisions
        A relative path is looked for in the rootdir, then in the folder where pytest was called.
    plan : AuditPlan
    model : callable or estimator, optional
        Makes the decisions from the rows' features.
    features : str or sequence of str, optional
        The model's columns.

    Raises
    ------
    FairwitnessError
        No such file; roles for something that is counted already; and whatever loading and counting refuse.
    """
    source = found(source, session.options)
    roles = plan.data or DataPlan()
    read = _columns(roles) if model is None else None
    what = (
        *identity(source, read),
        None if model is None else id(model),
        tuple(features or ()),
        roles.model_dump_json(),
    )
    counted: Counted = session.once(("count", *what), lambda: _count(source, roles, model, features))

    def judged() -> AuditResult:
        result = run_audit(counted.tally, plan)
        data = None if counted.decisions is None else data_plan(counted.decisions)
        return replace(result, plan=result.plan.model_copy(update={"data": data}))

    return Found(session.once(("audit", *what, plan.digest), judged), counted)


def found(source: object, options: Options) -> object:
    """Return a source with its path made whole: in the rootdir if it is there, else where pytest was called.

    Raises
    ------
    FairwitnessError
        A relative path in neither.
    """
    if not isinstance(source, str | Path) or Path(source).is_absolute():
        return source
    places = list(dict.fromkeys([options.root, options.folder]))
    for place in places:
        path = place / source
        if path.exists() or (has_magic(str(source)) and any(place.glob(str(source)))):
            return str(path)
    raise FairwitnessError(
        f"{printable(source)}: there is no such file in {' or in '.join(printable(place) for place in places)}. Give "
        "a path relative to the rootdir or to where pytest is called, or an absolute one."
    )


def identity(source: object, columns: Sequence[str] | None = None) -> tuple[Hashable, ...]:
    """Return what makes two sources the same; of a pandas frame the content of some columns, or of all."""
    if isinstance(source, str | Path):
        states = [(str(path.resolve()), path.stat()) for path in find_files(source).paths]
        return ("files", *((path, state.st_size, state.st_mtime_ns) for path, state in states))
    if isinstance(source, Tally):
        return ("tally", source.digest, source.sources, source.warnings)
    return (id(source), _content(source, columns))


def _content(frame: Any, columns: Sequence[str] | None) -> Hashable:
    """Return a digest of a pandas frame's content; None for frames that are not changed in place."""
    if type(frame).__module__.partition(".")[0] != "pandas":
        return None
    from pandas.util import hash_pandas_object

    part = frame if columns is None else frame[[name for name in frame.columns if name in columns]]
    try:
        rows = hash_pandas_object(part, index=False).to_numpy().tobytes()
    except TypeError:  # lists and the like in a column: taken as new each time
        return object()
    return hashlib.sha256(repr(list(part.columns)).encode() + rows).hexdigest()


def _columns(roles: DataPlan) -> tuple[str, ...]:
    single = (roles.decision, roles.score, roles.label, roles.count, roles.applicants, roles.selected, roles.group_by)
    return (*roles.protected, *roles.unit, *(name for name in single if name is not None))


def _count(source: object, roles: DataPlan, model: object, features: str | Sequence[str] | None) -> Counted:
    alive = (source, model)
    if isinstance(source, str | Path) and is_tally(source):
        source = Tally.load(source)
    if isinstance(source, Tally | Decisions):
        if model is not None:
            raise FairwitnessError("fairness.audit: a model needs rows, and this source is counted already.")
        return Counted(tally(source), source if isinstance(source, Decisions) else None, source, alive)
    if model is not None:
        from fairwitness.audit.models.deciding import with_decisions

        into = roles.decision or "decision"
        source = with_decisions(source, model, features=features, withheld=_columns(roles), into=into)
        roles = roles.model_copy(update={"decision": into})
    if not roles.protected:
        raise FairwitnessError("fairness.audit: no protected attribute. Name the columns: protected = ['sex', 'race'].")
    decisions = load(source, **roles.model_dump(exclude={"source"}))
    return Counted(tally(decisions), decisions, source, alive)

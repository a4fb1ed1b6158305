"""An earlier release, whatever form it comes in: an audit, a tally, a baseline file, or rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fairwitness.audit.comparing.baseline import Baseline
from fairwitness.audit.comparing.baseline_file import baseline_named, is_baseline, read_baselines
from fairwitness.audit.counting.role_rules import check_roles
from fairwitness.audit.counting.roles import Decisions, Roles
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.loaders.glance import header
from fairwitness.audit.loaders.source import find_files
from fairwitness.audit.loaders.table import Reading, read
from fairwitness.audit.result import AuditResult
from fairwitness.audit.tally import Tally
from fairwitness.audit.tally_file import is_tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.plan import DataPlan

AS_FOUND = Reading()


def released(
    source: object,
    roles: Roles | None,
    *,
    name: str | None = None,
    to_match: bool = False,
    reading: Reading = AS_FOUND,
) -> Baseline | Tally | Decisions:
    """Return an earlier release as a baseline, a tally or decisions.

    Parameters
    ----------
    source : AuditResult, Tally, Baseline, Decisions, path or frame
        A path leads to a baseline, to a tally (both known by their content), or to decisions.
    roles : Roles or None
        Which column is what in decisions that are given as a path or a frame: as in the new release.
    name : str, optional
        Of the audit, where a baseline file holds several.
    to_match : bool
        People will be matched by their unit, if there is one, to rows of the new release.  Then protected attributes
        and the true outcome may be missing here: the new release has them.
    reading : Reading
        How to read a file of decisions.

    Raises
    ------
    FairwitnessError
        A file that cannot be read as any of these, or decisions of which nobody said which column is what.
    """
    if isinstance(source, AuditResult):
        return source.tally
    if isinstance(source, Baseline | Tally | Decisions):
        return source
    if isinstance(source, str | Path):
        if is_baseline(source):
            return baseline_named(read_baselines(source), name, Path(source).name)
        if is_tally(source):
            return Tally.load(source)
    if roles is None:
        raise FairwitnessError(
            "The last release is given as rows, and this release as counts: nobody said which column is what. Load "
            "the rows (fairwitness.load), or give the last release as a tally or a baseline."
        )
    if roles.unit and to_match:
        there = _columns(source, reading)
        protected = tuple(column for column in roles.protected if column in there)
        bins = {column: edges for column, edges in roles.bins.items() if column in there}
        roles = replace(roles, protected=protected, bins=bins)
        if roles.label not in there:
            roles = replace(roles, label=None, label_positive=())
    else:
        check_roles(roles)
    hidden = dict.fromkeys(roles.bins, roles.unknown)
    return Decisions(roles, read(source, roles.columns, numeric=roles.numeric, unknown=hidden, reading=reading))


def roles_of(release: AuditResult | Tally | Decisions) -> Roles | None:
    """Return which column is what in a release; None where its source is a tally."""
    if isinstance(release, Decisions):
        return release.roles
    data = release.plan.data if isinstance(release, AuditResult) else None
    return None if data is None else roles_stated(data)


def roles_stated(data: DataPlan) -> Roles:
    """Return which column is what, as a plan states it."""
    stated = {name: getattr(data, name) for name in Roles.__slots__ if name in type(data).model_fields}
    return Roles(**stated | {"unknown": frozenset(data.unknown)})


def _columns(source: object, reading: Reading) -> Sequence[str]:
    if isinstance(source, str | Path):
        return header(find_files(source).paths[0], reading)
    import narwhals as nw

    try:
        return list(nw.from_native(nw.to_native(source, pass_through=True)).lazy().collect_schema().names())
    except (TypeError, AttributeError):
        return ()  # no frame: the reader says so

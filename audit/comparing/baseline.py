"""A baseline: the figures of an audit that a later release is compared with, without its rows and small groups.

It is made for a repository: one group a line, so that a review shows what changed, and no count under 10.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit.comparing.group_rates import rate_table
from fairwitness.audit.disclosure import publishable_tables
from fairwitness.audit.errors import FairwitnessError, listed, quoted

if TYPE_CHECKING:
    from fairwitness.audit.comparing.group_rates import RateTable
    from fairwitness.audit.counting.roles import Roles
    from fairwitness.audit.plan import AuditPlan, DataPlan
    from fairwitness.audit.result import AuditResult

# What decides which decisions are counted, and as what.  Names of files, how they are read and on which engine do
# not; nor do protected attributes, which name their own tables.  Reference and level change no count, but by changing
# them a pull request could silence a gate.
OF_THE_AUDIT = ("exclude_under", "min_n", "label_scope", "reference", "level")
OF_THE_DATA = (
    "decision", "favorable", "unfavorable", "set_aside", "score", "score_order", "score_edges", "label",
    "label_positive", "count", "applicants", "selected", "group_by", "measure", "bins", "unit", "duplicates", "unknown",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is kept of one audit.

    Attributes
    ----------
    name : str
        As the audit is called among others in the same file.
    plan : dict
        The part of the plan that decides what is counted; see `counted_by`.
    level : float
        Confidence level of the intervals beside the rates.
    tables : tuple of RateTable
        Every rate by every combination of attributes that is fit for publication.
    """

    name: str
    plan: Mapping[str, Any]
    level: float
    tables: tuple[RateTable, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the plan's part."""
        content = json.dumps(self.plan, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()

    def refuse_other_plan(self, plan: Mapping[str, Any]) -> None:
        """Refuse to be compared with what was counted in another way.

        Parameters
        ----------
        plan : mapping
            From `counted_by`.  Where one of the two was made from a tally, the roles of columns are not known and
            only the rest is compared.

        Raises
        ------
        FairwitnessError
            Naming the fields that differ.
        """
        names = [*OF_THE_AUDIT, *(OF_THE_DATA if "decision" in self.plan and "decision" in plan else ())]
        differing = [name for name in names if self.plan.get(name) != plan.get(name)]
        if differing:
            both = [(name, self.plan.get(name), plan.get(name)) for name in differing if name in OF_THE_AUDIT]
            told = "".join(f" {name} was {_as_said(was)} and is {_as_said(now)}." for name, was, now in both)
            raise FairwitnessError(
                f"The baseline of {self.name!r} was made by another plan: {listed(differing)} differ, so that the "
                f"question is not the same.{told} Audit both releases by one plan, or write the baseline anew "
                "from the last release by this one."
            )


def baseline_of(audit: AuditResult, name: str) -> Baseline:
    """Return what is kept of an audit: no table in which a group rests on a count under 10.

    Parameters
    ----------
    audit : AuditResult
    name : str
        What the audit is called among others in the same file.

    Returns
    -------
    Baseline
        Groups too small to be shown are merged (`fairwitness.audit.disclosure`); without tables where nothing is
        left.
    """
    plan = audit.plan
    counts = publishable_tables(audit.tally, plan).tables
    tables = [rate_table(c, of_positives=False) for c in counts]
    tables += [rate_table(c, of_positives=True) for c in counts if any(g.outcomes for g in c.groups)]
    return Baseline(name, counted_by(plan, plan.data), plan.level, tuple(map(_borne, tables)))


def _borne(table: RateTable) -> RateTable:
    """Return a table without declared groups that nobody belongs to, which have no rate, and without the unknown."""
    return replace(table, groups={group: rate for group, rate in table.groups.items() if rate.n}, unknown=None)


def counted_by(plan: AuditPlan, roles: DataPlan | Roles | None) -> dict[str, Any]:
    """Return the part of a plan that decides what is counted, as JSON has it.

    Parameters
    ----------
    plan : AuditPlan
    roles : DataPlan or Roles or None
        Which column is what; None where the source is a tally.

    Examples
    --------
    >>> from fairwitness.audit.plan import AuditPlan
    >>> counted_by(AuditPlan(min_n=30, title="Autumn"), None)
    {'exclude_under': '0', 'min_n': 30, 'label_scope': None, 'reference': 'highest', 'level': 0.95}
    """
    part: dict[str, Any] = {
        "exclude_under": str(plan.exclude_under), "min_n": plan.min_n, "label_scope": plan.label_scope,
        "reference": plan.reference, "level": plan.level,
    }  # fmt: skip
    if roles is not None:
        part |= {name: _plain(getattr(roles, name)) for name in OF_THE_DATA}
    return part


def _as_said(value: object) -> str:
    return "not stated" if value is None else quoted(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(v) for v in value] if isinstance(value, tuple) else value

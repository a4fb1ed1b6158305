"""Two releases compared: whether a figure is no worse than in the last one, for each group."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fairwitness.audit.comparing.baseline import Baseline, counted_by
from fairwitness.audit.comparing.compared_tables import independent_tables, paired_tables
from fairwitness.audit.comparing.group_rates import tables_asked
from fairwitness.audit.comparing.pairing import matched_in_words, paired
from fairwitness.audit.comparing.question import question_of
from fairwitness.audit.comparing.released import released, roles_of
from fairwitness.audit.comparing.table_changes import changes_of
from fairwitness.audit.comparing.totals import notes_on, totals_of
from fairwitness.audit.counting.count import tally as count
from fairwitness.audit.counting.roles import Decisions
from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded, listed, printable, quoted
from fairwitness.audit.evidence.canonical import timestamp
from fairwitness.audit.judging.group_counts import names_group
from fairwitness.audit.plan import AuditPlan, make_plan
from fairwitness.audit.result import GATES, AuditResult
from fairwitness.audit.tally import Tally

if TYPE_CHECKING:
    from fairwitness.audit.comparing.change import Change
    from fairwitness.audit.comparing.compared_tables import ComparedTable
    from fairwitness.audit.comparing.question import Question
    from fairwitness.audit.comparing.totals import Totals

SCHEMA = "fairwitness/comparison/v1"
PAIRED = "Paired: each person's two decisions are matched."
NO_ROWS = "Independent samples: the baseline holds no rows, so that nobody's two decisions can be matched."
NO_UNIT = (
    "Independent samples: nobody's two decisions are matched. If the same people stand in both releases, name what "
    "makes a row unique (--unit) in both: the paired test sees smaller changes."
)
REPEATS = "because rows repeat a unit, tests and intervals are approximate."


@dataclass(frozen=True, slots=True)
class ReleaseComparison:
    """What two releases show, group by group.

    Attributes
    ----------
    question : Question
        Metric, margin and rule.
    level : float
    paired : bool
        Whether the same people stand in both releases, matched.
    old, new : dict
        Where each release's counts came from: ``kind``, ``source``, ``sha256``, ``decisions``.
    changes : tuple of Change
        One for each group of each table but its reference group.
    notes : tuple of str
        What all of it rests on.
    totals : tuple of Totals
        What each table rests on, as the notes say it.
    counted : Tally
        This release, whole; of matched people with the last release's decisions beside.
    counted_before : Tally or None
        The last release where it was counted by itself.
    created : str
        When, in UTC; SOURCE_DATE_EPOCH fixes it.
    """

    question: Question
    level: float
    paired: bool
    old: dict[str, Any]
    new: dict[str, Any]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    totals: tuple[Totals, ...]
    counted: Tally = field(repr=False, compare=False)
    counted_before: Tally | None = field(repr=False, compare=False)
    created: str = field(default_factory=timestamp, compare=False)

    def tripped(self, gate: str) -> tuple[Change, ...]:
        """Return the changes that a gate counts: ``never``, ``beyond``, ``attention`` or ``inconclusive``.

        Each includes those before it; ``inconclusive`` also what could not be evaluated.  A group of which this
        release counts nobody trips every gate but ``never``: a group that is missing is not treated no worse.
        """
        counted = GATES[gate]
        return tuple(
            c
            for c in self.changes
            if c.verdict in counted or (c.attention and "attention" in counted) or (c.gone and gate != "never")
        )

    def require(self, gate: str) -> None:
        """Raise where a gate trips.

        Raises
        ------
        ThresholdExceeded
            With the headline of each change that tripped it.
        """
        tripped = self.tripped(gate)
        if tripped:
            shown = "\n".join(f"  {c.verdict}: {printable(c.headline)}" for c in tripped)
            raise ThresholdExceeded(f"Gate {gate!r}: {len(tripped)} of {len(self.changes)} changes.\n{shown}")

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON has it (schema ``fairwitness/comparison/v1``)."""
        q = self.question
        return {
            "schema": SCHEMA,
            "created": self.created,
            "version": version("fairwitness"),
            "metric": q.metric,
            "scale": q.scale,
            "margin": str(q.margin),
            "threshold": str(q.threshold),
            "rule": q.rule,
            "level": self.level,
            "paired": self.paired,
            "old": self.old,
            "new": self.new,
            "changes": [c.to_json() for c in self.changes],
            "notes": list(self.notes),
        }


def compare_releases(
    base: object,
    new: AuditResult | Tally | Decisions,
    *,
    metric: str = "impact_ratio",
    margin: object,
    evidence: str | None = None,
    by: str | tuple[str, ...] | None = None,
    name: str | None = None,
    plan: AuditPlan | None = None,
    **plan_fields: Any,
) -> ReleaseComparison:
    """Ask for each group whether a figure is no worse than in the last release, by more than a margin.

    People are matched where both releases are given as decisions with a ``unit``, and in a tally of
    `fairwitness.audit.comparing.pairing`.  Otherwise the releases are independent samples, and it is said.

    Parameters
    ----------
    base : AuditResult, Tally, Baseline, Decisions, path or frame; or None
        The last release.  A path may lead to a baseline, to a tally, or to decisions, whose columns are then those of
        ``new``.  None where ``new`` is a tally of both releases.
    new : AuditResult, Tally or Decisions
        This release.
    metric : str
        ``impact_ratio`` or ``rate_difference``; with true outcomes also ``equal_opportunity_ratio`` and
        ``equal_opportunity_difference``, each group's true positive rate against the reference group's.
    margin : str or number, from 0 to below 1
        How much worse still counts as no worse: 0.02 is 2 % of the old ratio, or 2 points of a difference.
    evidence : str, optional
        The rule of the verdict; by default the plan's gate's, ``screen_and_test``.
    by : str or tuple of str, optional
        One table: an attribute, or the attributes of an intersection.  By default every single attribute.
    name : str, optional
        Of the audit, where a baseline file holds several.
    plan : AuditPlan, optional
        What is asked (``level``, ``reference``, ``exclude_under``, ``min_n``, ``label_scope``); by default the
        audit's own.
    **plan_fields
        Single fields of the plan; they override it.

    Returns
    -------
    ReleaseComparison

    Raises
    ------
    FairwitnessError
        A question that does not fit the data, a baseline of another plan, or units that cannot be matched.

    References
    ----------
    Farrington & Manning, Statistics in Medicine 9 (1990) 1447-1454, doi:10.1002/sim.4780091208; Tango, Statistics in
    Medicine 17 (1998) 891-908, for pairs; see `fairwitness.metrics.release_change` and
    `fairwitness.metrics.paired_change`.

    Examples
    --------
    Women fall from 48 of 80 to 24 of 80 and men stay at 60 of 80: the ratio from 0.8 to 0.4.

    >>> from fairwitness.audit.tally import Axis, Tally
    >>> axes = [Axis("sex", "protected"), Axis("hired", "decision")]
    >>> men = {("M", "selected"): 60, ("M", "not_selected"): 20}
    >>> v1 = Tally.of(axes, men | {("F", "selected"): 48, ("F", "not_selected"): 32})
    >>> v2 = Tally.of(axes, men | {("F", "selected"): 24, ("F", "not_selected"): 56})
    >>> [(c.group, c.change, c.verdict) for c in compare_releases(v1, v2, margin="0.05").changes]
    [(('F',), 0.5, 'beyond')]
    """
    plan = _plan(new, plan, plan_fields)
    question = question_of(metric, margin, evidence or plan.gate.evidence, plan)
    roles = roles_of(new)
    old = None if base is None else released(base, roles, name=name, to_match=isinstance(new, Decisions))
    if isinstance(old, Baseline):
        old.refuse_other_plan(counted_by(plan, roles))
    both = _both(old, new)
    if both is None and old is not None:
        before = old if isinstance(old, Baseline) else count(old)
        this = new.tally if isinstance(new, AuditResult) else count(new)
        asked = tables_asked(by, this.attributes)
        if by is None:
            _refuse_dropped(before, this)
        tables = list(independent_tables(before, this, plan, asked, of_positives=question.of_positives))
        notes = [NO_ROWS if isinstance(old, Baseline) else NO_UNIT, *_of_releases(before, this)]
    elif both is not None:
        before = this = both
        asked = tables_asked(by, both.attributes)
        tables = list(paired_tables(both, plan, asked, of_positives=question.of_positives))
        notes = [PAIRED, matched_in_words(both), *both.warnings]
    else:
        raise FairwitnessError("No last release: give one, or a tally of both releases (paired_columns).")
    changes = [c for table in tables for c in changes_of(table, question, reference=plan.reference, level=plan.level)]
    totals = tuple(filter(None, map(totals_of, tables)))
    return ReleaseComparison(
        question=question,
        level=plan.level,
        paired=both is not None,
        old=_where_from(before, 0),
        new=_where_from(this, -1),
        changes=tuple(changes),
        notes=(*notes, *(note for each in totals for note in notes_on(each)), *_of_tables(tables, plan)),
        totals=totals,
        counted=this,
        counted_before=before if both is None and isinstance(before, Tally) else None,
    )


compare = compare_releases  # its public name, in the package


def _plan(new: AuditResult | Tally | Decisions, plan: AuditPlan | None, fields: dict[str, Any]) -> AuditPlan:
    plan = plan or (new.plan if isinstance(new, AuditResult) else AuditPlan())
    return make_plan(plan.model_dump() | fields) if fields else plan


def _both(old: object, new: object) -> Tally | None:
    """Return the tally of both releases where people can be matched."""
    if isinstance(old, Decisions) and isinstance(new, Decisions) and old.roles.unit and new.roles.unit:
        return paired(old, new)
    return new if old is None and isinstance(new, Tally) and new.axis("earlier") else None


def _refuse_dropped(before: Tally | Baseline, this: Tally) -> None:
    """Refuse a release that no longer counts an attribute of the last one: what is not looked at is not no worse."""
    if isinstance(before, Baseline):
        had = [table.by[0] for table in before.tables if len(table.by) == 1]
    else:
        had = list(before.attributes)
    if gone := [name for name in dict.fromkeys(had) if name not in this.attributes]:
        raise FairwitnessError(
            f"The last release was counted by {listed(gone)}, and this one is not. Name them among the protected "
            "attributes again; or name the tables that are to be compared (by)."
        )


def _of_releases(before: Tally | Baseline, this: Tally) -> list[str]:
    """Return what must be said of two releases that are counted apart."""
    made = []
    for release, when in ((before, "Last release"), (this, "This release")):
        if isinstance(release, Tally):
            made += [f"{when}: {warning}" for warning in release.warnings]
            made += [f"{when}: {REPEATS}"] if release.repeats else []
    return made


def _of_tables(tables: list[ComparedTable], plan: AuditPlan) -> list[str]:
    """Return what must be said of the tables: those that the last release lacks, and which group is the reference."""
    made = []
    for table in tables:
        by = printable(" × ".join(table.new.by))
        if not table.old.groups:
            made.append(f"The last release has no table by {by} that could be compared.")
        if plan.reference in ("largest", "overall", "rest"):
            made.append(
                f"The reference group by {by} is the one with the highest rate in both releases together: the plan's "
                f"{quoted(plan.reference)} is a rule for one release."
            )
        elif plan.reference != "highest" and not any(names_group(plan.reference, g) for g in table.new.groups):
            made.append(
                f"The table by {by} has no group {quoted(plan.reference)}: its reference is the group with the highest "
                "rate in both releases together."
            )
    return made


def _where_from(release: Tally | Baseline, place: int) -> dict[str, Any]:
    if isinstance(release, Baseline):
        return {"source": release.name, "sha256": None, "decisions": None}
    sources = release.sources[place:][:1] if release.axis("earlier") else release.sources
    return {
        "source": " and ".join(source.name for source in sources) or None,
        "sha256": sources[0].sha256 if len(sources) == 1 else None,
        "decisions": release.decisions,
    }

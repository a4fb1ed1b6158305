"""What everybody may see who can read a CI job or a repository: no count under ten, shown or computed from others.

Three functions follow from one decision (`fairwitness.audit.small_groups`), so that what is printed, what is put into
a report folder and what is written into a baseline never differ by a person:

- `hidden_groups`: which rows of an audit's tables may not be shown;
- `publishable_tables`: the tables with those rows merged, for files of figures;
- `coarsened`: a tally and a plan that ``run_audit`` turns into a report without a small count.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.audit.judging.group_counts import GroupCounts, count_groups, names_group
from fairwitness.audit.judging.group_table import measured
from fairwitness.audit.small_groups import (
    MERGED,
    SMALL,
    By,
    Hiding,
    Levels,
    all_large,
    as_seen,
    decision_of,
    hiding,
    intersections,
    table_of,
)
from fairwitness.audit.tally import NOTHING, SET_ASIDE, Axis, Count, Key, Tally

if TYPE_CHECKING:
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Source

__all__ = [
    "MERGED",
    "SMALL",
    "Coarsened",
    "Publishable",
    "coarsened",
    "hidden_groups",
    "in_public",
    "publishable_tables",
]

NOTE = "Disclosure: "  # how every warning of this file begins; none gives a number of people
RULES = ("highest", "largest", "overall", "rest")


class Coarsened(NamedTuple):
    """A tally without a small count, and the plan to audit it by: ``run_audit(*coarsened(tally, plan))``."""

    tally: Tally
    plan: AuditPlan


class Publishable(NamedTuple):
    """Tables without a small count, single attributes first, and in words what was merged or left out."""

    tables: tuple[GroupCounts, ...]
    warnings: tuple[str, ...]


def in_public() -> bool:
    """Tell whether what is printed or written here may be read by everybody with access to a CI job.

    That is so where the environment variable CI is set, but to "false" or "0".
    """
    return os.environ.get("CI", "").strip().lower() not in ("", "false", "0")


def hidden_groups(tally: Tally, plan: AuditPlan, *, outcomes: bool = False) -> dict[By, frozenset[Group]]:
    """Return which groups may not be shown in public, by the attributes of each table that the plan asks for.

    Parameters
    ----------
    tally, plan
        Of one audit: what is hidden in one table depends on what the others show.
    outcomes : bool
        Whether figures are to be shown that read the true outcome (error rates): then more may be hidden.  What is
        hidden without is hidden with them, so that both may stand side by side.

    Returns
    -------
    dict of tuple of str to frozenset of groups
        The same for each measure.  Of an intersection either no group or every group.

    Examples
    --------
    >>> from fairwitness.audit.plan import AuditPlan
    >>> t = Tally.of([Axis("race", "protected"), Axis("hired", "decision")],
    ...              {("A", "selected"): 80, ("A", "not_selected"): 90, ("B", "selected"): 30,
    ...               ("B", "not_selected"): 40, ("C", "selected"): 2, ("C", "not_selected"): 40})
    >>> sorted(hidden_groups(t, AuditPlan())[("race",)])
    [('B',), ('C',)]
    """
    d = hiding(tally, plan)
    merged = d.strict if outcomes else d.merged
    found: dict[By, frozenset[Group]] = {}
    for name, levels in d.levels.items():
        found[name,] = frozenset((level,) for level in levels if level in merged[name] or level not in d.borne[name])
    for by in intersections(tally, plan):
        shown = by in d.whole and not any(merged[name] for name in by)
        found[by] = frozenset() if shown else frozenset(product(*(d.levels[name] for name in by)))
    return found


def publishable_tables(tally: Tally, plan: AuditPlan) -> Publishable:
    """Return the tables that a plan asks for with small groups merged, fit for a file in a public repository.

    Parameters
    ----------
    tally, plan
        Of one audit.

    Returns
    -------
    Publishable
        Groups whose label is not `MERGED` have exactly the counts they have in the audit's own tables.  A table in
        which no group can be shown, and an intersection with a small combination, are left out.  Outcomes are there
        where they ask for no more merging.
    """
    d = hiding(tally, plan)
    tables = []
    for t in measured(tally):
        for by in [*((name,) for name in d.shown), *d.whole]:
            labelled = all(d.strict[name] == d.merged[name] for name in by)
            part = _merged(table_of(t, by[0]), by, d.merged, labelled=labelled)
            tables.append(count_groups(part, by, exclude_under=plan.exclude_under, min_n=plan.min_n))
    left_out = [
        f"{NOTE}{quoted(' × '.join(by))}: some combinations are small, so this table is left out."
        for by in intersections(tally, plan)
        if by not in d.whole
    ]
    return Publishable(tuple(tables), (*_of_groups(d), *left_out))


def coarsened(tally: Tally, plan: AuditPlan) -> Coarsened | None:
    """Return a tally and a plan for the artefacts of a CI job: every count in them is at least ten.

    Parameters
    ----------
    tally, plan
        Of one audit.

    Returns
    -------
    Coarsened or None
        None where no table can be shown.  Small groups are merged into one group `MERGED`.  Where a combination of
        several attributes is small, the tally is a table of counts with one table for each attribute, and no
        intersections.  What was set aside and how often each score occurs are left out; of decisions and scores
        together the decisions are kept.  The true outcome is kept where it asks for no more merging.  Everything
        that was changed is said in the tally's warnings.  A tally with nothing small keeps its figures.

    Raises
    ------
    FairwitnessError
        The tally is weighted or clustered.
    """
    for fact, word in ((tally.weighted, "weighted"), (tally.axis("cluster"), "clustered")):
        if fact:
            raise FairwitnessError(
                f"A {word} tally has no public view yet: small groups in it cannot be merged. Ask for the internal one "
                "(--view internal), and keep its folder where only those may read it who may read the data."
            )
    d = hiding(tally, plan)
    if not d.shown:
        return None
    labelled = tally.axis("label") is not None and all(d.strict[name] == d.merged[name] for name in d.shown)
    base = next(measured(tally))
    # Beside the outcomes by single attributes, a cross without them would pin down outcomes of its combinations.
    alone = len(d.shown) == 1 or labelled or tally.axis("label") is None
    crossed = tally.axis("table") is None and alone and (len(d.shown) == 1 or all_large([base], d.shown, d.merged))
    made = (_merged if crossed else _tables)(base, d.shown, d.merged, labelled=labelled)
    plan_for, fallen_back = _plan_for(made, plan, labelled=labelled)
    notes = [*_of_groups(d), *_of_the_rest(tally, plan, made, labelled=labelled), *fallen_back]
    kept = [warning for warning in tally.warnings if not _counts_people(warning)]
    made = replace(
        made,
        repeats=max(tally.repeats, SMALL) if tally.repeats else 0,
        sources=_sources(tally, made.decisions),
        warnings=tuple(dict.fromkeys([*kept, *notes])),
    )
    return Coarsened(made, plan_for)


def _merged(tally: Tally, by: By, merged: Levels, *, labelled: bool) -> Tally:
    """Return the tally of the named attributes with their small levels merged, without what was set aside."""
    decision, label = decision_of(tally), tally.axis("label") if labelled else None
    kept = [decision, *([label] if label else [])]
    cells: dict[Key, Count] = {}
    for key, c in tally.margin(*by, *(a.name for a in kept)).cells.items():
        decided = key[len(by)]
        if not c.n or str(decided).startswith(SET_ASIDE) or (decided is None and c.n < SMALL):
            continue
        levels = (as_seen(level, merged[name]) for name, level in zip(by, key, strict=False))
        part = (*levels, *key[len(by) :])
        cells[part] = cells.get(part, NOTHING) + c
    axes = [*(Axis(name, "protected") for name in by), *kept]
    return Tally.of(axes, cells, measure=tally.measure)


def _tables(base: Tally, shown: By, merged: Levels, *, labelled: bool) -> Tally:
    """Return a table of counts with one table for each attribute."""
    parts = {name: _merged(table_of(base, name), (name,), merged, labelled=labelled) for name in shown}
    kept = parts[shown[0]].axes[1:]
    table, group = base.axis("table"), base.axis("protected")
    names = (table.name, group.name) if table and group else ("attribute", "group")
    while {*names} & {a.name for a in kept}:
        names = (f"({names[0]})", f"({names[1]})")
    axes = [Axis(names[0], "table"), Axis(names[1], "protected"), *kept]
    cells = {(name, *key): c for name, part in parts.items() for key, c in part.cells.items()}
    return Tally.of(axes, cells, measure=base.measure)


def _sources(tally: Tally, shown: int) -> tuple[Source, ...]:
    """Return the sources without a small number of rows, given or left over."""
    sources = tally.sources
    if not sources:
        return ()
    if len(sources) > 1 and (any(s.rows < SMALL for s in sources) or 0 < tally.rows - shown < SMALL):
        sources = (replace(sources[0], name=f"{len(sources)} sources", sha256=None, rows=tally.rows),)
    if 0 < tally.rows - shown < SMALL:
        sources = (replace(sources[0], rows=shown),)
    return sources


def _plan_for(made: Tally, plan: AuditPlan, *, labelled: bool) -> tuple[AuditPlan, list[str]]:
    """Return the plan without what the coarser tally cannot answer, and what to say of it."""
    names = made.attributes
    changes: dict[str, object] = {"decides": "pooled", "top_k": None, "search_subgroups": False}
    if not isinstance(plan.intersect, str):
        left = () if made.axis("table") else tuple(by for by in plan.intersect if {*by} <= {*names})
        changes["intersect"] = left or "none"
    if not labelled:
        changes["label_scope"] = None
    plan = plan.model_copy(update=changes)
    if plan.reference in RULES:
        return plan, []
    found = [
        g.status
        for by in [*((name,) for name in names), *intersections(made, plan)]
        for g in count_groups(made, by, exclude_under=plan.exclude_under, min_n=plan.min_n).groups
        if names_group(plan.reference, g.group)
    ]
    if found and all(status == "ok" for status in found):
        return plan, []
    note = f"{NOTE}the reference {quoted(plan.reference)} cannot be shown by itself; the highest rate is the reference."
    return plan.model_copy(update={"reference": "highest"}), [note]


def _of_groups(d: Hiding) -> list[str]:
    """Return in words which groups were merged and which tables left out."""
    notes = []
    for name in d.levels:
        known = [level for level in d.levels[name] if level in d.merged[name]]
        if name not in d.shown:
            notes.append(f"{NOTE}{quoted(name)}: too few decisions to show any group, so this table is left out.")
        elif d.merged[name]:
            also = " and people whose group is not disclosed" if None in d.merged[name] else ""
            notes.append(
                f"{NOTE}{quoted(name)}: {listed(known)}{also} are counted as one group, because among some of them "
                "fewer than ten were selected or fewer than ten were not, and the others hide how many."
            )
        if not d.borne[name] >= {*d.levels[name]}:
            notes.append(f"{NOTE}{quoted(name)}: labels without a counted decision are left out.")
    return notes


def _of_the_rest(tally: Tally, plan: AuditPlan, made: Tally, *, labelled: bool) -> list[str]:
    """Return in words what else the coarser tally does not have."""
    decision, label, score = decision_of(tally), tally.axis("label"), tally.axis("score")
    notes = []
    if made.axis("table") and intersections(tally, plan):
        notes.append("intersections are left out, because some combinations stand for fewer than ten decisions.")
    if label and not labelled:
        notes.append(f"the outcome {quoted(label.name)} is left out: some groups have fewer than ten of a kind.")
    place = tally.axes.index(decision)
    if any(key[place] is None and 0 < c.n < SMALL for key, c in tally.cells.items()):
        notes.append("the few people whose group and decision are not told are left out.")
    if any(str(key[place]).startswith(SET_ASIDE) for key in tally.cells):
        notes.append("what was set aside is left out.")
    if score and made.measure == "scoring_rate":
        notes.append(f"of the scores {quoted(score.name)} only who lies beyond the median is told.")
    elif score:
        notes.append(f"the scores {quoted(score.name)} are left out; the decisions are told.")
    if 0 < tally.repeats < SMALL:
        notes.append("the rows that repeat a unit are fewer than ten, and given as ten.")
    if 0 < tally.rows - made.decisions < SMALL:
        notes.append("the rows that are not counted are fewer than ten; the rows read are given without them.")
    if any(_counts_people(warning) for warning in tally.warnings):
        notes.append("what was noticed while counting is left out where it gives a number.")
    return [NOTE + note for note in notes]


def _counts_people(warning: str) -> bool:
    return not warning.startswith(NOTE) and any(c.isdigit() for c in warning)

"""Pairs: two releases' decisions on the same people, counted as one tally with an axis for the earlier decision.

A unit that stands in one release only, or was set aside by either, is not dropped: it is counted as set aside, with
the reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from fairwitness.audit.comparing.agreement import disagreements
from fairwitness.audit.comparing.matching import matched, replaced
from fairwitness.audit.counting.count import tally
from fairwitness.audit.counting.roles import Decisions, Roles
from fairwitness.audit.counting.vocabulary import decision_meanings
from fairwitness.audit.errors import FairwitnessError, listed, printable
from fairwitness.audit.loaders.engine import lazy
from fairwitness.audit.loaders.table import Loaded
from fairwitness.audit.tally import NOT_SELECTED, NOTHING, SELECTED, SET_ASIDE, Axis, Source, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from fairwitness.audit.tally import Count, Key

NOT_IN_OLD = "not in the last release"
NOT_IN_NEW = "not in this release"


def paired(base: Decisions, new: Decisions) -> Tally:
    """Count two releases' decisions on the same people.

    Attributes, their bins and true outcomes are those of the new release; those of the base only stand for people
    whom the new release does not have, and are compared where it does.  Each release's decision values have the
    meaning that its own roles give them.

    Parameters
    ----------
    base, new : Decisions
        Both with a decision and with ``unit`` columns, matched in order; on any engines.

    Returns
    -------
    Tally
        With an axis of the role ``earlier`` beside the decision.

    Raises
    ------
    FairwitnessError
        Without unit or decision; repeats of a unit; more than half of the people bear other labels in the base, so
        that they can hardly be the same people.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from fairwitness.audit.counting.roles import load
    >>> v1 = pa.table({"id": [1, 2, 3], "sex": ["F", "M", "F"], "hired": [0, 1, 1]})
    >>> v2 = pa.table({"id": [3, 2, 1], "sex": ["F", "M", "F"], "hired": [1, 1, 1]})
    >>> made = paired(*(load(v, protected="sex", decision="hired", unit="id") for v in (v1, v2)))
    >>> {key: count.n for key, count in made.cells.items()}
    {('F', 'not_selected', 'selected'): 1, ('F', 'selected', 'selected'): 1, ('M', 'selected', 'selected'): 1}
    """
    _refuse_unmatchable(base, new)
    rows, warnings = matched(base, new)
    both = _both(rows)
    if both.num_rows == 0:
        raise FairwitnessError(
            f"No unit stands in both {printable(base.loaded.name)} and {printable(new.loaded.name)}. "
            f"Check the columns named with --unit: {listed(base.roles.unit)} and {listed(new.roles.unit)}."
        )
    made = tally(_as_decisions(rows, base, new))
    others = disagreements(both, base, new)
    return replace(
        with_earlier(made, _earlier_name(new.roles), None),
        sources=(_source(base), _source(new)),
        warnings=(*warnings, *others, *made.warnings),
    )


def with_earlier(counted: Tally, name: str, meanings: Mapping[str | None, str] | None) -> Tally:
    """Return a tally in which one of the attributes is the decision of an earlier release.

    Parameters
    ----------
    counted : Tally
        Counted with the column of the earlier decision among the protected attributes.
    name : str
        That column.
    meanings : mapping of str or None to str, or None
        What its values mean; None where they are meanings already.
    """
    at = [a.name for a in counted.axes].index(name)
    cells: dict[Key, Count] = {}
    for key, count in counted.cells.items():
        level = key[at] if meanings is None else meanings[None if key[at] is None else str(key[at])]
        changed = (*key[:at], level, *key[at + 1 :])
        cells[changed] = cells.get(changed, NOTHING) + count
    axes = [Axis(name, "earlier") if i == at else axis for i, axis in enumerate(counted.axes)]
    return Tally.of(
        axes, cells, measure=counted.measure, repeats=counted.repeats, sources=counted.sources,
        warnings=counted.warnings,
    )  # fmt: skip


def paired_columns(decisions: Decisions, earlier: str) -> Tally:
    """Count two releases' decisions that stand side by side in one source.

    Parameters
    ----------
    decisions : Decisions
        Loaded with the column of the earlier decision among the protected attributes; its values mean what those
        of the decision mean.
    earlier : str
        That column.

    Raises
    ------
    FairwitnessError
        A value of the earlier decision whose meaning is not known.
    """
    roles, counted = decisions.roles, tally(decisions)
    seen: Counter[str | None] = Counter()
    for (level,), count in counted.margin(earlier).cells.items():
        seen[None if level is None else str(level)] += count.n
    meanings, warnings = decision_meanings(
        seen, earlier, favorable=roles.favorable, unfavorable=roles.unfavorable, set_aside=roles.set_aside
    )
    made = with_earlier(counted, earlier, meanings)
    return replace(made, warnings=(*made.warnings, *warnings))


def matched_in_words(both: Tally) -> str:
    """Return how many people both releases decided on, and why others are set aside.

    Parameters
    ----------
    both : Tally
        With an axis of the role ``earlier``.

    Examples
    --------
    >>> axes = [Axis("sex", "protected"), Axis("v1", "earlier"), Axis("v2", "decision")]
    >>> print(matched_in_words(Tally.of(axes, {("F", "selected", "selected"): 40,
    ...     ("F", "set_aside:not in the last release", "selected"): 2, ("F", "selected", "set_aside:withdrew"): 1})))
    40 people were decided on in both releases; set aside: 2 not in the last release, 1 withdrew (this release).
    """
    roles = [axis.role for axis in both.axes]
    decided, aside = 0, Counter[str]()
    for key, count in both.cells.items():
        levels = ((str(key[roles.index("earlier")]), "last"), (str(key[roles.index("decision")]), "this"))
        why = [(level.removeprefix(SET_ASIDE), when) for level, when in levels if level.startswith(SET_ASIDE)]
        if not why:
            decided += count.n
        else:
            told = [word if word in (NOT_IN_OLD, NOT_IN_NEW) else f"{word} ({when} release)" for word, when in why]
            aside[" and ".join(told)] += count.n
    rest = ", ".join(f"{n:,} {printable(why)}" for why, n in sorted(aside.items()))
    return f"{decided:,} people were decided on in both releases" + (f"; set aside: {rest}." if rest else ".")


def _refuse_unmatchable(base: Decisions, new: Decisions) -> None:
    for release in (base, new):
        where, roles = printable(release.loaded.name), release.roles
        if not roles.unit:
            raise FairwitnessError(f"{where}: people are matched by a unit. Name its column(s) in both (--unit).")
        if roles.decision is None:
            raise FairwitnessError(
                f"{where}: a paired comparison needs a decision (--decision); scores have no meaning that holds for "
                "each person. Leave --unit out to compare scoring rates as independent samples."
            )
        if roles.weight is not None:
            raise FairwitnessError(f"{where}: a paired comparison counts people, not weights. Leave the weight out.")
    if len(base.roles.unit) != len(new.roles.unit):
        raise FairwitnessError(
            f"The unit has {len(base.roles.unit)} columns in {printable(base.loaded.name)} and {len(new.roles.unit)} "
            f"in {printable(new.loaded.name)}: people cannot be matched. Name the same with --unit."
        )


def _both(rows: pa.Table) -> pa.Table:
    import pyarrow.compute as pc

    return rows.filter(pc.and_(rows["is_new"], rows["is_old"]))


def _as_decisions(rows: pa.Table, base: Decisions, new: Decisions) -> Decisions:
    """Return the matched rows as decisions of the new release, with the earlier decision as one attribute more."""
    import pyarrow as pa
    import pyarrow.compute as pc

    roles = new.roles
    decided = _meaning(rows, new.roles, "decision", "is_new", NOT_IN_NEW)
    earlier = _meaning(rows, base.roles, "old_decision", "is_old", NOT_IN_OLD)
    attributes = [pc.if_else(rows["is_new"], rows[f"a{i}"], rows[f"old_a{i}"]) for i in range(len(roles.protected))]
    found = decided.unique().to_pylist()
    own = replace(
        roles,
        protected=(*roles.protected, _earlier_name(roles)),
        favorable=tuple(m for m in found if m == SELECTED),
        unfavorable=tuple(m for m in found if m == NOT_SELECTED),
        set_aside={m: m.removeprefix(SET_ASIDE) for m in found if m.startswith(SET_ASIDE)},
        score=None,
        score_edges=None,
        unit=(),
        duplicates="refuse",
    )
    columns = [*attributes, earlier, decided, *([rows["label"]] if roles.label else [])]
    frame = lazy(pa.table({f"c{i}": column for i, column in enumerate(columns)}))
    loaded = Loaded(frame, new.loaded.name, None, rows.num_rows, len(columns), new.loaded.declared)
    return Decisions(own, loaded)


def _meaning(rows: pa.Table, roles: Roles, column: str, there: str, elsewhere: str) -> pa.ChunkedArray:
    """Return what a release decided on each unit, in the words of a tally."""
    import pyarrow.compute as pc

    own = rows.filter(rows[there])[column]
    seen = Counter({entry["values"]: entry["counts"] for entry in own.value_counts().to_pylist()})
    meanings, _ = decision_meanings(
        seen, str(roles.decision), favorable=roles.favorable, unfavorable=roles.unfavorable, set_aside=roles.set_aside
    )
    return pc.if_else(rows[there], replaced(rows[column], meanings), SET_ASIDE + elsewhere)


def _earlier_name(roles: Roles) -> str:
    """Return what to call the axis of the earlier decision: a name that no column has."""
    name = f"{roles.decision} in the last release"
    while name in roles.columns:
        name = f"({name})"
    return name


def _source(release: Decisions) -> Source:
    loaded = release.loaded
    return Source(loaded.name, loaded.sha256, loaded.rows, release.roles.columns, loaded.columns_available)

"""Count decisions: from rows and their roles to a tally in which every value has its meaning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fairwitness.audit.clusters import refuse_unnamed
from fairwitness.audit.counting.binning import bin_labels
from fairwitness.audit.counting.cells import group, probe
from fairwitness.audit.counting.count_table import count_table
from fairwitness.audit.counting.meanings import with_meanings
from fairwitness.audit.counting.repeats import one_per_unit
from fairwitness.audit.counting.score_scale import score_scale
from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.engine import UnreadableError
from fairwitness.audit.loaders.labels import MOST_LEVELS, look_alikes
from fairwitness.audit.tally import (
    NOT_SELECTED,
    NOTHING,
    POSITIVE,
    SELECTED,
    SET_ASIDE,
    Axis,
    Count,
    Key,
    Source,
    Tally,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairwitness.audit.counting.roles import Decisions, Roles
    from fairwitness.audit.counting.score_scale import ScoreScale

MOST_GROUPS = 10_000  # observed combinations of protected attributes


def tally(decisions: Decisions | Tally) -> Tally:
    """Count decisions.

    Parameters
    ----------
    decisions : Decisions or Tally
        A Tally is returned as it is.

    Returns
    -------
    Tally
        The same, digest for digest, on every engine and in every order of rows.

    Raises
    ------
    FairwitnessError
        A value whose meaning is not known, an attribute with too many levels, a count, weight or score at fault, or
        repeats of a unit that disagree.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from fairwitness.audit.counting.roles import load
    >>> people = pa.table({"sex": ["F", "M", "F", None], "hired": [0, 1, 1, 0]})
    >>> {key: count.n for key, count in tally(load(people, protected="sex", decision="hired")).cells.items()}
    {(None, 'not_selected'): 1, ('F', 'not_selected'): 1, ('F', 'selected'): 1, ('M', 'selected'): 1}
    """
    if isinstance(decisions, Tally):
        return decisions
    loaded = decisions.loaded
    where = printable(loaded.name)
    columns = decisions.roles.columns if loaded.columns_read is None else loaded.columns_read
    source = Source(loaded.name, loaded.sha256, loaded.rows, columns, loaded.columns_available)
    try:
        return _counted(decisions, source, where)
    except UnreadableError as error:
        raise FairwitnessError(f"{where}: {error}") from None


def _counted(decisions: Decisions, source: Source, where: str) -> Tally:
    roles, loaded = decisions.roles, decisions.loaded
    if roles.applicants is not None:
        made = count_table(decisions, source)
        _refuse_groups(made, where)
        return replace(made, warnings=tuple(_look_alikes(made)))
    probe(loaded.frame, roles, where)
    kept = one_per_unit(decisions)
    scale = score_scale(kept.frame, roles, where) if roles.score else None
    cells = group(kept.frame, roles, scale, where)
    if roles.cluster:
        refuse_unnamed(cells.counts, -1, roles.cluster, where)
    removed: Mapping[Key, Count] = {}
    if kept.removed:
        removed = _without(group(loaded.frame, roles, scale, where).counts, cells.counts)
    if cells.rows + kept.removed != loaded.rows or sum(c.n for c in removed.values()) != kept.removed:
        raise AssertionError(f"{loaded.rows} rows came in, and not as many were counted or set aside")
    counts, warnings = with_meanings(cells.counts, removed, roles)
    made = Tally.of(
        _axes(roles, loaded.declared, scale),
        counts,
        weighted=roles.weight is not None,
        repeats=kept.repeats,
        sources=(source,),
    )
    _refuse_groups(made, where)
    warnings += _look_alikes(made)
    warnings += [
        f"{quoted(name)}: some values are fractional; the bins' labels name the whole numbers in them."
        for name in cells.fractional
    ]
    return replace(made, warnings=(*kept.warnings, *warnings, *_agreements(made)))


def _look_alikes(made: Tally) -> list[str]:
    return [warning for axis in made.axes for warning in look_alikes(axis.name, axis.levels)]


def _without(whole: Mapping[Key, Count], part: Mapping[Key, Count]) -> dict[Key, Count]:
    """Return what is in the whole and not in the part."""
    left = {
        key: Count(*(a - b for a, b in zip(count, part.get(key, NOTHING), strict=True))) for key, count in whole.items()
    }
    return {key: count for key, count in left.items() if count.n}


def _axes(roles: Roles, declared: Mapping[str, tuple[str, ...]], scale: ScoreScale | None) -> list[Axis]:
    axes = []
    for name in roles.protected:
        levels = bin_labels(roles.bins[name]) if name in roles.bins else declared.get(name, ())
        axes.append(Axis(name, "protected", tuple(level for level in levels if level not in roles.unknown)))
    axes.append(Axis(roles.decision or ("decision" if "decision" not in roles.columns else "(decision)"), "decision"))
    if roles.label:
        axes.append(Axis(roles.label, "label"))
    if roles.score and scale:
        axes.append(Axis(roles.score, "score", edges=scale.edges, median=scale.median, order=roles.score_order))
    axes += [Axis(name, role) for role, name in roles.circumstances]
    return axes


def _refuse_groups(made: Tally, where: str) -> None:
    """Refuse more levels or groups than can be told apart in a report."""
    for axis in made.axes:
        most = MOST_GROUPS if made.axis("table") and axis.role == "protected" else MOST_LEVELS
        if len(axis.levels) > most:
            raise FairwitnessError(
                f"{where}, column {quoted(axis.name)}: {len(axis.levels):,} levels are borne or declared, "
                f"more than {most:,}. Name another column, or declare fewer categories."
            )
    protected = [axis.name for axis in made.axes if axis.role == "protected"]
    groups = {key[: len(protected)] for key in made.cells}
    if len(groups) > MOST_GROUPS:
        raise FairwitnessError(
            f"{where}: {listed(protected)} together make {len(groups):,} groups, more than {MOST_GROUPS:,}. "
            "Name fewer attributes."
        )


def _agreements(made: Tally) -> list[str]:
    """Warn of a true outcome that is the decision or the score under another name."""
    label = made.axis("label")
    if label is None:
        return []
    decision, score = made.axis("decision"), made.axis("score")
    outcome = made.axes.index(label)
    found = []
    for axis, yes, no in ((decision, SELECTED, NOT_SELECTED), (score, 1.0, 0.0)):
        if axis is None or axis.edges:
            continue
        place = made.axes.index(axis)
        pairs = {(key[place], key[outcome] == POSITIVE) for key in made.cells if key[outcome] is not None}
        pairs = {pair for pair in pairs if pair[0] is not None and not str(pair[0]).startswith(SET_ASIDE)}
        if pairs == {(yes, True), (no, False)}:
            found.append(
                f"The label {quoted(label.name)} agrees with the {axis.role} {quoted(axis.name)} in every "
                "row: is it the true outcome?"
            )
    return found

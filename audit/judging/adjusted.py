"""Logistic regression with controls: what the group still tells of the decision once named columns are known.

It is made only where controls were named; it decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.judging.pairs import estimate
from fairwitness.audit.numerals import whole
from fairwitness.audit.tally import NOT_SELECTED, SELECTED
from fairwitness.metrics.logistic import AdjustedEffect, adjusted_effect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.judging.comparisons import Comparison
    from fairwitness.audit.judging.group_counts import Group, GroupCounts, Reference
    from fairwitness.audit.tally import Tally

TAINTED = (
    "A control that was itself decided under the same influence (a rating, a rank, a score, where somebody was placed) "
    "takes away what it carries of a difference. Controls must be settled before the decision and free of what is "
    "audited; read these figures beside those without controls, not instead of them."
)
BECAUSE = {
    "separated": "a combination of the controls and the group tells some decisions with certainty",
    "told_by_controls": "the controls tell the group",
    "too_many_levels": "the controls have too many levels for a regression: compare within strata instead",
    "too_few_clusters": "all decisions are in one cluster",
    "no_variation": "nobody, or everybody, was selected wherever both groups are",
}
FEW_EACH = 10  # for each coefficient: Peduzzi et al., J Clin Epidemiol 49 (1996), doi:10.1016/S0895-4356(96)00236-3
FEW_CLUSTERS = 20


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A table with controls.

    Attributes
    ----------
    controls : tuple of str
        The stratum among them, where there is one.
    clustered_by : str or None
        The column whose decisions belong together in the standard errors.
    not_stated : int
        Decisions on compared groups for which a control is not stated: in no figure here.
    level : float
    effects : dict of Group to AdjustedEffect
    """

    controls: tuple[str, ...]
    clustered_by: str | None
    not_stated: int
    level: float
    effects: dict[Group, AdjustedEffect]


def adjust(
    tally: Tally, counts: GroupCounts, reference: Reference, compared: dict[Group, Comparison], level: float
) -> Adjusted | None:
    """Return a table with controls, or None where none were named, nobody is compared, or decisions have weights.

    Parameters
    ----------
    tally : Tally
    counts, reference, compared
        Of the table.
    level : float
        Confidence level.
    """
    named = [a.name for a in tally.axes if a.role == "control"]
    decision, stratum, cluster = tally.axis("decision"), tally.axis("stratum"), tally.axis("cluster")
    if not named or not compared or decision is None or tally.weighted or tally.axis("table"):
        return None
    controls = [*([stratum.name] if stratum else []), *named]
    together = cluster or stratum
    names = [*counts.by, *controls, *([cluster.name] if cluster else []), decision.name]
    place = {g.group: i for i, g in enumerate(counts.included)}
    width, not_stated = len(counts.by), 0
    cells: dict[tuple[Any, ...], list[int]] = {}
    for key, count in tally.margin(*names).cells.items():
        group = tuple(map(str, key[:width]))
        if group not in place or None in key[:width] or key[-1] not in (SELECTED, NOT_SELECTED):
            continue
        if None in key[width:-1]:
            not_stated += count.n
            continue
        cell = cells.setdefault((place[group], *key[width:-1]), [0, 0])
        cell[0] += count.n if key[-1] == SELECTED else 0
        cell[1] += count.n
    if not cells:
        return None
    columns = [_numbered(column) for column in zip(*cells, strict=True)]
    group_of = np.array([key[0] for key in cells], np.int64)
    x, n = np.array(list(cells.values()), np.int64).reshape(-1, 2).T
    clusters = columns[-1] if cluster else columns[1] if stratum else None
    best = place[reference_used(counts, reference).group] if reference.groups else None
    effects = {}
    for group in compared:
        at = place[group]
        kept = np.isin(group_of, [at, best]) if best is not None else np.ones(group_of.size, bool)
        levels = [column[kept] for column in columns[1 : len(controls) + 1]]
        apart = None if clusters is None else clusters[kept]
        effects[group] = adjusted_effect(x[kept], n[kept], group_of[kept] == at, levels, level, apart)
    return Adjusted(tuple(controls), together.name if together else None, not_stated, level, effects)


def _numbered(column: tuple[Any, ...]) -> NDArray[np.int64]:
    """Return labels as numbers from 0."""
    known = {label: i for i, label in enumerate(sorted(set(column), key=str))}
    return np.array([known[label] for label in column], np.int64)


def adjusted_json(made: Adjusted) -> dict[str, Any]:
    """Return a table with controls as audit.json has it."""
    return {
        "controls": list(made.controls),
        "clustered_by": made.clustered_by,
        "not_stated": made.not_stated,
        "caution": TAINTED,
        "groups": [
            {
                "group": list(group),
                "odds_ratio": _estimate(made, e, (e.odds_ratio, e.low, e.high)),
                "average_marginal_effect": _estimate(made, e, (e.effect, e.effect_low, e.effect_high)),
                "beta": _number(e.beta),
                "se": _number(e.se),
                "model_se": _number(e.model_se),
                "p": _number(e.p),
                "n": e.n,
                "left_out": e.left_out,
                "clusters": e.clusters or None,
                "because": because(e),
            }
            for group, e in made.effects.items()
        ],
    }


def because(e: AdjustedEffect) -> str | None:
    """Return why there are no figures, or what a reader must know of them."""
    if e.status != "ok":
        return f"Could not be evaluated: {BECAUSE[e.status]}."
    said = []
    if e.left_out:
        said.append(f"{whole(e.left_out)} decisions are in levels of a control where nobody or everybody was selected.")
    if e.smallest < FEW_EACH:
        said.append(f"There are {e.smallest:.1f} selected, or not selected, for each coefficient: few.")
    if 0 < e.clusters < FEW_CLUSTERS:
        said.append(f"Standard errors by {e.clusters} clusters are rough.")
    return " ".join(said) or None


def _estimate(made: Adjusted, e: AdjustedEffect, figures: tuple[float, float, float]) -> dict[str, Any]:
    method = "logistic_clustered" if e.clusters else "logistic"
    return estimate(*figures, made.level, method, "undefined", e.n).to_json()


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None

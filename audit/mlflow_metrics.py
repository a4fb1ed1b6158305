"""Which figures of an audit become metrics of MLflow, and under which names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fairwitness.audit.judging.policy import Verdict
    from fairwitness.audit.result import AuditResult
    from fairwitness.metrics.estimate import Estimate

SPOKEN = str.maketrans({"<": "under ", "+": " or more", "\N{EN DASH}": "-"})  # as in bins: <25, 25–39, 40+
LONGEST_PART = 60  # five parts of a name and what stands between them stay under MLflow's 250 characters
MOST_NAMED = 15  # undefined figures in a tag, which takes 5,000 characters or more
VERDICTS: tuple[Verdict, ...] = ("beyond", "within", "inconclusive", "not_evaluable")


class Place(NamedTuple):
    """Which figure of an audit a metric is."""

    by: tuple[str, ...]
    measure: str
    figure: str
    group: tuple[str, ...]


def metrics_and_tags(result: AuditResult, prefix: str) -> tuple[dict[str, float], dict[str, str]]:
    """Return what is logged of an audit's figures: those that are defined by name, and which are not, as a tag."""
    found = figures(result)
    ends = {
        place._replace(figure=f"{place.figure}{end}"): value
        for place, e in found.items()
        for end, value in (("", e.value), ("_low", e.low), ("_high", e.high))
    }
    named = names(ends, prefix)
    metrics = {named[place]: float(value) for place, value in ends.items() if value is not None}
    verdicts = Counter(f.verdict for f in result.findings)
    counts = {name: verdicts[name] for name in VERDICTS} | {"attention": sum(f.attention for f in result.findings)}
    metrics |= {f"{prefix}/findings/verdict/{name}": float(n) for name, n in counts.items()}
    undefined = [f"{named[place]} ({e.status})" for place, e in found.items() if e.value is None]
    more = f" and {len(undefined) - MOST_NAMED} more" if len(undefined) > MOST_NAMED else ""
    return metrics, {f"{prefix}/undefined": ", ".join(undefined[:MOST_NAMED]) + more} if undefined else {}


def figures(result: AuditResult) -> dict[Place, Estimate]:
    """Return the figures of an audit that are logged.

    They are each group's rate and impact ratio, and every figure that a policy looks at, of the decision and not of
    the stages before it; the group of a figure of
    the whole table is empty.
    """
    found = {
        Place(table.by, table.measure, name, row.group): row.estimates[name]
        for table in result.tables
        if table.stage is None
        for row in table.rows
        for name in (table.measure, "impact_ratio")
    }
    tables = {(table.by, str(table.measure)): table for table in result.tables if table.stage is None}
    for f in result.findings:
        if f.stage is not None:
            continue
        table = tables[f.by, f.measure]
        rows = {row.group: row.estimates for row in table.rows}
        estimate = rows[f.group][f.metric] if f.group else table.disparities[f.metric].estimate
        found[Place(f.by, table.measure, f.metric, f.group)] = estimate
    return found


def names(places: Iterable[Place], prefix: str) -> dict[Place, str]:
    """Return a name for each figure that MLflow takes, no two the same, also where case and accents do not count.

    Examples
    --------
    >>> bins = [Place(("age",), "selection_rate", "impact_ratio", (label,)) for label in ("<25", "25–39", "40+")]
    >>> list(names(bins, "audit").values())
    ['audit/age/impact_ratio/under 25', 'audit/age/impact_ratio/25-39', 'audit/age/impact_ratio/40 or more']
    """
    plain = {place: f"{prefix}/{_name(place)}" for place in places}
    taken = Counter(map(_folded, plain.values()))
    # A part more, not a longer one: all plain names have the same number of parts, so none can be met by chance.
    return {place: name if taken[_folded(name)] == 1 else f"{name}/{_digest(place)}" for place, name in plain.items()}


def _digest(place: Place) -> str:
    """Return what tells a group from others: the same for all its figures."""
    return sha256(repr((place.by, place.measure, place.group)).encode()).hexdigest()[:8]


def _name(place: Place) -> str:
    table = " x ".join(place.by) + ("" if place.measure == "selection_rate" else f" {place.measure}")
    return "/".join(map(safe, (table, place.figure, " x ".join(place.group) or "all groups")))


def _folded(name: str) -> str:
    """Return a name as a store may compare it: a file system or a database may know neither case nor accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


def safe(label: str) -> str:
    """Return a label as one part of a name in MLflow, on every system: ``/`` parts names, and Windows has no ``:``.

    Examples
    --------
    >>> safe("Black or African American"), safe("<40"), safe("n/a"), safe("中文")
    ('Black or African American', 'under 40', 'n_a', '中文')
    """
    text = re.sub(r"[^\w.\- ]", "_", unicodedata.normalize("NFC", label.translate(SPOKEN)))
    return text[:LONGEST_PART].strip(". ") or "_"  # a part of dots only would be another folder

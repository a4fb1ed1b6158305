"""The figures of an answer as they are printed: value, interval, the counts they come from, and a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.judging.group_counts import counts_of
from fairwitness.audit.judging.sentences import REASONS, name_of
from fairwitness.audit.numerals import figure, ratio, scale_of, whole
from fairwitness.metrics.rates import RATES, parts
from fairwitness.metrics.table import metric

if TYPE_CHECKING:
    from fairwitness.audit.judging.finding import Finding
    from fairwitness.audit.judging.group_table import GroupRow, GroupTable
    from fairwitness.audit.judging.policy import Policy
    from fairwitness.audit.plan import AuditPlan

PLAIN = {"overall": "everybody", "rest": "everybody else"}


def figure_and_interval(finding: Finding, policy: Policy) -> tuple[str, str]:
    """Return a figure with its interval, with as many digits as its side of the line takes; empty where none is."""
    if finding.estimate is None:
        return "", ""
    scale, line = scale_of(policy.metric), policy.threshold
    unit = " points" if scale == "difference" else ""
    shown = figure(finding.estimate, scale, line) + unit
    if finding.low is None and finding.high is None:
        return shown, ""
    low, high = (end if end is None else figure(end, scale, line) for end in (finding.low, finding.high))
    return shown, f"[{low or 'no limit'}, {high or 'no limit'}]"


def compared_counts(table: GroupTable, row: GroupRow) -> str:
    """Return the counts of a group and of what it is compared with: ``176/530 vs White 997/1,636``."""
    own = f"{whole(row.count.selected)}/{whole(row.count.n)}"
    c = row.comparison
    if c is None:
        return own
    x, n = c.reference_selected, c.reference_n
    if table.reference.rule == "overall":  # the figure is against all, the comparison against the rest
        x, n = x + c.selected, n + c.n
    return f"{own} vs {reference_name(table)} {whole(x)}/{whole(n)}"


def whole_counts(table: GroupTable, name: str) -> str:
    """Return the lowest and the highest of the rates that a figure of a whole table compares, as counts."""
    row = metric(name)
    groups = list(table.counts.included)
    if row is None or len(row.rates) != 1 or len(groups) < 2:
        return ""
    x, n = parts(counts_of(groups), RATES[row.rates[0]])
    known = [(int(a) / int(b), name_of(g.group), int(a), int(b)) for g, a, b in zip(groups, x, n, strict=True) if b]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    return " to ".join(f"{group} {whole(a)}/{whole(b)}" for _, group, a, b in (low, high))


def reference_name(table: GroupTable) -> str:
    """Return what the groups of a table are compared with; of tied groups the one that is computed with."""
    if table.reference.rule in PLAIN:
        return PLAIN[table.reference.rule]
    return name_of(reference_used(table.counts, table.reference).group)


def note_on(finding: Finding, table: GroupTable, row: GroupRow | None, plan: AuditPlan) -> str:
    """Return what must be said of a figure that is not a clean ``within``: why, how many people, what would settle."""
    if finding.verdict == "not_evaluable":
        reason = REASONS[finding.status]
        number = f" ({plan.min_n})" if finding.status == "below_min_n" else ""
        return f"{reason[0].upper()}{reason[1:]}{number}."
    said = [finding.because] if finding.attention else []
    comparison = row.comparison if row else None
    short = comparison.shortfall_vs_reference if comparison else None
    if finding.verdict == "beyond" and short and short > 0:
        people = "selections" if table.measure == "selection_rate" else "people above the median"
        said.append(f"{whole(short)} fewer {people} than at the rate of {reference_name(table)}.")
    if finding.verdict == "inconclusive":
        said += [finding.settle] if finding.settle else []
        if comparison and not finding.attention:
            said.append(_detectable(comparison.minimum_detectable_ratio))
    return " ".join(said)


def _detectable(smallest: float | None) -> str:
    if smallest is None:
        return "So few decisions would have shown no ratio, however small, four times out of five."
    return f"Data such as these show a ratio of {ratio(smallest)} or less four times out of five."

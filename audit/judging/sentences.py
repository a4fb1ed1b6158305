"""The plain sentences of findings: what the figure is, why this verdict, what would settle an inconclusive one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from fairwitness.audit.errors import printable
from fairwitness.audit.numerals import figure, p_value, percent, ratio, scale_of, whole
from fairwitness.audit.numerals import level as at_level

if TYPE_CHECKING:
    from fairwitness.audit.judging.comparisons import Comparison
    from fairwitness.audit.judging.disparities import Disparity
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupRow, GroupTable
    from fairwitness.audit.judging.policy import Evidence, Judgement, Policy
    from fairwitness.metrics.estimate import Estimate
    from fairwitness.metrics.table import Metric

VERDICTS = {
    "beyond": "beyond threshold",
    "within": "within threshold",
    "inconclusive": "inconclusive",
    "not_evaluable": "could not be evaluated",
    "attention": "attention",
    None: "no threshold",
}

DONE = {"selection_rate": "selected", "scoring_rate": "scored above the median"}

REASONS = {
    "undefined_no_selections": "nobody was selected where the figure needs it",
    "undefined_no_rejections": "nobody was rejected where the figure needs it",
    "undefined_empty_group": "the group has no decisions",
    "undefined_no_positives": "nobody in the group has a positive outcome",
    "undefined_no_negatives": "nobody in the group has a negative outcome",
    "undefined": "the figure is not defined for these rows",
    "below_min_n": "the group has fewer decisions than the plan's min_n",
    "single_group": "there is no second group to compare with",
    "excluded": "the group's share is under the plan's exclude_under",
    "suppressed": "the figure is withheld",
}

TESTS = {
    "pooled_z": "pooled z test",
    "mid_p": "mid-P exact test",
    "fisher_exact": "Fisher's exact test",
    "mean_difference_z": "z test of the mean difference",
    "cluster_robust_z": "cluster-robust z test",
    "design_based_z": "design-based z test",
    "cmh": "Cochran–Mantel–Haenszel test",
    "multiple_events_mid_p": "exact multiple-events test, mid-P",
    "clustered_cmh": "Cochran–Mantel–Haenszel test by cluster",
}


def name_of(group: Group) -> str:
    """Return a group's labels as one name."""
    return " · ".join(group)


def done(measure: str, stage: str | None) -> str:
    """Say what happened to those whom the table counts as selected."""
    return f"came through {printable(stage)}" if stage else DONE[measure]


def of_group(table: GroupTable, c: Comparison, m: Metric) -> str:
    """Return the figure of one group with the counts in it."""
    did, e, other = done(table.measure, table.stage), c.estimates[m.name], reference_of(table)
    x, n = c.reference_selected, c.reference_n
    if table.reference.rule == "overall":
        x, n = x + c.selected, n + c.n
    weighted = c.pair.focal[0].weights is not None
    rates = exact_rates(c, overall=table.reference.rule == "overall") if weighted else (None, None)
    counts = f"{_share(c.selected, c.n, rates[0])} against {_share(x, n, rates[1])}"
    if m.name == "impact_ratio" and e.value is not None:
        interval = f"; {at_level(e.level)} interval {_span(m.name, e.low, e.high)}" if e.method else ""
        return f"{name_of(c.group)}: {did} at {ratio(e.value)} times the rate of {other}, {counts}{interval}."
    return f"{name_of(c.group)}: {did} {counts}, compared with {other}; {figure_said(m, e)}."


def of_table(table: GroupTable, d: Disparity, m: Metric) -> str:
    """Return the figure of a whole table."""
    stage = f", {printable(table.stage)}" if table.stage else ""
    return f"By {' × '.join(table.by)}{stage}: {figure_said(m, d.estimate)}."


def not_compared(table: GroupTable, row: GroupRow, e: Estimate) -> str:
    """Return what is known of a group that is compared with nothing."""
    g = row.count
    counts = _share(g.selected, g.n, g.rate if g.weights else None)
    did = done(table.measure, table.stage)
    return f"{name_of(g.group)}: {did} {counts}; not compared, because {REASONS[e.status]}."


def undefined(e: Estimate) -> str:
    """Return why there is no figure."""
    return f"Could not be evaluated: {REASONS[e.status]}."


def because(
    policy: Policy,
    judged: Judgement,
    evidence: Evidence,
    e: Estimate,
    level: float,
    test: str | None,
    p: float | None,
    m: int,
) -> str:
    """Return why the rule of the policy gives this verdict."""
    parity = _parity(judged, test, p, m)
    if evidence.value is None:
        return f"{undefined(e)} {parity}"
    if policy.threshold is None or policy.rule is None:
        return f"{parity} The policy draws no line."
    line, over = policy.threshold, not str(judged.screen).startswith("not")
    side = "below" if policy.side == "at_least" else "above"
    one_sided = policy.rule == "screen_and_test"
    ends = (evidence.low_one_sided, evidence.high_one_sided) if one_sided else (evidence.low, evidence.high)
    interval = f"the {at_level(2 * level - 1 if one_sided else level)} interval, {_span(policy.metric, *ends, line)}"
    if policy.rule == "point":
        why = "; this rule looks at the estimate alone"
    elif judged.verdict == "beyond":
        why = "" if one_sided else f", and so is the whole of {interval}"
    elif judged.verdict == "within":
        why = f", and {interval}, does not reach it"
    elif one_sided and over:
        why = ", but the data do not tell it from parity"
    elif ends == (None, None):
        why = ", but there is no interval to show that it stays there"
    else:
        why = f", but {interval}, reaches over the line"
    estimate = _figure_of(policy.metric, float(evidence.value), line)
    size = "in size " if evidence.value < 0 else ""
    estimate = f"The estimate, {estimate}, is {size}{'' if over else 'not '}{side} {_line(policy)}"
    return f"{estimate}{why}. {parity}"


def settle(multiple: int | None, decisions: int, most: int) -> str:
    """Return how many decisions on a pair would settle the question if its rates stayed as they are."""
    if multiple is None:
        return f"Even {whole(most)} times as many decisions at the same rates would leave this open."
    needed = f"About {whole(multiple * decisions)} decisions on these two groups at the same rates"
    return f"{needed} would settle it, {whole(multiple)} times as many."


def figure_said(m: Metric, e: Estimate) -> str:
    """Return a measure's name with its value and interval, or why there is none."""
    title = m.name.replace("_", " ")
    if e.value is None:
        return f"{title} could not be evaluated, because {REASONS[e.status]}"
    shown = f"{title} {_figure_of(m.name, e.value)}"
    if e.low is None and e.high is None:
        return f"{shown}, without an interval"
    return f"{shown}, {at_level(e.level)} interval {_span(m.name, e.low, e.high)}"


def _figure_of(metric: str, value: float, line: Fraction | None = None) -> str:
    scale = scale_of(metric)
    return figure(value, scale, line) + (" points" if scale == "difference" else "")


def _span(metric: str, low: float | None, high: float | None, line: Fraction | None = None) -> str:
    """Return an interval in words; an end without limit is said to have none."""
    lower = "no lower limit" if low is None else figure(low, scale_of(metric), line)
    return f"{lower} and no upper limit" if high is None else f"{lower} to {_figure_of(metric, high, line)}"


def reference_of(table: GroupTable) -> str:
    """Name what the groups of a table are compared with."""
    named = {"overall": "everybody", "rest": "everybody else"}
    return named.get(table.reference.rule) or " and ".join(name_of(g) for g in table.reference.groups)


def _parity(judged: Judgement, test: str | None, p: float | None, m: int) -> str:
    if test is None or p is None:
        return "Parity was not tested."
    figure = p_value(p) if p_value(p).startswith("<") else f"= {p_value(p)}"
    adjusted = f", adjusted over {m} comparisons" if m > 1 else ""
    shown = "shown" if judged.difference == "shown" else "not shown"
    return f"A difference is {shown} ({TESTS[test]}, p {figure}{adjusted})."


def exact_rates(c: Comparison, *, overall: bool = False) -> tuple[Fraction, Fraction]:
    """Return the exact rates of a group and of what it is compared with; ``overall``: with all, itself included."""
    focal, reference = c.pair.rates
    return focal, c.pair.share * focal + (1 - c.pair.share) * reference if overall else reference


def _share(x: int, n: int, weighted: Fraction | None = None) -> str:
    if weighted is not None:
        return f"{whole(x)} of {whole(n)} ({percent(float(weighted))} weighted)"
    return f"{whole(x)} of {whole(n)} ({percent(x / n)})" if n else f"{whole(x)} of {whole(n)}"


def _line(policy: Policy) -> str:
    line = policy.threshold or Fraction(0)
    if scale_of(policy.metric) == "difference":
        return _figure_of(policy.metric, float(line))
    return str(line) if line.denominator < 100 else f"{float(line):g}"

"""The plain sentences of changes: the figures in both releases, why this verdict, what the data could have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.judging.sentences import REASONS, name_of
from fairwitness.audit.numerals import figure, number, p_value, percent, points, whole
from fairwitness.audit.numerals import level as at_level

if TYPE_CHECKING:
    from fairwitness.audit.comparing.change import Change, Figure
    from fairwitness.audit.comparing.question import Question
    from fairwitness.audit.judging.policy import Verdict

DONE = {
    "selection_rate": "selected",
    "scoring_rate": "scored above the median",
    "true_positive_rate": "selected of people with a positive outcome",
}

NOT_COMPARED = {
    "not_in_old": "the last release does not have the group",
    "not_in_new": "this release does not have the group",
    "merged_in_old": "the baseline holds it only merged with other groups of fewer than 10",
    "no_reference": "the named reference group cannot be compared in both releases",
}


def headline(c: Change, question: Question) -> str:
    """Return the figures of one group in both releases, with the counts in them.

    Without a change it says what is known of the group, and why it is not compared.
    """
    done = DONE[c.rate]
    if c.old is None or c.new is None or c.reference is None:
        known = [f"{_share(f)} {when}" for f, when in ((c.old, "then"), (c.new, "now")) if f is not None and f.n]
        counts = f"{done} {', '.join(known)}; " if known else ""
        return f"{name_of(c.group)}: {counts}not compared, because {_reason(c)}."
    counts = (
        f"{done} {_share(c.old)} then and {_share(c.new)} now, "
        f"{name_of(c.reference)} {_share(c.old, reference=True)} then and {_share(c.new, reference=True)} now"
    )
    if c.change is None:
        return f"{name_of(c.group)}: {counts}; not compared, because {_reason(c)}."
    title = c.metric.replace("_", " ")
    return (
        f"{name_of(c.group)}: {title} {_figure(c.old, c)} in the last release, {_figure(c.new, c)} in this one "
        f"({question.in_words(c.change)}; {at_level(c.level)} interval {_span(c.low, c.high, question)}); {counts}."
    )


def because(c: Change, question: Question, own: Verdict) -> str:
    """Return why the rule gives this verdict; ``own`` is that of the question as it was asked, not turned round."""
    if c.change is None:
        return f"Could not be evaluated: {_reason(c)}."
    over = c.change < float(question.threshold)
    one_sided = c.rule == "screen_and_test"
    ends = (c.low_one_sided, c.high_one_sided) if one_sided else (c.low, c.high)
    interval = f"the {at_level(2 * c.level - 1 if one_sided else c.level)} interval, {_span(*ends, question)}"
    if c.rule == "point":
        why = "; this rule looks at the change alone"
    elif own == "beyond":
        why = "" if one_sided else f", and so is the whole of {interval}"
    elif own == "within":
        why = f", and {interval}, does not reach it"
    elif one_sided and over:
        why = ", but the data do not tell it from no change"
    else:
        why = f", but {interval}, reaches over the line"
    side = "below" if over else "not below"
    line = f"{question.in_words(float(question.threshold))} (a margin of {question.margin_in_words})"
    change = f"The change, {question.in_words(c.change)}, is {side} the line of {line}{why}."
    return " ".join(part for part in (change, _no_change(c), _not_worse(c), _above(c), _turned(c, own)) if part)


def settle(c: Change, question: Question) -> str | None:
    """Return the smallest worsening that the data could have shown."""
    if c.change is None:
        return None
    if c.detectable is None:
        return "Even the largest worsening that there can be would have been shown less than four times out of five."
    if question.scale == "difference":
        smallest = f"{points(c.detectable)} points or more"
    else:
        smallest = f"{percent(c.detectable)} or more of the last release's ratio"
    return f"Data such as these show a loss of {smallest} four times out of five."


def _reason(c: Change) -> str:
    if c.status in NOT_COMPARED:
        return NOT_COMPARED[c.status]
    return REASONS[c.status]


def _span(low: float | None, high: float | None, question: Question) -> str:
    return "" if low is None or high is None else f"{question.bare(low)} to {question.bare(high)}"


def _figure(f: Figure, c: Change) -> str:
    if f.value is None:
        return "undefined"
    return figure(f.value, "ratio" if c.scale == "ratio" else "difference")


def _no_change(c: Change) -> str:
    if c.p_adjusted is None:
        return "Whether anything changed was not tested."
    which = "for the better" if c.direction == "better" else "for the worse"
    shown = f"A change {which} is shown" if c.difference == "shown" else "No change is shown"
    adjusted = f", adjusted over {c.m} comparisons" if c.m > 1 else ""
    return f"{shown} (score test, p {_p(c.p_adjusted)}{adjusted})."


def _not_worse(c: Change) -> str:
    if c.z is None or c.p is None:
        return ""
    return f"That it is not worse by more than the margin: score test z = {number(c.z)}, one-sided p {_p(c.p)}."


def _above(c: Change) -> str:
    """Say where the compared group is the one with the higher rate, as under a named reference it may be."""
    favoured = "The group's rate is above the reference group's in both releases."
    parity = 1 if c.scale == "ratio" else 0
    values = [f.value for f in (c.old, c.new) if f is not None and f.value is not None]
    return favoured if len(values) == 2 and min(values) > parity else ""


def _turned(c: Change, own: Verdict) -> str:
    """Say what the question turned round found, where that decides."""
    if c.turned is None or c.reference is None or own == "beyond":
        return ""
    reference, group = name_of(c.reference), name_of(c.group)
    if c.turned.verdict == "beyond":
        return (
            f"But nobody named the reference group, and it is {reference} that has lost more than the margin against "
            f"{group} and is now the lower one by more than that."
        )
    if own == "within" and c.verdict == "inconclusive":
        return (
            f"But nobody named the reference group, and which of {reference} and {group} is the lower one is not "
            f"settled: that {reference} has not lost more than the margin itself is not shown. Naming the reference "
            "would answer it."
        )
    return ""


def _p(p: float) -> str:
    shown = p_value(p)
    return shown if shown.startswith("<") else f"= {shown}"


def _share(f: Figure, *, reference: bool = False) -> str:
    x, n = (f.reference_selected or 0, f.reference_n or 0) if reference else (f.selected, f.n)
    return f"{whole(x)} of {whole(n)} ({percent(x / n)})" if n else f"{whole(x)} of {whole(n)}"

"""The fixed words of a report: verdicts, rules, names of measures and methods."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.audit.judging.sentences import DONE, REASONS, VERDICTS
from fairwitness.report_templates import words
from fairwitness.report_templates.document import Badge, Definition
from fairwitness.report_templates.pictures import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairwitness.report_templates.pictures import Look

VERDICT_TITLES: Mapping[str | None, str] = {verdict: said.capitalize() for verdict, said in VERDICTS.items()}

RULES: Mapping[str, str] = {
    "screen_and_test": (
        "Beyond: the estimate is beyond the threshold, and parity is rejected by the table's default test, adjusted "
        "over its family. Within: the whole {one_sided} interval, each end of which errs once in {errs}, is on the "
        "right side of the threshold. Inconclusive: all else. This rule is a house rule informed by 29 CFR 1607.4(D), "
        "not its text."
    ),
    "clear": (
        "Beyond: the whole interval is beyond the threshold. Within: the whole interval is within it. Inconclusive: "
        "the interval reaches over the threshold."
    ),
    "assured": (
        "Beyond: the whole interval is beyond the threshold. Within: the whole interval is within it. Inconclusive: "
        "the rest, which a gate counts like beyond."
    ),
    "point": "Beyond or within by the estimate alone, whatever its uncertainty.",
}

CONFIDENCE: Mapping[str, str] = {
    "source": "read at the source",
    "secondary": "known from a secondary source: verify before relying on it",
    "none": "a convention, no law",
}

SCOPES: Mapping[str | None, str] = {
    "all": "The plan states that outcomes are known for everybody, selected or not.",
    "selected": "Outcomes are known for the selected only: rates that need the others' outcomes are range-restricted.",
    None: "The plan does not state for whom outcomes are known, which changes what these rates mean.",
}

GLOSSARY = (
    Definition(
        "Impact ratio", "A group's rate divided by the rate of the group it is compared with. At 1 they are equal."
    ),
    Definition("Parity", "Equal rates: a ratio of 1, a difference of 0."),
    Definition("Interval", "The range of values that the data do not speak against, at the level named beside it."),
    Definition(
        "p",
        "How often a gap at least this large would arise if the rates were equal. Adjusted: raised for the number "
        "of comparisons made.",
    ),
    Definition(
        "Beyond threshold",
        "The evidence puts the figure on the wrong side of a policy's threshold, by the policy's rule.",
    ),
    Definition("Within threshold", "The evidence puts the figure on the right side of it, by the same rule."),
    Definition("Inconclusive", "The data are too few, or lie too near the threshold, to say either."),
    Definition("Could not be evaluated", "There is no figure, for the reason given. It never counts as within."),
    Definition("Attention", "A difference is shown, though it is not beyond a threshold."),
    Definition(
        "Confirmatory, exploratory", "Asked for single attributes beforehand, or found by looking at intersections."
    ),
)

OF_ANY = {"Interval", "p", "Impact ratio", "Parity", "Could not be evaluated"}
"""What is needed where no decisions were counted, only a model asked."""

OF_STUDIES: Mapping[str, tuple[Definition, ...]] = {
    "model": (
        Definition(
            "Reads the attribute",
            "The column is among the model's inputs, or its answers change when that column alone is changed.",
        ),
    ),
    "counterfactual": (
        Definition("Swap", "The same résumé shown again with one field replaced, all else as it was."),
        Definition("Pair", "Two answers about one résumé: as the first group and as the second."),
        Definition("Net", "The share selected as the first group less the share selected as the second."),
        Definition(
            "Placebo",
            "A swap that leaves the group as it is, such as one name for another of the same group. What it changes is "
            "the noise floor.",
        ),
    ),
    "alternatives": (
        Definition("Alternative", "Another way to decide, such as with a feature left out, made from the same data."),
        Definition("Validity", "How well the selected are those whose outcome is good, by the measure named."),
        Definition("Frontier", "The alternatives that no other one beats both by validity and by impact ratio."),
        Definition(
            "As valid",
            "The data show that validity is lower by no more than the margin, which was fixed beforehand.",
        ),
    ),
    "proxies": (
        Definition("Proxy", "A feature from which a protected attribute can be told."),
        Definition(
            "AUC",
            "How often a random member of one group ranks above a random one of another: 0.5 is a guess, 1 is certain.",
        ),
        Definition("Mutual information", "How much knowing a feature tells of the attribute, in nats; 0 is nothing."),
    ),
}


def glossary(audit: Mapping[str, Any]) -> tuple[Definition, ...]:
    """Return the words that this report uses."""
    alone = not audit["tables"] and any(audit.get(name) for name in OF_STUDIES)
    shown = [d for d in GLOSSARY if d.term in OF_ANY or not alone]
    for name, definitions in OF_STUDIES.items():
        if audit.get(name):
            shown += definitions
    return tuple(shown)


def metric(name: str) -> str:
    """Write a measure's name in words.

    Examples
    --------
    >>> metric("impact_ratio"), metric("cohens_h")
    ('impact ratio', "Cohen's h")
    """
    return name.replace("_", " ").replace("cohens", "Cohen's")


def chosen(table: Mapping[str, Any]) -> str:
    """Say what happened to those whom a table counts as selected."""
    if table.get("stage"):
        return f"came through {words.label(table['stage'])}"
    return words.sentence(table.get("selected_label") or DONE[table["measure"]])


def status(name: str) -> str:
    """Say why there is no value."""
    return REASONS.get(name, name.replace("_", " "))


def rule(name: str, level: float) -> str:
    """Explain a verdict rule at a confidence level.

    Examples
    --------
    >>> "the whole 90% interval, each end of which errs once in 20," in rule("screen_and_test", 0.95)
    True
    """
    told = RULES.get(name, name.replace("_", " "))
    return told.format(one_sided=f"{round(100 * (2 * level - 1), 1):g}%", errs=f"{1 / (1 - level):.3g}")


def line(policy: Mapping[str, Any]) -> Line | None:
    """Return a policy's threshold as a line for charts, or None where it draws none.

    Examples
    --------
    >>> line({"metric": "impact_ratio", "threshold": "4/5", "side": "at_least"}).label
    'below 4/5'
    """
    if policy["threshold"] is None or policy["side"] is None:
        return None
    value = Fraction(policy["threshold"])
    side = "below" if policy["side"] == "at_least" else "above"
    return Line(value, policy["side"], f"{side} {threshold(policy)}")


def threshold(policy: Mapping[str, Any]) -> str:
    """Write a policy's threshold: as a fraction, a number, or percentage points.

    Examples
    --------
    >>> threshold({"metric": "impact_ratio", "threshold": "4/5"})
    '4/5'
    >>> threshold({"metric": "rate_difference", "threshold": "1/20"})
    '5 points'
    """
    value = Fraction(policy["threshold"])
    if numerals.scale_of(policy["metric"]) == "difference":
        return f"{float(100 * value):g} points"
    return str(value) if value.denominator < 100 else f"{float(value):g}"


def badges(finding: Mapping[str, Any]) -> tuple[Badge, ...]:
    """Return a finding's verdict in words; attention stands first and as strongly as a verdict."""
    shown = []
    if finding.get("attention"):
        shown.append(_badge("attention"))
    verdict = finding.get("verdict")
    if verdict:
        shown.append(_badge(verdict))
    elif not shown:
        unknown = finding.get("difference") == "not_evaluable"
        shown.append(_badge("not_evaluable") if unknown else Badge("not_shown", "Difference not shown"))
    return tuple(shown)


def _badge(look: Look) -> Badge:
    return Badge(look, VERDICT_TITLES[look])

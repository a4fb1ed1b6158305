"""What choices of method are called, and what is said of those that change an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.audit.judging.sentences import TESTS, VERDICTS
from fairwitness.report_templates import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Disputed = Mapping[str, Any]
    Answer = Mapping[str, Any]

KINDS: Mapping[str, str] = {
    "reference": "the reference",
    "test": "the test",
    "family": "the adjustment of p",
    "rule": "the rule of the verdict",
    "level": "the level",
    "left_out": "who is left out",
    "set_aside": "what was set aside",
    "undisclosed": "whose group is undisclosed",
    "strata": "the strata",
    "clusters": "the clusters",
    "weights": "the weights",
}
CHOICES: Mapping[tuple[str, str], str] = {
    ("reference", "highest"): "Group with the highest rate",
    ("reference", "largest"): "Largest group",
    ("reference", "overall"): "Everybody together",
    ("reference", "rest"): "Everybody else",
    ("rule", "screen_and_test"): "Estimate and test",
    ("rule", "clear"): "Whole interval",
    ("rule", "point"): "Estimate alone",
    ("strata", "stratified"): "Within strata decides",
    ("strata", "pooled"): "All decisions together decide",
    ("strata", "not heeded"): "Strata not heeded",
    ("clusters", "not heeded"): "Every decision by itself",
    ("weights", "not heeded"): "Every decision counts once",
}
SAME, OTHER, NONE = "= the same", "\N{NOT EQUAL TO} another", "\N{EN DASH} none"


def choice(answer: Answer) -> str:
    """Write a choice.

    Examples
    --------
    >>> choice({"kind": "test", "choice": "mid_p"}), choice({"kind": "level", "choice": "0.9"})
    ('Mid-P exact test', '90\u202f% level')
    """
    kind, name = answer["kind"], answer["choice"]
    if kind == "test":
        return words.capital(TESTS.get(name, words.label(name)))
    if kind == "level":
        return f"{numerals.level(float(name))} level"
    return CHOICES.get((kind, name)) or words.capital(words.sentence(name))


def named(answer: Answer) -> str:
    """Write a choice within a sentence.

    Examples
    --------
    >>> named({"kind": "test", "choice": "fisher_exact"}), named({"kind": "rule", "choice": "clear"})
    ("Fisher's exact test", 'whole interval')
    """
    return TESTS.get(answer["choice"]) or words.uncapital(choice(answer))


def made(disputed: Disputed) -> str:
    """Name a finding by its group and attribute."""
    by = words.joined([words.label(name) for name in disputed["by"]])
    score = ", by score" if disputed["measure"] == "scoring_rate" else ""
    return f"{words.group(disputed['group'])}, by {by}{score}"


def verdict(figures: Mapping[str, Any]) -> str:
    """Say the verdict, or without a line whether a difference is shown."""
    if figures["verdict"] is None:
        return "difference shown" if figures["difference"] == "shown" else "difference not shown"
    marked = ", marked for attention" if figures["attention"] else ""
    return f"{VERDICTS[figures['verdict']]}{marked}"


def asked(answers: Sequence[Answer]) -> list[Answer]:
    """Return the choices that could be made."""
    return [a for a in answers if a["changes"] or a["verdict"] is not None or a["difference"] is not None]


def sentence(disputed: Disputed) -> str:
    """Say how many choices change a finding's answer, and which do not."""
    tried, answers = asked(disputed["answers"]), disputed["answers"]
    changing = [a for a in tried if a["changes"]]
    said = f"{words.capital(verdict(disputed['made']))}. {counted(len(changing), len(tried))}"
    if changing:
        said += f": {which(disputed)}"
    steady = [KINDS[kind] for kind in disputed["not_changed_by"] if any(a["kind"] == kind for a in tried)]
    if changing and steady:
        said += f". {words.capital(words.joined(steady))} {'do' if len(steady) > 1 else 'does'} not"
    unmade = len(answers) - len(tried)
    return f"{said}." + (f" {words.people(unmade)} more cannot be made here: see the table." if unmade else "")


def which(disputed: Disputed) -> str:
    """Name the choices that change a finding's answer, by kind."""
    changing = [a for a in disputed["answers"] if a["changes"]]
    of_kind = {kind: [named(a) for a in changing if a["kind"] == kind] for kind in disputed["changed_by"]}
    return "; ".join(f"{KINDS[kind]} ({', '.join(those)})" for kind, those in of_kind.items())


def counted(changing: int, tried: int) -> str:
    """Say how many of so many choices change an answer.

    Examples
    --------
    >>> counted(2, 18), counted(0, 18)
    ('Of 18 other choices 2 change the answer', 'Of 18 other choices none changes the answer')
    >>> counted(0, 1)
    'The 1 other choice does not change the answer'
    """
    if tried == 1:
        return f"The 1 other choice {'changes' if changing else 'does not change'} the answer"
    many = "none changes" if not changing else "1 changes" if changing == 1 else f"{changing} change"
    return f"Of {words.people(tried)} other choices {many} the answer"

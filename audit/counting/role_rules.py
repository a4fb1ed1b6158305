"""Which roles go together: the rules that `load` checks before it reads anything.

A rule is what is wrong (true if it is) and what to say and do, in the words of the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, listed, quoted

if TYPE_CHECKING:
    from fairwitness.audit.counting.roles import Roles

Rule = tuple[object, str]


def check_roles(roles: Roles) -> None:
    """Refuse roles that do not go together.

    Raises
    ------
    FairwitnessError
        The first rule that is broken.
    """
    for broken, message in (*_columns(roles), *_count_tables(roles), *_values(roles), *_repeats(roles), *_words(roles)):
        if broken:
            raise FairwitnessError(message)


def _counted(roles: Roles) -> bool:
    return roles.applicants is not None or roles.selected is not None


def _columns(roles: Roles) -> list[Rule]:
    repeated = sorted({name for name in roles.columns if roles.columns.count(name) > 1})
    outcomes = (
        "the decision (--decision), stages (--stage), a score (--score), or a table's counts (--applicants and "
        "--selected)"
    )
    return [
        (not roles.protected, "No protected attribute: name at least one column (--protected)."),
        (not (roles.decision or roles.score or roles.stages or _counted(roles)), f"No outcome: name {outcomes}."),
        (repeated, f"Two roles for the column {listed(repeated)}. A column has one role: copy it if both are meant."),
    ]


def _count_tables(roles: Roles) -> list[Rule]:
    beside = {
        "--decision": roles.decision,
        "--score": roles.score,
        "--label": roles.label,
        "--count": roles.count,
        "--weight": roles.weight,
        "--stratum": roles.stratum,
        "--period": roles.period,
        "--control": roles.controls,
        "--stage": roles.stages,
        "--cluster": roles.cluster,
        "--unit": roles.unit,
        "--bin": roles.bins,
    }
    named = ", ".join(flag for flag, value in beside.items() if value)
    only = "belongs to tables of counts: name --applicants and --selected, or leave it out."
    counted = _counted(roles)
    return [
        (
            counted and (roles.applicants is None or roles.selected is None),
            "A table of counts needs both --applicants and --selected. Name the other column, too.",
        ),
        (counted and named, f"A table of counts has no {named}: with --applicants and --selected leave it out."),
        (not counted and roles.group_by, f"--group-by {only}"),
        (not counted and roles.measure, f"--measure {only}"),
    ]


def _values(roles: Roles) -> list[Rule]:
    meanings = roles.favorable or roles.unfavorable or roles.set_aside
    return [
        (
            not (roles.decision or roles.stages) and meanings,
            "Values of a decision, but no decision: name its column (--decision).",
        ),
        (roles.label is None and roles.label_positive, "--label-positive without a label: name its column (--label)."),
        (
            roles.score is None and (roles.score_edges is not None or roles.score_order != "high"),
            "--score-order or score edges without a score: name its column (--score).",
        ),
        (
            set(roles.bins) - {*roles.protected, *roles.controls},
            "--bin cuts protected attributes and controls only: name its column with --protected or --control, too.",
        ),
        (
            roles.weight and roles.count,
            "--weight and --count exclude each other: multiply them into one weight, or write the rows out.",
        ),
        (
            roles.weight and roles.score,
            "--weight and --score exclude each other: the median is that of the people scored. Leave one of them out.",
        ),
    ]


def _repeats(roles: Roles) -> list[Rule]:
    return [
        (
            not roles.unit and roles.duplicates != "refuse",
            "--duplicates needs --unit: the column(s) that make a row unique.",
        ),
        (
            roles.unit and roles.count,
            "--unit and --count exclude each other: a row that stands for several decisions is no unit. Leave one out.",
        ),
        (
            roles.duplicates == "any_favorable" and roles.decision is None,
            "--duplicates any_favorable needs a --decision: a score has no favourable value. Choose another.",
        ),
    ]


def _words(roles: Roles) -> list[Rule]:
    choices: list[tuple[str, str | None, tuple[str | None, ...]]] = [
        ("score_order", roles.score_order, ("high", "low")),
        ("measure", roles.measure, (None, "selection_rate", "scoring_rate")),
        ("duplicates", roles.duplicates, ("refuse", "first", "last", "any_favorable", "keep")),
    ]
    return [
        (given not in known, f"{name}: there is no {quoted(given)}. Give one of {listed(k for k in known if k)}.")
        for name, given, known in choices
    ]

"""Swaps made of plain arguments: those a plan's table can give, and those that are refused."""

from __future__ import annotations

import tomllib

import pytest

import fairwitness as fw
from fairwitness.audit.counterfactual.swaps import (
    AffiliationSwap,
    AttributeSwap,
    GraduationYearSwap,
    HonorificSwap,
    NameSwap,
    PronounSwap,
    columns_of,
    kind_of,
    swap_of,
)

PLAN = """
[[swap]]
kind = "names"
column = "firstname"
groups = ["black female", "white female"]
names_per_group = 8
also = { race = { "black female" = "black", "white female" = "white" } }

[[swap]]
kind = "attribute"
column = "gender"

[[swap]]
kind = "pronouns"
text = "cv"
groups = ["he", "she", "they"]

[[swap]]
kind = "honorific"
column = "title"
groups = { men = ["Mr"], women = ["Ms", "Mrs"] }

[[swap]]
kind = "graduation_year"
columns = ["ba", "ma"]
groups = { now = 0, earlier = [-20, -21] }

[[swap]]
kind = "affiliation"
text = ["cv", "letter"]
groups = { "women's" = ["Women's Chess Club"], general = ["Chess Club"] }
"""


def test_a_plan_names_every_kind_of_swap():
    made = [swap_of(table) for table in tomllib.loads(PLAN)["swap"]]
    assert made == [
        NameSwap("firstname", groups=("black female", "white female"), names_per_group=8,
                 also={"race": {"black female": "black", "white female": "white"}}),
        AttributeSwap("gender"),
        PronounSwap(text="cv", groups=("he", "she", "they")),
        HonorificSwap("title", groups={"men": ["Mr"], "women": ["Ms", "Mrs"]}),
        GraduationYearSwap(["ba", "ma"], groups={"now": 0, "earlier": [-20, -21]}),
        AffiliationSwap({"women's": ["Women's Chess Club"], "general": ["Chess Club"]}, text=["cv", "letter"]),
    ]  # fmt: skip
    assert [kind_of(swap) for swap in made] == [
        "names",
        "attribute",
        "pronouns",
        "honorific",
        "graduation_year",
        "affiliation",
    ]
    assert columns_of(made[-1]) == ("cv", "letter")
    assert columns_of(made[2]) == ("cv",)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"kind": "photo"}, "A swap has the kind 'photo'; there are 'names', 'attribute', 'pronouns', 'honorific', 'graduation_year', 'affiliation'."),
        ({}, "A swap has the kind 'None'; there are"),
        ({"kind": "names", "colunm": "x"}, "A swap of names has no 'colunm'"),
        ({"kind": "names", "colunm": "x"}, "Did you mean 'column'?"),
        ({"kind": "names"}, "A swap of this kind names no column. Give one of 'column', 'full_name', 'text', 'template'."),
        ({"kind": "attribute"}, "A swap of kind attribute names no column. Say which: column."),
        ({"kind": "graduation_year"}, "A swap of kind graduation_year names no column. Say which: columns."),
        ({"kind": "affiliation", "text": "cv"}, "A swap of affiliations names no organisations. Say which, by group: groups."),
        ({"kind": "names", "column": "x", "names_per_group": 0}, "names_per_group is 0. It is at least 1."),
        ({"kind": "names", "column": "x", "names_per_group": "six"}, "A swap of kind names has an argument of the wrong type."),
        ({"kind": "names", "column": "x", "names": "invented"}, "names is 'invented'. Say 'census', 'experiment', or name them by group"),
        ({"kind": "names", "column": "x", "draw": "any"}, "draw is 'any'. Say 'alike', 'uniform' or 'weighted'."),
        ({"kind": "names", "column": "x", "groups": "black female"}, "groups is one text, 'black female'. Give two or more as a list."),
        ({"kind": "names", "column": "x", "text": "cv"}, "To find a name in free text, its owner's name must be known"),
        ({"kind": "names", "column": "x", "change_surname": True}, "change_surname is asked for, and no column holds surnames."),
        ({"kind": "names", "column": "x", "surname": "y", "change_surname": True, "names": {"a": ["A"], "b": ["B"]}}, "Surnames are drawn by race, and the names here are your own."),
        ({"kind": "attribute", "column": "x", "levels": "ab"}, "levels is one text. Give two or more levels as a list."),
        ({"kind": "pronouns", "column": "x", "groups": ["he", "xe"]}, "There are no pronouns 'xe'. Known are 'he', 'she' and 'they'."),
        ({"kind": "honorific", "text": "cv"}, "In free text, an honorific is rewritten before its owner's name only."),
        ({"kind": "honorific", "column": "t", "groups": {"a": [1], "b": ["Mr"]}}, "groups names, for each group, one str or a list of them, at least one."),
        ({"kind": "graduation_year", "columns": "y", "groups": {"a": "x", "b": 1}}, "groups names, for each group, one int or a list of them, at least one."),
        ({"kind": "affiliation", "text": "cv", "groups": {"a": ["A", "B"], "b": ["C"]}}, "The groups name different numbers of organisations"),
    ],
)  # fmt: skip
def test_what_a_table_cannot_say_is_refused(table, message):
    with pytest.raises(fw.FairwitnessError) as error:
        swap_of(table)
    assert message in str(error.value)


def test_a_column_that_goes_with_a_swap_says_something_of_every_group():
    import pandas as pd

    from fairwitness.audit.counterfactual.design import design_of

    swap = AttributeSwap("gender", also={"title": {"f": "Ms"}})
    with pytest.raises(fw.FairwitnessError) as error:
        design_of(pd.DataFrame({"gender": ["f", "m"], "title": ["Ms", "Mr"]}), swap)
    assert str(error.value) == (
        "The column 'title', which goes with the swap, has no value for the group 'm'; it has 'f'. Give one for each of "
        "'f', 'm'."
    )

"""Names that are shown for a group: what they signal, with their shares, and in which groups."""

from __future__ import annotations

import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.counterfactual.design import design_of
from fairwitness.audit.counterfactual.swaps import FOUR_GROUPS, NameSwap
from fairwitness.datasets.name_words import ALSO_WORDS
from fairwitness.datasets.names import experiment_names, shares_of

ROWS = pd.DataFrame({"first": ["Jane"] * 3, "race": ["black", "white", "white"], "n": [1, 2, 3]})


def variants(swap, **asked):
    design = design_of(ROWS, swap, **asked)
    return {group: [v for v in design.variants if v.group == g] for g, group in enumerate(design.groups)}, design


def test_by_default_twelve_names_stand_for_each_of_four_groups_about_as_common_in_each():
    by_group, design = variants(NameSwap("first"))
    assert tuple(by_group) == FOUR_GROUPS
    assert [len(names) for names in by_group.values()] == [12] * 4
    for group, names in by_group.items():
        race, sex = group.split()
        for name in names:
            said = shares_of(name.label)
            assert dict(name.shares) == {race: said.race[race], sex: said.sex[sex]}
            assert said.race[race] >= 0.80
            assert said.sex[sex] >= 0.95
            assert said.count >= 3000
            assert name.label.lower() not in ALSO_WORDS
            assert "2020 Census" in name.source
    for alike in zip(*by_group.values(), strict=True):
        counts = [shares_of(name.label).count for name in alike]
        assert max(counts) <= 2 * min(counts)
    assert design.warnings[0].startswith("The names of the groups are about as common: in each set, ")


def test_the_seed_decides_the_names_and_the_rows_do_not():
    labels = [
        tuple(v.label for v in design_of(r, NameSwap("first"), seed=s).variants)
        for r in (ROWS, ROWS[:1])
        for s in (1, 2)
    ]
    assert labels[0] == labels[2] != labels[1] == labels[3]


@pytest.mark.parametrize("draw", ["uniform", "weighted"])
def test_names_may_be_drawn_without_regard_to_how_common_they_are_and_that_is_said(draw):
    _, design = variants(NameSwap("first", draw=draw, groups=("asian male", "hispanic male")))
    assert design.warnings[0] == "Names are drawn without regard to how common they are in the other groups."


def test_a_sex_alone_is_a_group():
    by_group, _ = variants(NameSwap("first", groups=("female", "male")))
    for sex, names in by_group.items():
        assert all(set(name.shares) == {sex} and name.shares[sex] >= 0.95 for name in names)


def test_the_names_of_the_experiment_are_nine_to_a_group_and_cited():
    by_group, _ = variants(NameSwap("first", names="experiment"))
    for group, names in by_group.items():
        assert {n.label for n in names} == {n.name for n in experiment_names(*group.split())}
        assert all(n.source.startswith("Bertrand and Mullainathan (2004), doi:10.1257/0002828042002561") for n in names)


def test_ones_own_names_have_shares_where_the_census_has_them_and_the_group_says_of_what():
    swap = NameSwap("first", names={"black female": ["Lakisha", "Qwertz"], "mine": ["Emily"]})
    by_group, design = variants(swap)
    assert dict(by_group["black female"][0].shares) == {"black": 0.9126, "female": 0.9982}
    assert (by_group["black female"][1].shares, by_group["black female"][1].source) == (None, None)
    assert (by_group["mine"][0].shares, by_group["mine"][0].source) == (None, None)
    assert design.warnings[0] == "The names were given by the user of this toolkit."


def test_more_of_ones_own_than_asked_for_are_drawn_from():
    swap = NameSwap("first", names_per_group=2, names={"a": ["Ann", "Eve", "Zoe"], "b": ["Bob", "Tom", "Tim"]})
    drawn = {tuple(v.label for v in design_of(ROWS, swap, seed=s).variants) for s in range(30)}
    assert {len(names) for names in drawn} == {4}
    assert {name for names in drawn for name in names} == {"Ann", "Eve", "Zoe", "Bob", "Tom", "Tim"}


@pytest.mark.parametrize(
    "group", ["black", "", "latina female", "black white female", "female male", "black female old"]
)
def test_a_group_must_name_a_sex_and_at_most_a_race(group):
    with pytest.raises(fw.FairwitnessError, match=r"is no signal of a name\. Say a sex \('female', 'male'\)"):
        design_of(ROWS, NameSwap("first", groups=(group, "white female")))


@pytest.mark.parametrize(
    ("swap", "message"),
    [
        ({"names_per_group": 400}, "400 names were asked for, and there are"),
        ({"groups": ("native female", "white female")}, "12 names were asked for, and there are"),
        ({"names_per_group": 50, "within": 1.0001}, "sets of names are alike within a factor of 1.0001, and 50 were asked for"),
        ({"names": "experiment", "groups": ("asian female", "white female")}, "There is no race 'asian'"),
        ({"at_least": 0.3}, "at_least is a share over 0.5 and at most 1. It is 0.3."),
    ],
)  # fmt: skip
def test_names_that_cannot_be_drawn_are_refused_with_the_reason(swap, message):
    with pytest.raises(fw.FairwitnessError) as error:
        design_of(ROWS, NameSwap("first", **swap))
    assert str(error.value).startswith("Names for ")
    assert message in str(error.value)

"""Names as signals: what the tables say, who is found, and how names are drawn."""

from __future__ import annotations

import csv
import gzip
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwitness.datasets.bundled import path
from fairwitness.datasets.name_draws import choose, choose_alike
from fairwitness.datasets.name_words import ALSO_WORDS
from fairwitness.datasets.names import (
    RACES,
    SEXES,
    experiment_names,
    shares_of,
    signalled_names,
)


@pytest.mark.parametrize(
    ("race", "men", "women"),
    [("black", 207, 250), ("white", 242, 250), ("hispanic", 328, 429), ("asian", 221, 275)],
)
def test_as_many_names_signal_a_race_and_a_sex_as_the_card_counts(race, men, women):
    assert len(signalled_names(race, "male")) == men
    assert len(signalled_names(race, "female")) == women


def test_a_share_on_the_line_is_in_and_one_hundredth_of_a_per_cent_below_is_out():
    # Lakisha: 91.26 % black
    assert "Lakisha" in {n.name for n in signalled_names("black", "female", at_least=0.9126)}
    assert "Lakisha" not in {n.name for n in signalled_names("black", "female", at_least=0.9127)}


def test_names_come_most_common_first_and_may_be_cut_there():
    all_of_them = signalled_names("white", "female")
    assert [n.count for n in all_of_them] == sorted((n.count for n in all_of_them), reverse=True)
    assert signalled_names("white", "female", most=7) == all_of_them[:7]
    assert all_of_them[0].name == "Susan"


def test_the_shares_are_the_files():
    """Lakisha: 2.62 white, 91.26 black, .27 Asian, .49 native, 3.03 multiple, 2.33 Hispanic, 99.82 female, of 9,114."""
    name = shares_of("lakisha")
    assert (name.name, name.count) == ("Lakisha", 9114)
    assert dict(name.race) == {
        "white": 0.0262, "black": 0.9126, "asian": 0.0027, "native": 0.0049, "multiple": 0.0303, "hispanic": 0.0233,
    }  # fmt: skip
    assert dict(name.sex) == {"female": 0.9982, "male": 0.0018}
    assert "2020 Census" in name.source


def test_every_share_of_every_name_is_a_share_and_they_add_up():
    for kind in ("first", "last"):
        for name in signalled_names(kind=kind):
            # rounded to hundredths of a per cent, six of them
            assert abs(sum(Fraction(str(s)) for s in name.race.values()) - 1) <= Fraction(6, 10_000)
            assert all(0 <= s <= 1 for s in (*name.race.values(), *name.sex.values()))
            assert kind == "last" or Fraction(str(name.sex["female"])) + Fraction(str(name.sex["male"])) == 1


def test_nan_and_true_are_names_and_the_row_of_all_others_is_not():
    assert shares_of("Nan").count == 9299
    assert shares_of("True").count == 2112
    assert shares_of("ALL OTHER NAMES") is None
    assert max(n.count for n in signalled_names()) == 3_476_715  # Michael


def test_surnames_are_written_with_their_capitals_and_have_no_sex():
    washington = shares_of("Washington", "last")
    assert (washington.count, dict(washington.sex)) == (177_386, {})
    assert shares_of("McDonald", "last").name == "McDonald"
    assert shares_of("O'Brien", "last").name == "Obrien"
    with pytest.raises(ValueError, match=r"Surnames have no sex\. Leave out sex, or ask for kind='first'\."):
        signalled_names("black", "female", kind="last")


def test_names_that_are_also_words_may_be_left_out():
    left_out = set(signalled_names("white", "female")) - set(signalled_names("white", "female", also_words=False))
    assert {n.name for n in left_out} == {"Heather", "Holly", "Laurel", "Dixie", "Deb"}
    assert {"will", "may", "grace", "christian"} <= ALSO_WORDS
    assert all(word == word.lower() and word.isalpha() for word in ALSO_WORDS)


@pytest.mark.parametrize("race", ["black", "white"])
@pytest.mark.parametrize("sex", SEXES)
def test_the_experiments_names_are_those_it_sent_out(race, sex):
    with gzip.open(path("resume_callbacks_by_name"), "rt", encoding="utf-8", newline="") as file:
        sent = [r["firstname"] for r in csv.DictReader(file) if (r["race"], r["gender"]) == (race, sex[0])]
    assert len(sent) == 9
    assert [n.name for n in experiment_names(race, sex)] == sorted(sent)


def test_the_experiment_has_no_other_group():
    with pytest.raises(ValueError, match=r"There is no race 'asian'\. There are: black, white\."):
        experiment_names("asian", "female")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"race": "latino"},
            r"There is no race 'latino'\. There are: white, black, asian, native, multiple, hispanic\.",
        ),
        ({"sex": "f"}, r"There is no sex 'f'\. There are: female, male\."),
        ({"kind": "middle"}, r"There is no kind 'middle'\. There are: first, last\."),
        ({"race": "black", "at_least": 0.5}, r"at_least is a share over 0\.5 and at most 1\. It is 0\.5\."),
        ({"sex": "male", "sex_at_least": 95}, r"sex_at_least is a share over 0\.5 and at most 1\. It is 95\."),
    ],
)
def test_what_the_tables_do_not_have_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        signalled_names(**arguments)


@given(seed=st.integers(0, 2**32), n=st.integers(1, 40), weighted=st.booleans(), data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_draw_is_of_different_names_and_depends_on_the_seed_and_not_on_the_order(seed, n, weighted, data):
    names = signalled_names("black", "female", most=40)
    drawn = choose(names, n, seed=seed, weighted=weighted)
    assert len(set(drawn)) == n
    assert set(drawn) <= set(names)
    shuffled = data.draw(st.permutations(names))
    assert choose(shuffled, n, seed=seed, weighted=weighted) == drawn


def test_weighted_draws_follow_the_number_of_bearers_and_others_do_not():
    """Of Latoya (37,469), Ebony (30,676) and the 250th, Sheronda or so (about 1,003), one drawn 400 times.

    Weighted, the rare one is expected 400 × 1003 / 69,148 = 5.8 times; uniformly 133.3 times with a standard
    deviation of 9.4.
    """
    names = [shares_of("Latoya"), shares_of("Ebony"), signalled_names("black", "female")[-1]]
    rare = names[-1]

    def times(weighted):
        return sum(choose(names, 1, seed=s, weighted=weighted) == (rare,) for s in range(400))

    assert times(weighted=True) < 25
    assert 95 < times(weighted=False) < 171


def test_more_names_than_there_are_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"4 names were asked for, and there are 3\. Ask for 1 to 3\."):
        choose(signalled_names("black", "female", most=3), 4, seed=0)


@given(seed=st.integers(0, 2**32), n=st.integers(1, 30), within=st.sampled_from([1.2, 2.0, 5.0]))
@settings(max_examples=25, deadline=None)
def test_names_drawn_alike_are_about_as_common_in_every_group(seed, n, within):
    groups = [signalled_names(r, s) for r in ("black", "white") for s in SEXES]
    drawn = choose_alike(groups, n, seed=seed, within=within)
    assert [len(names) for names in drawn] == [n] * 4
    assert all(set(names) <= set(group) for names, group in zip(drawn, groups, strict=True))
    assert len({name for names in drawn for name in names}) == 4 * n
    for alike in zip(*drawn, strict=True):
        counts = [name.count for name in alike]
        assert max(counts) <= within * min(counts)


def test_no_name_stands_in_two_groups_though_both_could_have_it():
    """Groups that overlap: women's names, and black women's names among them."""
    women, black_women = choose_alike([signalled_names(None, "female"), signalled_names("black", "female")], 50, seed=3)
    assert not set(women) & set(black_women)


def test_where_no_names_are_alike_it_says_so():
    common = signalled_names("white", "female", most=5)  # 250,000 bearers and more
    rare = signalled_names("black", "female")[-20:]  # about 1,000
    with pytest.raises(ValueError, match=r"Only 0 sets of names are alike within a factor of 2, and 3 were asked for"):
        choose_alike([common, rare], 3, seed=0)


def test_races_have_their_columns():
    assert RACES == ("white", "black", "asian", "native", "multiple", "hispanic")

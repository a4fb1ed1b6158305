"""Laws of the design: who is asked, how often, under what, and that nothing else changes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fairwitness as fw
from fairwitness.audit.counterfactual.design import design_of
from fairwitness.audit.counterfactual.swaps import AttributeSwap, NameSwap, PronounSwap

FEMALE, MALE = ["Lakisha", "Ebony", "Aisha", "Emily", "Anne"], ["Jamal", "Greg", "Neil", "Brad", "Todd", "Jay"]


@st.composite
def frames(draw, least=1, most=40):
    n = draw(st.integers(least, most))
    cells = {
        "first": st.sampled_from(["Jane", "Omar", "ANN", "zoe"]),
        "race": st.sampled_from(["black", "white"]),
        "years": st.integers(0, 3),
        "score": st.one_of(st.floats(0, 1), st.just(float("nan"))),
        "job": st.sampled_from(["x", "y", "z"]),
    }
    return pd.DataFrame({c: draw(st.lists(cell, min_size=n, max_size=n)) for c, cell in cells.items()})


@st.composite
def swaps(draw):
    own = {"f": FEMALE[: draw(st.integers(2, 5))], "m": MALE[: draw(st.integers(2, 6))]}
    also = {"race": {"f": "black", "m": "white"}} if draw(st.booleans()) else {}
    return draw(
        st.sampled_from(
            [
                NameSwap("first", names=own, also=also),
                AttributeSwap("race", levels=["black", "white"]),
                PronounSwap(template="t", groups=("he", "she", "they")),
            ]
        )
    )


def with_template(rows):
    return rows.assign(t="{Pronoun_subject} {pronoun_is} here, {first}")


asked = {"rows": frames(), "swap": swaps(), "per_resume": st.integers(1, 4), "seed": st.integers(0, 2**20)}


@given(**asked, budget=st.one_of(st.none(), st.integers(24, 200)))
@settings(max_examples=50, deadline=None)
def test_every_resume_is_asked_equally_often_for_each_group_and_no_variant_twice(rows, swap, per_resume, seed, budget):
    design = design_of(with_template(rows), swap, per_resume=per_resume, seed=seed, budget=budget)
    groups, resumes = len(design.groups), np.unique(design.resume)
    slots = design.slot.max() + 1
    assert slots <= per_resume
    assert len(design.rows) == len(resumes) * groups * slots
    assert budget is None or len(design.rows) <= budget
    keys = list(zip(design.resume, design.group, design.slot, strict=True))
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)
    shown = list(zip(design.resume, design.group, design.variant, strict=True))
    assert len(set(shown)) == len(shown)
    assert all(design.variants[v].group == g for g, v in zip(design.group, design.variant, strict=True))


@given(**asked)
@settings(max_examples=40, deadline=None)
def test_in_each_slot_every_variant_is_shown_with_equally_many_resumes(rows, swap, per_resume, seed):
    """Within a slot, the numbers of two variants of a group differ by one at most."""
    design = design_of(with_template(rows), swap, per_resume=per_resume, seed=seed)
    for g in range(len(design.groups)):
        mine = [i for i, v in enumerate(design.variants) if v.group == g]
        for slot in range(design.slot.max() + 1):
            times = Counter(design.variant[(design.group == g) & (design.slot == slot)])
            assert max(times[v] for v in mine) - min(times[v] for v in mine) <= 1


@given(**asked)
@settings(max_examples=40, deadline=None)
def test_only_the_swapped_columns_differ(rows, swap, per_resume, seed):
    rows = with_template(rows)
    design = design_of(rows, swap, per_resume=per_resume, seed=seed)
    source = rows.iloc[design.resume].reset_index(drop=True)
    others = [c for c in rows.columns if c not in design.columns]
    pd.testing.assert_frame_equal(design.rows[others], source[others])
    assert design.rows.columns.tolist() == rows.columns.tolist()
    assert design.rows.dtypes.equals(rows.dtypes)


@given(**asked, budget=st.one_of(st.none(), st.integers(24, 200)), job=st.sampled_from([None, "job"]))
@settings(max_examples=25, deadline=None)
def test_the_same_seed_gives_the_same_design(rows, swap, per_resume, seed, budget, job):
    rows = with_template(rows)
    one, other = (design_of(rows, swap, per_resume=per_resume, seed=seed, budget=budget, job=job) for _ in range(2))
    pd.testing.assert_frame_equal(one.rows, other.rows)
    assert (one.variant == other.variant).all()
    assert (one.variants, one.warnings, one.sampled_from) == (other.variants, other.warnings, other.sampled_from)


def questions(design):
    """Everything that is asked, in a form that may be compared whatever the order of the résumés."""
    cells = [repr(row) for row in design.rows.itertuples(index=False)]
    return sorted(zip(cells, design.group.tolist(), design.variant.tolist(), design.slot.tolist(), strict=True))


@given(**asked, budget=st.one_of(st.none(), st.integers(24, 100)), job=st.sampled_from([None, "job"]), data=st.data())
@settings(max_examples=40, deadline=None)
def test_resumes_in_another_order_are_asked_the_same_questions(rows, swap, per_resume, seed, budget, job, data):
    rows = with_template(rows)
    order = data.draw(st.permutations(range(len(rows))))
    one = design_of(rows, swap, per_resume=per_resume, seed=seed, budget=budget, job=job)
    other = design_of(rows.iloc[list(order)], swap, per_resume=per_resume, seed=seed, budget=budget, job=job)
    assert questions(one) == questions(other)


@given(rows=frames(least=2), seed=st.integers(0, 2**20), share=st.floats(0.1, 1), draws=st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_the_budget_is_kept_and_whole_resumes_are_drawn_evenly_over_jobs(rows, seed, share, draws):
    """Systematic sampling: a job of n of N résumés gets its share of the m drawn, to within one."""
    each = 2 * 2 * draws
    budget = max(each, int(share * each * len(rows)))
    swap = NameSwap("first", names={"f": FEMALE, "m": MALE})
    design = design_of(rows, swap, seed=seed, budget=budget, draws=draws, job="job")
    drawn = np.unique(design.resume)
    assert len(design.rows) * draws <= budget
    assert len(drawn) == min(len(rows), budget // each)
    assert design.sampled_from == (len(rows) if len(drawn) < len(rows) else None)
    for job, n in rows["job"].value_counts().items():
        expected = n * len(drawn) / len(rows)
        assert abs((rows["job"].iloc[drawn] == job).sum() - expected) < 1 + 1e-9


def test_each_resume_is_as_likely_to_be_sampled_as_the_other():
    """Ten of thirty over 600 seeds: expected 200 times each, standard deviation sqrt(600 × 1/3 × 2/3) = 11.5.

    Thirty résumés within 4.5 standard deviations: missed by chance less than once in 4,000.
    """
    rows = pd.DataFrame({"g": ["a", "b"] * 15, "n": range(30), "job": ["x"] * 20 + ["y"] * 9 + ["z"]})
    times = Counter()
    for seed in range(600):
        times.update(np.unique(design_of(rows, AttributeSwap("g"), seed=seed, budget=20, job="job").resume).tolist())
    assert sum(times.values()) == 6000
    assert all(abs(times[r] - 200) < 52 for r in range(30))


def test_jobs_are_numbered_as_they_first_appear():
    rows = pd.DataFrame({"g": ["a", "b", "a"], "job": ["y", "x", "y"]})
    assert design_of(rows, AttributeSwap("g"), job="job").job.tolist() == [0, 0, 1, 1, 0, 0]
    assert design_of(rows, AttributeSwap("g")).job is None


def test_names_are_crossed_with_resumes_and_not_nested():
    """Each of 5 × 6 names is shown with many résumés; each résumé is shown two of each group."""
    rows = pd.DataFrame({"first": ["Jane"] * 60, "n": range(60)})
    design = design_of(rows, NameSwap("first", names={"f": FEMALE, "m": MALE}))
    times = Counter(design.variant.tolist())
    assert [times[v] for v in range(5)] == [24] * 5  # 60 résumés × 2 slots / 5 names
    assert [times[v] for v in range(5, 11)] == [20] * 6
    pairs = {(a, b) for a, b in zip(design.variant[design.group == 0], design.variant[design.group == 1], strict=True)}
    assert len(pairs) > 20  # of 30: a name is not always beside the same other


def test_placebo_pairs_are_two_variants_of_a_group_on_one_resume():
    rows = pd.DataFrame({"first": ["Jane"] * 8, "n": range(8)})
    design = design_of(rows, NameSwap("first", names={"f": FEMALE, "m": MALE}), per_resume=4)
    for g in range(2):
        for k in (0, 2):
            one, other = (design.rows["first"][(design.group == g) & (design.slot == s)] for s in (k, k + 1))
            assert (one.to_numpy() != other.to_numpy()).all()


def test_swapping_twice_gives_the_original():
    rows = pd.DataFrame({"gender": ["f", "m"], "title": ["Ms", "Mr"], "cv": ["She led her team.", "He won; ask him."]})
    swap = AttributeSwap("gender", also={"title": {"f": "Ms", "m": "Mr"}})
    once = design_of(rows, swap)
    twice = design_of(once.rows, swap)
    for level, g in (("f", 0), ("m", 1)):
        back = twice.rows[twice.group == g].iloc[::2].reset_index(drop=True)
        pd.testing.assert_frame_equal(back[rows["gender"] == level], rows[rows["gender"] == level])
    once = design_of(rows, PronounSwap(text="cv"))
    twice = design_of(once.rows, PronounSwap(text="cv"))
    assert twice.rows["cv"][(twice.group == 1) & (twice.resume == 0)].tolist() == ["She led her team."]
    assert twice.rows["cv"][(twice.group == 0) & (twice.resume == 3)].tolist() == ["He won; ask him."]


def test_fewer_variants_than_asked_for_are_said():
    rows = pd.DataFrame({"first": ["Jane"]})
    design = design_of(rows, NameSwap("first", names={"f": FEMALE, "m": MALE[:2]}), per_resume=3)
    assert design.slot.tolist() == [0, 1, 0, 1]
    assert "A résumé is shown 2 values of each group, not 3: a group has no more." in design.warnings


def test_groups_may_be_chosen_and_put_in_order():
    rows = pd.DataFrame({"race": ["a", "b", "c"], "t": ["{pronoun_subject}"] * 3})
    assert design_of(rows, AttributeSwap("race"), groups=["c", "a"]).rows["race"].tolist() == ["c", "a"] * 3
    assert design_of(rows, PronounSwap(template="t"), groups=["she", "he"]).rows["t"].tolist() == ["she", "he"] * 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"budget": 3}, "One résumé is 4 questions (2 groups, 2 variants of each, 1 draws), and the budget is 3. Raise the budget, or ask less of each résumé."),
        ({"budget": 0}, "budget is 0. It is at least 1."),
        ({"per_resume": 0}, "per_resume is 0. It is at least 1."),
        ({"draws": 0}, "draws is 0. It is at least 1."),
        ({"seed": -1}, "seed is -1. It is 0 or more."),
        ({"job": "jbo"}, "There is no column 'jbo'; there are 'first', 'job'. Did you mean 'job'?"),
        ({"groups": ["f"]}, "The groups are 'f'. A swap compares groups: name at least two, each once."),
        ({"groups": ["f", "f"]}, "The groups are 'f', 'f'. A swap compares groups: name at least two, each once."),
        ({"groups": "f"}, "groups is one text, 'f'. Give two or more as a list."),
        ({"groups": ["f", "x"]}, "There is no list of names for the group 'x'; there are groups 'f', 'm'."),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(arguments, message):
    rows = pd.DataFrame({"first": ["Jane", "Ann"], "job": ["x", "y"]})
    with pytest.raises(fw.FairwitnessError) as error:
        design_of(rows, NameSwap("first", names={"f": FEMALE, "m": MALE}), **arguments)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (pd.DataFrame({"first": []}), "There are no rows to ask. Give a pandas frame with one résumé a row."),
        ([{"first": "Jane"}], "There are no rows to ask. Give a pandas frame with one résumé a row."),
        (pd.DataFrame([["a", "b"]], columns=["first", "first"]), "Two columns have the same name. Give every column a name of its own."),
        (pd.DataFrame({"frist": ["Jane"]}), "There is no column 'first'; there are 'frist'. Did you mean 'frist'?"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_asked_are_refused(rows, message):
    with pytest.raises(fw.FairwitnessError) as error:
        design_of(rows, NameSwap("first", names={"f": FEMALE, "m": MALE}))
    assert str(error.value) == message


def test_where_no_resume_can_be_asked_the_reasons_are_said_and_no_row():
    rows = pd.DataFrame({"first": ["Grace", "Omar"], "last": ["Lee", "Haddad"], "cv": ["Grace led", "secret"]})
    with pytest.raises(fw.FairwitnessError) as error:
        design_of(rows, NameSwap("first", surname="last", text="cv", names={"f": FEMALE, "m": MALE}))
    assert str(error.value) == (
        "No résumé can be asked. Left out: 1 because its first name is also a word, and stands alone; 1 because the field "
        "does not occur in it."
    )


def test_cells_of_any_kind_are_carried_along():
    rows = pd.DataFrame(
        {"g": ["a", "b"], "list": [[1, 2], [3]], "when": pd.to_datetime(["2020-01-01", None]), "bytes": [b"x", None]}
    )
    design = design_of(rows, AttributeSwap("g"), budget=2)
    assert design.rows["list"].tolist() in ([[1, 2], [1, 2]], [[3], [3]])
    assert design.rows.dtypes.equals(rows.dtypes)


def test_the_index_of_the_source_is_of_no_matter():
    rows = pd.DataFrame({"g": ["a", "b"]}, index=["x", "x"])
    design = design_of(rows, AttributeSwap("g"))
    assert design.rows.index.tolist() == [0, 1, 2, 3]
    assert rows.index.tolist() == ["x", "x"]

"""A counterfactual study from the résumés to the record: what is asked, what is compared, what is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import fairwitness as fw
from fairwitness.audit.counterfactual.design import design_of
from fairwitness.audit.counterfactual.export import write_questions
from fairwitness.audit.counterfactual.run import asked_of
from fairwitness.audit.counterfactual.swaps import AffiliationSwap, AttributeSwap, NameSwap

GENDER = {"kind": "attribute", "column": "gender"}
NAMES = {"a": ["Ann", "Abe", "Ada", "Al", "Amy", "Art"], "b": ["Bob", "Bea", "Ben", "Bo", "Bly", "Bud"]}
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/audit.schema.json").read_text(encoding="utf-8"))


def resumes(n=40, jobs=10, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "name": rng.choice(["Jo", "Lee"], n),
            "gender": rng.choice(["f", "m"], n),
            "years": rng.integers(0, 20, n),
            "job": np.arange(n) % jobs,
        }
    )


def letters(rows):
    """A score that a name changes by its letters, so that names differ within a group and between groups."""
    return rows["years"] / 10 + rows["name"].map(lambda name: sum(map(ord, name)) % 7 / 10)


def valid(study):
    """Return the section after a look by the schema; JSON has no NaN."""
    made = json.loads(json.dumps(study.to_json(), allow_nan=False))
    found = list(
        Draft202012Validator({"$defs": SCHEMA["$defs"], **SCHEMA["properties"]["counterfactual"]}).iter_errors(made)
    )
    assert not found, found[0]
    return made


def selects(only_a, only_b, both, neither):
    """Return résumés and a rule that selects so many as a only, b only, both and neither."""
    kind = np.repeat(["a", "b", "both", "neither"], [only_a, only_b, both, neither])
    rows = pd.DataFrame({"group": np.resize(["a", "b"], len(kind)), "kind": kind})
    return rows, lambda asked: (asked["kind"] == asked["group"]) | (asked["kind"] == "both")


# -- decisions ---------------------------------------------------------------------------------------------------


def test_a_published_table_of_pairs():
    """16 selected as a only and 6 as b only, of 200: flips .11, net .05, exact McNemar .0525."""
    rows, rule = selects(16, 6, 60, 118)
    study = fw.counterfactual(rows, rule, swap=AttributeSwap("group"))
    found = study.compared[0].decision
    assert (found.table, found.flip_rate.value, found.net.value) == ((16, 6, 60, 118), 0.11, 0.05)
    assert found.mcnemar.exact == pytest.approx(0.052478790283203125, abs=1e-9)
    assert found.impact_ratio.value == pytest.approx(76 / 66)
    assert found.net.low < 0.05 < found.net.high
    assert found.test.m == 1
    assert found.test.p == found.test.p_adjusted
    (entry,) = valid(study)
    assert entry["decision"]["mcnemar"]["method"] == "mid_p"
    assert (entry["resumes"], entry["jobs"], entry["questions"], entry["draws"]) == (200, None, 400, 1)
    assert (
        "200 pairs, 'a' against 'b', 16 are selected only as 'a' and 6 only as 'b': net 5.0 percentage points"
        in entry["because"]
    )
    assert "no causal proof" in entry["because"]


def test_pairs_of_one_job_have_no_test_that_takes_them_for_independent():
    rows, rule = selects(16, 6, 60, 118)
    found = fw.counterfactual(
        rows.assign(job=np.arange(200) // 4), rule, swap=AttributeSwap("group"), job="job"
    ).compared[0]
    assert found.decision.mcnemar is None
    assert found.jobs == 50
    assert 0 < found.decision.sign_flip.p < 1


def test_a_model_that_does_not_read_the_field():
    """No flip among 40 pairs of 10 jobs: up to t²/(10 + t²) of others might, t of 9 degrees of freedom being 2.262."""
    study = fw.counterfactual(resumes(), lambda rows: rows["years"] >= 12, swap=GENDER, job="job")
    found = study.compared[0].decision
    assert (found.table.only_a, found.table.only_b, found.flip_rate.value, found.net.value) == (0, 0, 0, 0)
    assert found.flip_rate.high == found.net.high == pytest.approx(2.262157**2 / (10 + 2.262157**2), abs=1e-6)
    assert (found.net.status, found.impact_ratio.value, found.sign_flip.p, found.test.p) == ("ok", 1, 1, 1)
    assert "no decision flips (up to 33.9\u202f% may)" in valid(study)[0]["because"]


def test_nobody_selected_as_b_and_one_job_only():
    rows, rule = selects(5, 0, 0, 5)
    found = fw.counterfactual(rows.assign(job=1), rule, swap=AttributeSwap("group"), job="job").compared[0]
    assert found.decision.impact_ratio.status == "undefined_no_selections"
    assert (found.decision.net.value, found.decision.net.low, found.decision.net.method) == (0.5, None, None)
    assert found.decision.test is None
    assert any("All answers belong to one job" in said for said in found.warnings)


def test_exchanging_the_groups_changes_the_signs():
    kept = {
        "swap": NameSwap("name", names=NAMES, names_per_group=6),
        "job": "job",
        "model": fw.load_model(letters, at_least=1.3),
    }
    there = fw.counterfactual(resumes(), **kept, groups=["a", "b"]).compared[0]
    back = fw.counterfactual(resumes(), **kept, groups=["b", "a"]).compared[0]
    assert (back.a, back.b) == (there.b, there.a)
    # Which name meets which résumé is drawn by the order of the groups; every name meets as many.
    assert np.sign(back.score.difference.value) == -np.sign(there.score.difference.value)
    assert back.decision.table.pairs == there.decision.table.pairs


def test_the_order_of_the_rows_changes_nothing():
    rows = resumes().drop_duplicates()
    kept = {"swap": NameSwap("name", names=NAMES, names_per_group=6), "job": "job"}
    model = fw.load_model(letters, top=0.3)
    there = valid(fw.counterfactual(rows, model, **kept))
    other = valid(fw.counterfactual(rows.sample(frac=1, random_state=1), model, **kept))
    assert json.dumps(rounded(other)) == json.dumps(rounded(there))


def rounded(value):
    """Numbers to ten digits: sums in another order differ in the last."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


# -- scores ------------------------------------------------------------------------------------------------------


def test_a_difference_that_never_varies_has_no_interval():
    study = fw.counterfactual(resumes(), lambda rows: rows["years"] / 7 + 0.25 * (rows["gender"] == "f"), swap=GENDER)
    found = study.compared[0].score
    assert found.difference.value == pytest.approx(0.25)
    assert (found.difference.low, found.difference.method, found.difference.status, found.test) == (
        None,
        None,
        "ok",
        None,
    )
    assert found.sign_flip.p == pytest.approx(1 / 10_000)
    assert any("no decisions" in said for said in study.compared[0].warnings)
    assert study.compared[0].decision is None
    assert "0.25 on average, without an interval" in valid(study)[0]["because"]


def test_a_placebo_is_two_names_of_a_group():
    study = fw.counterfactual(resumes(), letters, swap=NameSwap("name", names=NAMES, names_per_group=6), job="job")
    found = study.compared[0]
    assert found.score.difference.n == 80  # 40 résumés, two names a group
    # A pair of names of each of two groups, 80 in all; of six names, three and three, 2·3·3 of 6·5 pairs are compared.
    assert found.placebo.score.difference.n == pytest.approx(80 * 18 / 30, abs=10)
    assert found.placebo.score.distance.value > 0  # the letters of names differ within a group
    assert found.score.distance.value > 0
    assert found.variance.names_a > 0
    assert found.variance.residual < found.variance.names_a / 10  # nothing but the name and the résumé counts
    valid(study)


def test_a_placebo_shows_what_names_make_of_a_difference_although_the_group_does_not():
    """Of a's two names one scores 1 and of b's none: half of the names less the other half is ±1 within a, 0 within b."""
    names = {"a": ["Ann", "Abe"], "b": ["Bob", "Bea"]}

    def rule(rows):
        return rows["years"] / 1000 + (rows["name"] == "Ann")

    swap = NameSwap("name", names=names, names_per_group=2)
    found = fw.counterfactual(resumes(), fw.load_model(rule, at_least=0.5), swap=swap).compared[0].placebo
    assert abs(found.score.difference.value) == pytest.approx(0.5)
    assert found.decision.table in ((40, 0, 0, 40), (0, 40, 0, 40))
    assert "half" in found.because


def test_a_placebo_varies_as_the_effect_does_where_groups_do_not_differ():
    """Ten names a group with effects of their own, of variance 1: √(2/10) is the spread of either; the interval mostly holds 0."""
    names = {g: [f"{g.upper()}{g}{letter}" for letter in "abcdefghij"] for g in "ab"}
    effects, placebos, held = [], [], 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        of_name = {name: rng.normal() for of_group in names.values() for name in of_group}

        def rule(rows, of_name=of_name):
            return rows["years"] / 100 + rows["name"].map(of_name)

        swap = NameSwap("name", names=names, names_per_group=10)
        found = fw.counterfactual(resumes(100), rule, swap=swap, seed=seed).compared[0]
        effects.append(found.score.difference.value)
        placebos.append((within := found.placebo.score.difference).value)
        held += within.low <= 0 <= within.high
    # Of a standard deviation from 40, 99 % lie within a third of √.2 = .447 either way.
    assert np.std(effects) == pytest.approx(0.447, rel=0.34)
    assert np.std(placebos) == pytest.approx(0.447, rel=0.34)
    assert held >= 34  # of 40 at 95 %, 34 or more in 99 of 100 cases


def test_a_placebo_without_names_of_either_half_is_said():
    """One résumé, two of three names: where the two fall into one half there is nothing to compare."""
    names = {"a": ["Ann", "Abe", "Ada"], "b": ["Bob", "Bea", "Ben"]}
    swap = NameSwap("name", names=names, names_per_group=3)
    made = [fw.counterfactual(resumes(1), letters, swap=swap, seed=seed) for seed in range(40)]
    without = [study for study in made if study.compared[0].placebo.score is None]
    assert without
    assert all("different halves" in valid(study)[0]["placebo"]["because"] for study in without)


def test_the_placebo_of_one_name_is_the_same_row_asked_again():
    """A model that answers by chance, asked four times: two pairs of draws for each résumé and group."""
    rng = np.random.default_rng(4)
    study = fw.counterfactual(resumes(), lambda rows: rng.uniform(size=len(rows)) < 0.5, swap=GENDER, draws=4)
    found = study.compared[0]
    assert found.decision.table.pairs == 40 * 4
    assert found.placebo.decision.table.pairs == 40 * 2 * 2
    assert 0.3 < found.placebo.decision.flip_rate.value < 0.7
    assert "asked twice" in found.placebo.because
    assert found.questions == 40 * 2 * 4
    valid(study)


def test_without_draws_and_names_there_is_no_placebo():
    found = fw.counterfactual(resumes(), lambda rows: rows["years"] > 9, swap=GENDER).compared[0]
    assert (found.placebo.decision, found.placebo.score) == (None, None)
    assert "nothing to swap" in found.placebo.because


def test_names_and_not_pairs_decide_how_sure_the_difference_is():
    """One name of five takes all: a t interval over five names holds no effect, whatever the number of résumés."""

    def rule(rows):
        return rows["years"] / 1000 + (rows["name"] == "Ann")

    names = {group: of_group[:5] for group, of_group in NAMES.items()}
    found = fw.counterfactual(resumes(400, 400), rule, swap=NameSwap("name", names=names, names_per_group=5)).compared[
        0
    ]
    assert found.score.difference.value == pytest.approx(0.2, abs=0.01)
    assert found.score.difference.low < 0 < found.score.difference.high
    assert found.score.sign_flip.p < 0.001  # the names shown do make a difference
    assert found.score.difference.high == pytest.approx(0.2 + 2.776 * 0.2, abs=0.02)  # t at 4; s²/5 = .2²


def test_affiliations_that_belong_together_vary_together():
    """The k-th clubs of both groups score nearly alike: their common part is no part of the difference."""
    clubs = {"women's": [f"Women's {i} Club" for i in range(6)], "general": [f"{i} Club" for i in range(6)]}
    rows = pd.DataFrame({"club": ["0 Club"] * 60, "years": np.arange(60)})

    def rule(asked):
        number = asked["club"].str.extract(r"(\d)")[0].astype(int)
        women = asked["club"].str.startswith("Women")
        return number * 5 - women * (1 + (number % 2) / 10 + asked["years"] % 3 / 100)

    found = fw.counterfactual(rows, rule, swap=AffiliationSwap(clubs, column="club")).compared[0].score.difference
    assert -1.2 < found.low < found.value < found.high < -0.9


# -- three groups ------------------------------------------------------------------------------------------------


def test_three_groups_are_three_pairs_and_one_family():
    groups = {**NAMES, "c": ["Cy", "Cal", "Cam", "Cat", "Coy", "Cole"]}
    study = fw.counterfactual(
        resumes(), fw.load_model(letters, top=0.4), swap=NameSwap("name", names=groups, names_per_group=6), job="job"
    )
    assert [(e.a, e.b) for e in study.compared] == [("a", "b"), ("a", "c"), ("b", "c")]
    for kind in ("decision", "score"):
        tests = [getattr(e, kind).test for e in study.compared]
        order = sorted(tests, key=lambda test: test.p)
        assert {test.m for test in tests} == {3}
        assert order[0].p_adjusted == pytest.approx(min(1, 3 * order[0].p))
        assert order[1].p_adjusted == pytest.approx(min(1, max(3 * order[0].p, 2 * order[1].p)))
    first = study.compared[0].ranked_first
    assert first.lists == 80
    assert sum(one.times for one in first.groups) == pytest.approx(80)
    assert study.questions == 40 * 6 + 40  # each résumé under two names of three groups, and once as it is
    assert [v.group for v in study.compared[1].variants] == ["a"] * 6 + ["c"] * 6
    assert sum(v.n for v in study.compared[1].variants) == 160
    valid(study)


def test_several_swaps_are_studies_of_their_own():
    study = fw.counterfactual(
        resumes(),
        lambda rows: rows["years"] > 9,
        swap=[GENDER, {"kind": "names", "column": "name", "names": NAMES, "names_per_group": 6}],
    )
    assert [(e.field, e.kind) for e in study.compared] == [("gender", "attribute"), ("name", "names")]
    assert study.questions == 80 + 160


def test_questions_of_swaps_of_one_field_are_added_up():
    swaps = [
        NameSwap("name", names={g: names[k : k + 3] for g, names in NAMES.items()}, names_per_group=3) for k in (0, 3)
    ]
    study = fw.counterfactual(resumes(), lambda rows: rows["years"] > 9, swap=swaps)
    assert study.questions == 2 * 160
    three = NameSwap("name", names={**NAMES, "c": ["Cy", "Cal", "Cam"]}, names_per_group=3)
    assert fw.counterfactual(resumes(), lambda rows: rows["years"] > 9, swap=three).questions == 240


# -- asking ------------------------------------------------------------------------------------------------------


def test_the_share_at_the_top_is_of_the_resumes_as_they_are():
    """The top half of 0 … 19 is 10 and more; as m everybody has 100 less, so as m nobody is selected."""
    rows = pd.DataFrame({"gender": ["f"] * 20, "years": range(20)})
    model = fw.load_model(lambda rows: rows["years"] - 100.0 * (rows["gender"] == "m"), top=0.5)
    table = (
        fw.counterfactual(rows, model, swap={"kind": "attribute", "column": "gender", "levels": ["f", "m"]})
        .compared[0]
        .decision.table
    )
    assert table == (10, 0, 0, 10)


def test_a_budget_holds_for_every_question_and_is_known_before():
    asked = []

    def count(rows):
        asked.append(len(rows))
        return rows["years"] / 20

    study = fw.counterfactual(resumes(), fw.load_model(count, top=0.5), swap=GENDER, budget=35, draws=2)
    assert sum(asked) == study.questions == 35  # seven résumés: two groups, two draws, and once as they are
    assert study.compared[0].sampled_from == 40
    design = design_of(resumes(), AttributeSwap("gender"), budget=28, draws=2)
    assert asked_of(design, fw.load_model(count, top=0.5), draws=2) == 35


def test_a_budget_without_the_question_for_the_cut_off_is_said():
    """A résumé is two questions as f and m, and one as it is."""
    model = fw.load_model(lambda rows: rows["years"] / 20, top=0.5)
    with pytest.raises(fw.FairwitnessError, match=r"One résumé is 3 questions, 2 with .* and the budget is 2\."):
        fw.counterfactual(resumes(), model, swap=GENDER, budget=2)
    assert fw.counterfactual(resumes(), model, swap=GENDER, budget=3).questions == 3


def test_several_names_and_one_job_only():
    """Nothing says how answers vary between jobs: figures without intervals, and no parts of the variance."""
    swap = NameSwap("name", names=NAMES, names_per_group=6)
    found = fw.counterfactual(resumes(20, 1), fw.load_model(letters, at_least=1.3), swap=swap, job="job").compared[0]
    assert found.variance is None
    assert (found.score.difference.low, found.score.test, found.decision.net.low) == (None, None, None)
    assert found.score.difference.value is not None
    assert any("All answers belong to one job" in said for said in found.warnings)


@pytest.mark.parametrize(("n", "per_resume", "draws"), [(1, 1, 1), (1, 2, 3), (2, 4, 1), (3, 1, 2)])
def test_designs_of_few_resumes_are_answered_and_written(n, per_resume, draws):
    swap = NameSwap("name", names=NAMES, names_per_group=6)
    for rule in (letters, lambda rows: rows["years"] > 9, lambda rows: rows["years"] * 0.0 + 7):
        valid(fw.counterfactual(resumes(n), rule, swap=swap, per_resume=per_resume, draws=draws))


def test_decisions_that_are_words():
    kept = {"swap": GENDER}

    def rule(rows):
        return np.where(rows["years"] > 9, "invite", "reject")

    with pytest.raises(
        fw.FairwitnessError,
        match=r"which of its decisions mean selected\? It answered 'invite', 'reject'|'reject', 'invite'",
    ):
        fw.counterfactual(resumes(), rule, **kept)
    with pytest.raises(fw.FairwitnessError, match="none of its decisions is 'hire'"):
        fw.counterfactual(resumes(), rule, favorable=["hire"], **kept)
    found = fw.counterfactual(resumes(), rule, favorable=["invite"], **kept).compared[0].decision
    assert found.table.both == (resumes()["years"] > 9).sum()


def test_a_vendors_answers_brought_back(tmp_path):
    """Rows written to a file, scored elsewhere in another order, and read again, give what the model itself gives."""
    swap = NameSwap("name", names=NAMES, names_per_group=6)
    write_questions(design_of(resumes(), swap, job="job"), tmp_path / "questions.csv")
    sent = pd.read_csv(tmp_path / "questions.csv").sample(frac=1, random_state=2)
    sent.assign(score=letters(sent))[["fairwitness_row", "score"]].to_csv(tmp_path / "scores.csv", index=False)
    back = fw.load_model(tmp_path / "scores.csv", unit="fairwitness_row", at_least=1.3)
    there, here = (
        valid(fw.counterfactual(resumes(), m, swap=swap, job="job"))
        for m in (back, fw.load_model(letters, at_least=1.3))
    )
    assert rounded(there) == rounded(here)
    by_order = tmp_path / "by_order.csv"
    letters(sent).rename("score").to_csv(by_order, index=False)
    with pytest.raises(fw.FairwitnessError, match=r"Join them by the number of each row: unit = 'fairwitness_row'"):
        fw.counterfactual(resumes(), fw.load_model(by_order, at_least=1.3), swap=swap)
    top = fw.load_model(tmp_path / "scores.csv", unit="fairwitness_row", top=0.3)
    with pytest.raises(fw.FairwitnessError, match="a file of predictions has no answers to the résumés as they are"):
        fw.counterfactual(resumes(), top, swap=swap)


def test_what_is_withheld_is_not_shown():
    seen = []

    def look(rows):
        seen.append(list(rows.columns))
        return rows["years"] / 20

    fw.counterfactual(resumes(), fw.load_model(look, top=0.5), swap=GENDER, withheld=["job"])
    assert seen == [["name", "gender", "years"]] * 2
    with pytest.raises(fw.FairwitnessError, match=r"reads 'years', and withheld says"):
        fw.counterfactual(resumes(), look, features=["years", "gender"], swap=GENDER, withheld=["years"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"level": 95}, "level: 95 is no confidence level"),
        ({"swap": []}, "swap: name at least one"),
        ({"model": fw.load_model(letters), "features": ["years"]}, "the model is loaded already"),
    ],
)
def test_options_that_make_no_sense(options, said):
    with pytest.raises(fw.FairwitnessError, match=said):
        fw.counterfactual(resumes(), **({"model": letters, "swap": GENDER} | options))


def test_few_names_and_few_jobs_are_said():
    names = {"a": ["Ann", "Abe"], "b": ["Bob", "Bea"]}
    warned = (
        fw.counterfactual(resumes(jobs=5), letters, swap=NameSwap("name", names=names, names_per_group=2), job="job")
        .compared[0]
        .warnings
    )
    assert any("under 2 names" in said for said in warned)
    assert any("5 jobs only" in said for said in warned)
    one = {"a": ["Ann"], "b": ["Bob"]}
    warned = (
        fw.counterfactual(resumes(), letters, swap=NameSwap("name", names=one, names_per_group=1)).compared[0].warnings
    )
    assert any("under one name: the figures are about that name" in said for said in warned)


def test_one_name_a_resume_asked_again_is_one_name():
    """Six names, one a résumé and group, asked twice: the placebo's variance counts each name once."""
    rng = np.random.default_rng(8)

    def rule(rows):
        return rng.uniform(size=len(rows)) < rows["name"].map(lambda name: 0.2 + 0.6 * (len(name) > 2))

    swap = NameSwap("name", names=NAMES, names_per_group=6)
    found = fw.counterfactual(resumes(300, 300), rule, swap=swap, per_resume=1, draws=2).compared[0].placebo.decision
    assert found.table.pairs == 600
    # Flips of two draws with chance p: 2·p·(1 - p) = .32 for .2 and for .8 alike, so names add nothing.
    assert found.flip_rate.value == pytest.approx(0.32, abs=0.06)
    assert 0.03 < (found.flip_rate.high - found.flip_rate.low) / 2 < 0.08  # 1.96·√(.32·.68/600) = .037

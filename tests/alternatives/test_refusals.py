"""What a search refuses: whatever reads the protected attribute where it may not, and what cannot be searched."""

from __future__ import annotations

import numpy as np
import pytest
from fairlearn.postprocessing import ThresholdOptimizer
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import fairwitness as fw
from fairwitness.audit.alternatives.jurisdiction import jurisdiction
from fairwitness.audit.alternatives.pipeline import unfitted

READS_IT = make_pipeline(
    make_column_transformer((StandardScaler(), ["skill"]), (OneHotEncoder(), ["group"])), LogisticRegression()
)
BY_LAW = r"42 U\.S\.C\. 2000e-2\(l\)"


@pytest.mark.parametrize("place", [None, "usa"])
def test_the_jurisdiction_must_be_one_that_is_known_and_the_message_lists_them(search, place):
    with pytest.raises(fw.FairwitnessError, match=r"'us' \(United States, employment\).*'eu'.*'uk'.*'cn'.*'sg'"):
        search(jurisdiction=place)


@pytest.mark.parametrize("place", ["us", "us-nyc"])
@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize(
    "asked",
    [
        {"features": ["skill", "group"]},
        {"pipeline": READS_IT},
        {"pipeline": ThresholdOptimizer(estimator=LogisticRegression())},
        {"pipeline": make_pipeline(ThresholdOptimizer(estimator=LogisticRegression()))},
        {"families": ["threshold_optimizer"]},
        {"families": ["drop", "group_thresholds"]},
        {"families": ["banding"], "tie_break": "group"},
    ],
    ids=["feature", "pipeline names it", "thresholds", "thresholds within", "family", "families", "tie-break"],
)
def test_in_us_employment_nothing_reads_the_attribute_when_deciding_and_no_switch_changes_that(
    search, place, allowed, asked
):
    with pytest.raises(fw.FairwitnessError, match=BY_LAW):
        search(jurisdiction=place, allow_protected_at_decision=allowed, **asked)


def test_a_pipeline_that_was_fitted_on_the_attribute_is_refused_too(search, people):
    told = people.assign(group=(people["group"] == "B").astype(int))
    fitted = LogisticRegression().fit(told[["skill", "group"]], told["good"])
    with pytest.raises(fw.FairwitnessError, match=BY_LAW):
        search(data=told, pipeline=fitted)


@pytest.mark.parametrize(("place", "law"), [("eu", "2000/43/EC"), ("uk", "section 13"), ("cn", "not been looked up")])
def test_elsewhere_only_an_explicit_switch_lets_the_pipeline_read_it(search, place, law):
    asked = {"pipeline": READS_IT, "features": ["skill", "group"], "jurisdiction": place}
    with pytest.raises(fw.FairwitnessError, match=law) as refused:
        search(**asked)
    assert "allow_protected_at_decision=True" in str(refused.value)
    found = search(**asked, allow_protected_at_decision=True)
    assert found.baseline.candidate.columns == ("skill", "group")
    assert next(a.candidate.dropped for a in found.candidates if a.candidate.family == "drop") == ("group",)


def test_thresholds_by_group_have_no_place_in_a_search_even_with_the_switch(search):
    with pytest.raises(fw.FairwitnessError, match="Give the estimator within it"):
        search(
            pipeline=ThresholdOptimizer(estimator=LogisticRegression()),
            jurisdiction="eu",
            allow_protected_at_decision=True,
        )


def test_what_is_not_offered_is_listed_with_the_reason_and_the_law(search):
    refused = {r.family: r for r in search(families=["cutoff"]).refused}
    assert {r.citation for r in refused.values()} == {
        "42 U.S.C. 2000e-2(l), of race, color, religion, sex and national origin"
    }
    assert "ThresholdOptimizer" in refused["group_thresholds"].because
    assert set(refused) == {"group_thresholds", "banding_by_group", "protected_feature"}


@pytest.mark.parametrize("place", ["us", "us-nyc"])
def test_of_an_attribute_that_703l_does_not_name_the_refusal_does_not_say_that_it_does(search, people, place):
    """The column may hold ages: what it means is not known, so that the law's five grounds are named and no other."""
    aged = people.rename(columns={"group": "age"})
    with pytest.raises(fw.FairwitnessError) as refused:
        search(data=aged, protected="age", features=["skill", "age"], jurisdiction=place)
    named = "race, color, religion, sex or national origin"
    texts = [str(refused.value), *(r.because for r in jurisdiction(place).refusals(allowed=False))]
    for text in texts:
        assert f"on the basis of {named}; of any other attribute, such as age or disability, it does not speak" in text
        assert "this search decides by none all the same" in text
    note = jurisdiction(place).note
    assert "of race, color, religion, sex and national origin, a refusal to adopt one can establish the case" in note


def test_the_race_directive_is_cited_for_racial_or_ethnic_origin_only():
    place = jurisdiction("eu")
    assert "of racial or ethnic origin; other grounds have directives of their own" in place.citation
    assert "of racial or ethnic origin, Directive 2000/43/EC, Article 2(2)(b); other grounds" in place.note


@pytest.mark.parametrize("asked", [{"tie_break": "good"}, {"tie_break": "experience", "withheld": ["experience"]}])
def test_neither_the_outcome_nor_what_is_withheld_breaks_a_tie(search, asked):
    with pytest.raises(fw.FairwitnessError, match=r"tie_break: .* cannot be read when deciding"):
        search(families=["banding"], **asked)


def test_law_that_was_only_read_in_secondary_sources_says_so():
    laws = {law.citation: law.confidence for law in jurisdiction("us").laws}
    assert laws["29 CFR 1607.3(B)"] == "source"
    assert [c for citation, c in laws.items() if "703(l)" in citation or "703(k)" in citation] == ["secondary"] * 2
    assert "703(k)(1)(A)(ii)" in " ".join(laws)
    note = jurisdiction("us-nyc").note
    assert "itself evidence" in note
    assert "secondary sources: verify" in note


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (LogisticRegression, "the class LogisticRegression"),
        (len, "no scikit-learn estimator"),
        (LinearRegression(), "offers no score"),
        (KMeans(), "offers no score"),
    ],
)
def test_a_pipeline_must_be_a_classifier_that_scores(given, what):
    with pytest.raises(fw.FairwitnessError, match=what):
        unfitted(given, 0)


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"label": "nobody"}, "no column 'nobody'"),
        ({"protected": "good"}, "are one column"),
        ({"features": ["skill", "good"]}, "cannot be read when deciding"),
        ({"features": ["club"], "withheld": ["club"]}, "cannot be read when deciding"),
        ({"features": ["skill", "skill"]}, "each column once"),
        ({"withheld": ["skill", "experience", "club"]}, "no column is left"),
        ({"families": ["dropp"]}, "Did you mean 'drop'"),
        ({"validity": "accuracy"}, "No validity 'accuracy'"),
        ({"margin": -0.1}, "margin"),
        ({"level": 1.0}, "level"),
        ({"selection_rate": 1.0}, "selection_rate"),
        ({"shares": (0.5, 0.5, 0.5)}, "add up to 1"),
        ({"group": "C"}, "No group 'C'"),
        ({"group": "A", "reference": "A"}, "both 'A'"),
        ({"min_n": 2000}, "not two groups"),
        ({"label": "group", "protected": "good"}, "one value must mean negative"),
    ],
)
def test_what_cannot_be_searched_is_said_with_the_way_out(search, asked, what):
    with pytest.raises(fw.FairwitnessError, match=what):
        search(**asked)


@pytest.mark.parametrize(
    ("asked", "family", "what"),
    [
        ({"cutoffs": [1.5]}, "cutoff", "between 0 and 1"),
        ({"band_widths": [0]}, "banding", "widths above 0"),
        ({"pipeline": KNeighborsClassifier()}, "reweighing", "takes no weights"),
        ({"pipeline": KNeighborsClassifier()}, "exponentiated_gradient", "takes no weights"),
        ({"pipeline": make_pipeline(StandardScaler(), KNeighborsClassifier())}, "grid_search", "takes no weights"),
    ],
)
def test_a_family_that_cannot_be_made_is_left_out_with_the_reason(search, asked, family, what):
    found = search(**asked, families=[family])
    assert [a.candidate.id for a in found.candidates] == ["baseline"]
    (unmade,) = [r for r in found.refused if r.family == family]
    assert what in unmade.because
    assert unmade.citation is None
    assert found.chosen is None


def test_too_few_people_are_refused(search, people):
    with pytest.raises(fw.FairwitnessError, match="it takes 10 of each"):
        search(data=people.head(60))


def test_a_pipeline_that_raises_is_told_without_its_message(search, people):
    with pytest.raises(fw.FairwitnessError) as told:
        search(data=people.assign(skill="Ann Example"))
    assert "raised ValueError" in str(told.value)
    assert "Ann" not in str(told.value)


@pytest.mark.parametrize("utility", [lambda *_: "good", lambda *_: np.nan, lambda _: 0.0])
def test_a_utility_must_be_a_number_for_any_people(search, utility):
    with pytest.raises(fw.FairwitnessError, match="utility"):
        search(validity=utility, families=[])

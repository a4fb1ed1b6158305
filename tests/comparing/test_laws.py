"""What must hold of any two releases: nothing changes where nothing changed, and names, order and engines do not matter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwitness.audit.comparing.question import COMPARABLE
from fairwitness.audit.comparing.release import compare_releases

counts = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda c: (c[0], c[0] + c[1]))
releases = st.fixed_dictionaries({"A": counts, "B": counts, "C": counts})
pairs = st.tuples(*[st.integers(0, 30)] * 4)
rules = st.sampled_from(["screen_and_test", "clear", "assured", "point"])
margins = st.sampled_from(["0", "0.02", "0.2"])
RATES = ("impact_ratio", "rate_difference")


@given(same=releases, rule=rules, margin=margins, metric=st.sampled_from(RATES))
def test_the_same_release_twice_is_no_change_and_never_beyond(release, same, rule, margin, metric):
    found = compare_releases(release(**same), release(**same), margin=margin, evidence=rule, metric=metric)
    for c in found.changes:
        assert c.verdict != "beyond"
        assert not c.attention
        if c.status == "ok":
            assert c.change == (1 if metric == "impact_ratio" else 0)
            assert c.direction == "same"
            if c.p_no_change is not None:
                assert c.p_no_change == 1
                assert c.low <= c.change
                assert c.high is None or c.change <= c.high


@given(old=releases, new=releases, metric=st.sampled_from(RATES))
def test_other_labels_give_the_same_figures(release, old, new, metric):
    names = {"A": "zebra", "B": "黑人", "C": "-1"}

    def figures(comparison, back):
        return {
            back.get(c.group[0], c.group[0]): (c.change, c.low, c.high, c.p, c.p_adjusted, c.verdict, c.status)
            for c in comparison.changes
        }

    plain = compare_releases(release(**old), release(**new), margin="0.02", metric=metric, reference="A")
    other = compare_releases(
        *(release(**{names[g]: n for g, n in r.items()}) for r in (old, new)),
        margin="0.02",
        metric=metric,
        reference="zebra",
    )
    assert figures(plain, {}) == figures(other, {v: k for k, v in names.items()})


@given(old=releases, new=releases, margin=margins, metric=st.sampled_from(RATES))
def test_the_test_and_the_interval_agree(release, old, new, margin, metric):
    """`within` is what the one-sided test of non-inferiority at 5 % rejects: the interval is that test inverted."""
    named = {"margin": margin, "metric": metric, "reference": "A"}
    for c in compare_releases(release(**old), release(**new), **named).changes:
        if c.p is None or abs(c.p - 0.05) < 1e-6 or c.change < c.threshold:
            continue
        assert (c.p < 0.05) == (c.verdict == "within")


@given(old=releases, new=releases)
def test_exchanging_the_releases_turns_the_change_round(release, old, new):
    forth, back = (
        {c.group: c for c in compare_releases(*pair, margin=0, metric="rate_difference").changes}
        for pair in [(release(**old), release(**new)), (release(**new), release(**old))]
    )
    for group in forth.keys() & back.keys():
        there, again = forth[group], back[group]
        if there.change is None or there.low is None:
            continue
        assert there.reference == again.reference
        assert there.change == pytest.approx(-again.change, abs=1e-12)
        assert there.low == pytest.approx(-again.high, abs=1e-6)
        assert there.p_no_change == pytest.approx(again.p_no_change, rel=1e-6)


@given(f=pairs, m=pairs, rule=rules, seed=st.integers(0, 99))
def test_order_of_rows_and_names_of_columns_do_not_matter(people, loaded, f, m, rule, seed):
    if sum(f) == 0 or sum(m) == 0:
        return
    old, new = people(F=f, M=m)
    shuffled = [t.take(np.random.default_rng(seed + i).permutation(t.num_rows)) for i, t in enumerate((old, new))]
    renamed = [pa.table({"y": t["hired"], "g": t["sex"], "who": t["id"]}) for t in shuffled]
    plain = compare_releases(loaded(old), loaded(new), margin="0.02", evidence=rule).changes
    roles = {"protected": "g", "decision": "y", "unit": "who"}
    other = compare_releases(*(loaded(t, **roles) for t in renamed), margin="0.02", evidence=rule).changes
    assert [c.by for c in other] == [("g",)] * len(other)
    strip = {"by"}
    assert [{k: v for k, v in c.to_json().items() if k not in strip} for c in plain] == [
        {k: v for k, v in c.to_json().items() if k not in strip} for c in other
    ]


@given(f=pairs, m=pairs)
def test_the_same_people_decided_alike_is_no_change(people, loaded, f, m):
    if sum(f) == 0 or sum(m) == 0:
        return
    _, new = people(F=f, M=m)
    for metric in RATES:
        for c in compare_releases(loaded(new), loaded(new), margin="0.02", metric=metric).changes:
            assert c.verdict != "beyond"
            if c.status == "ok":
                assert c.change == (1 if metric == "impact_ratio" else 0)
                assert (c.mcnemar.only_new, c.mcnemar.only_old) == (0, 0)


@pytest.mark.parametrize("then", ["pandas", "polars", "pyarrow", "duckdb"])
def test_releases_may_lie_on_any_engines(people, loaded, need, then):
    if then == "polars":
        need("polars")
    old, new = people(F=(40, 5, 20, 35), M=(50, 8, 4, 38))
    expected = compare_releases(loaded(old), loaded(new), margin="0.02").changes
    for now in ("pandas", "duckdb"):
        assert compare_releases(loaded(old, engine=then), loaded(new, engine=now), margin="0.02").changes == expected


def test_a_planted_change_is_found_and_where_it_was_planted(people, loaded):
    """600 of each group; the new release takes 60 of the women's 300 selections away and touches nobody else."""
    old, new = people(F=(240, 0, 60, 300), M=(300, 0, 0, 300), X=(300, 0, 0, 300))
    for roles in ({}, {"unit": ()}):
        found = {
            c.group[0]: c for c in compare_releases(loaded(old, **roles), loaded(new, **roles), margin="0.02").changes
        }
        assert found["F"].change == pytest.approx(0.8)
        assert found["F"].verdict == "beyond"
        assert {c.verdict for g, c in found.items() if g != "F"} <= {"within", "inconclusive"}


def test_every_metric_that_can_be_asked_for_has_an_answer(with_outcomes):
    same = with_outcomes(F=(40, 20, 30), M=(50, 20, 30))
    for metric in COMPARABLE:
        (change,) = compare_releases(same, same, metric=metric, margin="0.02", label_scope="all").changes
        assert change.status == "ok"

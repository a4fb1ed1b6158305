"""The baseline file: what is in it and what must not be, how it changes, and what is refused when it is read."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fairwitness as fw
from fairwitness.audit.comparing.baseline import Baseline, baseline_of
from fairwitness.audit.comparing.baseline_file import (
    baseline_named,
    baselines_text,
    is_baseline,
    read_baselines,
    write_baselines,
)
from fairwitness.audit.comparing.group_rates import GroupRate, RateTable
from fairwitness.audit.comparing.release import compare_releases
from fairwitness.audit.disclosure import MERGED
from fairwitness.audit.tally import Axis, Tally


def audit(tally, **plan):
    return fw.run_audit(tally, resamples=200, **plan)


def text_of(tally, name="holdout", **plan):
    return baselines_text([baseline_of(audit(tally, **plan), name)])


@pytest.fixture
def saved(tmp_path, release):
    """A baseline of 480 of 1,000 women and 500 of 1,000 men, as a file and as JSON to damage."""
    path = tmp_path / "fairness-baseline.json"
    write_baselines(path, [baseline_of(audit(release(F=(480, 1000), M=(500, 1000))), "holdout")])
    return path


def damaged(path, damage):
    content = json.loads(path.read_text("utf-8"))
    damage(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_counts_are_got_back_exactly(saved, release):
    change = compare_releases(saved, release(F=(480, 1000), M=(500, 1000)), margin="0.02").changes[0]
    assert (change.old.selected, change.old.n, change.old.reference_selected) == (480, 1000, 500)
    assert (change.change, change.p_no_change) == (1, 1)
    assert "the baseline holds no rows" in compare_releases(saved, release(F=(1, 2)), margin=0).notes[0]


def test_counts_of_every_size_survive(tmp_path):
    sizes = [(10, 20), (11, 33), (333_337, 10**6 + 7), (10**12 + 39, 10**13 + 37)]
    groups = {(f"g{i}",): GroupRate(x, n, "ok") for i, (x, n) in enumerate(sizes)}
    table = RateTable(("sex",), "selection_rate", "selection_rate", groups)
    write_baselines(tmp_path / "b.json", [Baseline("x", {}, 0.95, (table,))])
    assert read_baselines(tmp_path / "b.json")["x"].tables == (table,)


def test_reading_and_writing_again_makes_the_same_bytes(saved):
    before = saved.read_bytes()
    write_baselines(saved, read_baselines(saved).values())
    assert saved.read_bytes() == before
    assert before.endswith(b"}\n")
    assert b"NaN" not in before


def test_the_order_of_rows_and_audits_changes_nothing(release):
    a, b = release(F=(480, 1000), M=(500, 1000)), release(M=(500, 1000), F=(480, 1000))
    assert text_of(a) == text_of(b)
    first, second = (baseline_of(audit(a), name) for name in ("first", "second"))
    assert baselines_text([first, second]) == baselines_text([second, first])


def test_a_change_of_one_group_is_a_change_of_one_line(release):
    before = text_of(release(A=(480, 1000), B=(500, 1000), C=(510, 1000))).splitlines()
    after = text_of(release(A=(480, 1000), B=(501, 1000), C=(510, 1000))).splitlines()
    assert len(before) == len(after)
    (line,) = [new for old, new in zip(before, after, strict=True) if old != new]
    assert line.strip().startswith('{"group": ["B"]')
    assert '"n": 1000, "rate": 0.501' in line


def test_what_does_not_decide_what_is_counted_is_not_in_the_plan(release):
    t = release(A=(480, 1000), B=(500, 1000))
    plain = text_of(t)
    assert text_of(t, title="Autumn", gate={"inconclusive": "fail"}, seed=7) == plain
    for asked in ({"min_n": 30}, {"reference": "A"}, {"level": 0.99}):
        assert text_of(t, **asked) != plain


def test_source_and_engine_are_not_in_the_plan(people, loaded, tmp_path):
    _, new = people(F=(30, 10, 10, 30), M=(40, 10, 10, 30))
    (tmp_path / "other.csv").write_text(new.to_pandas().to_csv(index=False), encoding="utf-8")
    made = [text_of(loaded(source, engine=engine)) for source, engine in
            [(new, "auto"), (new, "pandas"), (tmp_path / "other.csv", "duckdb")]]  # fmt: skip
    assert len(set(made)) == 1
    assert "other.csv" not in made[0]


def test_small_groups_are_merged_and_nothing_of_them_is_left(release):
    # "Seven" has 7 of 43 selected; hidden alone it could be computed from the total, so the smallest other joins it.
    text = text_of(release(White=(500, 1000), Black=(300, 700), Asian=(60, 140), Seven=(7, 43)))
    assert "Seven" not in text
    assert "Asian" not in text
    groups = {e["group"][0]: e for e in json.loads(text)["audits"]["holdout"]["tables"][0]["groups"]}
    assert set(groups) == {"White", "Black", MERGED}
    assert (groups[MERGED]["n"], round(groups[MERGED]["n"] * groups[MERGED]["rate"])) == (183, 67)
    assert '"n": 43' not in text
    assert str(7 / 43)[:8] not in text


def test_a_group_held_merged_is_not_evaluable_and_says_why(release):
    t = release(White=(500, 1000), Black=(300, 700), Asian=(60, 140), Seven=(7, 43))
    found = {c.group[0]: c for c in compare_releases(baseline_of(audit(t), "x"), t, margin="0.02").changes}
    assert set(found) == {"Black", "Asian", "Seven"}
    assert (found["Black"].status, found["Black"].change) == ("ok", 1)
    for name in ("Asian", "Seven"):
        assert (found[name].status, found[name].verdict) == ("merged_in_old", "not_evaluable")
        assert "only merged with other groups of fewer than 10" in found[name].because


def test_an_intersection_with_a_small_cell_is_left_out():
    axes = [Axis("sex", "protected"), Axis("race", "protected"), Axis("hired", "decision")]
    cells = {(s, r, d): 50 for s in "FM" for r in "AB" for d in ("selected", "not_selected")}
    whole = json.loads(text_of(Tally.of(axes, cells)))["audits"]["holdout"]["tables"]
    assert [t["by"] for t in whole] == [["race"], ["sex"], ["sex", "race"]]
    small = json.loads(text_of(Tally.of(axes, cells | {("F", "A", "selected"): 9})))["audits"]["holdout"]["tables"]
    assert [t["by"] for t in small] == [["race"], ["sex"]]


def test_where_everything_is_small_nothing_is_kept_and_that_is_said(release):
    tiny = release(F=(5, 9), M=(4, 9))
    kept = baseline_of(audit(tiny), "x")
    assert kept.tables == ()
    found = compare_releases(kept, tiny, margin=0)
    assert {c.verdict for c in found.changes} == {"not_evaluable"}
    assert "no table by sex that could be compared" in found.notes[-1]


def test_true_positive_rates_are_kept_beside(with_outcomes):
    t = with_outcomes(F=(40, 20, 30), M=(50, 20, 30))
    more = Tally.of(t.axes, dict(t.cells) | {(s, "not_selected", "negative"): 40 for s in "FM"})
    tables = json.loads(text_of(more, label_scope="all"))["audits"]["holdout"]["tables"]
    assert [(t["rate"], t["groups"][0]["n"]) for t in tables] == [("selection_rate", 130), ("true_positive_rate", 60)]
    kept = baseline_of(audit(more, label_scope="all"), "x")
    found = compare_releases(kept, more, metric="equal_opportunity_difference", margin="0.05", label_scope="all")
    assert [c.change for c in found.changes] == [0]


def test_another_plan_is_refused_naming_the_fields(saved, release):
    with pytest.raises(fw.FairwitnessError, match=r"'min_n' differ.*write the baseline anew"):
        compare_releases(saved, release(F=(480, 1000), M=(500, 1000)), margin=0, min_n=30)


def test_other_decision_values_are_refused(people, loaded):
    old, new = people(F=(30, 10, 10, 30), M=(40, 10, 10, 30))
    kept = baseline_of(audit(loaded(old)), "x")
    assert {c.status for c in compare_releases(kept, loaded(new), margin=0).changes} == {"ok"}
    assert {c.status for c in compare_releases(kept, audit(loaded(new)), margin=0).changes} == {"ok"}
    turned = loaded(new, favorable=["0"], unfavorable=["1"])
    with pytest.raises(fw.FairwitnessError, match="'favorable', 'unfavorable' differ"):
        compare_releases(kept, turned, margin=0)
    assert compare_releases(kept, fw.tally(turned), margin=0).changes  # a tally does not say what its values were


def test_the_order_of_attributes_does_not_matter():
    cells = {(s, r, d): 50 + (s == "F") * 7 for s in "FM" for r in "AB" for d in ("selected", "not_selected")}
    sex, race, hired = Axis("sex", "protected"), Axis("race", "protected"), Axis("hired", "decision")
    kept = baseline_of(audit(Tally.of([sex, race, hired], cells)), "x")
    turned = Tally.of([race, sex, hired], {(r, s, d): n for (s, r, d), n in cells.items()})
    found = compare_releases(kept, turned, margin=0, by=("sex", "race"))
    assert {c.by for c in found.changes} == {("race", "sex")}
    assert {(c.status, c.change) for c in found.changes} == {("ok", 1)}


def test_a_file_is_known_by_its_content(saved, tmp_path):
    assert is_baseline(saved)
    (tmp_path / "other.json").write_text('{"schema": "fairwitness/tally/v1"}', encoding="utf-8")
    (tmp_path / "rows.csv").write_text("sex,hired\nF,1\n", encoding="utf-8")
    assert not is_baseline(tmp_path / "other.json")
    assert not is_baseline(tmp_path / "rows.csv")


def first_group(content):
    return content["audits"]["holdout"]["tables"][0]["groups"][0]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda c: c.update(schema="fairwitness/baseline/v2"), "its schema is 'fairwitness/baseline/v2'"),
        (lambda c: c.pop("schema"), "it names no schema"),
        (lambda c: c.pop("audits"), "damaged (KeyError"),
        (lambda c: c.update(audits=[]), "damaged (AttributeError"),
        (lambda c: c["audits"]["holdout"].pop("plan"), "damaged (KeyError"),
        (lambda c: c["audits"]["holdout"]["plan"].update(min_n=7), "the plan does not agree with the digest beside it"),
        (lambda c: c["audits"]["holdout"].update(level=95), "the level is no share"),
        (lambda c: first_group(c).update(rate=0.4801234), "a rate is no share of its number"),
        (lambda c: first_group(c).update(rate=1.5), "a rate or its number is none"),
        (lambda c: first_group(c).update(rate="0.48"), "a rate or its number is none"),
        (lambda c: first_group(c).update(n=0), "a rate or its number is none"),
        (lambda c: first_group(c).update(n=True), "a rate or its number is none"),
        (lambda c: first_group(c).update(status="fine"), "an unknown status"),
        (lambda c: first_group(c).update(group=["F", "A"]), "one label for each attribute"),
        (lambda c: first_group(c).update(group=["M"]), "a group stands twice"),
        (lambda c: first_group(c).update(group=[1]), "a label is no text"),
        (lambda c: c["audits"]["holdout"]["tables"][0].update(rate="accuracy"), "an unknown rate"),
        (lambda c: c["audits"]["holdout"].update(tables=None), "damaged (TypeError"),
    ],
)
def test_a_damaged_baseline_is_refused_in_one_message(saved, damage, message):
    with pytest.raises(fw.FairwitnessError, match=re.escape(message)) as caught:
        read_baselines(damaged(saved, damage))
    assert str(caught.value).startswith("fairness-baseline.json: ")
    assert "\n" not in str(caught.value)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just(10**400),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_it_is_read_or_refused_in_words(tmp_path, data):
    groups = {("F",): GroupRate(480, 1000, "ok"), ("M",): GroupRate(500, 1000, "ok")}
    table = RateTable(("sex",), "selection_rate", "selection_rate", groups)
    content = json.loads(baselines_text([Baseline("holdout", {"min_n": 0}, 0.95, (table,))]))
    part, path = content, []
    while isinstance(part, dict | list) and part and (not path or data.draw(st.integers(0, 5))):
        key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        path.append((part, key))
        part = part[key]
    holder, key = path[-1]
    holder[key] = data.draw(VALUES)
    file = tmp_path / "b.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    try:
        baselines_text(read_baselines(file).values())
    except fw.FairwitnessError as error:
        assert "\n" not in str(error)  # noqa: PT017 -- either is right


def test_what_a_merge_of_branches_leaves_is_refused(saved):
    text = saved.read_text("utf-8")
    saved.write_text(text.replace('"level"', '<<<<<<< HEAD\n"level"'), encoding="utf-8")
    assert is_baseline(saved)  # so that nobody takes it for a file of decisions
    with pytest.raises(fw.FairwitnessError, match="take one side and write it anew"):
        read_baselines(saved)
    saved.write_text(text.replace('"level": 0.95,', '"level": 0.95, "level": 0.9,'), encoding="utf-8")
    with pytest.raises(fw.FairwitnessError, match="a key stands in it twice"):
        read_baselines(saved)


def test_a_baseline_that_is_not_there(tmp_path):
    with pytest.raises(fw.FairwitnessError, match="--fairness-update-baseline"):
        read_baselines(tmp_path / "none.json")
    with pytest.raises(fw.FairwitnessError, match="cannot be written"):
        write_baselines(tmp_path / "no" / "folder.json", [])


def test_one_of_several_is_asked_for_by_name(release):
    made = baseline_of(audit(release(A=(480, 1000), B=(500, 1000))), "first")
    assert baseline_named({"first": made}, None, "b.json") is made
    several = {"first": made, "second": made}
    assert baseline_named(several, "second", "b.json") is made
    with pytest.raises(fw.FairwitnessError, match=r"which audit is meant\? it holds 'first', 'second'"):
        baseline_named(several, None, "b.json")
    with pytest.raises(fw.FairwitnessError, match="Did you mean 'second'"):
        baseline_named(several, "secnd", "b.json")
    with pytest.raises(fw.FairwitnessError, match="it holds none"):
        baseline_named({}, None, "b.json")


def test_labels_of_any_script_and_sign_survive(tmp_path, release):
    strange = {"黑人": (480, 1000), 'a"b\\c\n': (490, 1000), "\u202ex": (500, 1000)}
    path = tmp_path / "b.json"
    write_baselines(path, [baseline_of(audit(release(**strange)), "名")])
    (table,) = read_baselines(path)["名"].tables
    assert {group[0] for group in table.groups} == set(strange)
    assert len(path.read_text("utf-8").splitlines()) == len(
        text_of(release(a=(480, 1000), b=(490, 1000), c=(500, 1000))).splitlines()
    )

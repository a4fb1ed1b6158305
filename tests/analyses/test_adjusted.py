"""Tables with controls: the published figures of Berkeley, clusters, what is refused, what the report says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.datasets import bundled
from fairwitness.report_templates.build import build
from fairwitness.report_templates.render import render_html
from fairwitness.report_templates.study_tables import study_tables

ROLES = {"protected": "Gender", "decision": "Admit", "favorable": "Admitted", "count": "Freq"}


def adjusted(result, group="Female"):
    made = result.to_dict()["tables"][0]["adjusted"]
    return made, next(e for e in made["groups"] if e["group"] == [group])


@pytest.fixture(scope="module")
def berkeley():
    return fw.run_audit(fw.load(bundled.path("ucb_admissions"), controls=["Dept"], **ROLES))


def test_berkeley_is_glm_of_r(berkeley):
    """R's glm(Admit ~ Gender + Dept, binomial): .09987 (.08085); average marginal effect .0195."""
    made, women = adjusted(berkeley)
    assert made["controls"] == ["Dept"]
    assert (women["beta"], women["se"]) == (pytest.approx(0.09987009, abs=1e-7), pytest.approx(0.0808465, abs=1e-6))
    assert women["odds_ratio"]["value"] == pytest.approx(1.1050274, abs=1e-6)
    assert women["average_marginal_effect"]["value"] == pytest.approx(0.01949704, abs=1e-7)


def test_controls_are_cautioned_and_decide_nothing(berkeley):
    made, _ = adjusted(berkeley)
    assert "takes away" in made["caution"]
    assert berkeley.findings[0].estimate == pytest.approx(0.6818298)
    page = render_html(build(berkeley.to_dict()))
    assert "By Gender, with controls" in page
    assert made["caution"] in page.replace("&#39;", "'")


def test_standard_errors_are_by_stratum_where_there_is_one():
    """Twice the same column: the second is redundant, and the fit is that of one."""
    frame = pd.read_csv(bundled.path("ucb_admissions")).assign(copy=lambda f: f["Dept"])
    made, women = adjusted(fw.run_audit(fw.load(frame, controls=["copy"], stratum="Dept", **ROLES)))
    assert (made["clustered_by"], women["clusters"]) == ("Dept", 6)
    assert women["odds_ratio"]["method"] == "logistic_clustered"
    assert women["model_se"] == pytest.approx(0.0808465, abs=1e-6)
    assert women["se"] > 1.5 * women["model_se"]  # departments disagree, as Breslow and Day's test says
    assert "6 clusters are rough" in women["because"]


def rows(groups, per, rate, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"g": g, "grade": grade, "hired": int(rng.random() < rate(g, grade))}
        for g in groups
        for grade in "xyz"
        for _ in range(per)
    )


def test_controls_that_are_not_stated_are_counted():
    frame = rows("ab", 40, lambda g, _: 0.3 if g == "a" else 0.6)
    frame.loc[:9, "grade"] = None
    made, _ = adjusted(fw.run_audit(fw.load(frame, protected="g", decision="hired", controls=["grade"])), "a")
    assert made["not_stated"] == 10
    assert made["groups"][0]["n"] == 230


def test_separation_is_a_status_with_a_reason():
    """Everybody of b is hired: the coefficient has no maximum, and no warning of a library is shown."""
    frame = rows("ab", 20, lambda g, _: 1 if g == "b" else 0.4)
    result = fw.run_audit(fw.load(frame, protected="g", decision="hired", controls=["grade"]))
    _, a = adjusted(result, "a")
    assert (a["odds_ratio"]["value"], a["odds_ratio"]["status"], a["beta"]) == (None, "undefined", None)
    assert "certainty" in a["because"]
    assert "tells some decisions with certainty" in render_html(build(result.to_dict()))


def test_a_control_that_tells_the_group_is_refused():
    frame = rows("ab", 40, lambda g, _: 0.3 if g == "a" else 0.6).assign(copy=lambda f: f["g"] + "!")
    _, a = adjusted(fw.run_audit(fw.load(frame, protected="g", decision="hired", controls=["copy"])), "a")
    assert "the controls tell the group" in a["because"]


def test_the_csv_has_every_figure(berkeley):
    found = {path: (header, rows) for path, header, rows in study_tables(berkeley.to_dict())}
    header, made = found["tables/adjusted.csv"]
    row = dict(zip(header, made[0], strict=True))
    assert row["odds_ratio"] == pytest.approx(1.1050274, abs=1e-6)
    assert row["controls"] == "Dept"


def test_without_controls_there_is_nothing():
    assert "adjusted" not in fw.run_audit(fw.load(bundled.path("ucb_admissions"), **ROLES)).to_dict()["tables"][0]

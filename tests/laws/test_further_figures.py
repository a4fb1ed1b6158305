"""The list of further figures: names are used once, and every one is a field or a test of an analysis."""

from __future__ import annotations

import json

import pytest

from fairwitness.audit.analyses import funnel, ranked_pools
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.studies import SECTIONS
from fairwitness.audit.tally import Axis, Tally
from fairwitness.metrics.further_figures import FIGURES, figure
from fairwitness.metrics.table import METRICS

YES, NO = "selected", "not_selected"


def test_names_are_unique_beside_those_of_the_table():
    names = [row.name for row in (*METRICS, *FIGURES)]
    assert len(set(names)) == len(names)
    assert all(figure(row.name) is row for row in FIGURES)
    assert figure("impact_ratio") is None


@pytest.mark.parametrize("row", FIGURES, ids=lambda row: row.name)
def test_every_row_says_all_that_a_reader_asks(row):
    assert row.section in (*SECTIONS, "stratified", "adjusted", "tests")  # the last are parts of a table
    assert row.sentence.endswith(".")
    assert all((row.formula, row.undefined, row.reference))


def test_the_figures_of_funnels_and_ranked_pools_are_fields_of_audit_json():
    axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("points", "score"), Axis("exam", "stage")]
    cells = {("F", YES, 9.0, YES): 2, ("F", NO, 8.0, YES): 3, ("M", YES, 8.0, YES): 3, ("M", NO, 1.0, NO): 4,
             ("F", NO, 3.0, NO): 2}  # fmt: skip
    tally, plan = Tally.of(axes, cells), AuditPlan()
    tables = tuple(group_tables(tally, plan))
    tied = json.dumps([analyse(tally, tables, plan).to_json() for analyse in (funnel.analyse, ranked_pools.analyse)])
    apart = {(g, d, s + i / 10, e): n for i, ((g, d, s, e), n) in enumerate(cells.items())}
    untied = Tally.of(axes, apart)
    exact = json.dumps(ranked_pools.analyse(untied, tuple(group_tables(untied, plan)), AuditPlan(top_k=2)).to_json())
    for row in FIGURES:
        if row.section in ("funnel", "ranked_pools"):
            assert f'"{row.name}"' in tied + exact, row.name

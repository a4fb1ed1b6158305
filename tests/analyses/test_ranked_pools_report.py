"""What the report says of ranked pools: figures beside chance, the sentences, and the tables in full precision."""

from __future__ import annotations

import pytest

from fairwitness.audit.analyses.ranked_pools import analyse
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Tally
from fairwitness.report_templates.analyses import ranked_pools
from fairwitness.report_templates.document import Bullets, Facts, Table
from fairwitness.report_templates.figures import draw
from fairwitness.report_templates.pictures import DotChart

YES, NO = "selected", "not_selected"


def audit(pools, letters=3, **plan):
    """Pools as texts, best first; the first so many of each are selected."""
    cells = {
        (person, YES if i < letters else NO, float(-i), name): 1
        for name, people in pools.items()
        for i, person in enumerate(people)
    }
    axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("points", "score"), Axis("job", "stratum")]
    tally, asked = Tally.of(axes, cells), AuditPlan(**plan)
    made = analyse(tally, tuple(group_tables(tally, asked)), asked)
    return {"ranked_pools": made.to_json(), "data": {"source": "scores.csv"}}


POOLS = {"cook": "MMMFMMFMFF", "clerk": "MMFMFMFMFM", "driver": "MMMMMFFFFF"}  # 0, 1 and 0 of the first three places


def test_the_chart_shows_the_top_and_exposure_beside_what_chance_gives():
    blocks = ranked_pools.section(audit(POOLS, reference="M")).blocks
    (chart,) = [block for block in blocks if isinstance(block, DotChart)]
    first, exposure = (panel.dots[0] for panel in chart.panels)
    # 3·4/10 + 3·4/10 + 3·5/10 = 3.9 would be proportional.
    assert (first.detail, first.shown) == ("1, 3.9 expected", "0.26")
    assert first.floor[0] < 1 < first.floor[1]
    assert exposure.label == "F"
    assert exposure.value < 1
    assert exposure.shown_floor.startswith("by chance ")
    assert chart.title == "F: 0.26 times a proportional share of the first places"
    for width in ("wide", "narrow"):
        assert "by chance" in draw(chart, width)


def test_many_groups_are_shared_between_charts_that_each_fit_a_page():
    people = "ABCDEFGHIJKLMNOPQRSTU"
    blocks = ranked_pools.section(audit({"a": people, "b": people[::-1]})).blocks
    charts = [block for block in blocks if isinstance(block, DotChart)]
    assert len(charts) > 1
    assert all(len(panel.dots) <= 19 for chart in charts for panel in chart.panels)
    assert charts[0].title.endswith(f"(1 of {len(charts)})")


def test_tables_of_groups_and_of_the_pools_that_chance_explains_least():
    blocks = ranked_pools.section(audit(POOLS, reference="M")).blocks
    groups, pools = (block for block in blocks if isinstance(block, Table))
    women = {column.title + column.note: cell for column, cell in zip(groups.columns, groups.rows[0], strict=True)}
    assert women["People"].text == "13"
    assert (women["In the first placesexpected"].text, women["In the first placesexpected"].note) == ("1", "3.9")
    # No woman in three places: of 5 in 10 with C(5,3)/C(10,3) = 1/12, of 4 in 10 with 20/120.
    assert [row[0].text for row in pools.rows] == ["driver", "cook", "clerk"]
    assert [row[5].text for row in pools.rows][:2] == ["0.083", "0.167"]
    assert {row[3].text for row in pools.rows} == {"F"}  # one group of each pool, and not the reference


def test_the_first_page_says_how_many_and_how_many_were_to_be_expected():
    (line,) = ranked_pools.lines(audit(POOLS, reference="M"))
    assert line.headline.startswith(
        "F: 1 in the first places of 3 pools, where 3.9 would be a proportional share (p\xa0"
    )
    assert "not against merit" in line.because
    assert list(ranked_pools.can(audit(POOLS))) == ["Who stands at the top when people are ordered by points, by sex."]
    assert len(list(ranked_pools.cannot(audit(POOLS)))) == 1


def test_what_cannot_be_compared_says_why():
    blocks = ranked_pools.section(audit({"a": "MMMM"})).blocks
    assert any(getattr(b, "text", "") == "Not evaluated: Fewer than two groups can be compared." for b in blocks)
    assert list(ranked_pools.lines(audit({"a": "MMMM"}))) == []


def test_facts_say_what_was_ordered_and_caveats_what_to_bear_in_mind():
    found = audit({"a": "MFMFMF", "b": "FMFMMF"}, top_k=2)
    blocks = ranked_pools.section(found).blocks
    facts = {fact.name: fact.value for block in blocks if isinstance(block, Facts) for fact in block.facts}
    assert facts["Ordered by"] == "points, high scores first"
    assert facts["Pools"] == "by job"
    assert facts["First places"] == "2"
    assert not [b for b in blocks if isinstance(b, Bullets)]


def test_a_group_with_nobody_at_the_top_has_no_skew_and_is_listed():
    rows = [[cell.text for cell in row] for row in ranked_pools.absent(audit({"a": "MMMMFF"}, reference="M"))]
    assert ["F", "sex, ranked pools", "2", "Skew"] in [row[:4] for row in rows]


def test_tables_hold_every_figure_in_full_precision():
    made = {name: (header, rows) for name, header, rows in ranked_pools.tables(audit(POOLS, reference="M"))}
    for header, rows in made.values():
        assert rows
        assert all(len(row) == len(header) for row in rows)
    header, rows = made["ranked_pools"]
    women = dict(zip(header, rows[0], strict=True))
    assert women["top_expected"] == pytest.approx(3.9)
    assert women["top_times_expected"] == pytest.approx(1 / 3.9)
    header, rows = made["ranked_pools_by_pool"]
    assert {row[1] for row in rows} == set(POOLS)


def test_without_scores_there_is_nothing():
    nothing = {"data": {"source": "x.csv"}}
    assert ranked_pools.section(nothing) is None
    said = [f(nothing) for f in (ranked_pools.lines, ranked_pools.can, ranked_pools.cannot, ranked_pools.absent)]
    assert [part for parts in said for part in parts] == []
    assert all(rows == [] for _, _, rows in ranked_pools.tables(nothing))

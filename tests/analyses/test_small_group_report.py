"""What a report says of small groups, of subgroups and of individuals; and that nothing of it is lost in the CSV."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from fairwitness.audit.analyses import individual, intersections, subgroup_search
from fairwitness.audit.rows.consistency import consistency
from fairwitness.audit.run import run_audit
from fairwitness.audit.studies import sections
from fairwitness.audit.tally import Axis, Tally
from fairwitness.metrics.further_figures import FIGURES
from fairwitness.report_templates.analyses import individual as individual_section
from fairwitness.report_templates.analyses import intersections as intersections_section
from fairwitness.report_templates.analyses import subgroup_search as search_section
from fairwitness.report_templates.document import Definitions, Facts, Paragraph, Table
from fairwitness.report_templates.pictures import TwinChart

SECTIONS = (intersections_section, search_section, individual_section)
ANALYSES = (intersections.analyse, subgroup_search.analyse, individual.analyse)
OUTCOMES = (
    ("selected", "positive"),
    ("selected", "negative"),
    ("not_selected", "positive"),
    ("not_selected", "negative"),
)
COUNTS = {
    ("a", "f"): (20, 5, 10, 65),
    ("a", "m"): (50, 10, 4, 36),
    ("b<b>", "f"): (9, 2, 12, 77),
    ("b<b>", "m"): (48, 12, 5, 35),
    ("c", "m"): (0, 0, 1, 0),
}


def audited(counts=COUNTS, **fields):
    cells = {(*g, *key): n for g, row in counts.items() for key, n in zip(OUTCOMES, row, strict=True) if n}
    axes = [Axis("race", "protected"), Axis("sex", "protected"), Axis("hired", "decision"), Axis("good", "label")]
    people = pd.DataFrame({"years": range(60), "hired": [0] * 30 + [1] * 30})
    study = consistency(people, features="years", decision="hired")
    result = run_audit(Tally.of(axes, cells), search_subgroups=True, **fields)
    made = (analyse(result.tally, result.tables, result.plan) for analyse in ANALYSES)
    return result.to_dict() | sections([*(each for each in made if each is not None), study])


@pytest.fixture(scope="module")
def audit():
    return audited()


def of(audit, part, kind):
    return [block for block in part.section(audit).blocks if isinstance(block, kind)]


def test_every_section_is_there_and_ends_with_how_it_was_made(audit):
    for part in SECTIONS:
        assert isinstance(part.section(audit).blocks[-1], Definitions)


def test_without_its_part_of_audit_json_nothing_is_said(audit):
    bare = {key: value for key, value in audit.items() if key not in ("intersections", "subgroup_search", "individual")}
    for part in SECTIONS:
        assert part.section(bare) is None
        assert not [*part.lines(bare), *part.can(bare), *part.cannot(bare), *part.absent(bare)]
        assert all(not rows for _, _, rows in part.tables(bare))


def test_raw_and_shrunk_rates_stand_side_by_side(audit):
    (chart,) = of(audit, intersections_section, TwinChart)
    assert [m.title for m in chart.measures] == ["As counted", "Drawn towards the others"]
    labels = [left.label for left, _ in chart.rows]
    assert "b<b> · f" in labels  # as text; the renderer escapes
    row = next(pair for pair in chart.rows if pair[0].label == "b<b> · f")
    assert row[0].shown == "11.0\u202f%"  # 11 of 100
    assert row[1].value > row[0].value


def test_the_worst_off_group_is_named_with_what_chance_would_give(audit):
    """11 of 100 against 60 of 100; the one person of the fifth group is too few to be asked about."""
    (facts,) = of(audit, intersections_section, Facts)
    told = {fact.name: fact.value for fact in facts.facts}
    assert told["Worst-off group"].startswith("b<b> · f, against ")
    assert "ratio 0.18" in told["Worst-off group"]
    assert told["Too small to be the worst-off, or left out"] == "c · m"
    assert told["Nobody counted"] == "c · f"
    (line,) = intersections_section.lines(audit)
    assert "lowest rate of 4 groups" in line.headline


def test_what_was_searched_and_what_was_found(audit):
    whole, halves = of(audit, search_section, Table)
    assert whole.caption == "Searched in all decisions"
    assert halves.caption == "Found in one half, tested in the other"
    assert "sex f" in whole.rows[0][1].text
    (line,) = search_section.lines(audit)
    assert "fewest selections for its size" in line.headline


def test_indices_and_consistency_are_tables(audit):
    captions = [table.caption for table in of(audit, individual_section, Table)]
    assert captions[0].startswith("Inequality of benefits")
    assert captions[-1] == "Decisions on the nearest neighbours"
    assert any(caption.startswith("Benefits by race and sex") for caption in captions)
    (line,) = individual_section.lines(audit)
    assert "5 nearest people" in line.headline


def test_every_figure_stands_in_full_precision(audit):
    files = {name: (header, rows) for part in SECTIONS for name, header, rows in part.tables(audit)}
    assert set(files) == {
        "small_groups", "worst_groups", "subgroups", "subgroup_halves",
        "benefits", "benefits_by_group", "benefits_between_groups", "consistency",
    }  # fmt: skip
    for header, rows in files.values():
        assert rows
        assert all(len(row) == len(header) for row in rows)
    header, rows = files["small_groups"]
    entry = audit["intersections"][0]
    assert [row[header.index("shrunk_rate")] for row in rows] == [g["shrunk_rate"]["value"] for g in entry["groups"]]


def test_figures_that_are_not_there_are_listed(audit):
    told = [[cell.text for cell in row] for part in SECTIONS for row in part.absent(audit)]
    assert any("no logarithm" in row[-1] for row in told)
    equal = audited({(race, sex): (25, 5, 5, 65) for race in "ab" for sex in "fm"})
    told = [[cell.text for cell in row] for row in intersections_section.absent(equal)]
    assert any("no more than chance" in row[-1] for row in told)


def test_clusters_leave_a_sentence_in_the_place_of_figures(audit):
    entry = audit["intersections"][0] | {"because": "decisions come in clusters", "groups": [], "worst": None}
    (said,) = (b for b in of(audit | {"intersections": [entry]}, intersections_section, Paragraph) if "Not" in b.text)
    assert said.text == "Not evaluated: decisions come in clusters."


def test_every_figure_that_can_be_explained_is_in_the_audit(audit):
    content = json.dumps([audit[name] for name in ("intersections", "subgroup_search", "individual")])
    named = {row.name for row in FIGURES if row.section in ("intersections", "individual")}
    assert len(named) >= 9
    assert all(f'"{name}"' in content for name in named)

"""The published JSON Schemas accept what is written and refuse what was damaged."""

from __future__ import annotations

import copy
import json
import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from fairwitness.audit.comparing.baseline import baseline_of
from fairwitness.audit.comparing.baseline_file import baselines_text
from fairwitness.audit.comparing.release import compare_releases
from fairwitness.audit.counting.count import tally
from fairwitness.audit.counting.roles import load
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.evidence.canonical import canonical_json
from fairwitness.audit.evidence.manifest import check_paths, manifest_bytes
from fairwitness.audit.merging import merge
from fairwitness.audit.rows.consistency import consistency
from fairwitness.audit.rows.membership import membership
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Count, Source, Tally

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))
SEX, RACE = Axis("sex", "protected", ("F", "M", "X")), Axis("race", "protected")
HIRED, GOOD = Axis("hired", "decision"), Axis("performed", "label")
SHA = "0123456789abcdef" * 4


def validator(name):
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


def plain():
    """Two attributes, unknowns, set-asides, a declared level that nobody bears, and a file as the source."""
    cells = {
        ("F", "黑人", "selected"): 3,
        ("F", None, "not_selected"): 7,
        (None, None, "set_aside:withdrew"): 1,
        ("M", "white", "selected"): 60,
    }
    source = Source("resume.csv", SHA, 71, ("sex", "race", "hired"), 30)
    return Tally.of([SEX, RACE, HIRED], cells, repeats=2, sources=(source,), warnings=("2 rows repeat a person.",))


def weighted():
    """Weights of 1.5 and of a million: sums in 10⁻⁶, sums of squares in 10⁻¹², here beyond 64 bits."""
    cells = {
        ("F", "selected"): Count(1, 1_500_000, 2_250_000_000_000),
        ("M", "selected"): Count(9, 9 * 10**12, 9 * 10**24),
    }
    return Tally.of([SEX, HIRED], cells, weighted=True)


def binned_scores():
    score = Axis("score", "score", edges=(0.25, 0.5, 0.75), median=0.5)
    return Tally.of([SEX, HIRED, score], {("F", "scored", 0): 4, ("M", "scored", 3): 5, (None, "scored", None): 1})


def bare_scores():
    return Tally.of([SEX, Axis("rank", "score", order="low")], {("F", 1.5): 4, ("M", -2): 5})


def outcomes():
    cells = {("F", "selected", "positive"): 4, ("M", "selected", "negative"): 5, ("M", "not_selected", None): 5}
    return Tally.of([SEX, HIRED, GOOD], cells)


def tables_of_counts():
    axes = [Axis("axis", "table"), Axis("group", "protected"), HIRED]
    cells = {
        ("sex", "F", "selected"): 3,
        ("sex", "F", "not_selected"): 0,
        ("race", "white", "selected"): 20,
        (None, None, "not_selected"): 2,
    }
    return Tally.of(axes, cells, measure="scoring_rate")


def paired_releases():
    cells = {("F", "selected", "not_selected"): 4, ("M", "set_aside:not in this release", "selected"): 5}
    return Tally.of([SEX, HIRED, Axis("hired in the last release", "earlier")], cells)


def merged():
    return merge(binned_scores(), binned_scores())


def empty():
    return Tally.of([], {})


TALLIES = [plain, weighted, binned_scores, bare_scores, outcomes, tables_of_counts, paired_releases, merged, empty]


@pytest.mark.parametrize("name", ["tally", "manifest", "baseline", "comparison"])
def test_a_schema_is_one_of_2020_12_that_describes_every_property_and_allows_no_other(name):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:fairwitness:{name}:v1"
    assert schema["properties"]["schema"]["const"] == schema["title"] == f"fairwitness/{name}/v1"

    def described(spec):
        return "description" in spec or (
            "$ref" in spec and described(schema["$defs"][spec["$ref"].removeprefix("#/$defs/")])
        )

    def walk(part):
        if isinstance(part, dict):
            if "additionalProperties" in part and "properties" in part:
                assert part["additionalProperties"] is False
                assert [key for key, spec in part["properties"].items() if not described(spec)] == []
                assert set(part["required"]) == set(part["properties"])  # we write every key, always
            part = list(part.values())
        if isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(schema)


# -- tallies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", TALLIES)
def test_every_kind_of_tally_is_valid(make):
    assert [e.message for e in validator("tally").iter_errors(json.loads(make().to_json()))] == []


ROWS = {
    "sex": ["F", "M", "F", "", "M"],
    "hired": ["yes", "no", "withdrew", "yes", "no"],
    "score": [0.5, 1.5, 2.5, None, 0.5],
    "good": [1, 0, None, 1, 1],
    "weight": [0.25, 1.5, 1, 1, 1],
    "person": [1, 2, 3, 4, 4],
    "applicants": [10, 20, 30, 5, 7],
    "selected": [1, 2, 3, None, 4],
    "which": ["one", "one", "two", "", "two"],
}


@pytest.mark.parametrize(
    "roles",
    [
        {"decision": "hired", "favorable": "yes", "set_aside": {"withdrew": "withdrew"}, "unfavorable": "no"},
        {"decision": "hired", "favorable": "yes", "unfavorable": ["no", "withdrew"], "weight": "weight"},
        {"decision": "hired", "favorable": "yes", "unfavorable": ["no", "withdrew"], "label": "good", "score": "score"},
        {
            "decision": "hired",
            "favorable": "yes",
            "unfavorable": ["no", "withdrew"],
            "unit": "person",
            "duplicates": "keep",
        },
        {"score": "score", "score_order": "low"},
        {"score": "score", "score_edges": [1, 2]},
        {"applicants": "applicants", "selected": "selected", "group_by": "which"},
    ],
    ids=["set aside", "weight", "label", "unit", "score", "edges", "tables"],
)
def test_what_is_counted_from_rows_is_valid(roles):
    content = json.loads(tally(load(pa.table(ROWS), protected="sex", **roles)).to_json())
    assert [e.message for e in validator("tally").iter_errors(content)] == []


def nth(n, **changes):
    return lambda t: t["axes"][n].update(changes)


def _repeat_first_cell(t):
    t["cells"].append(copy.deepcopy(t["cells"][0]))


@pytest.mark.parametrize(
    ("make", "damage"),
    [
        (plain, lambda t: t.update(schema="fairwitness/tally/v2")),
        (plain, lambda t: t.update(rows=[["Ann", "F"]])),
        (plain, lambda t: t.pop("digest")),
        (plain, lambda t: t.update(digest=SHA.upper())),
        (plain, lambda t: t.update(measure="rate")),
        (plain, lambda t: t.update(weighted="no")),
        (plain, lambda t: t.update(repeats=-1)),
        (plain, lambda t: t.update(decisions=71.5)),
        (plain, lambda t: t.update(small_cells=2)),
        (plain, lambda t: t["small_cells"].update(n=-1)),
        (plain, lambda t: t["small_cells"].pop("under")),
        (plain, lambda t: t["cells"][0].update(n=-1)),
        (plain, lambda t: t["cells"][0].update(n=0.5)),
        (plain, lambda t: t["cells"][0].update(n="3")),
        (plain, lambda t: t["cells"][0].update(name="Ann")),
        (plain, lambda t: t["cells"][0].pop("key")),
        (plain, lambda t: t["cells"][0]["key"].append(True)),
        (plain, lambda t: t["cells"][0]["key"].append(["F"])),
        (plain, _repeat_first_cell),
        (plain, lambda t: t["cells"][0].update(weight=1, weight_squared=1)),
        (weighted, lambda t: t["cells"][0].pop("weight")),
        (weighted, lambda t: t["cells"][0].update(weight=1.5)),
        (weighted, lambda t: t["cells"][0].update(weight_squared=-1)),
        (weighted, lambda t: t.update(weighted=False)),
        (plain, nth(0, role="sex")),
        (plain, nth(0, name=None)),
        (plain, nth(0, levels="F")),
        (plain, nth(0, levels=["F", "F"])),
        (plain, nth(0, edges=[])),
        (plain, nth(2, levels=[])),
        (plain, lambda t: t["axes"][0].pop("levels")),
        (plain, lambda t: t["axes"][0].pop("role")),
        (plain, lambda t: t["axes"].append({"name": "again", "role": "decision"})),
        (paired_releases, lambda t: t["axes"].append({"name": "again", "role": "earlier"})),
        (paired_releases, nth(2, levels=[])),
        (outcomes, lambda t: t["axes"].append({"name": "again", "role": "label"})),
        (binned_scores, lambda t: t["axes"].append(t["axes"][2] | {"name": "again"})),
        (binned_scores, nth(2, edges=[0.25, "0.5"])),
        (binned_scores, nth(2, median="0.5")),
        (binned_scores, nth(2, order="best")),
        (binned_scores, lambda t: t["axes"][2].pop("edges")),
        (tables_of_counts, lambda t: t["axes"].reverse()),
        (tables_of_counts, lambda t: t["axes"].append(t["axes"][0] | {"name": "again"})),
        (plain, lambda t: t["sources"][0].update(sha256="abc")),
        (plain, lambda t: t["sources"][0].update(rows=None)),
        (plain, lambda t: t["sources"][0].update(path="folder/resume.csv")),
        (plain, lambda t: t["sources"][0].pop("columns_read")),
        (plain, lambda t: t["sources"][0].update(columns_read=["sex", "sex"])),
        (plain, lambda t: t["sources"][0].update(columns_available=-1)),
        (plain, lambda t: t.update(warnings=[None])),
    ],
)
def test_a_damaged_tally_is_refused(make, damage):
    content = json.loads(make().to_json())
    damage(content)
    assert not validator("tally").is_valid(content)


# -- manifests -------------------------------------------------------------------------------------------------

FILES = {"report.html": b"<p>", "tables/01.csv": b"", "filings/us-nyc.json": b"{}"}
FACTS = {
    "created": "2026-11-23T15:00:00Z",
    "version": "0.1.0",
    "python": "3.11.7",
    "packages": {"numpy": "2.1.0"},
    "source_sha256": SHA,
    "plan_sha256": SHA,
    "tally_sha256": SHA,
}


@pytest.mark.parametrize("make", [plain, outcomes, tables_of_counts])
def test_the_tally_and_the_manifest_of_a_report_folder_are_valid(make, tmp_path):
    folder = run_audit(make(), resamples=200).write(tmp_path / "report")
    for name in ("tally", "manifest"):
        content = json.loads((folder / f"{name}.json").read_text("utf-8"))
        assert [e.message for e in validator(name).iter_errors(content)] == []


@pytest.mark.parametrize("facts", [FACTS, FACTS | {"source_sha256": None}])
def test_a_manifest_is_valid(facts):
    assert [e.message for e in validator("manifest").iter_errors(json.loads(manifest_bytes(FILES, facts)))] == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda m: m.update(schema="fairwitness/manifest/v2"),
        lambda m: m.update(signed=True),
        lambda m: m.update(files={}),
        lambda m: m.update(files=["report.html"]),
        lambda m: m["files"].update({"report.html": SHA}),
        lambda m: m["files"]["report.html"].update(bytes=-1),
        lambda m: m["files"]["report.html"].update(sha256="abc"),
        lambda m: m["files"]["report.html"].update(md5="abc"),
        lambda m: m["files"]["report.html"].pop("bytes"),
        lambda m: m.update(created="2026-11-23 15:00"),
        lambda m: m.update(packages=["numpy"]),
        lambda m: m["packages"].update(numpy=2),
        lambda m: m.update(source_sha256="abc"),
        lambda m: m.update(plan_sha256=None),
        lambda m: m.update(tally_sha256=None),
        *(lambda m, key=key: m.pop(key) for key in ("digest", "schema", "files", *FACTS)),
    ],
)
def test_a_damaged_manifest_is_refused(damage):
    content = json.loads(manifest_bytes(FILES, FACTS))
    damage(content)
    assert not validator("manifest").is_valid(content)


@pytest.mark.parametrize(
    "path",
    ["report.html", "a", "_", "9", "a-b_c.d/e", "tables/01.csv", "a" * 200, "a" * 201, "", "/a", "a/", "a//b", ".", "..", "../a",
     "a/../b", ".a", "a/.b", "a.", "a./b", "-a", "a\\b", "a b", "é", "表.csv", "a:b", "a\tb", "manifest.json", "Manifest.JSON",
     "manifest.json/a", "tables/manifest.json", "manifest_json"],
)  # fmt: skip
def test_the_schema_allows_the_paths_that_a_folder_can_hold_and_no_others(path):
    content = json.loads(manifest_bytes(FILES, FACTS))
    content["files"][path] = content["files"]["report.html"]
    try:
        check_paths([path])
        allowed = True
    except FairwitnessError:
        allowed = False
    assert validator("manifest").is_valid(content) == allowed


# -- baselines and comparisons -------------------------------------------------------------------------------------


def large():
    """Women, men and others by the hundred, of two races, with outcomes."""
    cells = {
        (sex, race, hired, good): 40 + 5 * (sex == "F") + 3 * (race == "white")
        for sex in "FMX"
        for race in ("white", "黑人")
        for hired in ("selected", "not_selected")
        for good in ("positive", "negative")
    }
    return Tally.of([SEX, RACE, HIRED, GOOD], cells)


def with_a_small_group():
    t = large()
    return Tally.of(t.axes, {**t.cells, ("X2", "white", "selected", "positive"): 3, (None, None, "selected", None): 2})


def baseline(make=large, **plan):
    return json.loads(baselines_text([baseline_of(run_audit(make(), resamples=200, **plan), "holdout")]))


@pytest.mark.parametrize("make", [large, with_a_small_group, tables_of_counts, binned_scores, plain])
def test_a_baseline_is_valid(make):
    assert [e.message for e in validator("baseline").iter_errors(baseline(make))] == []


def test_a_baseline_of_rows_is_valid():
    many = {name: values * 40 for name, values in ROWS.items()}
    decisions = load(pa.table(many), protected="sex", decision="hired", favorable="yes", unfavorable=["no", "withdrew"])
    content = json.loads(baselines_text([baseline_of(run_audit(decisions, resamples=200), "x")]))
    assert [e.message for e in validator("baseline").iter_errors(content)] == []
    assert content["audits"]["x"]["tables"]


def of_baseline(damage):
    return lambda c: damage(c["audits"]["holdout"])


def of_table(**changes):
    return of_baseline(lambda a: a["tables"][0].update(changes))


def of_group(**changes):
    return of_baseline(lambda a: a["tables"][0]["groups"][0].update(changes))


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c.update(schema="fairwitness/baseline/v2"),
        lambda c: c.update(created="2026-11-23"),
        lambda c: c.pop("audits"),
        of_baseline(lambda a: a.pop("plan")),
        of_baseline(lambda a: a["plan"].pop("min_n")),
        of_baseline(lambda a: a.update(plan_sha256="abc")),
        of_baseline(lambda a: a.update(level=95)),
        of_baseline(lambda a: a.update(tally=[])),
        of_table(by=[]),
        of_table(measure="rate"),
        of_table(rate="accuracy"),
        of_group(n=9),
        of_group(n=10.5),
        of_group(rate=0),
        of_group(rate=1),
        of_group(low=-0.1),
        of_group(status="ok?"),
        of_group(group="F"),
        of_group(selected=3),
        of_baseline(lambda a: a["tables"][0]["groups"][0].pop("n")),
    ],
)
def test_a_damaged_baseline_is_refused(damage):
    content = baseline()
    damage(content)
    assert not validator("baseline").is_valid(content)


def comparisons():
    """Comparisons of every kind: of independent samples, of matched people, of few, and without any answer."""
    t = large()
    yield compare_releases(t, t, margin="0.02")
    yield compare_releases(t, t, margin="0.02", metric="equal_opportunity_difference", label_scope="all")
    yield compare_releases(t, with_a_small_group(), margin=0, by=("sex", "race"))
    yield compare_releases(
        baseline_of(run_audit(with_a_small_group(), resamples=200), "x"), with_a_small_group(), margin=0
    )
    yield compare_releases(outcomes(), outcomes(), margin="1/3", evidence="clear")
    few = Tally.of([SEX, HIRED], {("F", "selected"): 1, ("F", "not_selected"): 30, ("M", "selected"): 5})
    yield compare_releases(few, few, margin=0)
    ids = pa.table({"id": range(6), "sex": list("FFFMMM"), "hired": [1, 0, 1, 1, 1, 0]})
    decisions = load(ids, protected="sex", decision="hired", unit="id")
    yield compare_releases(decisions, decisions, margin=0)


def test_every_kind_of_comparison_is_valid():
    made = [comparison.to_dict() for comparison in comparisons()]
    for content in made:
        assert [e.message for e in validator("comparison").iter_errors(content)] == []
    changes = [c for content in made for c in content["changes"]]
    assert {c["status"] for c in changes} >= {"ok", "merged_in_old", "not_in_old"}
    assert {c["paired"] for c in changes} == {True, False}


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c.update(schema="fairwitness/comparison/v2"),
        lambda c: c.update(rows=[]),
        lambda c: c.update(margin=0.02),
        lambda c: c.update(metric="accuracy"),
        lambda c: c["old"].update(path="folder/v1.csv"),
        lambda c: c["changes"][0].update(verdict="worse"),
        lambda c: c["changes"][0].update(change=None),
        lambda c: c["changes"][0].update(high=None),
        lambda c: c["changes"][0].update(status="excluded"),
        lambda c: c["changes"][0].update(p=1.5),
        lambda c: c["changes"][0].update(old=None),
        lambda c: c["changes"][0]["new"].update(n=-1),
        lambda c: c["changes"][0].update(reference=[]),
        lambda c: c["changes"][0].update(attention="no"),
        lambda c: c["changes"][0].pop("because"),
        lambda c: c["changes"][0].update(mcnemar={"only_new": 1}),
    ],
)
def test_a_damaged_comparison_is_refused(damage):
    content = json.loads(json.dumps(compare_releases(large(), large(), margin="0.02").to_dict()))
    damage(content)
    assert not validator("comparison").is_valid(content)


# -- studies in audit.json --------------------------------------------------------------------------------------

STUDIES = ("model", "proxies", "user_metrics", "counterfactual", "alternatives", "studies_withheld")


def with_studies(sample):
    """The content of a real audit, with the studies of a sample of the report's tests."""
    from sample_studies import STUDIES as SAMPLES

    made = SAMPLES[sample]()
    audit = run_audit(plain(), resamples=200).to_dict()
    return audit | {name: made[name] for name in STUDIES if name in made}


@pytest.mark.parametrize("sample", ["studied", "texts", "sparse", "refused", "unchosen", "hostile studies", "withheld"])
def test_an_audit_with_studies_is_valid(sample):
    content = json.loads(canonical_json(with_studies(sample)))
    assert [e.message for e in validator("audit").iter_errors(content)] == []


def test_every_property_of_a_study_is_described_and_no_other_is_allowed():
    definitions = json.loads((SCHEMAS / "audit.schema.json").read_text("utf-8"))["$defs"]

    def walk(part):
        if isinstance(part, dict):
            if part.get("additionalProperties") is False:
                for name, spec in part["properties"].items():
                    assert "description" in spec or "description" in definitions[spec["$ref"].rsplit("/", 1)[1]], name
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    for name in ("model", "proxies", "user_metric", "swap", "study_decisions", "study_scores", "alternatives"):
        walk(definitions[name])


@pytest.mark.parametrize(
    "damage",
    [
        lambda a: a["model"].update(kind="notebook"),
        lambda a: a["model"].update(headers={"Authorization": "secret"}),
        lambda a: a["model"].update(sha256="5EED" * 16),
        lambda a: a["model"]["cutoff"].update(share=20),
        lambda a: a["model"]["reads_protected"][0]["dynamic"].update(changed=-1),
        lambda a: a["counterfactual"][0].update(rows=[["Ann", "F"]]),
        lambda a: a["counterfactual"][0].pop("placebo"),
        lambda a: a["counterfactual"][0]["decision"].update(only_a=1.5),
        lambda a: a["counterfactual"][0]["decision"]["mcnemar"].update(method="chi_square"),
        lambda a: a["counterfactual"][0]["decision"]["net"].update(value=None),
        lambda a: a["counterfactual"][0]["variants"][0].update(shares={"black": 92}),
        lambda a: a["alternatives"].pop("note"),
        lambda a: a["alternatives"]["candidates"][0].update(family="threshold_by_group"),
        lambda a: a["alternatives"]["candidates"][3]["against_baseline"].update(verdict="better"),
        lambda a: a["alternatives"]["rows"].pop("test"),
        lambda a: a["proxies"][0]["features"][0].pop("auc"),
        lambda a: a["proxies"][0]["together"].update(auc=0.7),
        lambda a: a["user_metrics"][0].update(by="race"),
        lambda a: a.update(studies_withheld=["model"]),
        lambda a: a.update(study={}),
    ],
)
def test_an_audit_with_a_damaged_study_is_refused(damage):
    content = json.loads(canonical_json(with_studies("studied")))
    damage(content)
    assert not validator("audit").is_valid(content)


# -- analyses --------------------------------------------------------------------------------------------------

ANALYSES = (
    *("requisitions", "funnel", "scores", "calibration", "ranked_pools", "intersections", "subgroup_search"),
    *("individual", "undisclosed", "membership", "periods", "choices"),
)


@cache
def written(sample):
    from sample_analyses import ANALYSED

    return canonical_json(ANALYSED[sample]())


def of_people_alike():
    """What is made from rows, and attached: consistency, and groups by probability, of enough people and of too few."""
    frame = pd.DataFrame(
        {"x": [float(i % 7) for i in range(200)], "d": ["yes" if i * 53 % 7 > 3 else "no" for i in range(200)]}
    )
    frame["a"] = [i * 7 % 10 / 10 for i in range(200)]
    frame["b"] = 1 - frame["a"]
    groups = {"probabilities": {"a": "a", "b": "b"}, "decision": "d", "favorable": "yes"}
    alike = consistency(frame, features=["x"], decision="d", favorable="yes").to_json()
    return [{"individual": alike, "membership": membership(frame[:n], **groups).to_json()} for n in (200, 40)]


@pytest.mark.parametrize("sample", ["admissions", "funnel", "surveyed"])
def test_every_analysis_of_a_real_audit_is_valid(sample):
    assert [e.message for e in validator("audit").iter_errors(json.loads(written(sample)))] == []


def test_what_is_made_from_rows_is_valid():
    content = json.loads(written("admissions"))
    for studies in of_people_alike():
        assert [e.message for e in validator("audit").iter_errors(json.loads(canonical_json(content | studies)))] == []


def test_the_sample_of_everything_has_every_analysis_of_counts():
    made_from_rows = {"membership"}
    assert set(ANALYSES) - made_from_rows <= json.loads(written("funnel")).keys()


def test_every_property_of_an_analysis_is_described_and_no_other_is_allowed():
    definitions = json.loads((SCHEMAS / "audit.schema.json").read_text("utf-8"))["$defs"]
    seen = []

    def walk(part):
        if isinstance(part, dict):
            if "properties" in part:
                assert part["additionalProperties"] is False
                assert [name for name, spec in part["properties"].items() if not spec.get("description")] == []
                seen.append(part)
            for name, inner in part.items():
                if name == "$ref" and inner.rsplit("/", 1)[1].startswith(ANALYSES):
                    walk(definitions[inner.rsplit("/", 1)[1]])
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    for name in ANALYSES:
        walk(definitions[name])
    assert len(seen) > 50


@pytest.mark.parametrize(
    "damage",
    [
        lambda a: a["requisitions"][0].update(names=["Ann"]),
        lambda a: a["requisitions"][0]["totals"][0].pop("shortfall"),
        lambda a: a["funnel"]["attributes"][0]["steps"][0]["groups"][0].update(entered=-1),
        lambda a: a["funnel"]["attributes"][0]["bottom_line"][0].update(four_fifths="compared"),
        lambda a: a["scores"][0].update(order="up"),
        lambda a: a["scores"][0]["groups"][0]["mean"].update(status="fine"),
        lambda a: a["calibration"][0]["groups"][0]["estimates"].update(auc=0.7),
        lambda a: a["ranked_pools"]["attributes"][0].pop("ndkl"),
        lambda a: a["intersections"][0]["groups"][0]["probability_below"].update(jeffreys=1.5),
        lambda a: a["subgroup_search"][0]["whole"][0].update(p="0.01"),
        lambda a: a["individual"][0].update(kind="merit"),
        lambda a: a["undisclosed"]["tables"][0]["groups"][0]["screen"].pop("could_change"),
        lambda a: a["periods"][0]["groups"][0]["equality"].update(p=2),
        lambda a: a["choices"][0]["answers"][0].update(rows=[1]),
        lambda a: a.update(choices="none"),
    ],
)
def test_an_audit_with_a_damaged_analysis_is_refused(damage):
    content = json.loads(written("funnel"))
    damage(content)
    assert not validator("audit").is_valid(content)

"""The figures of studies as tables of numbers, in full precision, for CSV files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Row = list[Any]
    StudyTable = tuple[str, list[str], list[Row]]

ENDS = ("", "_low", "_high", "_status", "_n")
TESTS = ("p", "p_adjusted", "sign_flip_p")
DECISION = ("pairs", "only_a", "only_b", "both", "neither")


def study_tables(content: Mapping[str, Any]) -> list[StudyTable]:
    """Return the tables of an audit's studies.

    Parameters
    ----------
    content : mapping
        The content of ``audit.json``.

    Returns
    -------
    list of (str, list of str, list of list)
        For each the path inside the report folder, the header and the rows.  A study that is absent has no table, and
        a table without rows is left out.

    Examples
    --------
    >>> estimate = {"value": 0.5, "low": 0.4, "high": 0.6, "status": "ok", "n": 9}
    >>> entry = {"name": "mae", "by": ["race"], "group": ["black"], "n": 9, "estimate": estimate, "because": None}
    >>> study_tables({"tables": [], "user_metrics": [entry]})[0][0]
    'tables/user_metrics.csv'
    """
    from fairwitness.report_templates.analyses.registry import ANALYSES  # whose files use `noted`

    made = (
        *(table for analysis in ANALYSES for table in analysis.tables(content)),
        *_model(content.get("model")),
        *_user_metrics(content.get("user_metrics") or ()),
        *_proxies(content.get("proxies") or ()),
        *_counterfactual(content.get("counterfactual") or ()),
        *_alternatives(content.get("alternatives")),
    )
    return [(f"tables/{name}.csv", header, rows) for name, header, rows in made if rows]


def noted(name: str) -> str:
    """Say in which file of the report folder a table stands in full precision.

    Examples
    --------
    >>> noted("proxies")
    'In full precision: tables/proxies.csv.'
    """
    return f"In full precision: tables/{name}.csv."


def _header(*names: str) -> list[str]:
    """Return the columns of estimates."""
    return [f"{name}{end}" for name in names for end in ENDS]


def _cells(*estimates: Mapping[str, Any] | None) -> Row:
    """Return estimates as cells, empty where one was not asked for."""
    return [(e or {}).get(part) for e in estimates for part in ("value", "low", "high", "status", "n")]


def _model(model: Mapping[str, Any] | None) -> Iterator[StudyTable]:
    if model is None:
        return
    asked = ("status", "asked", "changed", "score_changed", "largest_score_change")
    rows = [
        [r["attribute"], r["static"], *(r["dynamic"].get(name) for name in asked)]
        for r in model.get("reads_protected") or ()
    ]
    yield "model_reads_protected", ["attribute", "static", *asked], rows


def _user_metrics(entries: Iterable[Mapping[str, Any]]) -> Iterator[StudyTable]:
    rows = [
        [e["name"], " · ".join(e["by"]), " · ".join(e["group"]), *_cells(e["estimate"]), e["because"]] for e in entries
    ]
    yield "user_metrics", ["name", "by", "group", *_header("estimate"), "because"], rows


def _proxies(found: Iterable[Mapping[str, Any]]) -> Iterator[StudyTable]:
    rows = []
    for p in found:
        rows.append([p["attribute"], None, p["together"]["group"], *_cells(p["together"]["auc"], None, None), None])
        for f in p["features"]:
            figures = _cells(f["auc"], f["mutual_information"], f["contribution"])
            rows.append([p["attribute"], f["feature"], f["group"], *figures, f["because"]])
    yield (
        "proxies",
        ["attribute", "feature", "group", *_header("auc", "mutual_information", "contribution"), "because"],
        rows,
    )


def _counterfactual(swaps: Sequence[Mapping[str, Any]]) -> Iterator[StudyTable]:
    rows, variants, ranked = [], [], []
    for s in swaps:
        about = [s["field"], s["kind"], s["a"], s["b"]]
        for placebo, part in ((False, s), (True, s["placebo"] or {})):
            made, scored = part.get("decision") or {}, part.get("score") or {}
            if made or scored:
                counts = [made.get(name) for name in DECISION]
                effects = _cells(made.get("flip_rate"), made.get("net"), made.get("impact_ratio"))
                scores = _cells(scored.get("difference"), scored.get("distance"))
                mcnemar = (made.get("mcnemar") or {}).get("p")
                rows.append([*about, placebo, *counts, *effects, *_tests(made), mcnemar, *scores, *_tests(scored)])
        for v in s["variants"]:
            row = [*about[:2], v["group"], v["label"], v["n"], v["selected"], *_cells(v["rate"]), v["mean_score"]]
            variants += [row] if row not in variants else []
        for g in (s["ranked_first"] or {}).get("groups", ()):
            row = [*about[:2], g["group"], g["first"], g["expected"], *_cells(g["share"], g["impact_ratio"])]
            ranked += [row] if row not in ranked else []
    header = ["field", "kind", "a", "b", "placebo", *DECISION, *_header("flip_rate", "net", "impact_ratio")]
    header += [
        *TESTS,
        "mcnemar_p",
        *_header("score_difference", "score_distance"),
        *(f"score_{name}" for name in TESTS),
    ]
    yield "counterfactual", header, rows
    of_one = ["field", "kind", "group"]
    yield "counterfactual_variants", [*of_one, "label", "n", "selected", *_header("rate"), "mean_score"], variants
    yield "counterfactual_ranked_first", [*of_one, "first", "expected", *_header("share", "impact_ratio")], ranked


def _tests(effect: Mapping[str, Any]) -> Row:
    test, flip = effect.get("test") or {}, effect.get("sign_flip") or {}
    return [test.get("p"), test.get("p_adjusted"), flip.get("p")]


def _alternatives(search: Mapping[str, Any] | None) -> Iterator[StudyTable]:
    if search is None:
        return
    header = ["id", "family", "what", "features_dropped", "on_frontier", "chosen"]
    for part in ("validation", "test"):
        header += [*_header(f"{part}_validity", f"{part}_impact_ratio"), f"{part}_selection_rate"]
    tests = ("validity_p", "ratio_p", "p", "verdict")
    rows = []
    for c in search["candidates"]:
        row = [c["id"], c["family"], c["what"], ", ".join(c["features_dropped"]), c["on_frontier"], c["chosen"]]
        for part in ("validation", "test"):
            figures = c[part] or {}
            row += [*_cells(figures.get("validity"), figures.get("impact_ratio")), figures.get("selection_rate")]
        rows.append([*row, *((c["against_baseline"] or {}).get(name) for name in tests)])
    yield "alternatives", [*header, *tests], rows
    refused = [[r["family"], r["because"], r["citation"]] for r in search["refused"]]
    yield "alternatives_refused", ["family", "because", "citation"], refused

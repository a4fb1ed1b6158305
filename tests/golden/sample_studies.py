"""Studies of a model as audit.json has them, made by hand for the report's tests.

Intervals here only have to be plausible (Wilson's for shares, ±1.96 standard errors of matched pairs for the rest): the
figures are tested where they are computed, the page is tested here.
"""

from __future__ import annotations

import math
import sys
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from sample_analyses import ANALYSED
from sample_audit import FOUR_FIFTHS, HOSTILE, SAMPLES, Z, estimate, resume_audit, wilson

SHA = "5eed" * 16
BLACK = ("Aisha", "Ebony", "Keisha", "Kenya", "Lakisha", "Latonya", "Latoya", "Tamika", "Tanisha")
WHITE = ("Allison", "Anne", "Carrie", "Emily", "Jill", "Kristen", "Laurie", "Meredith", "Sarah")


def undefined(status, n=0):
    return estimate(None, None, None, None, n, status)


# -- the model -------------------------------------------------------------------------------------------------


def read(attribute, static="does_not_read", changed=0, asked=4870, largest=None, status="ok"):
    ok = status == "ok"
    dynamic = {
        "status": status, "asked": asked if ok else 0, "changed": changed if ok else None,
        "score_changed": None if largest is None else changed * 3, "largest_score_change": largest,
    }  # fmt: skip
    because = {"reads": "The column is one of its inputs.", "does_not_read": "The file names 7 inputs, and this is none of them.",
               "unknown": "A function does not say what it reads."}  # fmt: skip
    return {
        "attribute": attribute, "static": static, "static_because": because[static], "dynamic": dynamic,
        "because": "The column was given to nobody." if not ok else f"{changed} of {asked} decisions changed when it alone was changed.",
    }  # fmt: skip


def model(**changes):
    return {
        "name": "screener.onnx", "kind": "onnx", "sha256": SHA, "inputs": ["years", "education", "skills", "postcode"],
        "cutoff": {"rule": "at_least", "value": 0.5, "share": None}, "batch": 65536, "facts": {"opset": 21, "providers": ["CPUExecutionProvider"]},
        "answers": {"n": 4870, "sha256": "a11" * 21 + "0", "output": "score"},
        "reads_protected": [read("race", largest=0.0), read("gender", static="reads", changed=312, largest=0.0734)], "trusted": False,
    } | changes  # fmt: skip


# -- counterfactual résumés ------------------------------------------------------------------------------------


def flip(p, *, exact=False):
    return {"p": p, "draws": 8 if exact else 9999, "seed": 0, "exact": exact}


def of_interval(statistic, p, m=1):
    return {"statistic": statistic, "df": 17.3, "p": p, "p_adjusted": min(1.0, m * p), "m": m}


def decision(only_a, only_b, both, neither, p=0.01, mcnemar=None, m=1):
    """Make the effect on decisions; ``mcnemar`` is its mid-P, ``p`` None that of a placebo, which has no test."""
    n = only_a + only_b + both + neither
    if n == 0:
        nothing = undefined("undefined_empty_group")
        return {"pairs": 0, "only_a": 0, "only_b": 0, "both": 0, "neither": 0, "flip_rate": nothing, "net": nothing,
                "impact_ratio": nothing, "mcnemar": None, "sign_flip": flip(1.0, exact=True), "test": None}  # fmt: skip
    net = (only_a - only_b) / n
    half = Z * math.sqrt(max(only_a + only_b - (only_a - only_b) ** 2 / n, 0)) / n or 0.0008
    a, b = both + only_a, both + only_b
    ratio = undefined("undefined_no_selections", n) if b == 0 else estimate(
        a / b, a / b * math.exp(-half / 0.1), a / b * math.exp(half / 0.1), "crossed_log", n)  # fmt: skip
    return {
        "pairs": n, "only_a": only_a, "only_b": only_b, "both": both, "neither": neither,
        "flip_rate": wilson(only_a + only_b, n) | {"method": "crossed_score"}, "net": estimate(net, net - half, net + half, "crossed_score", n),
        "impact_ratio": ratio, "mcnemar": None if mcnemar is None else {"method": "mid_p", "p": mcnemar, "p_exact": mcnemar * 1.1},
        "sign_flip": flip(0.0001 if p is not None and p < 0.0001 else 0.7), "test": None if p is None else of_interval(-5.87, p, m),
    }  # fmt: skip


def score(value, half, n, p=0.003, m=1):
    """Make the effect on scores; ``p`` None is that of a placebo, which has no test."""

    def near(v):
        return undefined("undefined_empty_group") if v is None else estimate(v, v - half, v + half, "crossed_t", n)

    apart = None if value is None else abs(value) + 1.2 * half
    return {
        "difference": near(value),
        "distance": near(apart),
        "sign_flip": flip(0.5),
        "test": None if p is None else of_interval(1.1, p, m),
    }


def variants(groups, n=240, *, scored=False, shares=True):
    """Return names of each group with rates that spread like a coin's."""
    made = []
    for g, (group, names) in enumerate(groups.items()):
        for i, name in enumerate(names):
            x = round(n * (0.065 + 0.03 * g + 0.012 * math.sin(5 * i + g)))
            made.append({
                "group": group, "label": name, "n": n, "selected": x, "rate": wilson(x, n),
                "mean_score": 0.41 + 0.02 * g + 0.01 * math.sin(3 * i) if scored else None,
                "shares": {"female": 0.985 + 0.001 * (i % 9), "black": 0.92 / (1 + 30 * g)} if shares else None,
                "source": "U.S. Census Bureau, 2010 surnames; Social Security Administration, first names" if shares else None,
            })  # fmt: skip
    return made


def swap(a="black", b="white", *, field="first_name", kind="names", **changes):
    return {
        "field": field, "kind": kind, "columns": [field], "a": a, "b": b, "resumes": 1000, "jobs": 26, "questions": 4000, "draws": 1,
        "sampled_from": 4870, "decision": decision(14, 71, 93, 1822, 0.0000000003, mcnemar=0.0000000001), "score": None,
        "placebo": {"decision": decision(11, 9, 80, 1900, None, mcnemar=0.82), "score": None, "because": "Two values of the same group, shown with the same résumé."},
        "variants": variants({a: BLACK, b: WHITE}), "variance": None, "ranked_first": None, "withheld": [], "warnings": [],
        "because": "What was found, in words.",
    } | changes  # fmt: skip


def ranked(groups, first, ties=3):
    lists = sum(first)
    k = len(groups)
    entries = []
    for g, x in zip(groups, first, strict=True):
        ratio = x / max(first)
        entries.append({"group": g, "first": x, "expected": lists / k, "share": wilson(x, lists),
                        "impact_ratio": estimate(ratio, ratio * 0.8, ratio * 1.2, "crossed_log", lists)})  # fmt: skip
    return {"lists": lists, "ties": ties, "groups": entries, "p": 0.0004}


# -- alternatives and proxies ----------------------------------------------------------------------------------


def figures(validity, ratio, rate, n):
    v = estimate(validity, validity - 0.8 / math.sqrt(n), validity + 0.8 / math.sqrt(n), "delong_logit", n)
    r = undefined("undefined_no_selections", n) if ratio is None else estimate(
        ratio, ratio * math.exp(-6 / math.sqrt(n)), ratio * math.exp(6 / math.sqrt(n)), "koopman", n)  # fmt: skip
    return {"validity": v, "impact_ratio": r, "selection_rate": rate}


def candidate(name, family, what, there, test=None, *, frontier=False, chosen=False, against=None, dropped=()):
    return {
        "id": name, "family": family, "what": what, "features_dropped": list(dropped),
        "validation": figures(*there, 974), "test": figures(*test, 1462) if test else None,
        "on_frontier": frontier, "chosen": chosen, "against_baseline": against,
    }  # fmt: skip


BETTER = {
    "validity_p": 0.004, "ratio_p": 0.012, "p": 0.012, "verdict": "better_and_as_valid",
    "because": "The AUC is lower by at most 0.02, and the ratio is higher, each at 5%.",
}  # fmt: skip


def candidates():
    def at(v, r):
        return v, r, 0.081

    return [
        candidate("baseline", "baseline", "The pipeline as it is.", at(0.648, 0.668), at(0.644, 0.655)),
        candidate("cutoff-0.12", "cutoff", "The baseline's scores with another cut-off for everybody: 12.0 % are selected.", at(0.648, 0.742), at(0.644, 0.731), frontier=True),
        candidate("cutoff-0.04", "cutoff", "The baseline's scores with another cut-off for everybody: 4.0 % are selected.", at(0.648, 0.553)),
        candidate("drop-postcode", "drop", "The pipeline trained without postcode.", at(0.641, 0.902), at(0.639, 0.884), frontier=True, chosen=True, against=BETTER, dropped=["postcode"]),
        candidate("drop-postcode-years", "drop", "The pipeline trained without postcode and years.", at(0.602, 0.971), at(0.61, 0.95), frontier=True, dropped=["postcode", "years"]),
        candidate("drop-years", "drop", "The pipeline trained without years.", at(0.631, 0.69), dropped=["years"]),
        candidate("cap-years-10", "cap", "Years above 10 count as 10.", at(0.646, 0.695)),
        candidate("reweighing", "reweighing", "The pipeline trained on reweighed data.", at(0.639, 0.81)),
        candidate("eg-0.02", "exponentiated_gradient", "Trained under demographic parity with slack 0.02; the group is not read when deciding.", at(0.625, 0.955), frontier=True),
        candidate("grid-3", "grid_search", "The third of ten weightings of errors against parity.", at(0.634, 0.85)),
        candidate("banding-0.25", "banding", "The baseline's scores in bands of 0.25 standard deviations; ties by lot.", at(0.645, 0.70)),
        candidate("banding-0.5", "banding", "The baseline's scores in bands of 0.5 standard deviations; ties by lot.", at(0.637, 0.73)),
    ]  # fmt: skip


REFUSED = [
    {"family": "group_thresholds", "because": "A cut-off for each group decides by the protected attribute.", "citation": "42 U.S.C. 2000e-2(l)"},
    {"family": "banding_by_group", "because": "Ties within a band are never broken by group.", "citation": None},
]  # fmt: skip


def alternatives(**changes):
    return {
        "jurisdiction": "us", "label": "called_back", "label_positive": "1", "protected": "race", "group": "black", "reference": "white",
        "law": [
            {"text": "An employer that refuses to adopt an alternative practice may be liable.", "citation": "42 U.S.C. 2000e-2(k)(1)(A)(ii)", "confidence": "source"},
            {"text": "A caution of this project.", "citation": "", "confidence": "none"},
        ],
        "rows": {"train": 2434, "validation": 974, "test": 1462}, "seed": 0, "validity": {"metric": "auc", "margin": 0.02},
        "candidates": candidates(), "refused": REFUSED,
        "note": "An alternative that was found, serves as well and is not adopted is itself evidence in a disparate-impact case.",
    } | changes  # fmt: skip


def feature(name, area, nats, points, n=4870):
    return {
        "feature": name, "status": "ok", "mutual_information": estimate(nats, nats * 0.8, nats * 1.25, "noncentral_chi_square", n),
        "auc": estimate(area, area - 0.015, min(1.0, area + 0.015), "delong_logit", n),
        "contribution": None if points is None else estimate(points, points - 0.006, points + 0.006, "bootstrap_percentile", n), "because": None,
        "group": "black", "way": "order",
    }  # fmt: skip


def proxies(attribute="race", groups=("black", "white"), **changes):
    names = (
        "postcode",
        "years",
        "education",
        "skills",
        "employment_gap",
        "honors",
        "volunteering",
        "military",
        "computer_skills",
        "special_skills",
        "first_school",
        "college",
    )
    features = [feature(name, 0.74 - 0.019 * i, 0.09 / (i + 1), 0.021 - 0.004 * i) for i, name in enumerate(names)]
    return {
        "attribute": attribute, "n": 4870, "unknown": 0, "groups": list(groups), "together": {"auc": estimate(0.781, 0.768, 0.794, "delong_halves", 4870), "group": groups[0]},
        "gap": {"high": groups[-1], "low": groups[0], "rate_difference": estimate(0.034, 0.019, 0.049, "newcombe", 4870)},
        "features": features, "decisions": "model", "method": "shuffled_inputs", "seed": 0,
    } | changes  # fmt: skip


def user_metrics():
    made = []
    for name, values in (("mean_absolute_error", (0.2134, 0.1873)), ("cost", (1250.0, 1187.5))):
        for group, value in zip(("black", "white"), values, strict=True):
            e = estimate(value, value * 0.93, value * 1.07, "bootstrap_percentile", 2435)
            made.append(
                {
                    "name": name,
                    "by": ["race"],
                    "group": [group],
                    "n": 2435,
                    "unknown": 0,
                    "estimate": e,
                    "because": None,
                }
            )
    return made


# -- whole audits ----------------------------------------------------------------------------------------------


def studied_audit():
    """Decisions, and every study of the model that made them."""
    return resume_audit() | {
        "model": model(), "user_metrics": user_metrics(), "proxies": [proxies(), proxies("gender", ("f", "m"), features=[feature("skills", 0.61, 0.02, None)])],
        "counterfactual": [swap(variance={"names_a": 0.0, "names_b": 0.00012, "resumes": 0.0611, "residual": 0.0143})], "alternatives": alternatives(),
    }  # fmt: skip


def without_tables(**sections):
    """A report of studies alone, as `report_of` makes it: nothing was counted."""
    audit = resume_audit()
    audit["audit"] |= {
        "title": "Counterfactual résumés",
        "decision_audited": None,
        "period": None,
        "changed": [],
        "notes": [],
        "system": "A language model that scores résumés",
    }
    audit["data"] |= {
        "rows": 250,
        "decisions": 0,
        "counted": 0,
        "columns_read": [],
        "columns_available": None,
        "source": "resumes.jsonl",
    }
    return audit | {"tables": [], "findings": [], "methods": [], "warnings": [], "policies": [FOUR_FIFTHS]} | sections  # fmt: skip


def texts_audit():
    """Texts without a demographic column: three groups of forty names, a score by a model that answers by chance."""
    groups = {g: [f"{g.title()} {i:02d}" for i in range(40)] for g in ("asian", "black", "white")}
    every = variants(groups, 60, scored=True)
    pairs = []
    for (a, b), (value, p) in zip(
        combinations(groups, 2), ((0.012, 0.31), (-0.0021, 0.84), (-0.0204, 0.0001)), strict=True
    ):
        pairs.append(swap(
            a, b, field="text", columns=["text"], resumes=250, jobs=None, questions=9000, draws=3, sampled_from=None, decision=None,
            score=score(value, 0.0085, 1500, p, 3), placebo={"decision": None, "score": score(0.0004, 0.0061, 750, None), "because": "Two names of one group, 750 pairs."},
            variants=[v for v in every if v["group"] in (a, b)], variance={"names_a": 0.00011, "names_b": 0.00007, "resumes": 0.0431, "residual": 0.0052},
            ranked_first=ranked(tuple(groups), (97, 61, 92)), withheld=["photos: 12 résumés named one"], warnings=["31 texts have the name once only."],
        ))  # fmt: skip
    same = swap("he", "she", field="text", kind="pronouns", columns=["text"], resumes=250, jobs=None, questions=500, sampled_from=None,
                decision=decision(0, 0, 61, 189, 1.0), placebo=None,
                variants=[{"group": g, "label": g, "n": 250, "selected": 61, "rate": wilson(61, 250), "mean_score": None, "shares": None, "source": None} for g in ("he", "she")])  # fmt: skip
    asked = model(name="https://model.example/score", kind="endpoint", sha256=None, inputs=None, reads_protected=[], facts={"host": "model.example"},
                  cutoff={"rule": "top", "value": None, "share": 0.25})  # fmt: skip
    return without_tables(counterfactual=[*pairs, same], model=asked)


def sparse_audit():
    """Everything that can be missing: no draw, no choice, no name, no figure."""
    nothing = undefined("undefined_empty_group")
    lone = swap(
        "40",
        "60",
        field="graduation_year",
        kind="graduation_year",
        decision=None,
        score=None,
        placebo={
            "decision": None,
            "score": None,
            "because": "There is one year a group, so there is nothing to swap it for.",
        },
        variants=[],
    )
    blind = swap(
        decision=decision(0, 0, 98, 1902, 1.0),
        placebo={"decision": decision(0, 0, 98, 1902, None), "score": None, "because": None},
        variants=variants({"black": ["Aisha"], "white": ["Anne"]}, shares=False),
        sampled_from=None,
    )
    none = swap(
        "m",
        "f",
        field="honorific",
        kind="honorific",
        decision=decision(0, 0, 0, 0),
        score=score(None, 0, 0, None),
        placebo=None,
        variants=[
            {
                "group": "m",
                "label": "Mr",
                "n": 0,
                "selected": 0,
                "rate": nothing,
                "mean_score": None,
                "shares": None,
                "source": None,
            }
        ],
    )
    only = [candidate("baseline", "baseline", "The pipeline as it is.", (0.648, None, 0.08)), candidate("drop-a", "drop", "Without a.", (0.5, None, 0.0), dropped=["a"],
            against={"validity_p": None, "ratio_p": None, "p": None, "verdict": "not_evaluable", "because": "Nobody of black is selected."})]  # fmt: skip
    absent = feature("a", 0.5, 0.0, None) | {
        "auc": undefined("excluded", 30),
        "mutual_information": undefined("excluded", 30),
        "because": "has the same value in every row",
        "status": "constant",
        "group": None,
        "way": None,
    }
    return without_tables(
        model=model(kind="pickle", trusted=True, answers=None, inputs=[], batch=None, facts={}, sha256=SHA, cutoff={"rule": "none", "value": None, "share": None},
                    reads_protected=[read("race", "unknown", status="not_given"), read("gender", "unknown", status="not_asked")]),
        counterfactual=[blind, none, lone], alternatives=alternatives(candidates=only, law=[], note="", label_positive=None),
        proxies=[proxies(features=[absent], together={"auc": undefined("single_group", 30), "group": None}, groups=["only"], method=None, decisions=None, gap=None, unknown=7), proxies("site", features=[], method="kitagawa", decisions="column")],
        user_metrics=[{"name": "f1", "by": ["race"], "group": ["black"], "n": 0, "unknown": 12, "estimate": nothing, "because": "nobody of the group has an outcome"}],
    )  # fmt: skip


def refused_audit():
    """A search in which nothing could be made, and a search in which nothing was chosen."""
    return without_tables(alternatives=alternatives(candidates=[], jurisdiction="us"))


def unchosen_audit():
    tried = [c | {"chosen": False, "against_baseline": None} for c in candidates()]
    tried[3]["against_baseline"] = BETTER | {
        "validity_p": 0.31,
        "p": 0.31,
        "verdict": "not_shown",
        "because": "The AUC may be lower by more than 0.02.",
    }
    return without_tables(alternatives=alternatives(candidates=tried, validity={"metric": "utility", "margin": 1500}))


def hostile_studies_audit():
    """Names, fields, features and ids that would like to be more than text."""
    evil = list(HOSTILE)
    names = {evil[0]: evil[2:], evil[6]: [f"{evil[6]} {i}" for i in range(14)]}
    pair = swap(evil[0], evil[6], field=evil[1], columns=evil[:3], variants=variants(names), withheld=evil[:2], warnings=evil[2:4], ranked_first=ranked(evil[:3], (4, 5, 6)),
                score=score(1234567.891, 23456.7, 2000), placebo={"decision": decision(3, 4, 5, 6, None), "score": score(-17.0, 20000.5, 900, None), "because": evil[4]})  # fmt: skip
    found = [
        c | {"id": evil[i % len(evil)] + str(i), "what": evil[-1 - i % 5], "features_dropped": evil[:2]}
        for i, c in enumerate(candidates())
    ]
    return without_tables(
        model=model(name=evil[0], inputs=evil, facts={evil[3]: evil[1], "nested": {"a": evil}}, reads_protected=[read(evil[4]), read(evil[6], largest=1e-9)]),
        counterfactual=[pair], alternatives=alternatives(candidates=found, group=evil[0], reference=evil[6], label=evil[3], label_positive=evil[4], protected=evil[1], note=evil[2]),
        proxies=[proxies(evil[0], evil, features=[feature(name, 0.6, 0.01, 0.01) for name in evil], method=evil[3])],
        user_metrics=[{"name": evil[1], "by": [evil[0]], "group": [name], "n": 10, "unknown": 0, "estimate": estimate(1e-7, 1e-8, 1e-6, "bootstrap_percentile", 10), "because": None} for name in evil],
    )  # fmt: skip


def withheld_audit():
    """The public view of an audit with studies: their names are left."""
    audit = resume_audit()
    audit["audit"] |= {"view": "public"}
    return audit | {"model": model(), "studies_withheld": ["proxies", "user_metrics", "counterfactual", "alternatives"]}


def crowded_audit():
    """Findings of every verdict, warnings, four swaps and every other study: more than one page has lines for."""
    studied = studied_audit()
    groups = ("black female", "black male", "white female", "white male")
    swaps = [
        swap(a, b, field="applicant_first_name", score=score(-0.0204, 0.0085, 2000, 1e-4, 6))
        for a, b in combinations(groups, 2)
    ]
    swaps += [swap("as it was", "20 years earlier", field="year_of_graduation", kind="graduation_year", placebo=None)]
    swaps += [
        swap("f", "m", field="gender", kind="attribute", placebo=None),
        swap("he", "she", field="letter", kind="pronouns", placebo=None),
    ]
    reads = [
        read("race", largest=0.0),
        *(read(name, static="reads", changed=312, largest=0.0734) for name in ("gender", "age_group")),
    ]
    warning = "The column 'postcode' holds text and numbers; all of it was read as text, so that 01234 stays as it is."
    return SAMPLES["wide"]() | {
        "model": model(name="resume-screening-service-2026-11.onnx", reads_protected=reads), "user_metrics": studied["user_metrics"],
        "proxies": studied["proxies"], "alternatives": studied["alternatives"], "counterfactual": swaps, "warnings": [warning] * 5,
    }  # fmt: skip


STUDIES = {
    "studied": studied_audit,
    "crowded": crowded_audit,
    "texts": texts_audit,
    "sparse": sparse_audit,
    "refused": refused_audit,
    "unchosen": unchosen_audit,
    "hostile studies": hostile_studies_audit,
    "withheld": withheld_audit,
}
EVERY = SAMPLES | STUDIES | ANALYSED

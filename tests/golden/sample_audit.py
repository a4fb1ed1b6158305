"""Content of audit.json for the report's tests: most of it made by hand from a few counts, the last two real.

The arithmetic of the first (Wilson, Katz, pooled z, Holm) only has to be plausible: these tests look at the page, and
the figures of an audit are tested where they are computed.  The résumé counts are those of Bertrand and
Mullainathan, American Economic Review 94(4), 2004.
"""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path
from typing import Any

Z = 1.959963984540054

RESUME = {
    ("black", "f"): (1886, 125),
    ("black", "m"): (549, 32),
    ("white", "f"): (1860, 184),
    ("white", "m"): (575, 51),
}


def estimate(value, low, high, method, n, status="ok", **more):
    ok = status == "ok"
    shown = {"value": value if ok else None, "low": low if ok else None, "high": high if ok else None}
    return shown | {"level": 0.95, "method": method if ok else None, "status": status, "n": n} | more


def wilson(x, n):
    if n == 0:
        return estimate(None, None, None, None, 0, "undefined_empty_group")
    p, d = x / n, 1 + Z * Z / n
    mid, half = (p + Z * Z / (2 * n)) / d, Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / d
    return estimate(p, max(0.0, mid - half), min(1.0, mid + half), "wilson", n)


def katz(x, n, x_r, n_r, status="ok"):
    if status != "ok" or n == 0 or x_r == 0:
        why = status if status != "ok" else "undefined_empty_group" if n == 0 else "undefined_no_selections"
        return estimate(None, None, None, None, n, why)
    value = (x / n) / (x_r / n_r)
    if x == 0:
        return estimate(0.0, 0.0, 1.0, "koopman", n)
    se = math.sqrt(max(0.0, 1 / x - 1 / n + 1 / x_r - 1 / n_r))
    return estimate(value, value * math.exp(-Z * se), value * math.exp(Z * se), "koopman", n)


def newcombe(x, n, x_r, n_r):
    if n == 0:
        return estimate(None, None, None, None, 0, "undefined_empty_group")
    a, b = wilson(x, n), wilson(x_r, n_r)
    d = a["value"] - b["value"]
    low = d - math.hypot(a["value"] - a["low"], b["high"] - b["value"])
    high = d + math.hypot(a["high"] - a["value"], b["value"] - b["low"])
    return estimate(d, low, high, "newcombe", n)


def pooled_z(x, n, x_r, n_r):
    pool = (x + x_r) / (n + n_r) if n and n_r else 0
    if pool in (0, 1):
        return None
    z = (x / n - x_r / n_r) / math.sqrt(pool * (1 - pool) * (1 / n + 1 / n_r))
    return z, math.erfc(abs(z) / math.sqrt(2))


def holm(ps):
    out, worst = {}, 0.0
    for i, (key, p) in enumerate(sorted(ps.items(), key=lambda item: item[1])):
        worst = max(worst, min(1.0, (len(ps) - i) * p))
        out[key] = worst
    return out


def table(by, counts, *, kind, unknown=0, excluded=(), below=()):
    """Make one table of the audit: ``counts`` is {group: (n, selected)}."""
    known, selected = sum(n for n, _ in counts.values()), sum(x for _, x in counts.values())
    usable = {g: c for g, c in counts.items() if g not in excluded and g not in below and c[0]}
    best = max(usable, key=lambda g: usable[g][1] / usable[g][0])
    n_r, x_r = counts[best]
    pairs = {(a, b): pooled_z(*reversed(counts[a]), *reversed(counts[b])) for a, b in combinations(usable, 2)}
    adjusted = holm({pair: t[1] for pair, t in pairs.items() if t})
    groups = []
    for g, (n, x) in counts.items():
        status = (
            "excluded" if g in excluded else "below_min_n" if g in below else "undefined_empty_group" if not n else "ok"
        )
        estimates = {
            "selection_rate": wilson(x, n),
            "impact_ratio": katz(x, n, x_r, n_r, status),
            "rate_difference": newcombe(x, n, x_r, n_r),
            "rejection_ratio": katz(n_r - x_r, n_r, n - x, n, status) if n - x else katz(0, 0, 0, 0),
            "odds_ratio": katz(x, n, x_r, n_r, status),
            "cohens_h": estimate(
                2 * math.asin(math.sqrt(x / n)) - 2 * math.asin(math.sqrt(x_r / n_r)), None, None, "none", n
            )
            if n
            else wilson(0, 0),
        }
        entry: dict[str, Any] = {
            "group": list(g), "n": n, "selected": x, "rejected": n - x, "share": n / known, "status": status,
            "excluded": g in excluded, "is_reference": g == best, "estimates": estimates, "tests": None,
            "four_fifths": "not_evaluable", "shortfall": n * selected / known - x, "shortfall_vs_reference": n * x_r / n_r - x,
            "flip_flop": None, "minimum_detectable_ratio": None, "selections_to_four_fifths": None,
        }  # fmt: skip
        if status == "ok":
            entry["four_fifths"] = "below" if 5 * x * n_r < 4 * x_r * n else "not_below"
        if status == "ok" and g != best:
            pair = (g, best) if (g, best) in pairs else (best, g)
            entry["minimum_detectable_ratio"] = 0.7
            entry["flip_flop"] = False
            if entry["four_fifths"] == "below":
                entry["selections_to_four_fifths"] = {"add_only": math.ceil(0.8 * n * x_r / n_r) - x, "swap": 12}
            if pairs[pair]:
                z, p = pairs[pair]
                tests = {"pooled_z": {"statistic": z, "p": p, "p_adjusted": adjusted[pair]}}
                tests |= {"fisher_exact": {"p": min(1.0, p * 1.2)}, "mid_p": {"p": p}}
                entry["tests"] = tests | {"default": "pooled_z", "family": {"name": " × ".join(by), "m": len(adjusted)}}
        groups.append(entry)
    return {
        "by": list(by), "measure": "selection_rate", "stage": None, "kind": kind, "total": known + unknown, "unknown": unknown,
        "reference": {"rule": "highest", "groups": [list(best)]}, "family_m": len(adjusted), "adjusted_over": "all_pairs",
        "selected_label": "called back", "groups": groups, "contrasts": [], "omnibus": {"statistic": 16.88, "df": len(usable) - 1, "p": 0.00004},
        "null_worst_ratio": {"median": 0.84, "p05": 0.66, "p_below_threshold": 0.402} if len(counts) > 2 else None,
        "disparities": {
            "demographic_parity_difference": estimate(0.032, 0.017, 0.047, "bootstrap_percentile", known, left_out=[list(g) for g in excluded]),
            "demographic_parity_ratio": estimate(0.668, 0.55, 0.81, "bootstrap_percentile", known, left_out=[]),
        },
    }  # fmt: skip


def findings_of(t, policy="four-fifths", line=0.8):
    """Judge a table by the rule screen_and_test, near enough for a page."""
    found = []
    reference = next(g for g in t["groups"] if g["is_reference"])
    for g in t["groups"]:
        if g["is_reference"]:
            continue
        e, test = g["estimates"]["impact_ratio"], g["tests"]
        name, best = " · ".join(g["group"]), " · ".join(reference["group"])
        common = {"metric": "impact_ratio", "by": t["by"], "group": g["group"], "policy": policy, "rule": "screen_and_test",
                  "threshold": line, "kind": t["kind"], "measure": t["measure"], "m": t["family_m"], "settle": None,
                  "rests_on": g["n"], "estimate": e["value"], "low": e["low"], "high": e["high"]}  # fmt: skip
        if test is None:
            found.append(common | {"verdict": "not_evaluable", "attention": False, "difference": "not_evaluable", "screen": "not_evaluable",
                                   "test": None, "p": None, "p_adjusted": None, "headline": f"{name} could not be evaluated.",
                                   "because": f"The status is {g['status']}: {g['n']} decisions were counted."})  # fmt: skip
            continue
        p = test["pooled_z"]
        shown, below = p["p_adjusted"] < 0.05, g["four_fifths"] == "below"
        verdict = "beyond" if shown and below else "within" if not below and e["low"] > line else "inconclusive"
        found.append(common | {
            "verdict": verdict if line else None, "attention": shown and (verdict != "beyond" or not line),
            "screen": g["four_fifths"], "difference": "shown" if shown else "not_shown", "test": "pooled_z", "p": p["p"], "p_adjusted": p["p_adjusted"],
            "headline": f"{name}: {g['selected']:,} of {g['n']:,} were called back ({100 * g['selected'] / g['n']:.1f}%), against "
            f"{reference['selected']:,} of {reference['n']:,} of {best} ({100 * reference['selected'] / reference['n']:.1f}%): "
            f"a ratio of {e['value']:.2f} (95% interval {e['low']:.2f} to {e['high']:.2f}).",
            "because": "The ratio is below four fifths, and if callbacks were unrelated to the name a gap this large would arise less than once in a thousand."
            if verdict == "beyond" else "The interval includes both parity and four fifths.",
            "settle": "Samples of this size would have shown a ratio of 0.70 four times in five." if verdict == "inconclusive" else None,
        })  # fmt: skip
    return found


def margin(counts, at):
    out: dict[tuple[str, ...], tuple[int, int]] = {}
    for group, (n, x) in counts.items():
        a, b = out.get((group[at],), (0, 0))
        out[group[at],] = (a + n, b + x)
    return out


FOUR_FIFTHS = {
    "name": "four-fifths", "title": "Four-fifths screen", "metric": "impact_ratio", "threshold": "4/5", "side": "at_least",
    "rule": "screen_and_test", "source": "29 CFR 1607.4(D)", "status": "in force", "confidence": "verified at the source", "as_of": "2026-11-01",
    "words": "A selection rate for a group which is less than four fifths of the rate of the group with the highest rate.",
}  # fmt: skip


def audit_of(tables, findings, **audit):
    """Wrap tables and findings in the rest of an audit."""
    total = tables[0]["total"]
    names = sorted({name for t in tables for name in t["by"]})
    plan = {
        "intersect": None,
        "reference": "highest",
        "exclude_under": None,
        "min_n": 0,
        "level": 0.95,
        "seed": 0,
        "jurisdiction": None,
    }
    return {
        "schema": "fairwitness/audit/v1",
        "audit": {
            "title": "Résumé callbacks, Boston and Chicago, 2001–02", "created": "2026-11-23T15:00:00Z", "version": "0.1.0",
            "jurisdiction": None, "system": "Employers of 1,323 advertisements", "decision_audited": "The employer calls the applicant back",
            "period": "July 2001 to May 2002", "auditor": None, "limits": [
                "Say why groups differ: the names were assigned at random, which is rare.",
                "Speak for one employer: 1,323 advertisements of many are pooled here.",
            ],
            "plan": plan, "plan_sha256": "77ae" * 15 + "5d02", "changed": [], "level": 0.95, "seed": 0, "resamples": 2000,
            "command": "fairwitness audit resume.csv --decision received_callback --protected race --protected gender --out report",
            "python": "3.11.2", "packages": {"numpy": "2.4.6", "scipy": "1.17.1"}, "tally_sha256": "b1d0" * 16, "independent": True, "view": "internal",
            "notes": ["The résumés went to 1,323 advertisements; the tests here treat them as independent."],
        } | audit,
        "data": {
            "source": "resume.csv", "sha256": "3f9c" * 16, "rows": total, "decisions": total, "counted": total, "set_aside": [],
            "unknown": [], "columns_read": ["received_callback", *names], "columns_available": 30,
            "small_cells": {"under": 10, "n": 0}, "label": None, "score": None,
        },
        "policies": [FOUR_FIFTHS], "tables": tables, "findings": findings, "warnings": [],
        "methods": [
            {"name": "Impact ratio", "formula": "p_g / max p", "sentence": "The selection rate of a group over the highest one.", "reference": "29 CFR 1607.4(D)"},
            {"name": "Wilson score interval", "formula": "(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)",
             "sentence": "The rates that a score test would not reject.", "reference": "Wilson, E. B. (1927). JASA 22(158), 209–212. doi:10.1080/01621459.1927.10502953"},
        ],
    }  # fmt: skip


def resume_audit():
    """Race, gender and both, as the demonstration shows them."""
    race = table(("race",), margin(RESUME, 0), kind="confirmatory")
    gender = table(("gender",), margin(RESUME, 1), kind="confirmatory")
    both = table(("race", "gender"), RESUME, kind="exploratory")
    for sex in ("f", "m"):
        black, white = RESUME["black", sex], RESUME["white", sex]
        z, p = pooled_z(black[1], black[0], white[1], white[0])
        both["contrasts"].append({
            "attribute": "race", "within": {"gender": sex}, "group": "black", "reference": "white",
            "n": black[0], "selected": black[1], "reference_n": white[0], "reference_selected": white[1],
            "estimates": {"impact_ratio": katz(black[1], black[0], white[1], white[0])},
            "tests": {"default": "pooled_z", "family": {"name": "race within gender", "m": 2}, "pooled_z": {"statistic": z, "p": p, "p_adjusted": min(1, 2 * p)}},
        })  # fmt: skip
    found = findings_of(race) + findings_of(gender) + findings_of(both)
    changed = [
        {"field": "reference", "default": "highest", "value": "white"},
        {"field": "level", "default": 0.95, "value": 0.9},
    ]
    return audit_of([race, gender, both], found, changed=changed)


def wide_audit(k=14, across=("f", "m"), label="Group {}"):
    """Many groups, alone and crossed."""
    counts = {}
    for i in range(k):
        for j, b in enumerate(across):
            n = 30 + (i * 97) % 700
            counts[label.format(i + 1), b] = (n, round(n * (0.35 + 0.02 * ((i * 5 + j * 3) % 11))))
    first = table(("race_ethnicity",), margin(counts, 0), kind="confirmatory", unknown=7)
    second = table(("sex",), margin(counts, 1), kind="confirmatory")
    both = table(("race_ethnicity", "sex"), counts, kind="exploratory")
    return audit_of([first, second, both], findings_of(first) + findings_of(second) + findings_of(both), notes=[])


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% for x in y %}",
    "$x$ \\frac{1}{2} %s {0}",
    "evil\u202etxt.exe",
    "red\x1b[31mcell\x00",
    "long " + "label-without-end " * 11 + "x" * 60,
    "中文标签：少数民族申请人与其他申请人",
    "مرشحون 12",
    "White ",
)


def hostile_audit():
    """Labels, columns, titles and files that would like to be more than text."""
    counts = {(name, side): (100 + 10 * i, 40 + 3 * i) for i, name in enumerate(HOSTILE) for side in ("a<b", "&amp;")}
    column = "race</th><script>alert(2)</script>"
    one = table((column,), margin(counts, 0), kind="confirmatory")
    two = table((column, "sex\u202e"), counts, kind="exploratory")
    audit = audit_of(
        [one, two],
        findings_of(one) + findings_of(two),
        title="Audit <b>of</b> {{ title }} \u202e$x$",
        auditor="A & B <a@b.example>",
    )
    audit["data"]["source"] = "</code><script>alert(3)</script>.csv"
    audit["audit"]["command"] = "fairwitness audit '<script>alert(4)</script>' " + "--unknown " + "x" * 300
    audit["audit"]["changed"] = [{"field": "unknown", "default": [], "value": ["<i>n/a</i>", "\x1b[0m"]}]
    audit["warnings"] = ["The label '<b>' looks like another."]
    return audit


def labelled_audit():
    """Outcomes, scores, set-asides, undisclosed groups, groups that could not be evaluated, no threshold."""
    counts = {
        ("18–39",): (812, 310),
        ("40–54",): (433, 121),
        ("55+",): (188, 41),
        ("unstated",): (9, 4),
        ("80+",): (0, 0),
    }
    age = table(("age",), counts, kind="confirmatory", unknown=23, excluded=(("unstated",),))
    age["selected_label"] = "advanced"
    for g in age["groups"]:
        n, x = g["n"], g["selected"]
        g["estimates"] |= {
            "true_positive_rate": wilson(x // 2, max(x - 3, x // 2)), "false_positive_rate": wilson(x // 3, max(n - x, 0)),
            "false_negative_rate": wilson(x // 3, max(x - 3, x // 2)), "positive_predictive_value": wilson(x // 2, x),
        }  # fmt: skip
    age["disparities"] |= {
        "equal_opportunity_difference": estimate(0.04, 0.01, 0.09, "bootstrap_percentile", 600, left_out=[["80+"]]),
        "equalized_odds_difference": estimate(
            None, None, None, None, 9, "undefined_no_negatives", left_out=[["80+"], ["unstated"]]
        ),
    }
    policy = FOUR_FIFTHS | {"name": "difference", "title": "Difference of rates", "metric": "rate_difference", "threshold": None,
                            "side": None, "rule": "clear", "source": "Directive 2000/78/EC, Article 2(2)(b)", "words": "No threshold is set by law: the difference and its interval are shown."}  # fmt: skip
    found = []
    for f, g in zip(findings_of(age, "difference"), [g for g in age["groups"] if not g["is_reference"]], strict=True):
        e = g["estimates"]["rate_difference"]
        shown = f["difference"] == "shown"
        found.append(f | {"metric": "rate_difference", "threshold": None, "verdict": None if g["status"] == "ok" else "not_evaluable", "rule": "clear",
                          "attention": shown, "estimate": e["value"], "low": e["low"], "high": e["high"]})  # fmt: skip
    audit = audit_of([age], found, jurisdiction="eu", system="CV screening model 3.2", auditor="An auditor", independent=False,
                     notes=["17 people stand in the file more than once; the tests here treat their decisions as independent."])  # fmt: skip
    audit["policies"] = [policy]
    audit["data"] |= {
        "rows": 1530, "decisions": 1530, "counted": 1465,
        "set_aside": [
            {"reason": "withdrawn", "n": 41, "by": [{"attribute": "age", "group": "18–39", "n": 20}, {"attribute": "age", "group": None, "n": 21}]},
            {"reason": "pending", "n": 24, "by": [{"attribute": "age", "group": "55+", "n": 24}]},
        ],
        "unknown": [{"by": ["age"], "measure": "selection_rate", "stage": None, "n": 23, "selected": 11}],
        "label": {"column": "hired_and_stayed", "scope": "selected", "known": 480, "unknown": 985},
        "score": {"column": "score", "order": "high", "median": 61.5}, "small_cells": {"under": 10, "n": 2},
    }  # fmt: skip
    audit["warnings"] = ["Labels of age that differ only by case: '55+' (180 rows) and '55+ ' (8 rows)."]
    return audit


def lone_audit():
    """The least that an audit can have: one attribute, one group, nothing to compare."""
    counts = {("only",): (12, 0)}
    one = table(("site",), counts, kind="confirmatory")
    one["groups"][0] |= {"status": "single_group", "four_fifths": "not_evaluable", "is_reference": False}
    for name in ("impact_ratio", "rate_difference", "rejection_ratio", "odds_ratio", "cohens_h"):
        one["groups"][0]["estimates"][name] = estimate(None, None, None, None, 12, "single_group")
    one |= {"disparities": {}, "omnibus": None, "reference": {"rule": "highest", "groups": []}, "family_m": 0}
    audit = audit_of([one], [], system=None, decision_audited=None, period=None, command=None, limits=[], notes=[])
    return audit | {"policies": [], "methods": []}


def demo_audit():
    """What ``fairwitness demo`` shows: the real audit of the résumé callbacks."""
    import fairwitness as fw
    from fairwitness.audit.plan import read_plan
    from fairwitness.datasets import bundled

    plan = read_plan(Path(bundled.__file__).with_name("demo.toml"))
    decisions = fw.load(bundled.path("resume_callbacks_by_name"), **bundled.card("resume_callbacks_by_name").load)
    return fw.run_audit(decisions, plan).to_dict("fairwitness demo")


def scored_audit():
    """A real audit of a thousand made-up people: scores, outcomes, set-asides, two policies, undisclosed groups."""
    import pandas as pd

    import fairwitness as fw

    people = range(1000)
    frame = pd.DataFrame({
        "sex": [("F", "M", "M", None)[i * 7 % 4] if i % 19 else None for i in people],
        "origin": [("A", "A", "A", "B", "B", "C", "中文")[i % 7] if i % 103 else "rare <i>" for i in people],
        "score": [50 + (i * 37 % 101) / 4 - 4 * (i % 7 in (3, 4)) for i in people],
        "hired": ["withdrawn" if i % 23 == 0 else "yes" if i * 37 % 101 > 55 + 9 * (i % 7 in (3, 4)) else "no" for i in people],
        "good": [int(i * 53 % 97 > 60 - (i * 37 % 101) / 4) for i in people],
    })  # fmt: skip
    decisions = fw.load(
        frame, protected=["sex", "origin"], decision="hired", favorable=["yes"], unfavorable=["no"],
        set_aside={"withdrawn": "withdrew"}, score="score", label="good", label_positive="1",
    )  # fmt: skip
    odds = {
        "name": "odds",
        "metric": "equalized_odds_difference",
        "at_most": "0.1",
        "source": "a contract",
        "rule": "clear",
    }
    return fw.run_audit(
        decisions, jurisdiction="us", policy=[odds], label_scope="all", exclude_under=0.02, resamples=200
    ).to_dict()


SAMPLES = {
    "resume": resume_audit,
    "wide": wide_audit,
    "hostile": hostile_audit,
    "labelled": labelled_audit,
    "lone": lone_audit,
    "demo": demo_audit,
    "scored": scored_audit,
}

"""Reports of real audits that hold every analysis of the counts whose inputs are there."""

from __future__ import annotations


def admissions_audit():
    """Graduate admissions at Berkeley in 1973, compared within departments too."""
    import fairwitness as fw
    from fairwitness.datasets.bundled import card, path

    decisions = fw.load(path("ucb_admissions"), **card("ucb_admissions").load, stratum="Dept")
    return fw.run_audit(decisions, resamples=200).to_dict()


def applicants():
    """Return 1,800 made-up people: two stages, scores and outcomes, nine requisitions, six months, undisclosed groups."""
    import pandas as pd

    people = range(1800)
    draw = [i * 7919 % 1801 for i in people]  # each number once: as good as shuffled
    sex = ["F" if d % 11 < 5 else "M" if d % 11 < 10 else None for d in draw]
    race = [("Black", "White", "White", "Asian", "White", "Black", "White")[d * 13 % 7] for d in draw]
    score = [40 + (i * 37 % 101) / 2 - 5 * (s == "F") - 4 * (r == "Black") for i, s, r in zip(people, sex, race, strict=True)]  # fmt: skip
    tested = ["yes" if s + i % 13 > 58 else "no" for i, s in zip(people, score, strict=True)]
    hired = [
        None if t == "no" else "withdrawn" if i % 29 == 0 else "yes" if s + i * 5 % 17 > 72 else "no"
        for i, t, s in zip(people, tested, score, strict=True)
    ]
    return pd.DataFrame({
        "sex": sex, "race": [None if d % 17 == 0 else r for d, r in zip(draw, race, strict=True)],
        "requisition": [f"Requisition {1 + d % 9}" for d in draw], "month": [f"2026-0{1 + i // 300}" for i in people],
        "applicant": [f"a{i // 2}" if i % 40 < 2 else f"b{i}" for i in people], "tested": tested, "hired": hired,
        "score": score, "stayed": [int(i * 53 % 97 + s > 95) for i, s in zip(people, score, strict=True)],
        "experience": [("under 2 years", "2 to 5 years", "over 5 years")[i * 11 % 3] for i in people],
    })  # fmt: skip


def funnel_audit():
    """A made-up funnel with all that a column may be."""
    import fairwitness as fw

    decisions = fw.load(
        applicants(), protected=["sex", "race"], stages=["tested", "hired"], favorable=["yes"], unfavorable=["no"],
        set_aside={"withdrawn": "withdrew"}, score="score", label="stayed", label_positive="1", stratum="requisition",
        period="month", controls="experience",
    )  # fmt: skip
    return fw.run_audit(decisions, jurisdiction="us", label_scope="all", search_subgroups=True, resamples=200).to_dict()


def surveyed_audit():
    """The made-up people once more: decided once, weighted, and with people who applied twice."""
    import fairwitness as fw

    frame = applicants()
    frame["hired"] = frame["hired"].fillna("no")
    frame["weight"] = [(0.5, 1.25, 2.0)[i % 3] for i in range(len(frame))]
    decisions = fw.load(
        frame, protected=["sex", "race"], decision="hired", favorable=["yes"], unfavorable=["no"], stratum="requisition",
        set_aside={"withdrawn": "withdrew"}, cluster="applicant", weight="weight", period="month",
    )  # fmt: skip
    return fw.run_audit(decisions, intersect="none", resamples=200).to_dict()


ANALYSED = {"admissions": admissions_audit, "funnel": funnel_audit, "surveyed": surveyed_audit}

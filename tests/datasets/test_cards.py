"""Every bundled data set has a card, a file, and figures that come out of the file as the card gives them.

Published figures are those the sources print (see each card).  They are computed here from the files in plain
Python, and with scipy where a distribution is needed.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections import Counter
from fractions import Fraction

import pytest
from scipy.stats import binomtest, chi2, fisher_exact

import fairwitness as fw
from fairwitness.audit.plan import read_plan
from fairwitness.datasets.bundled import card, demo_plan, names, path


def read(name, table=None):
    with gzip.open(path(name, table), "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def share(rows, chosen, favorable):
    """Return "favorable/all" among the chosen rows."""
    chosen_rows = [r for r in rows if chosen(r)]
    return f"{sum(map(favorable, chosen_rows))}/{len(chosen_rows)}"


def resume_callbacks_by_name():
    rows = read("resume_callbacks_by_name")

    def called(**signal):
        chosen = [r for r in rows if all(r[k] == v for k, v in signal.items())]
        return sum(int(r["callbacks"]) for r in chosen), sum(int(r["n"]) for r in chosen)

    white, black = called(race="white"), called(race="black")
    rate_white, rate_black = (Fraction(*c) for c in (white, black))
    return {
        "callbacks, white names": "{}/{}".format(*white),
        "callbacks, black names": "{}/{}".format(*black),
        "rate, white names, %": 100 * rate_white,
        "rate, black names, %": 100 * rate_black,
        "ratio, white to black": rate_white / rate_black,
        "difference, percentage points": 100 * (rate_white - rate_black),
        "callbacks, women, white names": "{}/{}".format(*called(race="white", gender="f")),
        "callbacks, women, black names": "{}/{}".format(*called(race="black", gender="f")),
        "callbacks, men, white names": "{}/{}".format(*called(race="white", gender="m")),
        "callbacks, men, black names": "{}/{}".format(*called(race="black", gender="m")),
        "résumés": white[1] + black[1],
        "callbacks": white[0] + black[0],
        "impact ratio, black to white": rate_black / rate_white,
        "Fisher's exact p, two-sided": fisher_exact([[w, n - w] for w, n in (white, black)]).pvalue,
        "callbacks, women": "{}/{}".format(*called(gender="f")),
        "callbacks, men": "{}/{}".format(*called(gender="m")),
    }


def ucb_admissions():
    cells = {(r["Dept"], r["Gender"], r["Admit"]): int(r["Freq"]) for r in read("ucb_admissions")}

    def total(**at):
        return sum(
            n
            for key, n in cells.items()
            if all(dict(zip(("d", "g", "a"), key, strict=True))[k] == v for k, v in at.items())
        )

    men, women = ((total(g=g, a="Admitted"), total(g=g)) for g in ("Male", "Female"))
    n, admitted = total(), total(a="Admitted")
    expected_men = men[1] * admitted / n
    # all four cells of a 2x2 table differ from expectation by the same amount
    chi_pooled = (men[0] - expected_men) ** 2 * sum(
        n * n / (row * column) / n for row in (men[1], women[1]) for column in (admitted, n - admitted)
    )
    upper = lower = Fraction()
    difference = variance = 0.0
    for d in sorted({key[0] for key in cells}):
        a, b, c, e = (cells[d, g, s] for g in ("Male", "Female") for s in ("Admitted", "Rejected"))
        size = a + b + c + e
        upper, lower = upper + Fraction(a * e, size), lower + Fraction(b * c, size)
        difference += a - (a + b) * (a + c) / size
        variance += (a + b) * (c + e) * (a + c) * (b + e) / (size * size * (size - 1))
    corrected = (abs(difference) - 0.5) ** 2 / variance
    return {
        "applicants": n,
        "admitted, men": "{}/{}".format(*men),
        "admitted, women": "{}/{}".format(*women),
        "Mantel–Haenszel odds ratio, men to women": upper / lower,
        "Cochran–Mantel–Haenszel chi-square, continuity-corrected": corrected,
        "Cochran–Mantel–Haenszel p, continuity-corrected": chi2.sf(corrected, 1),
        "rate, men, %": 100 * Fraction(*men),
        "rate, women, %": 100 * Fraction(*women),
        "chi-square, pooled, without correction": chi_pooled,
        "Mantel–Haenszel odds ratio, women to men": lower / upper,
        "Cochran–Mantel–Haenszel chi-square, without correction": difference**2 / variance,
    }


def urban_institute_audit1988():
    rows = read("urban_institute_audit1988")
    pairs = Counter((r["w"], r["b"]) for r in rows)
    n, only_black, only_white = len(rows), pairs["0", "1"], pairs["1", "0"]
    y = [int(r["b"]) - int(r["w"]) for r in rows]
    assert y == [int(r["y"]) for r in rows]
    mean = sum(y) / n
    deviation = math.sqrt(sum((v - mean) ** 2 for v in y) / (n - 1))
    discordant = only_black + only_white
    return {
        "offers, white testers, %": 100 * (only_white + pairs["1", "1"]) / n,
        "offers, black testers, %": 100 * (only_black + pairs["1", "1"]) / n,
        "mean difference": mean,
        "standard deviation of the difference": deviation,
        "t": mean / (deviation / math.sqrt(n)),
        "pairs": n,
        "neither offered": pairs["0", "0"],
        "only the black tester offered": only_black,
        "only the white tester offered": only_white,
        "both offered": pairs["1", "1"],
        "McNemar's exact p, two-sided": binomtest(only_black, discordant).pvalue,
        "McNemar's chi-square, continuity-corrected": (abs(only_black - only_white) - 1) ** 2 / discordant,
        "McNemar's chi-square, without correction": (only_black - only_white) ** 2 / discordant,
    }


def promotion_rosen_jerdee1974():
    rows = read("promotion_rosen_jerdee1974")
    men, women = (
        share(rows, lambda r, g=g: r["gender"] == g, lambda r: r["decision"] == "promoted") for g in ("male", "female")
    )
    table = [[21, 3], [14, 10]]
    return {
        "promoted, men": men,
        "promoted, women": women,
        "impact ratio, women to men": Fraction(women) / Fraction(men),
        "Fisher's exact p, two-sided": fisher_exact(table).pvalue,
        "Fisher's exact p, one-sided": fisher_exact(table, alternative="greater").pvalue,
    }


def german_credit():
    rows = read("german_credit")

    def good(chosen):
        return share(rows, chosen, lambda r: r["credit_risk"] == "1")

    def difference(chosen):
        return Fraction(good(chosen)) - Fraction(good(lambda r: not chosen(r)))

    return {
        "loans": len(rows),
        "good, all": good(lambda _: True),
        "good, under 25": good(lambda r: int(r["age"]) < 25),
        "good, 25 and over": good(lambda r: int(r["age"]) >= 25),
        "difference of good rates, under 25 against the rest": difference(lambda r: int(r["age"]) < 25),
        "difference of good rates, 25 and under against the rest": difference(lambda r: int(r["age"]) <= 25),
        "difference of good rates, code A92 against the rest": difference(lambda r: r["personal_status_sex"] == "A92"),
    }


def adult_uci_train():
    rows = read("adult_uci_train")

    def over(column, value):
        return share(rows, lambda r: r[column] == value, lambda r: r["income"] == ">50K")

    men, women = over("sex", "Male"), over("sex", "Female")
    races = ("White", "Asian-Pac-Islander", "Black", "Amer-Indian-Eskimo", "Other")
    return {
        "respondents": len(rows),
        "over 50K, men": men,
        "over 50K, women": women,
        "rate, men, %": 100 * Fraction(men),
        "rate, women, %": 100 * Fraction(women),
        "ratio, women to men": Fraction(women) / Fraction(men),
        **{f"over 50K, {race}": over("race", race) for race in races},
        **{f"{c} missing": sum(r[c] == "?" for r in rows) for c in ("workclass", "occupation", "native_country")},
    }


def fico_transunion2003():
    cdf, bad = ({float(r["Score"]): r for r in read("fico_transunion2003", t)} for t in ("cdf", "bad_rate"))
    (totals,) = read("fico_transunion2003", "totals")
    groups = [g for g in totals if g != "Kind"]
    assert list(cdf) == list(bad)
    return {
        "score points": len(cdf),
        **{f"people, {g}": int(totals[g]) for g in groups},
        **{f"at or below 50, {g}, %": float(cdf[50.0][g]) for g in groups},
        "bad at 0, Non- Hispanic white, %": float(bad[0.0]["Non- Hispanic white"]),
        "bad at 100, Non- Hispanic white, %": float(bad[100.0]["Non- Hispanic white"]),
    }


def us_names():
    first, last = read("us_names", "first_names"), read("us_names", "surnames")
    lines = {
        "black": ("pctblack", 80),
        "white": ("pctwhite", 90),
        "hispanic": ("pcthispanic", 90),
        "asian": ("pctapi", 90),
    }
    women = {r["name"]: Fraction(r["pctfemale"]) for r in first}
    usable = {
        f"{race} {line} % or more and 95 % of one sex, {sex}": sum(
            Fraction(r[column]) >= line and (women[r["name"]] >= 95 if sex == "women" else women[r["name"]] <= 5)
            for r in first
        )
        for race, (column, line) in lines.items()
        for sex in ("men", "women")
    }
    by_name = {r["name"]: r for r in first}
    return {
        "first names": len(by_name),
        "surnames": len({r["name"] for r in last}),
        "bearers of these first names": sum(int(r["count"]) for r in first),
        "bearers of these surnames": sum(int(r["count"]) for r in last),
        **usable,
        "Emily, white, %": Fraction(by_name["EMILY"]["pctwhite"]),
        "Lakisha, black, %": Fraction(by_name["LAKISHA"]["pctblack"]),
    }


COMPUTED = {
    f.__name__: f
    for f in (
        adult_uci_train,
        fico_transunion2003,
        german_credit,
        promotion_rosen_jerdee1974,
        resume_callbacks_by_name,
        ucb_admissions,
        urban_institute_audit1988,
        us_names,
    )
}


def to_the_digits_of(shown, value):
    """Write a computed value with as many digits as the card gives."""
    if isinstance(value, str) or "/" in shown:
        return value
    mantissa, e, _ = shown.partition("e")
    places = len(mantissa.partition(".")[2])
    return f"{float(value):.{places}{'e' if e else 'f'}}"


def test_every_data_set_is_checked():
    assert set(names()) == set(COMPUTED)


@pytest.mark.parametrize("name", names())
def test_figures_on_the_card_come_out_of_the_file(name):
    on_card = {**card(name).published, **card(name).recomputed}
    computed = COMPUTED[name]()
    assert {k: to_the_digits_of(on_card[k], v) for k, v in computed.items()} == on_card


@pytest.mark.parametrize("name", names())
def test_the_card_describes_exactly_the_columns_of_the_files(name):
    in_files = {column for table in card(name).files for column in read(name, table)[0]}
    assert set(card(name).columns) == in_files


@pytest.mark.parametrize("name", names())
def test_the_card_says_where_from_and_what_it_cannot_show(name):
    c = card(name)
    assert c.sources
    assert c.limits
    assert c.licence
    assert c.title
    assert c.outcome


def test_no_file_lies_about_without_a_card():
    carded = {file for name in names() for file in card(name).files.values()}
    assert {p.name for p in path("ucb_admissions").parent.glob("*.gz")} == carded


@pytest.mark.parametrize(
    ("name", "decisions", "selected"),
    [
        ("adult_uci_train", 32561, 6662 + 1179),
        ("german_credit", 1000, 700),
        ("promotion_rosen_jerdee1974", 48, 21 + 14),
        ("resume_callbacks_by_name", 4870, 392),
        ("ucb_admissions", 4526, 1198 + 557),
    ],
)
def test_what_the_card_says_of_loading_counts_everybody(name, decisions, selected):
    counted = fw.tally(fw.load(path(name), **card(name).load))
    assert counted.decisions == decisions
    place = [axis.role for axis in counted.axes].index("decision")
    assert sum(cell.n for key, cell in counted.cells.items() if key[place] == "selected") == selected


def test_sets_that_are_no_list_of_decisions_say_nothing_of_loading():
    assert {name for name in names() if not card(name).load} == {
        "fico_transunion2003",
        "urban_institute_audit1988",
        "us_names",
    }


def test_the_demo_says_that_its_tests_ignore_the_advertisements():
    plan = read_plan(demo_plan())
    assert any("ignore" in limit and "1,323 advertisements" in limit for limit in plan.limits)
    assert plan.data.model_dump(exclude_unset=True) == {
        k: tuple(v) if isinstance(v, list) else v for k, v in card("resume_callbacks_by_name").load.items()
    }

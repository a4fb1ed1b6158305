"""The page on the release gate: its tables are drawn again, or summed exactly; its sentences say what they show."""

from __future__ import annotations

import sys
from fractions import Fraction
from importlib import import_module
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, chi2

from fairwitness.audit.errors import ThresholdExceeded
from fairwitness.audit.gating.check import check
from fairwitness.audit.gating.no_worse import check_no_worse
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Tally

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/release_gate.md").read_text(encoding="utf-8")
PAGE = " ".join(TEXT.split())
DRAWS, HOLD_OUTS = 10_000, 1_000  # of the page
FEWER = 400  # of the replica


@pytest.fixture(scope="module")
def benchmarks():
    """The modules in benchmarks/, which import one another by their bare names."""
    folder, before = str(ROOT / "benchmarks"), set(sys.modules)
    sys.path.insert(0, folder)
    yield import_module
    sys.path.remove(folder)
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(folder):
            del sys.modules[name]


def cells(text):
    """Return {(table, row, column): what stands there} of all Markdown tables in a text."""
    found, header, table = {}, None, 0
    for line in text.splitlines():
        if not line.startswith("|"):
            header = None
            continue
        row = [cell.strip() for cell in line.strip("|\n").split(" | ")]
        if header is None:
            header, table = row, table + 1
        elif row[0] != "---":
            found |= {(table, row[0], column): cell for column, cell in zip(header[1:], row[1:], strict=True)}
    return found


def part(name):
    return TEXT.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- end of {name} -->")[0]


def share(cell):
    return float(cell.removesuffix(" %")) / 100


def reach(p, draws):
    """Return how far a share of so many draws lies from the true one, but once in 150,000 times."""
    return 4.5 * sqrt(p * (1 - p) / draws)


def test_fewer_draws_find_the_same(benchmarks):
    gate = benchmarks("release_gate")
    assert (gate.DRAWS, gate.HOLD_OUTS) == (DRAWS, HOLD_OUTS)
    replica = gate.parts(FEWER, 60, seed=1)
    for name in ("errors", "words", "reference", "both ways", "margin", "settings", "long run"):
        there, here = cells(part(name)), cells(replica[name])
        assert there
        assert there.keys() == here.keys()
        for key, cell in there.items():
            if "independent" in key[2]:
                continue  # made of other cells, see below
            draws, many = (60, HOLD_OUTS) if name == "long run" else (FEWER, DRAWS)
            a, b = share(cell), share(here[key])
            both = (a * many + b * draws) / (many + draws)
            # 4 / draws: a count that is expected to be a fraction of one
            assert abs(a - b) <= reach(both, 1 / (1 / draws + 1 / many)) + 4 / draws, (name, key, cell, here[key])
    assert cells(part("detectable")) == cells(replica["detectable"])


def test_the_page_tells_how_it_was_made(benchmarks):
    gate = benchmarks("release_gate")
    told = " ".join(part("provenance").split())
    assert f"{DRAWS:,} without a change and {DRAWS:,} with one" in told
    assert f"Seed {gate.SEED}" in told
    # 1.96 √(.05 · .95 / 10,000) = .0043; nobody of n: 1 - .05^(1/n) is about 3/n
    assert "± 0.4 at 5 %" in told
    assert "up to 0.03 %" in told


def exact(applicants, ratio, *, part_compared=0.3, rate=0.3):
    """Return the chances that the lower rate is below four fifths of the higher, and that a χ² of 5 % shows it too."""
    nf = round(applicants * part_compared)
    nr = applicants - nf
    (xf, chance_f), (xr, chance_r) = (likely(nf, ratio * rate), likely(nr, rate))
    xf, xr = xf[:, None], xr[None, :]
    chance = chance_f[:, None] * chance_r[None, :]
    a, b = xf * nr, xr * nf  # the rates, times nf nr
    below = 5 * np.minimum(a, b) < 4 * np.maximum(a, b)
    selected = xf + xr
    smallest = np.minimum(selected, applicants - selected) * min(nf, nr) / applicants
    assert chance[smallest < 5].sum() < 1e-9  # so the test is the pooled Z, the root of χ²
    statistic = (a - b) ** 2 * float(applicants) / (float(nf) * nr * selected * (applicants - selected))
    return chance[below].sum(), chance[below & (statistic >= chi2.isf(0.05, 1))].sum()


def likely(n, p):
    x = np.arange(n + 1)
    chance = binom.pmf(x, n, p)
    return x[chance > 1e-14], chance[chance > 1e-14]


@pytest.mark.parametrize("applicants", [300, 3000, 30000])
def test_gates_on_the_line_by_summing_all_tables(applicants):
    found = cells(part("errors"))
    for kind, ratio in (("false alarms", 0.95), ("misses", 0.75)):
        below, shown = exact(applicants, ratio)
        for row, stopped in (("`point`", below), ("`screen_and_test`", shown)):
            true = stopped if kind == "false alarms" else 1 - stopped
            cell = share(found[1, f"ratio at least 0.80 · {row}", f"{kind}, {applicants:,}"])
            assert abs(cell - true) <= reach(true, DRAWS) + 0.0005 + 1 / DRAWS  # rounded to a tenth of a point


def test_the_releases_have_the_rates_that_the_page_says(benchmarks):
    releases = benchmarks("simulated_releases")
    setting = releases.HoldOut(1000, 0.3, 0.3)
    drawn = releases.pull_requests(setting, 0.75, 4000, np.random.default_rng(3), on_each=2)
    # compared: .285 before, .225 now, 2.5 points new; reference: .3, 2.5 points each way
    for group, last, now, dropped in ((drawn.compared, 0.285, 0.225, 0.085), (drawn.reference, 0.3, 0.3, 0.025)):
        shares = [group.both + group.old, group.both + group.new, group.elsewhere, group.new, group.old]
        for counts, true in zip(shares, (last, now, last, 0.025, dropped), strict=True):
            assert abs((counts / group.n)[:, 0].mean() - true) <= reach(true, 4000 * 300)
        assert (group.both + group.new + group.old + group.neither == group.n).all()
        assert ((group.both + group.old)[:, 0] == (group.both + group.old)[:, 1]).all()


AXES = [Axis("group", "protected"), Axis("decision", "decision")]


def counted(new_f, n_f, new_r, n_r):
    """Return a release; the reference is named so that it comes first where rates tie."""
    cells = {
        ("z", "selected"): new_f, ("z", "not_selected"): n_f - new_f,
        ("a", "selected"): new_r, ("a", "not_selected"): n_r - new_r,
    }  # fmt: skip
    return Tally.of(AXES, {key: int(n) for key, n in cells.items()})


def matched(f, r):
    earlier = Axis("before", "earlier")
    keys = (("selected",) * 2, ("not_selected", "selected"), ("selected", "not_selected"), ("not_selected",) * 2)
    cells = {("z", *key): int(n) for key, n in zip(keys, f, strict=True)}
    cells |= {("a", *key): int(n) for key, n in zip(keys, r, strict=True)}
    return Tally.of([AXES[0], earlier, AXES[1]], cells)


def answer(gate, *data, **asked):
    """Return what a gate of the product says: stopped, within, inconclusive, attention."""
    try:
        checked, stopped = gate(*data, "impact_ratio", **asked), False
    except ThresholdExceeded as raised:
        checked, stopped = raised.checked, True
    (row,) = checked.rows
    return stopped, row.verdict == "within", row.verdict == "inconclusive", row.attention


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(("applicants", "draws"), [(24, 16), (300, 16), (3000, 8)])
def test_the_simulation_says_what_the_product_says(benchmarks, applicants, draws, named):
    releases, gates = benchmarks("simulated_releases"), benchmarks("gate_answers")
    hold_out = releases.HoldOut(applicants, 0.5, 0.3)
    drawn = releases.pull_requests(hold_out, 0.75, draws, np.random.default_rng(4))
    line = gates.at_least(drawn, named=named)
    margins = (Fraction(1, 10), Fraction(1, 50))
    lost = {known: gates.no_worse(drawn, known, *margins, named=named) for known in ("elsewhere", "counts", "paired")}
    plan = {"reference": "a"} if named else {}
    seen = set()
    for i in range(draws):
        f, r = ([column[i, 0] for column in group] for group in drawn)
        (nf, f_both, f_new, f_old, _, f_else), (nr, r_both, r_new, r_old, _, r_else) = f, r
        new = counted(f_both + f_new, nf, r_both + r_new, nr)
        last = {"elsewhere": counted(f_else, nf, r_else, nr), "counts": counted(f_both + f_old, nf, r_both + r_old, nr)}
        audit = run_audit(new, **plan)
        both = matched(f[1:5], r[1:5])
        rule, m = gates.RULES[i % 4], i // 4 % 2
        asked = {"margin": str(float(margins[m])), "evidence": rule, **plan}
        said = [(line[rule], answer(check, audit, at_least="0.80", evidence=rule))]
        said += [(lost[k][m][rule], answer(check_no_worse, new, last[k], **asked)) for k in last]
        said.append((lost["paired"][m][rule], answer(check_no_worse, both, None, **asked)))
        for simulated, expected in said:
            assert tuple(bool(mark[i, 0]) for mark in simulated) == expected
            seen.add(expected)
    assert len(seen) > 2  # not all of them alike


def test_ties_and_empty_selections_are_answered_as_by_the_product(benchmarks):
    releases, gates = benchmarks("simulated_releases"), benchmarks("gate_answers")
    new = {"nobody": (0, 0), "nobody of one": (0, 12), "of the other": (7, 0), "tie": (12, 12), "all": (40, 40)}
    selected = np.array(list(new.values()))[:, :, None]
    n, zero = np.full((len(new), 1), 40), np.zeros((len(new), 1), int)
    groups = [releases.Group(n, zero, selected[:, j], zero, n - selected[:, j], np.full_like(n, 9)) for j in (0, 1)]
    drawn = releases.PullRequests(*groups)
    line, lost = gates.at_least(drawn), gates.no_worse(drawn, "elsewhere", Fraction(1, 10))
    for i, (xf, xr) in enumerate(new.values()):
        release, last = counted(xf, 40, xr, 40), counted(9, 40, 9, 40)
        for rule in gates.RULES:
            said = [(line[rule], answer(check, run_audit(release), at_least="0.80", evidence=rule))]
            said.append((lost[0][rule], answer(check_no_worse, release, last, margin="0.1", evidence=rule)))
            for simulated, expected in said:
                assert tuple(bool(mark[i, 0]) for mark in simulated) == expected


def test_bare_figures_on_counts_worked_by_hand(benchmarks):
    releases, gates = benchmarks("simulated_releases"), benchmarks("gate_answers")
    # of 20 each, 6 and 8 before, .75; now 6 and 8, 5 and 8 (.625), and 8 and 6, which is .75 the other way round
    before, now = (np.full((3, 1), 6), np.full((3, 1), 8)), (np.array([[6], [5], [8]]), np.array([[8], [8], [6]]))
    groups = []
    for old, new in zip(before, now, strict=True):
        both = np.minimum(old, new)
        groups.append(releases.Group(np.full((3, 1), 20), both, new - both, old - both, 20 - np.maximum(old, new), old))
    drawn = releases.PullRequests(*groups)
    for known in ("elsewhere", "counts"):
        assert gates.fell(drawn, 0.0, known).ravel().tolist() == [False, True, False]
        assert gates.fell(drawn, 0.13, known).ravel().tolist() == [False, False, False]


def errors_of(row, kind, applicants, name="errors"):
    return cells(part(name))[1, row, f"{kind}, {applicants:,}"]


def test_the_sentences_say_what_the_tables_show():
    line, lost = "ratio at least 0.80", "at most 10 % lost, "
    usual = "`screen_and_test`"
    below = errors_of(f"{line} · `point`", "false alarms", 300)
    missed = errors_of(f"{line} · {usual}", "misses", 300)
    other, counts, paired = (
        errors_of(f"{lost}{known} · {usual}", "misses", 3000)
        for known in ("other applicants", "same applicants, counts", "same applicants, paired")
    )
    clear = errors_of(f"{line} · `clear`", "misses", 3000)
    attention = cells(part("words"))[2, f"{line} · {usual}", "unchanged, 30,000"]
    within = [
        cells(part("both ways"))[1, f"{lost}same applicants, paired · {usual}", f"{who}, {n}"]
        for n in ("300", "3,000")
        for who in ("highest rate", "named beforehand")
    ]
    small = errors_of("at most 2 % lost, same applicants, paired · `assured`", "false alarms", 30000, "margin")
    rows = {row for _, row, _ in cells(part("errors"))}
    best = min((errors_of(row, "misses", 300) for row in rows if row.startswith(lost) and usual in row), key=share)
    fewer = [row for row in rows if share(errors_of(row, "misses", 300)) < share(best)]
    price = min((errors_of(row, "false alarms", 300) for row in fewer), key=share)
    for sentence in (
        f"stops {below} of unchanged pull requests with 300 applicants",
        f"The usual rule misses {missed} of the worse pull requests on the line, and {best} with a margin at best.",
        f"Every gate that misses fewer stops at least {price} of what is unchanged.",
        f"The same hold-out, paired, misses {paired} of the worse pull requests; its counts alone {counts};",
        f"its counts alone {counts}; another hold-out {other}.",
        f"at 3,000 applicants misses {clear} of what falls to 0.75",
        f"`assured` stops {small} of what is unchanged",
        f"With 30,000 applicants it marks {attention} of unchanged pull requests",
        f"With 300 applicants, paired, {within[0]} instead of {within[1]}; with 3,000, {within[2]} instead of {within[3]}",
    ):
        assert sentence in PAGE


def test_the_words_around_the_figures_hold_as_well():
    found = {key[1:]: share(cell) for key, cell in cells(part("errors")).items()}
    sizes = ("300", "3,000", "30,000")
    for size in sizes:
        for known in ("other", "same"):
            assert 0.47 < found[f"naive: ratio fell, {known} applicants", f"false alarms, {size}"] < 0.51  # half
    line = "ratio at least 0.80 · `screen_and_test`"
    for size in sizes[1:]:  # below 0.80, the bare figure says what the usual rule says
        for kind in ("false alarms", "misses"):
            assert found["naive: ratio below 0.80", f"{kind}, {size}"] == found[line, f"{kind}, {size}"]
    counts = "at most 10 % lost, same applicants, counts · `screen_and_test`"
    assert max(found[counts, f"false alarms, {size}"] for size in sizes) < 0.001
    assert found[counts, "misses, 300"] > 0.99
    words = {key: share(cell) for key, cell in cells(part("words")).items()}
    assert words[1, line, "worse, 300"] == found[line, "misses, 300"]  # none within
    # nine releases that lose 2 % each
    assert [round(0.95 * 0.98**k, 2) for k in (8, 9)] == [0.81, 0.79]
    # 22.5 of 30, against 28.5 of 30
    assert round(1 - 0.75 / 0.95, 2) == 0.21


def test_margins_and_named_references_keep_what_the_page_says_of_them():
    for name, margin in (("errors", 10), ("margin", 2)):
        for (_, row, column), cell in cells(part(name)).items():
            if row.startswith(f"at most {margin} %") and "screen_and_test" in row and "false" in column:
                assert share(cell) < 0.03  # half of a test of 5 %
    for (_, row, column), cell in cells(part("reference")).items():
        assert share(cell) <= (0.025 if "assured" in row else 0.05), (row, column)
    costs = {key[1:]: share(cell) for key, cell in cells(part("both ways")).items()}
    for (row, column), cell in costs.items():
        if row.startswith("at most") and column.startswith("highest"):
            assert cell <= costs[row, column.replace("highest rate", "named beforehand")] + 0.0005


def test_the_long_run_follows_from_one_run():
    found = cells(part("long run"))
    for (_, row, column), cell in found.items():
        if column.startswith("independent"):
            naive = {"naive: ratio below 0.80": "ratio at least 0.80 · `point`"}.get(row, row)
            once = cells(part("errors"))[1, naive, column.replace("independent", "false alarms")]
            low, high = (1 - (1 - max(0, share(once) + half)) ** 20 for half in (-0.0005, 0.0005))
            assert low - 0.0005 <= share(cell) <= high + 0.0005
    lost = "at most 10 % lost, same applicants, paired · `screen_and_test`"
    for row, apart in (("ratio at least 0.80 · `screen_and_test`", True), (lost, False)):
        once, again = (share(found[1, row, f"{way}, 300"]) for way in ("independent", "same applicants"))
        assert (abs(once - again) > reach(once, HOLD_OUTS)) == apart


@pytest.mark.parametrize("applicants", [100, 300, 3000])
def test_a_release_that_decides_as_before_gets_the_same_answer(benchmarks, applicants):
    releases, gates = benchmarks("simulated_releases"), benchmarks("gate_answers")
    drawn = releases.pull_requests(releases.HoldOut(applicants, 0.5, 0.3), 0.95, 300, np.random.default_rng(5))
    again = releases.PullRequests(
        *(group._replace(both=group.both + group.old, new=0 * group.new, old=0 * group.old,
                         neither=group.neither + group.new) for group in drawn)
    )  # fmt: skip
    (paired,) = gates.no_worse(again, "paired", Fraction(1, 10))
    assert not paired["screen_and_test"].stopped.any()
    assert not paired["screen_and_test"].attention.any()

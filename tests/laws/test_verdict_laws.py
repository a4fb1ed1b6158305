"""Losing a selection never looks better: the verdict on the lower group, over every small table.

The law is one of two groups and small tables.  Where the expected count crosses 5 the default test changes from the
pooled z to mid-P, whose p differs by a hair: 56 of 118 against 8 of 10 has p = .0481, 55 of 118 has p = .0502.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import fairwitness as fw
from fairwitness.audit.judging.policy import Evidence, judge, policies_for
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Tally
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import default_test, rejected

LEVEL = 0.95
WORSE = {"within": 0, "inconclusive": 1, "beyond": 2}
(FOUR_FIFTHS,) = policies_for(AuditPlan())
REFERENCES = [
    (x, n)
    for n in (1, 2, 5, 8, 13, 21, 34, 40, 100, 400, 1000)
    for x in sorted({1, n // 10, n // 4, n // 2, 3 * n // 4, n - 1, n})
    if 0 < x <= n
]


def verdict_of(x, n, xr, nr, p, wide, narrow):
    shown = None if np.isnan(p) else bool(rejected(p, 1 - LEVEL))
    return judge(FOUR_FIFTHS, Evidence(Fraction(x * nr, n * xr), *wide, *narrow, shown)).verdict


def verdicts(n, xr, nr):
    """Return the verdict on x of n against a reference, for every x of the lower group."""
    x = np.array([i for i in range(n + 1) if i * nr < xr * n])
    columns = x, np.full(len(x), n), np.full(len(x), xr), np.full(len(x), nr)
    _, p = default_test(*columns)
    wide, narrow = (np.transpose(koopman(*columns, level)) for level in (LEVEL, 2 * LEVEL - 1))
    return {int(i): verdict_of(int(i), n, xr, nr, p[j], wide[j], narrow[j]) for j, i in enumerate(x)}


def test_taking_a_selection_from_the_lower_group_never_improves_its_verdict():
    steps = 0
    for n in range(1, 41):
        for xr, nr in REFERENCES:
            found = verdicts(n, xr, nr)
            for x in range(1, len(found)):
                steps += 1
                assert WORSE[found[x - 1]] >= WORSE[found[x]], (x, n, xr, nr, found[x], found[x - 1])
    assert steps > 20_000


@pytest.mark.parametrize(
    ("x", "n", "xr", "nr"),
    [(0, 10, 6, 20), (3, 20, 16, 40), (157, 2435, 235, 2435), (5, 40, 400, 400), (38, 40, 39, 40)],
)
def test_the_law_is_about_the_verdict_that_an_audit_gives(x, n, xr, nr):
    cells = {("f", "selected"): x, ("f", "not_selected"): n - x, ("r", "selected"): xr, ("r", "not_selected"): nr - xr}
    tally = Tally.of([Axis("g", "protected"), Axis("d", "decision")], cells)
    (finding,) = fw.run_audit(tally).findings
    assert finding.verdict == verdicts(n, xr, nr)[x] if n <= 40 else finding.verdict == "beyond"

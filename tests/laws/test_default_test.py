"""Making the lower group worse off never weakens the evidence: for each test, and for the rule that screens and tests.

The default test changes from the pooled z to mid-P where a table gets small.  Each of the two is monotone; the change
is not: from 56/118 against 8/10 (pooled z, p .0481) to 55/118 against 8/10 (mid-P, p .0502).  With two groups of up to
40 and one test at .05, no verdict turns on it.
"""

from __future__ import annotations

import numpy as np
import pytest

from fairwitness.metrics.exact_tests import mid_p
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import default_test, pooled_z, rejected

MOST = 40
SPAN = MOST + 1
NF, NR, XF, XR = np.meshgrid(np.arange(1, SPAN), np.arange(1, SPAN), np.arange(SPAN), np.arange(SPAN), indexing="ij")
THERE = (XF <= NF) & (XR <= NR) & (XR > 0)
BELOW = THERE & (5 * XF * NR < 4 * XR * NF)
LOWER = THERE & (XF * NR <= XR * NF) & (XF > 0)  # the group that loses a selection


def of_tables(function, where):
    """A figure of every table in a mask, 1 elsewhere."""
    result = np.ones(THERE.shape)
    result[where] = function(XF[where], NF[where], XR[where], NR[where])
    return result


def without_a_selection(figure):
    """The figure of the table with one selection fewer in the lower group."""
    return np.roll(figure, 1, axis=2)


@pytest.mark.parametrize("test", [mid_p, lambda *t: pooled_z(*t)[1]], ids=["mid_p", "pooled_z"])
def test_one_selection_fewer_never_raises_p(test):
    p = of_tables(test, BELOW)
    here = BELOW & (XF > 0)
    assert (without_a_selection(p)[here] <= p[here] * (1 + 1e-12)).all()


def test_one_selection_fewer_never_improves_the_verdict():
    """beyond (0): below four fifths and parity rejected; within (2): lower 90 % limit at least four fifths; else 1."""
    beyond = BELOW & rejected(of_tables(lambda *t: default_test(*t)[1], BELOW), 0.05)
    within = THERE & (of_tables(lambda *t: koopman(*t, 0.90)[0], THERE) >= 0.8)
    assert not (beyond & within).any()
    verdict = np.where(beyond, 0, np.where(within, 2, 1))
    assert {0, 1, 2} == set(verdict[LOWER].tolist())
    assert (without_a_selection(verdict)[LOWER] <= verdict[LOWER]).all()


def test_the_change_of_test_shows_in_larger_tables():
    """What the first lines say: a limit of the rule, kept in sight."""
    names, p = default_test([56, 55], 118, 8, 10)
    assert names.tolist() == ["pooled_z", "mid_p"]
    assert p[0] < 0.05 < p[1]

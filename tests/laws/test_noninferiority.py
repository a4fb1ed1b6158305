"""Changes between releases: what holds for every table, what two rates alone give, and where there is no answer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from fairwitness.metrics import paired_change, release_change
from fairwitness.metrics.difference_intervals import mee
from fairwitness.metrics.disparity import impact_ratio, rate_difference
from fairwitness.metrics.noninferiority import farrington_manning, restricted_rates
from fairwitness.metrics.paired_change import Pairs, mcnemar
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.release_change import Releases
from fairwitness.metrics.significance import pooled_z

SCALES = ("difference", "ratio")
NONE = {"difference": 0, "ratio": 1}
KNOWN = 10**14  # a group so large that its rates are known
LEVELS = st.sampled_from([0.5, 0.9, 0.95, 0.99])


@st.composite
def releases(draw):
    """Four groups with decisions."""
    n = [draw(st.integers(1, 300)) for _ in range(4)]
    return Releases(*(c for size in n for c in (draw(st.integers(0, size)), size)))


@st.composite
def pairs(draw):
    """Two groups with applicants, often with an empty cell."""
    cells = Pairs(*(draw(st.sampled_from([0, 0, 1, 2]) | st.integers(0, 200)) for _ in range(8)))
    assume(sum(cells[:4]) and sum(cells[4:]))
    return cells


def nulls(scale):
    return st.floats(-0.9, 0.9) if scale == "difference" else st.floats(0.2, 5)


def negative(null, scale):
    """The null of the opposite change."""
    return -null if scale == "difference" else 1 / null


def releases_swapped(c):
    return Releases(*c[4:], *c[:4])


def groups_swapped_of_releases(c):
    return Releases(*c[2:4], *c[:2], *c[6:], *c[4:6])


def rejections(c):
    return Releases(*(v for x, n in zip(c[::2], c[1::2], strict=True) for v in (n - x, n)))


def pairs_swapped(c):
    return Pairs(c[0], c[2], c[1], c[3], c[4], c[6], c[5], c[7])


def groups_swapped_of_pairs(c):
    return Pairs(*c[4:], *c[:4])


def outcomes_swapped(c):
    return Pairs(c[3], c[2], c[1], c[0], c[7], c[6], c[5], c[4])


KINDS = pytest.mark.parametrize(
    ("module", "tables", "opposites", "complement"),
    [
        (release_change, releases(), (releases_swapped, groups_swapped_of_releases), rejections),
        (paired_change, pairs(), (pairs_swapped, groups_swapped_of_pairs), outcomes_swapped),
    ],
    ids=["independent", "paired"],
)
ON_BOTH_SCALES = pytest.mark.parametrize("scale", SCALES)


def same(a, b, *, tolerance=1e-8):
    return (math.isnan(a) and math.isnan(b)) or a == pytest.approx(b, rel=tolerance, abs=tolerance)


@KINDS
@ON_BOTH_SCALES
def test_old_and_new_and_both_groups_can_be_exchanged(module, tables, opposites, complement, scale):
    del complement

    @given(tables, nulls(scale), LEVELS)
    def law(counts, null, level):
        for opposite in opposites:
            swapped = opposite(counts)
            z = module.change_z(counts, scale, null)
            assert same(z, -module.change_z(swapped, scale, negative(null, scale)))
            z = module.change_z(counts, scale, NONE[scale])
            assert same(z, -module.change_z(swapped, scale, NONE[scale]))
            low, high = module.change_interval(counts, scale, level)
            ends = module.change_interval(swapped, scale, level)
            with np.errstate(divide="ignore"):
                mirrored = [-e for e in ends] if scale == "difference" else [np.divide(1.0, e) for e in ends]
            assert same(low, mirrored[1])
            assert same(high, mirrored[0])

    law()


@KINDS
def test_selections_and_rejections_can_be_exchanged_for_differences(module, tables, opposites, complement):
    del opposites

    @given(tables, nulls("difference"))
    def law(counts, null):
        other = complement(counts)
        assert same(module.change(counts, "difference"), -module.change(other, "difference"))
        assert same(module.change_z(counts, "difference", null), -module.change_z(other, "difference", -null))

    law()


@KINDS
@ON_BOTH_SCALES
def test_the_statistic_grows_with_the_root_of_the_counts(module, tables, opposites, complement, scale):
    """Pearson's statistic of k times the table is k times as large, and the restricted fit the same."""
    del opposites, complement

    @given(tables, nulls(scale), st.sampled_from([4, 100, 10**6]))
    def law(counts, null, k):
        z = module.change_z(counts, scale, null)
        more = module.change_z(type(counts)(*(k * c for c in counts)), scale, null)
        assert same(more, math.sqrt(k) * z, tolerance=1e-7)

    law()


@KINDS
@ON_BOTH_SCALES
def test_the_statistic_falls_as_the_null_rises_and_the_interval_is_where_it_lies_within_z(
    module, tables, opposites, complement, scale
):
    del opposites, complement

    @given(tables, nulls(scale), nulls(scale), LEVELS)
    def law(counts, null, other, level):
        low, high = module.change_interval(counts, scale, level)
        z = module.change_z(counts, scale, null)
        assert math.isnan(z) == math.isnan(low) == math.isnan(high)
        assume(not math.isnan(z))
        if null < other:
            assert z >= module.change_z(counts, scale, other)
        bound = norm.isf((1 - level) / 2)
        limit = (-2, 2) if scale == "difference" else (0, math.inf)
        assert limit[0] <= low < high <= limit[1]
        for end, side in ((low, bound), (high, -bound)):
            if limit[0] < end < limit[1]:
                assert module.change_z(counts, scale, end) == pytest.approx(side, rel=1e-7)
        value = module.change(counts, scale)
        if not math.isnan(value):
            assert low <= value <= high
            assert value in limit or module.change_z(counts, scale, value) == pytest.approx(0, abs=1e-7)
        wider = module.change_interval(counts, scale, 0.999)
        assert wider[0] <= low
        assert wider[1] >= high

    law()


@KINDS
@ON_BOTH_SCALES
def test_arrays_give_what_scalars_give(module, tables, opposites, complement, scale):
    del opposites, complement

    @given(st.lists(tables, min_size=1, max_size=5), nulls(scale))
    def law(many, null):
        columns = type(many[0])(*np.array(many).T)
        z, (low, high) = module.change_z(columns, scale, null), module.change_interval(columns, scale, 0.95)
        values, losses = module.change(columns, scale), module.detectable_worsening(columns, scale, 0.05)
        for i, counts in enumerate(many):
            assert same(z[i], module.change_z(counts, scale, null), tolerance=1e-9)
            assert same(values[i], module.change(counts, scale))
            assert same(losses[i], module.detectable_worsening(counts, scale, 0.05))
            ends = module.change_interval(counts, scale, 0.95)
            assert same(low[i], ends[0], tolerance=1e-9)
            assert same(high[i], ends[1], tolerance=1e-9)

    law()


@given(releases(), st.floats(-0.9, 0.9), LEVELS)
def test_with_a_known_reference_a_change_of_a_difference_is_the_test_of_two_rates(counts, null, level):
    """Farrington and Manning's z, Mee's interval."""
    x_new, n_new, _, _, x_old, n_old, _, _ = counts
    alone = Releases(x_new, n_new, KNOWN, 2 * KNOWN, x_old, n_old, KNOWN, 2 * KNOWN)
    z, _ = farrington_manning(x_new, n_new, x_old, n_old, -null)
    found = release_change.change_z(alone, "difference", null)
    assert same(found, 0 if math.isnan(z) else z, tolerance=1e-5)  # nobody selected, and no change asked for: 0
    ends = release_change.change_interval(alone, "difference", level)
    assert ends == pytest.approx(mee(x_new, n_new, x_old, n_old, level), abs=1e-5)


@given(releases(), LEVELS)
def test_with_a_known_reference_the_interval_of_a_ratio_is_that_of_koopman(counts, level):
    x_new, n_new, _, _, x_old, n_old, _, _ = counts
    alone = Releases(x_new, n_new, KNOWN, 2 * KNOWN, x_old, n_old, KNOWN, 2 * KNOWN)
    found = release_change.change_interval(alone, "ratio", level)
    expected = koopman(x_new, n_new, x_old, n_old, level)
    assert all(same(a, b, tolerance=1e-5) for a, b in zip(found, expected, strict=True))


@given(releases(), st.floats(0, 0.9), LEVELS)
def test_farrington_and_manning_agree_with_the_interval_of_mee(counts, margin, level):
    """One-sided p below (1 - level)/2 is the same as a lower end above -margin; no margin is the pooled Z."""
    x_new, n_new, _, _, x_old, n_old, _, _ = counts
    z, p = farrington_manning(x_new, n_new, x_old, n_old, margin)
    low, _ = mee(x_new, n_new, x_old, n_old, level)
    assume(abs(low + margin) > 1e-9)
    assert (p < (1 - level) / 2) == (low > -margin)
    assert p == pytest.approx(norm.sf(z), rel=1e-9, nan_ok=True)
    assert same(farrington_manning(x_new, n_new, x_old, n_old, 0)[0], pooled_z(x_new, n_new, x_old, n_old)[0])


@given(releases())
def test_a_change_is_that_of_the_figures_themselves(counts):
    new, old = counts[:4], counts[4:]
    assert release_change.change(counts, "difference") == rate_difference(*new) - rate_difference(*old)
    expected = impact_ratio(*new) / impact_ratio(*old) if impact_ratio(*old) else math.nan
    assert same(release_change.change(counts, "ratio"), expected)


@given(pairs(), nulls("ratio"), nulls("difference"))
def test_only_applicants_decided_differently_speak_of_a_change(counts, ratio, difference):
    """A ratio does not see who was rejected twice; a difference not whether agreement was on selection or rejection."""
    fewer = Pairs(*counts[:3], 0, *counts[4:7], 7)
    assume(sum(fewer[:4]))
    assert same(
        paired_change.change_z(counts, "ratio", ratio), paired_change.change_z(fewer, "ratio", ratio), tolerance=1e-9
    )
    both_f, new_f, old_f, neither_f, both_r, new_r, old_r, neither_r = counts
    moved = Pairs(both_f + neither_f, new_f, old_f, 0, 0, new_r, old_r, both_r + neither_r)
    found = paired_change.change_z(moved, "difference", difference)
    assert same(paired_change.change_z(counts, "difference", difference), found, tolerance=1e-9)


@ON_BOTH_SCALES
def test_that_nothing_changed_shows_little_of_five_applicants_and_all_of_a_hundred_thousand(scale):
    """Where no decision changed, the smallest change that fits badly is about z²/n: 2.7/5, and 2.7/100,000."""
    null = -0.02 if scale == "difference" else 0.98
    few = Pairs(3, 0, 0, 2, 3, 0, 0, 2)
    many = Pairs(50_000, 0, 0, 50_000, 50_000, 0, 0, 50_000)
    assert 0 < paired_change.change_z(few, scale, null) < 0.5
    assert paired_change.change_z(many, scale, null) > 20
    for counts in (few, many):
        assert paired_change.change(counts, scale) == NONE[scale]
        assert paired_change.change_z(counts, scale, NONE[scale]) == 0
    low, high = paired_change.change_interval(few, scale, 0.9)
    assert low < (-0.4 if scale == "difference" else 0.5)
    assert high > (0.4 if scale == "difference" else 2)


def test_an_unchanged_group_hides_a_loss_of_z_squared_over_its_size():
    """No decision of n changed, the reference known: n·w/(1 - w) = z² at the lower end -w, for both scales."""
    n, z2 = 50, norm.ppf(0.975) ** 2
    counts = Pairs(n, 0, 0, 0, KNOWN, 0, 0, KNOWN)
    for scale, none in NONE.items():
        low, _ = paired_change.change_interval(counts, scale, 0.95)
        assert low == pytest.approx(none - z2 / (n + z2), rel=1e-5)


def test_pairs_show_a_change_that_separate_applicants_do_not():
    """30 of 100 selected before, 26 after, 5 lost and 1 won; nothing changed among 1,000 others."""
    paired = paired_change.change_z(Pairs(25, 1, 5, 69, 300, 0, 0, 700), "difference", 0)
    independent = release_change.change_z(Releases(26, 100, 300, 1000, 30, 100, 300, 1000), "difference", 0)
    assert paired < -1.6 < -0.7 < independent < 0


@pytest.mark.parametrize(
    ("counts", "defined"),
    [  # focal now of 10, reference now of 10, focal before, reference before; both scales
        ((3, 5, 4, 5), (True, True)),
        ((0, 5, 4, 5), (True, True)),  # nobody in the focal group now: a ratio of 0
        ((3, 5, 0, 5), (True, False)),  # nobody in it before: no ratio to compare with
        ((3, 0, 4, 5), (True, False)),
        ((3, 5, 4, 0), (True, False)),
        ((0, 0, 0, 0), (True, False)),
        ((10, 10, 10, 10), (True, True)),
    ],
)
def test_where_a_change_is_defined(counts, defined):
    c = Releases(*(v for x in counts for v in (x, 10)))
    for scale, there in zip(SCALES, defined, strict=True):
        assert math.isnan(release_change.change(c, scale)) is not there


def test_what_cannot_be_infers_nothing_or_is_unbounded():
    empty = Releases(0, 0, 5, 10, 4, 10, 5, 10)
    for scale in SCALES:
        assert math.isnan(release_change.change(empty, scale))
        assert math.isnan(release_change.change_z(empty, scale, NONE[scale]))
        assert np.isnan(release_change.change_interval(empty, scale, 0.95)).all()
        assert math.isnan(release_change.detectable_worsening(empty, scale, 0.05))
        assert math.isnan(paired_change.change_z(Pairs(0, 0, 0, 0, 1, 2, 3, 4), scale, NONE[scale]))
        assert math.isnan(paired_change.detectable_worsening(Pairs(0, 0, 0, 0, 1, 2, 3, 4), scale, 0.05))
    ordinary = Releases(3, 10, 5, 10, 4, 10, 5, 10)
    assert np.isnan(release_change.change_z(ordinary, "difference", [-2, 2, math.nan])).all()
    assert np.isnan(release_change.change_z(ordinary, "ratio", [0, -1])).all()
    assert release_change.change_interval(Releases(0, 10, 5, 10, 4, 10, 5, 10), "ratio", 0.95)[0] == 0
    low, high = release_change.change_interval(Releases(3, 10, 5, 10, 0, 10, 5, 10), "ratio", 0.95)
    assert 0 < low < high == math.inf
    low, high = paired_change.change_interval(Pairs(0, 3, 0, 7, 5, 1, 1, 3), "ratio", 0.95)
    assert 0 < low < high == math.inf
    nobody = Releases(0, 10, 5, 10, 0, 10, 5, 10)  # a ratio of 0 now, nothing to divide by before: any change fits
    assert np.isnan(release_change.change_interval(nobody, "ratio", 0.95)).all()
    assert all(math.isnan(p) for p in restricted_rates(1, 2, 1, 2, 1))
    assert all(math.isnan(p) for p in (*restricted_rates(0, 0, 1, 2, 0.1), *farrington_manning(1, 2, 1, 2, 1)))


@pytest.mark.parametrize("seed", range(3))
def test_mcnemar_is_a_binomial_test(seed):
    new, old = np.random.default_rng(seed).integers(0, 40, (2, 50))
    exact, mid_p, chi_square = mcnemar(new, old)
    for i in range(50):
        n = int(new[i] + old[i])
        expected = binomtest(int(new[i]), n, 0.5).pvalue if n else 1
        assert exact[i] == pytest.approx(expected, rel=1e-9)
        at = math.comb(n, int(new[i])) / 2**n
        assert mid_p[i] == pytest.approx(1 if new[i] == old[i] else expected - at, rel=1e-9)
        assert same(chi_square[i], (new[i] - old[i]) ** 2 / n if n else math.nan)
    assert mcnemar(*reversed((new, old)))[0] == pytest.approx(exact)


# A worsening that the data could have shown.


@pytest.mark.parametrize(
    ("sizes", "rates"),
    [((200, 200), (0.3, 0.5)), ((500, 2000), (0.2, 0.3)), ((5000, 5000), (0.05, 0.06)), ((300, 300), (0.8, 0.9))],
)
@ON_BOTH_SCALES
def test_four_fifths_of_the_samples_with_the_detectable_worsening_show_a_change(sizes, rates, scale):
    """20,000 samples: a standard error of .003; the formula is itself good to about .01."""
    (nf, nr), (pf, pr) = sizes, rates
    loss = release_change.detectable_worsening(
        Releases(pf * nf, nf, pr * nr, nr, pf * nf, nf, pr * nr, nr), scale, 0.05
    )
    worse = pf - loss if scale == "difference" else pf * (1 - loss)
    rng = np.random.default_rng(7)
    f_new, r_new, f_old, r_old = (rng.binomial(n, p, 20_000) for n, p in ((nf, worse), (nr, pr), (nf, pf), (nr, pr)))
    z = release_change.change_z(Releases(f_new, nf, r_new, nr, f_old, nf, r_old, nr), scale, NONE[scale])
    assert np.mean(z < norm.ppf(0.025)) == pytest.approx(0.8, abs=0.02)


@ON_BOTH_SCALES
def test_four_fifths_of_the_paired_samples_with_the_detectable_worsening_show_a_change(scale):
    """500 and 2,000 applicants, a tenth decided differently, half of them either way; the focal group loses more."""
    selected, differently, loses = np.array([0.2, 0.3]), 0.1, np.array([1, 0])

    def cells(loss):
        alike = selected - differently / 2 - loss * loses
        flips = np.full(2, differently / 2)
        return np.stack([alike, flips, flips + loss * loses, 1 - selected - flips], axis=1)

    n = np.array([500, 2000])
    loss = paired_change.detectable_worsening(Pairs(*(cells(0) * n[:, None]).ravel()), scale, 0.05)
    focal, reference = cells(loss if scale == "difference" else loss * selected[0])
    rng = np.random.default_rng(8)
    counts = Pairs(*rng.multinomial(500, focal, 20_000).T, *rng.multinomial(2000, reference, 20_000).T)
    z = paired_change.change_z(counts, scale, NONE[scale])
    assert np.mean(z < norm.ppf(0.025)) == pytest.approx(0.8, abs=0.025)


@ON_BOTH_SCALES
def test_the_detectable_worsening_shrinks_with_more_applicants_and_needs_something_to_lose(scale):
    small, large = (Releases(30 * k, 100 * k, 50 * k, 100 * k, 30 * k, 100 * k, 50 * k, 100 * k) for k in (1, 25))
    losses = [release_change.detectable_worsening(c, scale, 0.05) for c in (small, large)]
    assert losses[0] / losses[1] == pytest.approx(5, rel=0.15)
    assert release_change.detectable_worsening(large, scale, 0.01) > losses[1]
    assert release_change.detectable_worsening(large, scale, 0.05, 0.9) > losses[1]
    assert math.isnan(release_change.detectable_worsening(Releases(1, 10, 5, 10, 1, 10, 5, 10), scale, 0.05))
    assert math.isnan(release_change.detectable_worsening(Releases(0, 10, 5, 10, 0, 10, 5, 10), scale, 0.05))
    assert math.isnan(paired_change.detectable_worsening(Pairs(2, 0, 0, 3, 2, 0, 0, 3), scale, 0.05))
    unchanged = Pairs(500, 0, 0, 500, 500, 0, 0, 500)
    assert 0.005 < paired_change.detectable_worsening(unchanged, scale, 0.05) < 0.02  # not 0: the loss itself varies

"""Ranked lists: expectations over ties, and what chance would give, against all orders written out one by one."""

from __future__ import annotations

from itertools import permutations, product
from math import comb, log, log2

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from fairwitness.metrics.exact_tests import mid_p
from fairwitness.metrics.multiple_events import multiple_events
from fairwitness.metrics.ranked_null import exchanged, middle_range, share_at_least, two_sided_share
from fairwitness.metrics.ranking import attention, exposure, mean_weights, ndkl, skew, top


def table(*blocks, groups="ab"):
    """Blocks of people as texts, best first, as counts; letters that are no group are the others."""
    counted = np.array([[block.count(group) for group in groups] for block in blocks], int)
    return counted, np.array([len(block) for block in blocks]) - counted.sum(axis=1)


def orders(*blocks):
    """Every order of the people that the ties allow, as often as it is likely."""
    for parts in product(*(list(permutations(block)) for block in blocks)):
        yield [person for part in parts for person in part]


def ndkl_by_hand(people, groups="ab", desired=None):
    """The paper's formula, word for word; only people of known groups are counted."""
    known = [p for p in people if p in groups]
    wanted = desired or {g: known.count(g) / len(known) for g in groups}
    above = below = 0.0
    for i in range(1, len(people) + 1):
        first = [p for p in people[:i] if p in groups]
        if first:
            shares = {g: first.count(g) / len(first) for g in groups}
            divergence = sum(s * log(s / wanted[g]) for g, s in shares.items() if s)
            above, below = above + divergence / log2(i + 1), below + 1 / log2(i + 1)
    return above / below


tied_lists = st.lists(st.text("abx", min_size=1, max_size=3), min_size=1, max_size=3)
of_both = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=3).map(lambda b: ["b", *b, "a"])


@given(tied_lists, st.integers(0, 7))
def test_the_top_of_a_tied_list_is_the_mean_over_all_orders(blocks, k):
    counted, others = table(*blocks)
    found = top(counted, k, others)
    for g, group in enumerate("ab"):
        inside = [order[:k].count(group) for order in orders(*blocks)]
        assert found.expected[g] == pytest.approx(np.mean(inside))
        assert (found.fewest[g], found.most[g]) == (min(inside), max(inside))
    assert found.tied == bool((found.fewest != found.most).any())


@given(tied_lists)
def test_exposure_of_a_tied_list_is_the_mean_over_all_orders(blocks):
    counted, others = table(*blocks)
    n = int(counted.sum() + others.sum())
    for weights in (exposure(n), attention(n, 0.3)):
        found = mean_weights(counted, weights, others)
        for g, group in enumerate("ab"):
            places = [weights[i] for order in orders(*blocks) for i, p in enumerate(order) if p == group]
            assert np.isnan(found[g]) if not places else found[g] == pytest.approx(np.mean(places))


@given(st.lists(st.sampled_from("abx"), min_size=1, max_size=8))
def test_ndkl_without_ties_is_the_papers_formula(people):
    assume({"a", "b"} & set(people))
    counted, others = table(*people)
    groups = "".join(sorted({"a", "b"} & set(people)))
    wanted = {g: people.count(g) / sum(people.count(h) for h in groups) for g in groups}
    expected = ndkl_by_hand(people, groups, wanted)
    assert ndkl(counted, others=others) == pytest.approx(expected, abs=1e-12)


@given(of_both)
def test_ndkl_of_a_tied_list_is_at_most_the_mean_over_its_orders(blocks):
    counted, _ = table(*blocks)
    each = [ndkl_by_hand(order) for order in orders(*blocks)]
    assert ndkl(counted) <= np.mean(each) + 1e-12
    if all(len(set(block)) == 1 for block in blocks):  # then all orders are the same
        assert ndkl(counted) == pytest.approx(np.mean(each), abs=1e-12)


def test_everybody_tied_departs_by_nothing_and_an_order_by_group_by_most():
    counted, _ = table("aabb")
    assert ndkl(counted) == 0.0
    every = {order: ndkl(table(*order)[0]) for order in set(permutations("aabb"))}
    assert max(every, key=every.get) in {("a", "a", "b", "b"), ("b", "b", "a", "a")}
    assert min(every.values()) > 0  # a prefix of one is all of one group: never 0


@given(tied_lists, st.permutations("ab"))
def test_relabelling_groups_moves_the_figures_with_them(blocks, names):
    counted, others = table("a", *blocks, "b")
    renamed = counted[:, ["ab".index(name) for name in names]]
    place = ["ab".index(name) for name in names]
    n = int(counted.sum() + others.sum())
    assert ndkl(renamed, others=others) == pytest.approx(ndkl(counted, others=others), abs=1e-12)
    np.testing.assert_allclose(
        mean_weights(renamed, exposure(n), others), mean_weights(counted, exposure(n), others)[place]
    )
    assert top(renamed, 2, others).expected.tolist() == top(counted, 2, others).expected[place].tolist()


@given(of_both, st.integers(0, 6))
def test_splitting_a_block_of_one_group_changes_nothing_but_its_order(blocks, k):
    """Three of a group tied are three of that group one after the other."""
    counted, _ = table(*blocks)
    apart = [part for block in blocks for part in (block if len(set(block)) == 1 else [block])]
    split, _ = table(*apart)
    n = int(counted.sum())
    assert top(split, k).expected == pytest.approx(top(counted, k).expected)
    assert mean_weights(split, exposure(n)) == pytest.approx(mean_weights(counted, exposure(n)))
    assert ndkl(split) == pytest.approx(ndkl(counted), abs=1e-12)


def test_replicates_are_what_each_table_gives():
    tables = np.stack([table("ab", "a", "b")[0], table("ab", "b", "a")[0]])
    for figure in (lambda t: mean_weights(t, exposure(4)), ndkl, lambda t: top(t, 3).expected):
        np.testing.assert_allclose(figure(tables), [figure(one) for one in tables])


def test_only_the_first_places_are_followed_where_that_is_asked():
    """The first two of a a b b: KL at 1 and at 2 is ln 2, and so is their mean, however they are weighted."""
    assert ndkl(table(*"aabb")[0], most=2) == pytest.approx(log(2))
    assert ndkl(table(*"aabb")[0], most=99) == pytest.approx(ndkl(table(*"aabb")[0]))


def test_desired_shares_decide_what_a_departure_is():
    """One a and one b where all should be a: KL(½, ½ ‖ 1, 0) has no end, so there is no figure."""
    assert np.isnan(ndkl(table("a", "b")[0], [1.0, 0.0]))
    assert ndkl(table("a")[0], [1.0, 0.0]) == 0.0
    assert np.isnan(ndkl(table("x")[0], others=[1]))


def test_skew_is_undefined_where_nobody_of_a_group_is_at_the_top():
    assert np.isnan(skew([0.0, 3.0], [4, 6], 3, 10)).tolist() == [True, False]
    assert skew(3.0, 6, 3, 10) == pytest.approx(log(1 / 0.6))


# -- chance --------------------------------------------------------------------------------------------------------


def deals(blocks):
    """Every deal of the same groups to the same places, as block tables: all are equally likely."""
    people = [p for block in blocks for p in block]
    cuts = np.cumsum([len(block) for block in blocks])[:-1]
    for dealt in set(permutations(people)):
        yield table(*["".join(part) for part in np.split(np.array(dealt), cuts)])[0]


@pytest.mark.parametrize("blocks", [("a", "a", "b", "b", "b"), ("ab", "abb"), ("aabb", "ab"), ("aaaabbbbbb", "aabbb")])
def test_deals_at_random_are_all_equally_likely(blocks):
    """20,000 deals, by people and by blocks, against the law of the first block: multivariate hypergeometric."""
    counted, _ = table(*blocks)
    size, total = int(counted[0].sum()), int(counted.sum())
    law = hypergeom(total, int(counted[:, 0].sum()), size)
    drawn = exchanged(counted, 20_000, np.random.default_rng(1))
    assert (drawn.sum(axis=2) == counted.sum(axis=1)).all()
    assert (drawn.sum(axis=1) == counted.sum(axis=0)).all()
    for x in range(size + 1):
        p = law.pmf(x)
        assert abs((drawn[:, 0, 0] == x).mean() - p) <= 5 * np.sqrt(p * (1 - p) / 20_000) + 1e-9


def test_large_tied_pools_are_dealt_block_by_block_by_the_same_law():
    """300 people in three blocks of three groups: each cell has mean m·n/N and the hypergeometric variance."""
    counted = np.array([[50, 30, 20], [40, 40, 20], [30, 30, 40]])
    drawn = exchanged(counted, 20_000, np.random.default_rng(2)).astype(float)
    sizes, groups = counted.sum(axis=1), counted.sum(axis=0)
    for b, g in product(range(3), range(3)):
        law = hypergeom(300, int(groups[g]), int(sizes[b]))
        assert abs(drawn[:, b, g].mean() - law.mean()) < 5 * law.std() / np.sqrt(20_000)
        assert drawn[:, b, g].std() == pytest.approx(law.std(), rel=0.04)


@pytest.mark.parametrize("blocks", [tuple("abab"), tuple("aabb"), ("ab", "b", "a"), tuple("aaabb")])
def test_permutation_p_is_that_of_all_deals_written_out(blocks):
    """(1 + #)/(B + 1) of 20,000 draws lies within 5 standard errors of the share among all deals."""
    counted, _ = table(*blocks)
    n = int(counted.sum())
    every, drawn = list(deals(blocks)), exchanged(counted, 20_000, np.random.default_rng(3))

    def ratio(tables):
        means = mean_weights(tables, exposure(n))
        return means[..., 0] / means[..., 1]

    for figure in (ndkl, ratio):
        seen, all_of_them = float(figure(counted)), np.array([float(figure(t)) for t in every])
        # Deals of a tied list are not equally likely as tables; as arrangements of people they are.
        weights = np.array([np.prod([comb(int(row.sum()), int(row[0])) for row in t]) for t in every], float)
        unique = {t.tobytes(): (v, w) for t, v, w in zip(every, all_of_them, weights, strict=True)}
        values, weight = np.array(list(unique.values())).T
        exact = weight[values >= seen - 1e-12].sum() / weight.sum()
        p = share_at_least(figure(drawn), seen)
        assert abs(p - exact) <= 5 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-4


def test_a_permutation_p_is_never_zero_and_counts_what_is_undefined():
    assert share_at_least(np.zeros(199), 1.0) == 1 / 200
    assert two_sided_share(np.zeros(199), 1.0) == 2 / 200
    assert share_at_least(np.array([np.nan, 0.0, 0.0]), 1.0) == 2 / 4  # not dropped: as if it were as large
    assert np.isnan(share_at_least(np.zeros(9), np.nan))
    assert middle_range(np.arange(101.0), 0.9) == pytest.approx((5.0, 95.0))


@given(st.integers(2, 12), st.data())
def test_the_top_k_test_of_one_pool_is_scipys_hypergeometric(n, data):
    focal, k = data.draw(st.integers(1, n - 1)), data.draw(st.integers(1, n - 1))
    x = data.draw(st.integers(max(0, focal + k - n), min(focal, k)))
    test, law = multiple_events(x, focal, k - x, n - focal), hypergeom(n, focal, k)
    assert test.p_less == pytest.approx(law.cdf(x))
    assert test.expected == pytest.approx(focal * k / n)
    assert test.mid_p_less == pytest.approx(law.cdf(x) - law.pmf(x) / 2)
    assert test.mid_p == pytest.approx(float(mid_p(x, focal, k - x, n - focal)))

"""A proxy is found, by its order or at both ends; an input that carries nothing is seen to carry nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from fairwitness import FairwitnessError
from fairwitness.audit.proxies.carrying import carrying

RUNS = 300
FEWEST = stats.binom(RUNS, 0.95).ppf(0.005)  # of 300 intervals at 95 % may contain what they should


def people(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng, pd.Series(np.where(rng.random(n) < 0.4, "f", "m"))


def test_by_hand():
    # Four women score 1, 1, 2, 3 and four men 2, 3, 3, 4.  Of 16 pairs the man is above in 12 and level in 3
    # (2 with 2; 3 with 3 twice): 13.5 / 16.  Turned round or not, that is the better direction.
    sex = pd.Series(list("ffffmmmm"))
    for sign in (1, -1):
        found = carrying(sign * pd.Series([1, 1, 2, 3, 2, 3, 3, 4]), sex)
        assert found.way == "order"
        assert found.auc.value == 13.5 / 16
        assert found.auc.n == 8


@pytest.mark.parametrize("kind", ["number", "two values", "text", "both ends"])
def test_a_planted_proxy_is_found(kind):
    rng, sex = people(1500)
    woman = (sex == "f").to_numpy()
    planted = {
        "number": lambda: rng.normal(size=1500) + 0.5 * woman,
        "two values": lambda: np.where(rng.random(1500) < 0.3 + 0.3 * woman, "choir", "chess"),
        "text": lambda: np.where(
            rng.random(1500) < 0.3, np.where(woman, "w1", "m1"), rng.choice(["a", "b", "c"], 1500)
        ),
        "both ends": lambda: rng.normal(size=1500) * np.where(woman, 2.5, 1.0),  # no mean differs
    }[kind]()
    found = carrying(pd.Series(planted), sex)
    assert found.status == "ok"
    assert found.auc.low > 0.52
    assert found.mutual_information.low > 0
    assert found.way == ("order" if kind in ("number", "two values") else "rates")


@pytest.mark.parametrize("kind", ["number", "two values", "text", "much text"])
@pytest.mark.parametrize("groups", [2, 4])
def test_an_input_that_carries_nothing_has_one_half_in_its_interval(kind, groups):
    rng = np.random.default_rng(5)
    shares = {2: [0.3, 0.7], 4: [0.5, 0.3, 0.15, 0.05]}[groups]
    by_area = by_information = 0
    for seed in range(RUNS):
        attribute = pd.Series(rng.choice(list("abcd")[:groups], 500, p=shares))
        values = {
            "number": lambda: rng.normal(size=500),
            "two values": lambda: rng.integers(0, 2, 500),
            "text": lambda: rng.choice(list("uvwxyz"), 500),
            "much text": lambda: rng.choice([f"v{i}" for i in range(60)], 500),
        }[kind]()
        found = carrying(pd.Series(values), attribute, seed=seed)
        by_area += found.auc.low <= 0.5 <= found.auc.high
        by_information += found.mutual_information.low == 0 if found.mutual_information.low is not None else 1
    assert by_area >= FEWEST
    assert by_information >= FEWEST


def test_missing_values_may_carry_and_are_a_level():
    rng, sex = people(1000)
    values = pd.Series(rng.normal(size=1000)).mask((sex == "f") & (rng.random(1000) < 0.5))
    found = carrying(values, sex)
    assert found.way == "rates"  # in the order, the missing ones stand in the middle
    assert found.auc.low > 0.65


def test_rows_of_whom_nothing_is_known_are_left_out():
    rng, sex = people(400)
    values = pd.Series(rng.normal(size=400))
    some = sex.mask(pd.Series(np.arange(400) % 4 == 0))
    found = carrying(values, some)
    assert found.auc.n == found.mutual_information.n == 300
    assert found == carrying(values[some.notna()], some.dropna())


def test_of_several_groups_the_one_that_is_told_best_is_named():
    rng = np.random.default_rng(0)
    race = pd.Series(rng.choice(["a", "b", "c", "d"], 2000, p=[0.4, 0.3, 0.295, 0.005]))
    found = carrying(pd.Series(rng.normal(size=2000) + (race == "b") * 1.0), race)
    assert found.group == "b"
    alone = carrying(pd.Series(rng.normal(size=2000) + (race == "b") * 1.0), race == "b")
    assert found.auc.high - found.auc.low > alone.auc.high - alone.auc.low  # it was the best of six


def test_the_same_seed_says_the_same_and_labels_have_no_say():
    rng, sex = people(300)
    values = pd.Series(rng.choice(list("pqrst"), 300))
    assert carrying(values, sex, seed=3) == carrying(values, sex, seed=3)
    turned = carrying(values.map(dict(zip("pqrst", "VWXYZ", strict=True))), sex, seed=3)
    assert turned == carrying(values, sex, seed=3)


@pytest.mark.parametrize("values", [[1] * 40, [None] * 40, [str(i) for i in range(40)]])
def test_what_cannot_be_learnt_from_is_undefined_with_the_reason(values):
    found = carrying(pd.Series(values), pd.Series(["f", "m"] * 20))
    assert found.auc.status == found.mutual_information.status == "undefined"
    assert found.auc.value is None
    assert found.because


def test_one_group_is_not_told_from_anybody():
    found = carrying(pd.Series(range(10)), pd.Series(["f"] * 10))
    assert found.auc.status == found.mutual_information.status == "single_group"


@pytest.mark.parametrize("n", [2, 3, 5])
def test_a_handful_of_rows_is_no_error(n):
    found = carrying(pd.Series(list("abcde")[:n] * 2), pd.Series(["f"] * n + ["m"] * n))
    assert found.auc.value is None or found.auc.low < 0.5


def test_what_is_no_attribute_is_refused():
    with pytest.raises(FairwitnessError, match=r"3 rows and the attribute 2\. Give both"):
        carrying(pd.Series([1, 2, 3]), pd.Series(["f", "m"]))
    with pytest.raises(FairwitnessError, match=r"60 groups, more than 50\. Cut it into bins"):
        carrying(pd.Series(range(60)), pd.Series(range(60)))
    with pytest.raises(FairwitnessError, match=r"no label\. Make it text"):
        carrying(pd.Series([1, 2]), pd.Series([1j, 2j]))

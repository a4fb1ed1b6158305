"""Where the data chose the reference group, neither of the two may be worse off: figures by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwitness.audit.comparing.both_ways import Standing, evidence_of, judged, standing_level
from fairwitness.audit.comparing.question import Question
from fairwitness.audit.comparing.release import compare_releases
from fairwitness.audit.judging.policy import Evidence

RULES = ("screen_and_test", "clear", "assured", "point")


def only(comparison):
    (change,) = comparison.changes
    return change


def asked(rule="screen_and_test", scale="ratio", margin=Fraction(1, 10)):
    return Question("impact_ratio" if scale == "ratio" else "rate_difference", scale, False, margin, rule)


def test_the_wrong_reference_of_a_small_sample_confirms_nothing(people, loaded):
    # 90 and 210 people.  The last release chose 33 (.367) and 63 (.300), the new one 24 (.267) and 63: the women lost
    # 9 and are the lower ones now, but of both releases together they have 57/180 = .317 against .300: the reference.
    old, new = people(F=(24, 0, 9, 57), M=(60, 3, 3, 144))
    chosen = only(compare_releases(loaded(old), loaded(new), margin="0.1"))
    assert (chosen.group, chosen.reference) == (("M",), ("F",))
    assert chosen.change == pytest.approx(33 / 24)  # the men gained: nothing that the one question would mind
    assert chosen.low_one_sided > 0.9
    assert (chosen.verdict, chosen.turned.verdict) == ("inconclusive", "inconclusive")
    assert "which of F and M is the lower one is not settled" in chosen.because
    assert "Naming the reference would answer it." in chosen.because
    for name, verdict in (("F", "within"), ("M", "beyond")):
        named = only(compare_releases(loaded(old), loaded(new), margin="0.1", reference=name))
        assert (named.verdict, named.turned) == (verdict, None)
        assert "nobody named" not in named.because


@pytest.mark.parametrize("rule", RULES)
def test_a_reference_that_lost_ground_and_is_now_the_lower_one_does_not_slip_through(release, rule):
    # B .70 then and .40 now, A .50 in both: B has .55 of both together, so it is the reference; A/B rose from .71 to
    # 1.25, which is above 1/.9 by far, and A against B now is 1.25 as well.
    old, new = release(A=(5000, 10000), B=(7000, 10000)), release(A=(5000, 10000), B=(4000, 10000))
    change = only(compare_releases(old, new, margin="0.1", evidence=rule))
    assert (change.reference, change.direction) == (("B",), "better")
    assert (change.verdict, change.turned.verdict, change.attention) == ("beyond", "beyond", False)
    assert "it is B that has lost more than the margin against A and is now the lower one" in change.because
    # In points: from -20 to +10, of which 5 would do.
    difference = only(compare_releases(old, new, margin="0.05", evidence=rule, metric="rate_difference"))
    assert (difference.verdict, difference.turned.verdict) == ("beyond", "beyond")


def test_a_reference_that_lost_what_it_was_ahead_is_not_worse_off(release):
    # A/B from .5/.7 = .71 to parity: B lost 29 % against A, and stands below nobody.
    old, new = release(A=(5000, 10000), B=(7000, 10000)), release(A=(5000, 10000), B=(5000, 10000))
    change = only(compare_releases(old, new, margin="0.1"))
    assert (change.verdict, change.turned.verdict) == ("within", "within")
    assert change.turned.low < 1 < change.turned.high < 10 / 9


def test_a_reference_that_stands_a_little_below_asks_for_attention(release):
    # A/B now .50/.48 = 1.04: below by less than a tenth, but shown, as is that B lost ground.
    old, new = release(A=(50000, 100000), B=(70000, 100000)), release(A=(50000, 100000), B=(48000, 100000))
    change = only(compare_releases(old, new, margin="0.1"))
    assert (change.verdict, change.attention, change.direction) == ("within", True, "better")


@pytest.mark.parametrize("rule", RULES)
def test_the_same_large_release_twice_is_within_whoever_is_the_reference(release, rule):
    same = release(A=(50000, 100000), B=(50100, 100000))
    assert only(compare_releases(same, same, margin="0.1", evidence=rule)).verdict == "within"


def evidence(value, low, high, *, shown):
    return Evidence(value, low, high, low, high, shown)


@pytest.mark.parametrize(
    ("change", "now", "verdict"),
    [
        # The line of the reference is 10/9 = 1.11.  Either way to refute is enough ...
        ((1, 0.95, 1.05, False), (1.2, 0.9, 1.6, False), "within"),
        ((1.3, 1.1, 1.5, True), (0.9, 0.8, 1.1, False), "within"),
        ((1.3, 1.1, 1.5, True), (1, 0.9, 1.2, False), "inconclusive"),
        # ... and both must be shown.
        ((1.3, 1.15, 1.5, True), (1.2, 1.12, 1.3, True), "beyond"),
        ((1.3, 1.15, 1.5, True), (1.2, 1.0, 1.3, False), "inconclusive"),
        ((1.3, 0.95, 1.8, False), (1.2, 1.12, 1.3, True), "inconclusive"),
        # A change without an upper limit refutes nothing.
        ((1.3, 1.0, None, False), (1, 0.8, None, False), "inconclusive"),
        # The group itself.
        ((0.8, 0.7, 0.88, True), (0.7, 0.6, 0.8, True), "beyond"),
    ],
)
def test_verdicts_of_both(change, now, verdict):
    both = [evidence(Fraction(str(e[0])), e[1], e[2], shown=e[3]) for e in (change, now)]
    assert judged(asked(), *both).verdict == verdict


@pytest.mark.parametrize(
    ("gain", "now", "verdict"),
    [(-0.2, 0.3, "beyond"), (0.2, -0.3, "within"), (0.2, 0.3, "beyond"), (0, -0.3, "within")],
)
def test_differences_have_a_line_on_either_side_of_zero(gain, now, verdict):
    # A margin of 10 points; every interval is as narrow as a point.  A large negative one is no gain of the group's.
    def narrow(value):
        return evidence(Fraction(str(value)), value - 0.01, value + 0.01, shown=value != 0)

    assert judged(asked(scale="difference"), narrow(gain), narrow(now)).verdict == verdict


counts = st.tuples(st.integers(0, 60), st.integers(1, 60)).map(lambda c: (c[0], c[0] + c[1]))
releases = st.fixed_dictionaries({"A": counts, "B": counts})


@given(old=releases, new=releases, rule=st.sampled_from(RULES))
def test_without_a_name_nothing_is_within_that_a_name_would_not_call_so(release, old, new, rule):
    chosen = only(compare_releases(release(**old), release(**new), margin="0.2", evidence=rule))
    if chosen.status != "ok":
        return
    named = only(
        compare_releases(release(**old), release(**new), margin="0.2", evidence=rule, reference=chosen.reference[0])
    )
    assert (named.change, named.low, named.p) == (chosen.change, chosen.low, chosen.p)
    if chosen.verdict == "within":
        assert named.verdict == "within"
    if named.verdict == "beyond":
        assert chosen.verdict == "beyond"


@given(old=releases, new=releases, rule=st.sampled_from(RULES))
def test_the_names_of_two_groups_never_turn_beyond_into_within(release, old, new, rule):
    """Ties aside, exchanging two groups' labels is the same question."""
    turned = {"A": "B", "B": "A"}
    first, second = (
        only(
            compare_releases(
                *(release(**{n[g]: c for g, c in r.items()}) for r in (old, new)), margin="0.2", evidence=rule
            )
        )
        for n in ({"A": "A", "B": "B"}, turned)
    )
    assert {first.verdict, second.verdict} != {"beyond", "within"}


def test_what_the_second_way_to_refute_costs():
    # A hundredth of 5 %, as 95 % and 99.95 % are.
    assert 1 - standing_level(0.95) == pytest.approx((1 - 0.95) / 100)
    assert evidence_of(Standing(0.5, None, None), Fraction(1), 0.95).rejected is None

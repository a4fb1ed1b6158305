"""Texts with slots: what is a slot, what is not, and nothing is ever evaluated."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fairwitness as fw
from fairwitness.audit.counterfactual.design import design_of
from fairwitness.audit.counterfactual.swaps import NameSwap
from fairwitness.audit.counterfactual.templates import Slot, cased, cut, fill, parse

KNOWN = {"first_name", "pronoun_subject", "Years"}
VALUES = {"first_name": "LaKisha", "pronoun_subject": "she", "Years": "7"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Dear {first_name},", "Dear LaKisha,"),
        ("{FIRST_NAME}", "LAKISHA"),
        ("{Pronoun_subject} led", "She led"),
        ("{Years} years", "7 years"),
        ("{{7*7}}", "{7*7}"),
        ("{{first_name}}", "{first_name}"),
        ("{{{first_name}}}", "{LaKisha}"),
        ("%s %(first_name)s $first_name ${{x}} <%= 1 %> \\{{n", "%s %(first_name)s $first_name ${x} <%= 1 %> \\{n"),
        ("", ""),
    ],
)
def test_a_slot_is_a_name_in_braces_and_everything_else_is_text(template, text):
    assert fill(parse(template, KNOWN, "cv"), VALUES) == text


@pytest.mark.parametrize(
    "template",
    ["{0.__class__}", "{first_name.__class__}", "{first_name!r}", "{first_name:>99999999}", "{7*7}", "{}", "{", "}", "{ first_name }", "{first_name", "{first_name}}", "{%raw%}", "{first_name[0]}", "{" + "a" * 65 + "}"],
)  # fmt: skip
def test_anything_else_in_braces_is_refused_and_not_read(template):
    with pytest.raises(fw.FairwitnessError, match="brace that is not part of a slot") as error:
        parse(template, KNOWN, "cv")
    assert "__class__" not in str(error.value)
    assert "aaaa" not in str(error.value)


def test_a_slot_that_nothing_fills_is_an_error_that_names_those_there_are():
    with pytest.raises(fw.FairwitnessError) as error:
        parse("{frist_name}", KNOWN, "cv")
    assert str(error.value) == (
        "The template in column 'cv' has the slot 'frist_name', and nothing fills it. Known are the slots and columns "
        "'Years', 'first_name', 'pronoun_subject'. Did you mean 'first_name'?"
    )


def test_what_is_filled_in_is_not_read_again():
    """A name or a cell that looks like a slot stays as it is."""
    rows = pd.DataFrame({"note": ["{first_name} {{7*7}} {0.__class__}"], "cv": ["{first_name}: {note}"]})
    swap = NameSwap(template="cv", names={"a": ["{note}"], "b": ["{pronoun_subject}"]})
    made = design_of(rows, swap).rows
    assert made["cv"].tolist() == [
        "{note}: {first_name} {{7*7}} {0.__class__}",
        "{pronoun_subject}: {first_name} {{7*7}} {0.__class__}",
    ]


@given(text=st.text(max_size=100))
def test_text_with_its_braces_doubled_comes_out_as_it_was(text):
    assert fill(parse(text.replace("{", "{{").replace("}", "}}"), KNOWN, "cv"), {}) == text


@given(text=st.text(alphabet="{}ab_.:! ", max_size=40))
def test_no_template_does_anything_but_fill_known_slots_or_be_refused(text):
    try:
        parts = parse(text, {"a", "b"}, "cv")
    except fw.FairwitnessError:
        return
    assert {p.name for p in parts if isinstance(p, Slot)} <= {"a", "b"}


@pytest.mark.parametrize(
    ("value", "was", "shown"),
    [
        ("Lakisha", "Jane", "Lakisha"),
        ("LaToya", "JANE", "LATOYA"),
        ("LaToya", "jane", "latoya"),
        ("l", "J", "L"),
        ("L", "j", "l"),
        ("he", "She", "He"),
        ("LaToya", "Latoya", "Latoya"),  # the same name comes back as it was
        ("Jose", "Jos\u00e9", "Jos\u00e9"),
        ("x", "", "x"),
    ],
)
def test_capitals_are_those_of_what_stood_there(value, was, shown):
    assert cased(value, was) == shown


def test_cutting_keeps_everything():
    assert cut("abc", []) == ("abc",)
    assert cut("", []) == ()

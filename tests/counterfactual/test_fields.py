"""Each kind of swap on records and texts, by hand: what it changes, what it leaves out, what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.counterfactual.design import design_of
from fairwitness.audit.counterfactual.images import is_image
from fairwitness.audit.counterfactual.swaps import (
    AffiliationSwap,
    AttributeSwap,
    GraduationYearSwap,
    HonorificSwap,
    NameSwap,
    PronounSwap,
)

OWN = {"a": ["Lakisha", "Ebony"], "b": ["Emily", "Anne"]}


def shown(rows, swap, column, **asked):
    design = design_of(pd.DataFrame(rows), swap, per_resume=1, **asked)
    return {group: design.rows[column][design.group == g].tolist() for g, group in enumerate(design.groups)}


# -- attributes ------------------------------------------------------------------------------------------------


def test_an_attribute_takes_every_level_and_what_goes_with_it():
    rows = pd.DataFrame({"gender": ["f", "m", None], "title": ["Ms", "Mr", None], "years": [1, 2, 3]})
    design = design_of(rows, AttributeSwap("gender", also={"title": {"f": "Ms", "m": "Mr"}}))
    assert design.groups == ("f", "m")
    assert design.rows["gender"].tolist() == ["f", "m"] * 3
    assert design.rows["title"].tolist() == ["Ms", "Mr"] * 3
    assert design.rows["years"].tolist() == [1, 1, 2, 2, 3, 3]
    assert design.columns == ("gender", "title")
    assert set(design.slot) == {0}
    assert len(design.warnings) == 1
    assert design.warnings[0] == (
        "A résumé is shown one value of each group, so no two values of a group are swapped: the noise floor is the "
        "same row asked again, and for a model that always answers alike it is nothing."
    )


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ([0, 1], "int64"),
        ([0.5, 1.5], "float64"),
        ([True, False], "bool"),
        (["a", "b"], "category"),
        (["a", "b"], "string"),
        ([1, 2], "Int64"),
    ],
)
def test_a_column_keeps_its_type(cells, dtype):
    rows = pd.DataFrame({"level": pd.Series(cells, dtype=dtype)})
    made = design_of(rows, AttributeSwap("level")).rows["level"]
    assert made.dtype == rows["level"].dtype
    assert sorted(made.tolist()) == sorted(2 * cells)


def test_a_level_that_is_new_to_a_category_is_added_to_it():
    rows = pd.DataFrame({"level": pd.Series(["a", "b"], dtype="category")})
    design = design_of(rows, AttributeSwap("level", levels=["a", "c"]))
    assert design.rows["level"].cat.categories.tolist() == ["a", "b", "c"]
    assert design.warnings[0] == "The level 'c' does not occur in 'level', so a model may not know it."


def test_a_column_of_many_values_wants_its_levels_named():
    rows = pd.DataFrame({"age": range(11)})
    with pytest.raises(
        fw.FairwitnessError, match=r"'age' has 11 different values\. Name those to be swapped: levels\."
    ):
        design_of(rows, AttributeSwap("age"))


# -- names -----------------------------------------------------------------------------------------------------


def test_a_name_in_a_column_keeps_the_columns_capitals():
    rows = {"first": ["JANE", "ann", "Bo", None]}
    swap = NameSwap("first", names={"a": ["LaToya"], "b": ["Emily"]})
    assert shown(rows, swap, "first")["a"] == ["LATOYA", "latoya", "LaToya", "LaToya"]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Jane Doe", "Lakisha Doe"),
        ("JANE M. DOE", "LAKISHA M. DOE"),
        ("Doe, Jane", "Doe, Lakisha"),
        ("Dr. Jane Doe, PhD", "Dr. Lakisha Doe, PhD"),
        ("Ms. Jane Doe Jr.", "Ms. Lakisha Doe Jr."),
    ],
)
def test_a_whole_name_in_a_column_is_taken_apart(name, made):
    swap = NameSwap(full_name="name", names={"a": ["Lakisha"], "b": ["Emily"]})
    assert shown({"name": [name]}, swap, "name")["a"] == [made]


def test_resumes_whose_name_cannot_be_found_are_left_out_and_counted_by_reason():
    rows = pd.DataFrame(
        {
            "first": ["Jane", "Grace", "Omar", "\u4f1f", "Ann", None, "Ana", "Zoe"],
            "last": ["Doe", "Lee", "Haddad", "\u738b", "Roe", "Poe", "Paz", "Zed"],
            "cv": [
                "Jane Doe",
                "Grace led",
                "no name here",
                "\u4f1f \u738b",
                "Ann Roe met Emily",
                "Poe",
                None,
                "Zoe Zed data:image/png;base64,AAAA",
            ],
        }
    )
    design = design_of(rows, NameSwap("first", surname="last", text="cv", names=OWN))
    assert set(design.resume) == {0}
    assert sorted(design.withheld) == [
        "1 of 8 résumés: a name that is to be shown is in its text already",
        "1 of 8 résumés: an image is within its text",
        "1 of 8 résumés: its first name is also a word, and stands alone",
        "1 of 8 résumés: its first name or its surname is blank",
        "1 of 8 résumés: its name is not in Latin letters, and other scripts are not handled",
        "2 of 8 résumés: the field does not occur in it",
    ]
    assert not any(name in "".join((*design.withheld, *design.warnings)) for name in ("Jane", "Omar", "Grace"))


def test_several_texts_are_rewritten_and_one_without_the_name_stays():
    rows = {"first": ["Jane"], "last": ["Doe"], "cv": ["Jane Doe led."], "mail": ["jane.doe@x.org"], "note": ["hired"]}
    swap = NameSwap("first", surname="last", text=["cv", "mail", "note"], names={"a": ["Lakisha"], "b": ["Emily"]})
    design = design_of(pd.DataFrame(rows), swap)
    assert design.rows[["first", "cv", "mail", "note"]].iloc[0].tolist() == ["Lakisha", "Lakisha Doe led.", "lakisha.doe@x.org", "hired"]  # fmt: skip
    assert design.places.tolist() == [2, 2]
    assert "Texts were rewritten in 2 places a résumé." in design.warnings


def test_pronouns_and_honorifics_of_a_text_agree_with_the_name_that_is_shown():
    rows = {"first": ["Jane"], "last": ["Doe"], "cv": ["Ms. Doe led her team. Jane won."]}
    swap = NameSwap("first", surname="last", text="cv", names="experiment", groups=("black male", "white female"))
    made = shown(rows, swap, "cv")
    assert made["black male"][0].startswith("Mr. Doe led his team. ")
    assert made["white female"][0].startswith("Ms. Doe led her team. ")


def test_pronouns_that_stay_are_said():
    rows = pd.DataFrame({"first": ["Jane", "Ann"], "last": ["Doe", "Roe"], "cv": ["Jane Doe. She led.", "Ann Roe"]})
    design = design_of(rows, NameSwap("first", surname="last", text="cv", names=OWN, pronouns=False))
    assert "She led." in design.rows["cv"][0]
    assert "Texts with pronouns or honorifics that stay, and may contradict what is shown: 1." in design.warnings


def test_a_template_is_filled_from_the_swap_and_from_the_row():
    rows = {"last": ["Doe"], "cv": ["{Honorific} {last}: {first_name} and {pronoun_possessive} team; {years} years"], "years": [7]}  # fmt: skip
    swap = NameSwap(template="cv", names="experiment", groups=("white male", "black female"), names_per_group=9)
    made = shown(rows, swap, "cv")
    assert made["white male"][0].startswith("Mr Doe: ")
    assert made["white male"][0].endswith(" and his team; 7 years")
    assert made["black female"][0].endswith(" and her team; 7 years")


def test_a_template_whose_slot_is_a_blank_cell_is_left_out():
    rows = pd.DataFrame({"last": ["Doe", None], "cv": ["{first_name} {last}"] * 2})
    design = design_of(rows, NameSwap(template="cv", names=OWN))
    assert design.withheld == ("1 of 2 résumés: a column that fills a slot of its template is blank",)


def test_surnames_are_drawn_by_race_where_they_are_asked_for():
    rows = {"first": ["Jane"], "last": ["Doe"], "cv": ["Jane Doe, jane.doe@x.org"]}
    swap = NameSwap("first", surname="last", text="cv", change_surname=True, groups=("black female", "hispanic female"))
    design = design_of(pd.DataFrame(rows), swap)
    for first, last, cv in design.rows[["first", "last", "cv"]].itertuples(index=False):
        assert cv == f"{first} {last}, {first.lower()}.{last.lower()}@x.org"
    assert "Doe" not in design.rows["last"].tolist()
    assert design.variants[0].label.count(" ") == 1


def test_a_column_that_keeps_the_name_is_named():
    rows = pd.DataFrame({"first": ["Jane", "Omar"], "mail": ["jane@x.org", "o@x.org"], "n": [1, 2]})
    design = design_of(rows, NameSwap("first", names=OWN))
    assert (
        "The column 'mail' holds the résumé's own first name in 1 of 2 résumés and is not rewritten: name it in text, "
        "or leave it out of the features."
    ) in design.warnings


def test_names_that_the_column_does_not_have_are_said():
    rows = pd.DataFrame({"first": ["Jane", "EMILY"]})
    design = design_of(rows, NameSwap("first", names=OWN))
    assert any(
        w.startswith("3 of the 4 names do not occur in 'first' otherwise: a model that reads") for w in design.warnings
    )


# -- pronouns and honorifics -----------------------------------------------------------------------------------


def test_a_column_of_pronouns_keeps_its_form_and_unknown_cells_are_left_out():
    rows = pd.DataFrame({"p": ["she/her", "He/Him/His", "they/them", "she", "xe/xem", "she/him", None]})
    swap = PronounSwap("p", groups=("he", "she", "they"))
    design = design_of(rows, swap)
    assert design.rows["p"].tolist() == [
        "he/him", "she/her", "they/them", "He/Him/His", "She/Her/Hers", "They/Them/Theirs",
        "he/him", "she/her", "they/them", "he", "she", "they",
    ]  # fmt: skip
    assert design.withheld == ("3 of 7 résumés: its cell is not one of the known values",)


def test_an_honorific_keeps_its_full_stop_and_others_are_left_out():
    rows = pd.DataFrame({"title": ["Mr.", "Mrs", "MS", "Dr", None]})
    swap = HonorificSwap("title", groups={"men": ["Mr"], "women": ["Ms", "Mrs"]})
    design = design_of(rows, swap)
    assert design.rows["title"][design.group == 0].tolist() == ["Mr.", "Mr", "MR"]
    assert set(design.rows["title"][design.group == 1]) <= {"Ms.", "Ms", "MS", "Mrs.", "Mrs", "MRS"}
    assert design.withheld == ("2 of 5 résumés: its cell is not one of the known values",)


def test_in_a_text_the_honorific_before_the_applicants_name_is_the_one():
    rows = {"first": ["Jane"], "last": ["Doe"], "cv": ["Ms. Doe reports to Ms. Smith. MS, Ohio."]}
    swap = HonorificSwap(text="cv", first_name="first", surname="last")
    made = shown(rows, swap, "cv")
    assert made["Mr"] == ["Mr. Doe reports to Ms. Smith. MS, Ohio."]
    assert made["Ms"] == rows["cv"]


# -- graduation years ------------------------------------------------------------------------------------------


def test_years_move_together_so_the_years_between_degrees_stay():
    rows = pd.DataFrame({"ba": [2006, 2010], "ma": [2008.0, np.nan], "text": ["2006", "2010"]})
    design = design_of(rows, GraduationYearSwap(["ba", "ma", "text"]))
    assert design.groups == ("as it is", "20 years earlier")
    moved = design.rows[design.group == 1]
    assert moved["ba"].tolist() == [1986, 1990]
    assert moved["text"].tolist() == ["1986", "1990"]
    assert moved["ma"].iloc[0] == 1988
    assert pd.isna(moved["ma"].iloc[1])
    assert (moved["ma"] - moved["ba"]).iloc[0] == 2
    assert design.rows.dtypes.equals(rows.dtypes)


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("B.A., Ohio State University, 2002-2006. M.A. 2008. Clerk since 2006.",
         "B.A., Ohio State University, 1982-1986. M.A. 1988. Clerk since 2006."),
        ("Graduated 2006; master's degree 2008", "Graduated 1986; master's degree 1988"),
        ("Ph.D. 2008\nB.Sc. 2006\n2006-2008 clerk", "Ph.D. 1988\nB.Sc. 1986\n2006-2008 clerk"),
        ("Class of 2006, Univ. of Ohio (M.A. 2008), best of 2000 students",
         "Class of 1986, Univ. of Ohio (M.A. 1988), best of 2000 students"),
        ("B.A. 2006, clerk from 2006 to present; M.A. 2008", None),
        ("B.A. '06, 2006; M.A. 2008", None),
        ("B.A. 2006. Thesis in 2008 on rivers", None),  # the other degree's year, where no degree is named
        ("Clerk, 2006 and 2008", None),
    ],
)  # fmt: skip
def test_in_a_text_the_years_of_degrees_move_and_others_stay_or_nothing_does(text, moved):
    rows = pd.DataFrame({"ba": [2006, 2006], "ma": [2008, 2008], "cv": [text, "B.A. 2006, M.A. 2008"]})
    design = design_of(rows, GraduationYearSwap(["ba", "ma"], text="cv"))
    made = design.rows["cv"][(design.group == 1) & (design.resume == 0)].tolist()
    assert made == ([] if moved is None else [moved])


def test_a_cell_that_is_no_year_leaves_the_resume_out():
    rows = pd.DataFrame({"ba": ["2006", "06", "n/a", None, "3006"]})
    design = design_of(rows, GraduationYearSwap("ba", groups={"now": [0, 1], "then": [-20, -21]}))
    assert set(design.resume) == {0}
    assert sorted(design.rows["ba"]) == ["1985", "1986", "2006", "2007"]
    assert design.withheld == ("4 of 5 résumés: its year is blank, or not a year of four digits",)


# -- affiliations ----------------------------------------------------------------------------------------------

CLUBS = {
    "women's": ["Women's Chess Club", "Society of Women Engineers"],
    "general": ["Chess Club", "Society of Engineers"],
}


@pytest.mark.parametrize(
    "text",
    ["Treasurer, Women\u2019s  Chess Club, 2019", "Treasurer, CHESS CLUB, 2019", "treasurer of society of engineers"],
)
def test_the_organisation_that_a_text_names_is_exchanged(text):
    design = design_of(pd.DataFrame({"cv": [text]}), AffiliationSwap(CLUBS, text="cv"))
    made = [t.lower() for t in design.rows["cv"]]
    assert ["women" in t for t in made] == [True, True, False, False]
    # the k-th of each belong together: chess beside chess, engineers beside engineers
    assert ["chess" in t for t in made[:2]] == ["chess" in t for t in made[2:]]
    assert len(set(made)) == 4


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("State Chess Club", "the organisation's name may be part of a longer one"),
        ("Chess Club International", "the organisation's name may be part of a longer one"),
        ("Chess Club; Society of Engineers", "it names more than one of the organisations"),
        ("Rowing", "the field does not occur in it"),
    ],
)
def test_an_organisation_that_is_not_surely_the_one_is_left(text, because):
    rows = pd.DataFrame({"cv": [text, "Chess Club"]})
    design = design_of(rows, AffiliationSwap(CLUBS, text="cv"))
    assert set(design.resume) == {1}
    assert design.withheld == (f"1 of 2 résumés: {because}",)


def test_a_column_of_affiliations_is_rewritten_within_its_cells():
    rows = pd.DataFrame({"clubs": ["Rowing; Chess Club"]})
    design = design_of(rows, AffiliationSwap({"w": ["Women's Chess Club"], "g": ["Chess Club"]}, column="clubs"))
    assert design.rows["clubs"].tolist() == ["Rowing; Women's Chess Club", "Rowing; Chess Club"]


# -- images ----------------------------------------------------------------------------------------------------


def test_columns_of_images_are_left_out_of_what_is_asked_and_named():
    png = b"\x89PNG\r\n\x1a\n"
    rows = pd.DataFrame(
        {"gender": ["f", "m"], "photo": [png, None], "link": [None, "https://x.org/a.JPG?s=1"], "uri": ["data:image/png;base64,AA", ""], "cv": ["I drew logo.png files", "b"], "n": [1, 2]}
    )  # fmt: skip
    design = design_of(rows, AttributeSwap("gender"))
    assert design.rows.columns.tolist() == ["gender", "cv", "n"]
    assert design.withheld == tuple(
        f"the column '{c}': it holds images or links to them in 1 of 2 rows" for c in ("photo", "link", "uri")
    )


def test_a_swap_of_an_image_is_refused():
    with pytest.raises(fw.FairwitnessError, match=r"The column 'photo' holds images, which are not swapped\."):
        design_of(pd.DataFrame({"photo": ["a.png", "b.png"]}), AttributeSwap("photo"))


@pytest.mark.parametrize(
    ("cell", "image"),
    [
        ("photos/ann.jpeg", True),
        (" C:\\x\\ann.webp ", True),
        ("ann.png.txt", False),
        ("I made ann.png", False),
        (b"PDF", False),
        (bytearray(b"\xff\xd8\xff\xe1"), True),
        ({"bytes": b"GIF89a", "path": None}, True),
        ({"bytes": None, "path": "x.bmp"}, True),
        ({"a": 1}, False),
        (np.zeros((2, 2)), True),
        (np.zeros(3), False),
        (None, False),
        ("a" * 10**6 + ".png ", False),
    ],
)
def test_what_is_an_image(cell, image):
    assert is_image(cell) is image

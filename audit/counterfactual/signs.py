"""What a reader must know of a swap's rows: names that a model may not know, names that stay elsewhere, no placebo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.counterfactual.name_sites import HONORIFIC
from fairwitness.audit.counterfactual.pronouns import THIRD_PERSON
from fairwitness.audit.counterfactual.swaps import AttributeSwap, HonorificSwap, NameSwap, PronounSwap, columns_of
from fairwitness.audit.counterfactual.templates import plain
from fairwitness.audit.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from fairwitness.audit.counterfactual.assignment import Ints
    from fairwitness.audit.counterfactual.shown import Groups
    from fairwitness.audit.counterfactual.swaps import Swap

HONORIFIC_OF_A_NAME = re.compile(rf"\b(?:{HONORIFIC})\b\.?\s+[A-Z]")
NO_PLACEBO = (
    "A résumé is shown one value of each group, so no two values of a group are swapped: the noise floor is the same "
    "row asked again, and for a model that always answers alike it is nothing."
)


def signs(
    swap: Swap, rows: pd.DataFrame, groups: Groups, resumes: Ints, places: Ints | None, slots: int, asked_for: int
) -> Iterator[str]:
    """Yield the warnings of a design."""
    if slots == 1:
        yield NO_PLACEBO
    elif slots < asked_for:
        yield f"A résumé is shown {slots} values of each group, not {asked_for}: a group has no more."
    yield from _unknown_values(swap, rows)
    if places is not None:
        fewest, most = int(places.min()), int(places.max())
        yield (
            f"Texts were rewritten in {fewest} to {most} places a résumé (median {np.median(places):g})."
            if fewest < most
            else f"Texts were rewritten in {most} {'place' if most == 1 else 'places'} a résumé."
        )
    yield from _contradicted(swap, rows.iloc[resumes])
    if isinstance(swap, NameSwap):
        yield from _unknown_names(swap, rows, groups)
        yield from _stays_elsewhere(swap, rows.iloc[resumes])


def _contradicted(swap: Swap, rows: pd.DataFrame) -> Iterator[str]:
    """Count the texts in which words stay that may go with another sex than what is shown."""
    stays = {
        NameSwap: (THIRD_PERSON, HONORIFIC_OF_A_NAME),
        PronounSwap: (HONORIFIC_OF_A_NAME,),
        HonorificSwap: (THIRD_PERSON,),
    }.get(type(swap), ())
    if isinstance(swap, AttributeSwap) or (isinstance(swap, NameSwap) and swap.pronouns):
        return
    texts = [t for column in swap.text for t in rows[column].tolist() if isinstance(t, str)]
    if n := sum(any(words.search(t) for words in stays) for t in texts):
        yield f"Texts with pronouns or honorifics that stay, and may contradict what is shown: {n}."


def _unknown_values(swap: Swap, rows: pd.DataFrame) -> Iterator[str]:
    for column, values in swap.also.items():
        there = {str(value) for value in rows[column].dropna().unique().tolist()}
        for value in dict.fromkeys(values.values()):
            if str(value) not in there:
                yield f"The value {quoted(value)}, put into {quoted(column)}, does not occur there otherwise."


def _unknown_names(swap: NameSwap, rows: pd.DataFrame, groups: Groups) -> Iterator[str]:
    if swap.column is None:
        return
    there = {plain(str(name)) for name in rows[swap.column].dropna().unique().tolist()}
    names = {plain(s.slots["first_name"]) for s in groups.shown}
    if unknown := names - there:
        yield (
            f"{len(unknown)} of the {len(names)} names do not occur in {quoted(swap.column)} otherwise: a model that "
            "reads names as categories may take all names that it was not trained on for the same."
        )


def _stays_elsewhere(swap: NameSwap, rows: pd.DataFrame) -> Iterator[str]:
    """Name the columns that are not rewritten and hold the résumé's own first name."""
    names = swap.column or swap.full_name
    if names is None:
        return
    firsts = [plain(str(name)).split() for name in rows[names].tolist()]
    rewritten = {*columns_of(swap), *swap.also}
    for column in rows.columns:
        if column in rewritten or rows[column].dtype.kind in "biufcmM":
            continue
        holding = sum(
            bool(first) and len(first[0]) > 2 and _holds(first[0], cell)
            for first, cell in zip(firsts, rows[column].tolist(), strict=True)
        )
        if holding:
            yield (
                f"The column {quoted(column)} holds the résumé's own first name in {holding} of {len(rows)} résumés "
                "and is not rewritten: name it in text, or leave it out of the features."
            )


def _holds(name: str, cell: object) -> bool:
    if not isinstance(cell, str):
        return False
    text = plain(cell)
    return name in text and re.search(rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])", text) is not None

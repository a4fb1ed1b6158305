"""Questions for a model that cannot be asked from here: a file for its vendor, to be scored and brought back."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.counterfactual.assignment import row_keys
from fairwitness.audit.errors import FairwitnessError, printable, quoted

if TYPE_CHECKING:
    import pandas as pd

    from fairwitness.audit.counterfactual.design import Design

NUMBER = "fairwitness_row"
WRITERS = (".csv", ".parquet", ".jsonl")


def numbered(design: Design) -> pd.DataFrame:
    """Return the design's rows with the column ``fairwitness_row`` first, which says which question a row is.

    A number is made of the questions themselves and their order: answers to other questions (another seed, other data)
    bear numbers that do not occur here, and cannot be taken for answers to these.

    Raises
    ------
    FairwitnessError
        The source has a column of that name.

    Examples
    --------
    >>> import pandas as pd
    >>> from fairwitness.audit.counterfactual.design import design_of
    >>> from fairwitness.audit.counterfactual.swaps import AttributeSwap
    >>> numbered(design_of(pd.DataFrame({"gender": ["f", "m"]}), AttributeSwap("gender"))).columns.tolist()
    ['fairwitness_row', 'gender']
    """
    if NUMBER in design.rows.columns:
        raise FairwitnessError(f"The source has a column {quoted(NUMBER)} of its own. Rename it.")
    stem = _stem(design)
    made = design.rows.copy()
    made.insert(0, NUMBER, [f"{stem}-{i}" for i in range(len(made))])
    return made


def write_questions(design: Design, path: str | Path) -> None:
    """Write a design's rows to a file for a vendor, in an order that does not show which belong together.

    The file that comes back needs the column ``fairwitness_row`` and one of scores or decisions, in any order.

    Parameters
    ----------
    design : Design
        The questions.
    path : path
        A new file: ``.csv``, ``.parquet`` or ``.jsonl``.

    Raises
    ------
    FairwitnessError
        Another ending, a file that is there already, or cells that the format cannot hold.
    """
    file = Path(path)
    shown = printable(file.name)
    if file.suffix.lower() not in WRITERS:
        raise FairwitnessError(f"{shown}: questions are written to {', '.join(WRITERS)}. Give one of these endings.")
    if file.exists():
        raise FairwitnessError(f"{shown}: there is such a file. Name a new one, so that no questions are lost.")
    made = numbered(design)
    order = np.random.default_rng(int.from_bytes(_stem(design).encode(), "big")).permutation(len(made))
    mixed = made.iloc[order]
    try:
        if file.suffix.lower() == ".csv":
            mixed.to_csv(file, index=False)
        elif file.suffix.lower() == ".parquet":
            mixed.to_parquet(file, index=False)
        else:
            mixed.to_json(file, orient="records", lines=True, force_ascii=False)
    except (ValueError, TypeError, OverflowError) as error:  # pyarrow's errors are ValueErrors and TypeErrors
        file.unlink(missing_ok=True)
        raise FairwitnessError(
            f"{shown}: the rows hold values that this format cannot ({type(error).__name__}). Try another ending."
        ) from None


def _stem(design: Design) -> str:
    """Return what the questions are in twelve signs, the first a letter, so that no reader takes it for a number."""
    digest = hashlib.blake2b(row_keys(design.rows, 0).astype("<u8").tobytes(), digest_size=6)
    for array in (design.resume, design.group, design.variant, design.slot):
        digest.update(array.astype("<i8").tobytes())
    return f"q{digest.hexdigest()[:11]}"

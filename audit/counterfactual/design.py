"""The design: which résumés are asked, under which names, and which answers belong together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fairwitness.audit.counterfactual.assignment import cell_keys, row_keys, sampled, variants_for
from fairwitness.audit.counterfactual.images import image_columns
from fairwitness.audit.counterfactual.places import places_of
from fairwitness.audit.counterfactual.rewriting import rewritten
from fairwitness.audit.counterfactual.shown import Variant, shown_by
from fairwitness.audit.counterfactual.signs import signs
from fairwitness.audit.counterfactual.swaps import columns_of, kind_of, owner_columns
from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fairwitness.audit.counterfactual.places import Places
    from fairwitness.audit.counterfactual.shown import Groups
    from fairwitness.audit.counterfactual.swaps import Kind, Swap

    Ints = np.ndarray[Any, np.dtype[np.int64]]

__all__ = ["Design", "Variant", "design_of"]


@dataclass(frozen=True, slots=True)
class Design:
    """Every row that is to be asked, and what each belongs to.

    Rows stand in the order of the résumés, then groups, then slots.  All arrays are aligned with ``rows``.

    Attributes
    ----------
    field : str
        The column that is rewritten, as the report names the field.
    kind : Kind
        What kind of swap.
    columns : tuple of str
        All columns that are rewritten.
    groups : tuple of str
        At least two.
    rows : pandas.DataFrame
        The rows to ask, index 0, 1, …: the source's columns without those that hold images.
    resume : numpy.ndarray of int
        Which row of the source, counted from 0; with gaps where a sample was taken or résumés were left out.
    job : numpy.ndarray of int, or None
        Which job: 0, 1, … in order of first appearance in the source.
    group : numpy.ndarray of int
        Index into ``groups``.
    variant : numpy.ndarray of int
        Index into ``variants``.
    slot : numpy.ndarray of int
        The k-th variant of that group shown for that résumé.  Group a's slot k is paired with b's slot k; within a
        group, slots 2k and 2k + 1 hold different variants and are the placebo pair.  With one slot there is none.
    variants : tuple of Variant
        By group, in the groups' order.
    withheld : tuple of str
        What was left out of what is asked, in words: columns of images, résumés that cannot be rewritten.
    warnings : tuple of str
        What a reader must know of how the rows were made.
    sampled_from : int or None
        How many résumés could have been asked, where the budget allowed fewer.
    places : numpy.ndarray of int, or None
        In how many places of its texts each row was rewritten; None where there is no text.
    """

    field: str
    kind: Kind
    columns: tuple[str, ...]
    groups: tuple[str, ...]
    rows: pd.DataFrame
    resume: Ints
    job: Ints | None
    group: Ints
    variant: Ints
    slot: Ints
    variants: tuple[Variant, ...]
    withheld: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sampled_from: int | None = None
    places: Ints | None = None


class _Asked(NamedTuple):
    """Which résumés are asked, how many could be, and under how many variants of each group."""

    resumes: Ints
    could_be: int
    slots: int


def design_of(
    rows: pd.DataFrame,
    swap: Swap,
    *,
    groups: Sequence[str] | None = None,
    per_resume: int = 2,
    job: str | None = None,
    seed: int = 0,
    budget: int | None = None,
    draws: int = 1,
) -> Design:
    """Return the rows to ask for a swap.

    Every résumé is asked equally often for each group, under different variants; every variant is shown with equally
    many résumés, as nearly as their number allows.  What a résumé is shown depends on its content and the seed, not on
    where it stands.

    Parameters
    ----------
    rows : pandas.DataFrame
        One résumé a row.
    swap : Swap
        What is exchanged.
    groups : sequence of str, optional
        Of the swap's groups, those to compare; for names, any groups.
    per_resume : int
        How many variants of each group a résumé is shown, where the group has so many.  Two or more give placebo
        pairs.
    job : str, optional
        The column that says which job a résumé is for.
    seed : int
        Of the names, the sample and the order, 0 or more.
    budget : int, optional
        The most questions that may be asked.  Where all résumés need more, a sample of whole résumés is drawn, evenly
        over jobs.
    draws : int
        How often each row will be asked.

    Raises
    ------
    FairwitnessError
        A column that is not there, no résumé that can be asked, a budget for less than one; see also `shown_by`.

    Examples
    --------
    >>> import pandas as pd
    >>> from fairwitness.audit.counterfactual.swaps import AttributeSwap
    >>> design = design_of(pd.DataFrame({"gender": ["f", "m"], "years": [3, 7]}), AttributeSwap("gender"))
    >>> design.rows
      gender  years
    0      f      3
    1      m      3
    2      f      7
    3      m      7
    >>> design.resume.tolist(), design.group.tolist()
    ([0, 0, 1, 1], [0, 1, 0, 1])
    """
    _check(rows, swap, job)
    _check_numbers(seed, per_resume=per_resume, draws=draws, budget=1 if budget is None else budget)
    rows = rows.reset_index(drop=True)
    images = image_columns(rows)
    if held := [c for c in (*columns_of(swap), *owner_columns(swap), *([job] if job else [])) if c in images]:
        raise FairwitnessError(f"The column {quoted(held[0])} holds images, which are not swapped. Name another.")
    kept = rows.drop(columns=list(images))
    chosen = shown_by(swap, kept, groups=groups, seed=seed)
    places = places_of(swap, kept, chosen)
    keys = row_keys(kept, seed)
    jobs = cell_keys(kept[job], "job") if job else None
    asked = _asked(places, chosen, keys, jobs, per_resume, budget, draws, seed)
    shown = variants_for(keys[asked.resumes], chosen.sizes(), asked.slots, together=chosen.together, seed=seed)
    resume, group, slot, variant = _laid_out(asked.resumes, shown, chosen.sizes())
    made, counts = rewritten(kept, places, chosen.shown, resume, variant)
    left_out = Counter(because for because in places.because if because)
    return Design(
        field=columns_of(swap)[0],
        kind=kind_of(swap),
        columns=tuple(dict.fromkeys((*columns_of(swap), *swap.also))),
        groups=chosen.labels,
        rows=made,
        resume=resume,
        job=_job_numbers(kept[job])[resume] if job else None,
        group=group,
        variant=variant,
        slot=slot,
        variants=tuple(s.variant for s in chosen.shown),
        withheld=(*images.values(), *(_left_out(n, len(rows), because) for because, n in left_out.most_common())),
        warnings=(*chosen.notes, *signs(swap, kept, chosen, asked.resumes, counts, asked.slots, per_resume)),
        sampled_from=asked.could_be if len(asked.resumes) < asked.could_be else None,
        places=counts,
    )


def _check(rows: Any, swap: Swap, job: str | None) -> None:
    import pandas as pd

    if not isinstance(rows, pd.DataFrame) or not len(rows):
        raise FairwitnessError("There are no rows to ask. Give a pandas frame with one résumé a row.")
    if not rows.columns.is_unique:
        raise FairwitnessError("Two columns have the same name. Give every column a name of its own.")
    for column in (*columns_of(swap), *owner_columns(swap), *swap.also, *([job] if job else [])):
        if column not in rows.columns:
            names = [str(c) for c in rows.columns]
            raise FairwitnessError(
                f"There is no column {quoted(column)}; there are {listed(names)}.{did_you_mean(column, names)}"
            )


def _check_numbers(seed: int, **numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise FairwitnessError(f"{name} is {number}. It is at least 1.")
    if seed < 0:
        raise FairwitnessError(f"seed is {seed}. It is 0 or more.")


def _asked(
    places: Places,
    chosen: Groups,
    keys: Any,
    jobs: Any,
    per_resume: int,
    budget: int | None,
    draws: int,
    seed: int,
) -> _Asked:
    able = np.flatnonzero([because is None for because in places.because])
    if not len(able):
        reasons = Counter(because for because in places.because if because).most_common(3)
        raise FairwitnessError(
            "No résumé can be asked. Left out: " + "; ".join(f"{n} because {because}" for because, n in reasons) + "."
        )
    slots = min(per_resume, *chosen.sizes())
    each = slots * len(chosen.labels) * draws
    if budget is not None and budget < each:
        raise FairwitnessError(
            f"One résumé is {each} questions ({len(chosen.labels)} groups, {slots} variants of each, {draws} draws), "
            f"and the budget is {budget}. Raise the budget, or ask less of each résumé."
        )
    most = len(able) if budget is None else budget // each
    drawn = sampled(keys[able], None if jobs is None else jobs[able], most, seed)
    return _Asked(able[drawn], len(able), slots)


def _laid_out(resumes: Ints, shown: Ints, sizes: Sequence[int]) -> tuple[Ints, Ints, Ints, Ints]:
    """Return résumé, group, slot and variant of every row: by résumé, then group, then slot."""
    n, groups, slots = shown.shape
    first_of_group = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    variant = (shown + first_of_group[None, :, None]).reshape(-1)
    group = np.tile(np.repeat(np.arange(groups), slots), n)
    return np.repeat(resumes, groups * slots), group, np.tile(np.arange(slots), n * groups), variant


def _job_numbers(jobs: pd.Series[Any]) -> Ints:
    import pandas as pd

    return np.asarray(pd.factorize(jobs, use_na_sentinel=False)[0], dtype=np.int64)


def _left_out(n: int, of: int, because: str) -> str:
    return f"{n} of {of} résumés: {because}"

"""``fw.counterfactual``: the same résumés asked again with one field swapped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counterfactual.design import design_of
from fairwitness.audit.counterfactual.entries import entries
from fairwitness.audit.counterfactual.responses import responses
from fairwitness.audit.counterfactual.result import Counterfactual
from fairwitness.audit.counterfactual.swaps import swap_of
from fairwitness.audit.errors import FairwitnessError, listed, printable
from fairwitness.audit.models.model import Model

if TYPE_CHECKING:
    import pandas as pd

    from fairwitness.audit.counterfactual.design import Design
    from fairwitness.audit.counterfactual.result import Compared
    from fairwitness.audit.counterfactual.swaps import Swap


def counterfactual(
    source: Any,
    model: Any,
    *,
    swap: Swap | Mapping[str, Any] | Sequence[Swap | Mapping[str, Any]],
    groups: Sequence[str] | None = None,
    per_resume: int = 2,
    job: str | None = None,
    draws: int = 1,
    budget: int | None = None,
    favorable: Collection[object] | None = None,
    features: str | Sequence[str] | None = None,
    withheld: Collection[str] = (),
    level: float = 0.95,
    seed: int = 0,
) -> Counterfactual:
    """Ask a model about the same résumés with one field swapped, and compare what it answers.

    Parameters
    ----------
    source : path or frame
        One résumé a row: a file, or a frame of pandas, Polars, PyArrow or another engine that narwhals knows.
    model : Model or object
        What `fairwitness.load_model` returns, or takes.  Where it selects a share at the top, the score that this means
        is found on the résumés as they are, and stays the same for all that is swapped.
    swap : Swap, or a mapping that describes one, or several of them
        What is exchanged; see `fairwitness.audit.counterfactual.swaps`.  Each is a study of its own.
    groups : sequence of str, optional
        Of the swap's groups, those to be compared, every one with every other.
    per_resume : int
        Under how many names of each group a résumé is shown.  Two or more say what changes within a group.
    job : str, optional
        The column of the job that a résumé is for: answers about one job are not taken for independent.
    draws : int
        How often each row is asked, of a model that answers by chance.
    budget : int, optional
        The most questions for each swap.  Where it does not suffice for all, résumés are drawn.
    favorable : collection, optional
        The decisions that mean selected, where they are neither booleans nor 0 and 1.
    features : str or sequence of str, optional
        The columns that the model sees; see `fairwitness.load_model`.
    withheld : collection of str
        Columns that the model must not see, such as the true outcome, where it does not say which it reads.
    level : float
        Confidence level of the intervals, between 0 and 1.
    seed : int
        Of the names, the sample and the sign-flip tests.

    Returns
    -------
    Counterfactual
        One entry for each swap and pair of groups.

    Raises
    ------
    FairwitnessError
        Options that make no sense together, a swap that cannot be made, or a model that fails.

    Notes
    -----
    How many questions it takes is known before the first is asked: `asked_of` says.  A model with a cache asks none
    twice, so that a run that broke off goes on where it was.

    Names are a sample of the names of a group, and so the intervals are about the group's names, not about those that
    were shown (Judd, Westfall & Kenny 2012, doi:10.1037/a0028347).  What is found is how sensitive the answers are to
    the field; it is no causal proof, for other fields that go with it in life stay as they were.

    Examples
    --------
    A rule that takes three years off the experience of résumés sent as ``f``:

    >>> import pandas as pd
    >>> resumes = pd.DataFrame({"gender": ["f", "m"] * 6, "years": range(12)})
    >>> def select(rows):
    ...     return rows["years"] - 3 * (rows["gender"] == "f") >= 5
    >>> found = counterfactual(resumes, select, swap={"kind": "attribute", "column": "gender"})
    >>> found.compared[0].decision.table
    PairTable(only_a=0, only_b=3, both=4, neither=5)
    """
    rows, asked = _rows(source, level), _model(model, features, withheld)
    swaps = [swap] if isinstance(swap, Mapping) or not isinstance(swap, Sequence) else list(swap)
    if not swaps:
        raise FairwitnessError("swap: name at least one, such as {'kind': 'attribute', 'column': 'gender'}.")
    made: list[Compared] = []
    for each in swaps:
        exchanged = swap_of(each) if isinstance(each, Mapping) else each
        design = _designed(
            rows, exchanged, asked, budget, groups=groups, per_resume=per_resume, job=job, seed=seed, draws=draws
        )
        cut = _cut(asked, rows, design, withheld)
        given = responses(design, cut, draws=draws, favorable=favorable, withheld=withheld)
        made += entries(design, given, questions=asked_of(design, asked, draws), level=level, seed=seed)
    return Counterfactual(tuple(made), level, seed)


def asked_of(design: Design, model: Model, draws: int = 1) -> int:
    """Return how many questions a design is, before any is asked.

    Parameters
    ----------
    design : Design
    model : Model
        Where it selects a share at the top, every résumé is asked about once more, as it is.
    draws : int
        How often each row is asked.

    Examples
    --------
    Three résumés as two groups, five times each, and once as they are.

    >>> import pandas as pd
    >>> from fairwitness.audit.counterfactual.swaps import AttributeSwap
    >>> from fairwitness.audit.models.load import load_model
    >>> design = design_of(pd.DataFrame({"gender": ["f", "m", "f"], "years": [3, 7, 5]}), AttributeSwap("gender"))
    >>> asked_of(design, load_model(lambda rows: rows["years"] / 10, top=0.5), draws=5)
    33
    """
    import numpy as np

    return len(design.rows) * draws + (len(np.unique(design.resume)) if model.top is not None else 0)


def _rows(source: Any, level: float) -> pd.DataFrame:
    import narwhals as nw

    from fairwitness.audit.loaders.rows import rows_of

    if not 0 < level < 1:
        raise FairwitnessError(f"level: {level} is no confidence level. Give a number between 0 and 1, such as 0.95.")
    rows = rows_of(source)
    frame: pd.DataFrame = nw.from_native(rows.part(list(range(len(rows.names))))).to_pandas()
    return frame


def _model(model: Any, features: str | Sequence[str] | None, withheld: Collection[str]) -> Model:
    from fairwitness.audit.models.load import load_model

    if not isinstance(model, Model):
        asked = load_model(model, features=features)
    elif features is None:
        asked = model
    else:
        raise FairwitnessError(
            f"{printable(model.name)}: the model is loaded already. Name its columns when it is: fw.load_model(…, "
            "features = […])."
        )
    if read := [name for name in withheld if name in (asked.inputs or ())]:
        raise FairwitnessError(
            f"{printable(asked.name)} reads {listed(read)}, and withheld says that it must not. Leave withheld out, or "
            "name other features."
        )
    if asked.top is not None and asked.kind == "predictions":
        raise FairwitnessError(
            f"{printable(asked.name)}: a file of predictions has no answers to the résumés as they are, by which the "
            "share at the top would be found. Give the score from which on a résumé is selected: at_least."
        )
    return asked


def _designed(
    rows: pd.DataFrame, swap: Swap, model: Model, budget: int | None, *, draws: int, **options: Any
) -> Design:
    """Return the design, with as many résumés as the budget allows, including the question that finds the cut-off."""
    import numpy as np

    design = design_of(rows, swap, budget=budget, draws=draws, **options)
    if budget is None or asked_of(design, model, draws) <= budget:
        return design
    each = len(design.rows) // len(np.unique(design.resume)) * draws
    if budget <= each:
        raise FairwitnessError(
            f"One résumé is {each + 1} questions, {each} with the field swapped and one as it is, by which the share "
            f"at the top is found, and the budget is {budget}. Raise the budget, or give the score: at_least."
        )
    return design_of(rows, swap, budget=budget // (each + 1) * each, draws=draws, **options)


def _cut(model: Model, rows: pd.DataFrame, design: Design, withheld: Collection[str]) -> Model:
    """Return the model with its share at the top turned into the score that it means on the résumés as they are."""
    import numpy as np

    if model.top is None:
        return model
    there = [name for name in design.rows.columns if name not in withheld]
    return model.cut_on(rows.iloc[np.unique(design.resume)][there].reset_index(drop=True))

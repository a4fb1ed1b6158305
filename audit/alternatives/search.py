"""The search for less discriminatory alternatives: fitted on one part, chosen on a second, told of a third."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.alternatives.assessment import assess
from fairwitness.audit.alternatives.banding import WIDTHS, banded
from fairwitness.audit.alternatives.baseline import baseline_of, pair_of, selected_in_training
from fairwitness.audit.alternatives.candidates import Setting
from fairwitness.audit.alternatives.cutoffs import moved
from fairwitness.audit.alternatives.jurisdiction import Refusal
from fairwitness.audit.alternatives.jurisdiction import jurisdiction as law_of
from fairwitness.audit.alternatives.leaving_out import capped, dropped
from fairwitness.audit.alternatives.people import Columns, copies, read_people
from fairwitness.audit.alternatives.permitted import families_asked, refuse_readers
from fairwitness.audit.alternatives.pipeline import fitted_on, one_thread, unfitted
from fairwitness.audit.alternatives.reductions import exponentiated_gradient, grid_search
from fairwitness.audit.alternatives.result import Alternatives
from fairwitness.audit.alternatives.reweighing import reweighed
from fairwitness.audit.alternatives.splits import split
from fairwitness.audit.alternatives.validity import validity_of
from fairwitness.audit.counting.role_values import canonical
from fairwitness.audit.errors import FairwitnessError, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fairwitness.audit.alternatives.candidates import Candidate, Pair
    from fairwitness.audit.alternatives.people import Source
    from fairwitness.audit.alternatives.result import Alternative
    from fairwitness.audit.alternatives.splits import Parts, Shares
    from fairwitness.audit.counting.role_values import Value


def search_alternatives(
    pipeline: object,
    data: object,
    *,
    label: str,
    protected: str,
    jurisdiction: str | None,
    group: str | None = None,
    reference: str | None = None,
    label_positive: object = None,
    features: Sequence[str] | None = None,
    withheld: Sequence[str] = (),
    unknown: Value | Iterable[Value] = (),
    bins: Mapping[str, Sequence[float]] | None = None,
    validity: str | Callable[..., Any] = "auc",
    margin: float = 0.02,
    selection_rate: float | None = None,
    cutoffs: Sequence[float] | None = None,
    band_widths: Sequence[float] = WIDTHS,
    tie_break: str | None = None,
    families: Sequence[str] | None = None,
    most_features: int = 5,
    allow_protected_at_decision: bool = False,
    shares: Shares = (0.5, 0.25, 0.25),
    min_n: int = 20,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> Alternatives:
    """Search for an alternative that selects as well as a pipeline, with less disparity, and is blind to the group.

    Parameters
    ----------
    pipeline : scikit-learn estimator
        With ``fit``, and ``predict_proba`` or ``decision_function``.  It is copied, and fitted on the training part.
    data : path or frame
        Rows with the true outcome known.
    label, label_positive : str, value or sequence of values
        The column with the true outcome, and what of it is positive; not needed for 0 and 1, or true and false.
    protected : str
        The column with the groups.
    jurisdiction : {"us", "us-nyc", "eu", "uk", "cn", "sg"}
        What may be an alternative depends on it: there is no default.
    group, reference : str, optional
        The groups to compare.  By default, on the training part, the one with the lowest selection rate with the one
        with the highest.
    features : sequence of str, optional
        What the pipeline reads.  By default what it was fitted on; if it was not, every column but the label, the
        protected one and the withheld.
    withheld : sequence of str
        Columns that nothing reads: other protected attributes, names, identifiers.
    unknown : value or iterable of values
        Values that mean "not disclosed" in the protected attribute.  Empty always does.
    bins : mapping of column to edges, optional
        Cuts a protected attribute of numbers, left-closed.
    validity : {"auc", "precision_at_selection_rate"} or callable
        What selecting well means; a callable ``f(y, selected, score)`` returns a number, more is better.
    margin : float
        By how much an alternative may be less valid, on the scale of ``validity``, and still count as valid.
    selection_rate : float, optional
        The share of people to select, between 0 and 1; by default the share of positive outcomes in training.
    cutoffs : sequence of float, optional
        Other shares to select, for the family ``cutoff``.
    band_widths : sequence of float
        In standard deviations of the score, for the family ``banding``.
    tie_break : str, optional
        A column of numbers that orders people within the last band, highest first, before the lot does.
    families : sequence of str, optional
        Of ``cutoff``, ``drop``, ``cap``, ``reweighing``, ``exponentiated_gradient``, ``grid_search``, ``banding``; all
        by default.
    most_features : int
        How many features are tried, alone and together.
    allow_protected_at_decision : bool
        Whether the protected attribute may be among ``features``.  Without effect where the law does not let it.
    shares : three floats
        Of the rows, for training, validation and test.
    min_n : int
        Groups with fewer people in the training part are not compared unless they are named.
    level : float
        Of intervals; tests are one-sided at ``1 - level``.
    draws, seed : int
        Of the bootstrap of a utility; of the split and of everything that is drawn, in the pipeline too where it has
        no seed of its own.

    Returns
    -------
    Alternatives

    Raises
    ------
    FairwitnessError
        The jurisdiction is not stated; something reads the protected attribute where it may not; the data or the
        pipeline cannot be used.

    Notes
    -----
    Everything is fitted on the training part; cut-offs are fixed and one candidate is chosen on the validation part;
    the test part is scored once, for the baseline, the one chosen and the frontier.  The best of many is partly lucky
    on the rows by which it was found: what counts is the test part.  Rows are taken to be independent.
    """
    place, allowed = law_of(jurisdiction), allow_protected_at_decision
    named = tuple(features) if features is not None else fitted_on(pipeline)
    refuse_readers(place, pipeline, protected, (*named, tie_break or ""), allowed=allowed)
    wanted = families_asked(place, families, allowed=allowed)
    valid = validity_of(validity, margin=margin, level=level, draws=draws, seed=seed)
    base, was_fitted = unfitted(pipeline, seed)
    groups = canonical({"unknown": unknown, "bins": bins})
    columns = Columns(
        label, protected, named, tuple(withheld), tie_break, groups["unknown"], groups["bins"].get(protected)
    )
    source = read_people(data, columns, label_positive)
    parts = split(source.people, shares, seed)
    with one_thread():
        setting = _setting(base, source, parts, selection_rate, (group, reference), min_n, seed)
        makers: dict[str, Callable[[], list[Candidate]]] = {
            "cutoff": lambda: moved(setting, cutoffs),
            "drop": lambda: dropped(setting, most_features),
            "cap": lambda: capped(setting, most_features),
            "reweighing": lambda: reweighed(setting),
            "exponentiated_gradient": lambda: exponentiated_gradient(setting),
            "grid_search": lambda: grid_search(setting),
            "banding": lambda: banded(setting, band_widths, tie_break),
        }
        found, unmade = _made({name: makers[name] for name in wanted})
        assessed = assess(valid, setting.pair, [setting.baseline, *found], parts)
    return Alternatives(
        jurisdiction=place.name,
        law=place.laws,
        label=label,
        label_positive=source.positive,
        protected=protected,
        group=source.groups[setting.pair.focal],
        reference=source.groups[setting.pair.reference],
        rows={name: len(part) for name, part in zip(parts._fields, parts, strict=True)},
        seed=seed,
        metric=valid.metric,
        margin=margin,
        candidates=assessed,
        refused=(*place.refusals(allowed=allowed), *unmade),
        note=" ".join((place.note, *_notes(source, protected, setting.pair, assessed, was_fitted=was_fitted))),
    )


def _setting(
    base: object,
    source: Source,
    parts: Parts,
    selection_rate: float | None,
    named: tuple[str | None, str | None],
    min_n: int,
    seed: int,
) -> Setting:
    """Fix what all candidates start from: the share to select, the groups to compare, and the baseline."""
    if selection_rate is not None and not 0 < selection_rate < 1:
        raise FairwitnessError("selection_rate: give the share of people to select, between 0 and 1.")
    train, validation, _ = parts
    share = float(train.label.mean()) if selection_rate is None else selection_rate
    cross_fitted = selected_in_training(base, source.features, train, share, seed)
    pair = pair_of(cross_fitted, train.group, source.groups, named=named, min_n=min_n)
    baseline, selected = baseline_of(base, source.features, train, validation, share)
    return Setting(base, source.features, train, validation, pair, selected, baseline, seed)


def _made(makers: dict[str, Callable[[], list[Candidate]]]) -> tuple[list[Candidate], list[Refusal]]:
    """Return the candidates of every family, and the families that could not be made, with the reason."""
    found: list[Candidate] = []
    unmade = []
    for family, make in makers.items():
        try:
            found += make()
        except FairwitnessError as error:
            unmade.append(Refusal(family, str(error), None))
    return found, unmade


def _notes(
    source: Source, protected: str, pair: Pair, assessed: Sequence[Alternative], *, was_fitted: bool
) -> list[str]:
    """Return what a reader must know of the data and of the comparison."""
    notes = [*source.notes, *copies(source.people, protected)]
    if was_fitted:
        notes.append("The pipeline was fitted already; it was fitted anew, on the training part only.")
    others = [name for i, name in enumerate(source.groups) if i not in (pair.focal, pair.reference)]
    if others:
        names = " and ".join(quoted(source.groups[i]) for i in (pair.focal, pair.reference))
        notes.append(f"Only {names} are compared; what a candidate does to {listed(others)} is not shown here.")
    besides = sum(a.against_baseline is not None and not a.chosen for a in assessed)
    if besides:
        notes.append(
            "Only the candidate chosen was named before the test part was looked at; the p-values of the "
            f"{besides} others on the frontier are not adjusted for their number."
        )
    return notes

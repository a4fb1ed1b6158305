"""Better, and as valid within a margin: both have to be shown, on the same people (an intersection-union test)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.audit.alternatives.frontier import parity
from fairwitness.audit.alternatives.impact import no_better, ratio
from fairwitness.audit.alternatives.validity import excess
from fairwitness.audit.numerals import p_value
from fairwitness.audit.numerals import ratio as as_ratio

if TYPE_CHECKING:
    from fairwitness.audit.alternatives.candidates import Outcome, Pair
    from fairwitness.audit.alternatives.validity import Validity

Verdict = Literal["better_and_as_valid", "not_shown", "not_evaluable"]


@dataclass(frozen=True, slots=True)
class Against:
    """A candidate held against the baseline.

    Attributes
    ----------
    validity_p, ratio_p : float or None
        One-sided p-values of "less valid by the margin or more" and of "no better a ratio"; None if undefined.
    p : float or None
        The larger of the two: of "not both".
    verdict : {"better_and_as_valid", "not_shown", "not_evaluable"}
    because : str
    """

    validity_p: float | None
    ratio_p: float | None
    p: float | None
    verdict: Verdict
    because: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        return {name: getattr(self, name) for name in self.__slots__}


def against(validity: Validity, new: Outcome, old: Outcome, pair: Pair) -> Against:
    """Say whether a candidate is shown to be as valid as the baseline within the margin, with a better impact ratio.

    Parameters
    ----------
    validity : Validity
    new, old : Outcome
        Of the candidate and of the baseline, on the same people.
    pair : Pair

    Notes
    -----
    Each part is tested one-sided at ``1 - level``, and both are shown where each is.  That needs no adjustment: the two
    can be wrong together only if one of them is.  What is tested of the ratio is its direction.  One so much better
    that it lies as far on the other side of parity is none: that the estimates decide, and no test.

    References
    ----------
    Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24 (1982), 295-300,
    doi:10.2307/1267823.  Berger & Hsu, "Bioequivalence trials, intersection-union tests and equivalence
    confidence sets", Statistical Science 11 (1996), 283-319, doi:10.1214/ss/1032280304.
    """
    if (new.chance == old.chance).all() and (new.score == old.score).all():
        return Against(None, None, None, "not_shown", "It does what the baseline does to everybody here.")
    valid, better = not_less_valid(*excess(validity, new, old)), no_better(new, old, pair)
    if valid is None or better is None:
        what = (
            "too few people, or validities that do not vary apart" if valid is None else "the ratios cannot be compared"
        )
        return Against(valid, better, None, "not_evaluable", f"It cannot be told on these rows: {what}.")
    p, alpha = max(valid, better), 1 - validity.level
    words = f"as valid within {validity.margin:g}", "a better ratio"
    said = f"{words[0]} (p {p_value(valid)}), {words[1]} (p {p_value(better)})"
    missing = [name for name, part in zip(words, (valid, better), strict=True) if part > alpha]
    if missing:
        return Against(valid, better, p, "not_shown", f"Not shown: {' and '.join(missing)}. One-sided: {said}.")
    values = [ratio(seen, pair, validity.level).value or 0.0 for seen in (new, old)]
    if (parity(values[0]) or 0.0) <= (parity(values[1]) or 0.0):
        shown = (
            f"The ratio has moved from {as_ratio(values[1])} to {as_ratio(values[0])}, past parity and no nearer to it"
        )
        return Against(valid, better, p, "not_shown", f"{shown}. One-sided: {said}.")
    return Against(valid, better, p, "better_and_as_valid", f"Both are shown, one-sided: {said}.")


def not_less_valid(beyond: float, error: float) -> float | None:
    """Return the one-sided p-value of "less valid by the margin or more"; None if undefined.

    Parameters
    ----------
    beyond, error : float
        The excess and its standard error; see `fairwitness.audit.alternatives.validity.excess`.
    """
    from scipy.special import ndtr

    if not error > 0:  # nan, or no variation at all, which proves nothing
        return None
    return float(ndtr(-beyond / error))

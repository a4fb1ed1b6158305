"""What every value of a decision and of a true outcome means, settled before anything is counted.

A withdrawn applicant is not a rejected one: a value is favourable, unfavourable, or set aside with a reason.
What is left unsaid is never guessed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.loaders.engine import fetch
from fairwitness.audit.loaders.labels import MOST_LEVELS, label_text
from fairwitness.audit.tally import NEGATIVE, NOT_SELECTED, POSITIVE, SELECTED, SET_ASIDE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import narwhals as nw

    from fairwitness.audit.counting.roles import Roles

BOOLEANS = {"1": True, "1.0": True, "true": True, "0": False, "0.0": False, "false": False}


def decision_meanings(
    counts: Mapping[str | None, int],
    column: str,
    *,
    favorable: Sequence[str] = (),
    unfavorable: Sequence[str] = (),
    set_aside: Mapping[str, str] | None = None,
    role: str = "decision",
) -> tuple[dict[str | None, str], list[str]]:
    """Return what each decision value that occurs means, and warnings.

    Parameters
    ----------
    counts : mapping of str or None to int
        How often each value occurs; None is an empty cell.
    column : str
    favorable, unfavorable : sequence of str
        Values that mean selected, and not selected.  If favourable ones are named and exactly one value is left
        unnamed, that one is unfavourable.  Not needed where what is left is 0 and 1, or true and false.
    set_aside : mapping of str to str
        Values that mean "not decided", with the reason; the empty value is ``""``.
    role : str
        What messages call the column.

    Returns
    -------
    tuple of (dict, list of str)
        The dictionary's values are `SELECTED`, `NOT_SELECTED`, or `SET_ASIDE` with the reason.

    Raises
    ------
    FairwitnessError
        A value whose meaning cannot be known, is given twice, or is given for a value that does not occur while
        another is left unnamed (a slip of the pen, most likely).

    Examples
    --------
    >>> meanings, _ = decision_meanings({"hired": 3, "no": 5, None: 1}, "outcome",
    ...                                 favorable=["hired"], set_aside={"": "no record"})
    >>> meanings["no"], meanings[None]
    ('not_selected', 'set_aside:no record')
    """
    where = f"{role} {quoted(column)}"
    _refuse_many(counts, where)
    named = _named_once(where, favorable, unfavorable, set_aside or {})
    meanings: dict[str | None, str] = {}
    absent: dict[str, str] = {}
    for value, meaning in named.items():
        borne = _borne(value, counts)
        meanings |= dict.fromkeys(borne, meaning)
        if not borne:
            absent[value] = meaning
    warnings = [f"{where}: no row has the value {quoted(value)}, which was named." for value in absent]
    unnamed = [value for value in counts if value not in meanings]
    words = [value for value in unnamed if value is not None]
    booleans = bool(words) and all(value.lower() in BOOLEANS for value in words) and not (favorable or unfavorable)
    if booleans:
        meanings |= {value: SELECTED if BOOLEANS[value.lower()] else NOT_SELECTED for value in words}
    elif absent and words:
        slip = next(iter(absent))
        raise FairwitnessError(
            f"{where}: no row has the value {quoted(slip)}.{did_you_mean(slip, words)} "
            f"Values without a meaning: {_with_counts(counts, words)}. Check the spelling, or name what they mean "
            "(--favorable, --unfavorable, --set-aside VALUE=REASON)."
        )
    elif len(words) == 1 and favorable:
        meanings[words[0]] = NOT_SELECTED
        if unfavorable:
            left = f"{quoted(words[0])} ({counts[words[0]]:,})"
            warnings.append(f"{where}: the value {left} was not named and counts as not selected, as the one left.")
    elif words:
        raise FairwitnessError(
            f"{where}: not clear what these values mean: {_with_counts(counts, words)}. "
            "Say for each: --favorable VALUE, --unfavorable VALUE, or --set-aside VALUE=REASON."
        )
    if None not in meanings and None in counts:
        raise FairwitnessError(
            f"{where}: {counts[None]:,} of {sum(counts.values()):,} rows have no decision (empty). An empty decision "
            'is not a rejection: say why it is empty, --set-aside "=REASON" (not decided, withdrawn, …).'
        )
    return meanings, warnings


def decision_rank(frame: nw.LazyFrame[Any], roles: Roles) -> nw.Expr:
    """Return an expression on the frame: 0 where the decision is favourable, 1 unfavourable, 2 set aside."""
    import narwhals as nw

    alias = roles.alias(str(roles.decision))
    found = fetch(frame.group_by(alias, drop_null_keys=False).agg(nw.len().alias("n"))).to_pydict()
    counts: Counter[str | None] = Counter()
    for value, n in zip(found[alias], found["n"], strict=True):
        counts[label_text(value)] += n
    meanings, _ = decision_meanings(
        counts,
        str(roles.decision),
        favorable=roles.favorable,
        unfavorable=roles.unfavorable,
        set_aside=roles.set_aside,
    )
    rank = nw.lit(2)
    for value in found[alias]:
        text = label_text(value)
        if text is not None and not meanings[text].startswith(SET_ASIDE):
            place = 0 if meanings[text] == SELECTED else 1
            rank = nw.when(nw.col(alias) == value).then(nw.lit(place)).otherwise(rank)
    return rank


def label_meanings(
    counts: Mapping[str | None, int], column: str, *, positive: Sequence[str] = (), unknown: Collection[str] = ()
) -> dict[str | None, str | None]:
    """Return what each value of the true outcome means: positive, negative, or None for not known.

    Parameters
    ----------
    counts : mapping of str or None to int
    column : str
    positive : sequence of str
        Not needed for 0 and 1, or true and false.
    unknown : collection of str
        Values that mean "not known"; empty always does.

    Raises
    ------
    FairwitnessError
        More than one value is left that may mean negative, or none is positive.

    Examples
    --------
    >>> label_meanings({"1": 4, "0": 6, None: 2}, "good")
    {None: None, '1': 'positive', '0': 'negative'}
    """
    where = f"label {quoted(column)}"
    _refuse_many(counts, where)
    meanings: dict[str | None, str | None] = dict.fromkeys((v for v in counts if v is None or v in unknown), None)
    words = [value for value in counts if value is not None and value not in unknown]
    if not positive and all(value.lower() in BOOLEANS for value in words):
        return meanings | {value: POSITIVE if BOOLEANS[value.lower()] else NEGATIVE for value in words}
    positives = {borne for value in positive for borne in _borne(value, counts)}
    negatives = [value for value in words if value not in positives]
    if not positives or len(negatives) > 1:
        near = did_you_mean(positive[0], words) if positive and not positives else ""
        raise FairwitnessError(
            f"{where}: one value must mean negative and the rest positive. Found {_with_counts(counts, words)}; "
            f"positive: {listed(positive) or 'none named'}.{near} "
            "Name the positive ones (--label-positive VALUE), and those that mean not known (--unknown VALUE)."
        )
    return meanings | {value: POSITIVE if value in positives else NEGATIVE for value in words}


def _named_once(
    where: str, favorable: Sequence[str], unfavorable: Sequence[str], set_aside: Mapping[str, str]
) -> dict[str, str]:
    pairs = [(value, SELECTED) for value in favorable] + [(value, NOT_SELECTED) for value in unfavorable]
    pairs += [(value, SET_ASIDE + reason) for value, reason in set_aside.items()]
    named: dict[str, str] = {}
    for value, meaning in pairs:
        if named.setdefault(value, meaning) != meaning:
            msg = f"{where}: the value {quoted(value)} was given two meanings ({named[value]} and {meaning})."
            raise FairwitnessError(f"{msg} Name it once.")
    if "" in favorable or "" in unfavorable:
        raise FairwitnessError(
            f'{where}: an empty decision is neither favourable nor unfavourable. Use --set-aside "=REASON".'
        )
    for value, reason in set_aside.items():
        if not reason.strip():
            msg = f"{where}: no reason was given why {quoted(value)} is set aside."
            raise FairwitnessError(f"{msg} Write --set-aside VALUE=REASON (withdrawn, pending, test record, …).")
    return named


def _borne(value: str, counts: Mapping[str | None, int]) -> list[str | None]:
    """Return the values that occur and are meant: the same text; or, among booleans only, the same truth."""
    if value == "":
        return [None] if None in counts else []
    if value in counts:
        return [value]
    words = [v for v in counts if v is not None]
    if value.lower() in BOOLEANS and all(v.lower() in BOOLEANS for v in words):
        return [v for v in words if BOOLEANS[v.lower()] == BOOLEANS[value.lower()]]
    return []


def _refuse_many(counts: Mapping[str | None, int], where: str) -> None:
    if len(counts) > MOST_LEVELS:
        raise FairwitnessError(
            f"{where}: {len(counts):,} different values in {sum(counts.values()):,} rows, which is no decision or "
            f"outcome (at most {MOST_LEVELS}). Name another column."
        )


def _with_counts(counts: Mapping[str | None, int], values: Sequence[str]) -> str:
    return ", ".join(f"{quoted(value)} ({counts[value]:,})" for value in sorted(values))

"""How many people each release decided on: a hold-out that shrank, or lost its labels, must not go unnoticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairwitness.audit.errors import printable
from fairwitness.audit.numerals import whole
from fairwitness.audit.tally import SMALL_CELL as SMALL

if TYPE_CHECKING:
    from fairwitness.audit.comparing.compared_tables import ComparedTable, Decided

COUNTED = {
    "selection_rate": "Decisions",
    "scoring_rate": "Scores",
    "true_positive_rate": "Decisions on people with a positive outcome",
}


@dataclass(frozen=True, slots=True)
class Totals:
    """What one table rests on in each release.

    Attributes
    ----------
    by, measure, rate
        Of the table.
    before, after : Decided
        What the last release and this one decided on.
    matched : int or None
        Of matched people, on how many both decided.
    """

    by: tuple[str, ...]
    measure: str
    rate: str
    before: Decided
    after: Decided
    matched: int | None

    @property
    def in_words(self) -> str:
        """Both numbers, with how many are of no known group.

        Examples
        --------
        >>> from fairwitness.audit.comparing.compared_tables import Decided
        >>> Totals(("race",), "selection_rate", "selection_rate", Decided(2500, 0), Decided(1300, 200), None).in_words
        'Decisions by race: 2,500 counted and 0 unknown in the last release, 1,300 counted and 200 unknown in this one.'
        """
        then, now = (
            f"{whole(n)} counted" + ("" if unknown is None else f" and {whole(unknown)} unknown")
            for n, unknown in (self.before, self.after)
        )
        return f"{self._counted}: {then} in the last release, {now} in this one."

    @property
    def halved(self) -> str | None:
        """What must be said where this release decided on fewer than half as many; without a number of people."""
        if 2 * self.after.n >= self.before.n:
            return None
        return f"{self._counted}: fewer than half as many as the last release; with so few, a loss may go unseen."

    @property
    def small(self) -> bool:
        """Whether the words tell of fewer than ten people: of no known group, or not matched."""
        parts = [self.before.unknown or 0, self.after.unknown or 0]
        if self.matched is not None:
            parts += [self.before.n - self.matched, self.after.n - self.matched]
        return any(0 < n < SMALL for n in parts)

    @property
    def _counted(self) -> str:
        return f"{COUNTED[self.rate]} by {printable(' × '.join(self.by))}"


def notes_on(totals: Totals) -> tuple[str, ...]:
    """Return what must be said of the numbers, a sentence each."""
    return (totals.in_words, *([totals.halved] if totals.halved else []))


def totals_of(table: ComparedTable) -> Totals | None:
    """Return what a table rests on; None where the last release has no such table."""
    if not table.old.groups:
        return None
    new = table.new
    return Totals(
        new.by, new.measure, new.rate, table.before, table.after, None if table.pairs is None else new.n
    )  # fmt: skip

"""What is said of the small groups of a table, as audit.json has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from fairwitness.metrics.differential_fairness import CONCENTRATION

if TYPE_CHECKING:
    from fairwitness.audit.analyses.worst_group import Worst
    from fairwitness.audit.judging.group_counts import Group, GroupCount
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.metrics.beta_binomial import BetaLaw
    from fairwitness.metrics.estimate import Estimate

LINE = 0.8  # of the posterior probability: four fifths, 29 CFR 1607.4(D); it decides nothing
NO_SPREAD = (
    "the rates differ no more than chance makes equal ones differ, or fewer than two groups can be used: the likeliest "
    "spread of the true rates is none, and every rate would be drawn to the overall one"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of an intersection.

    Attributes
    ----------
    evaluable : bool
        Whether any outcome of a group of this size could be told from chance.
    rate, shrunk_rate : Estimate
        As counted; drawn towards the others, as far as its own numbers are few.
    impact_ratio : Estimate or None
        As counted, with an interval that holds together with those of all other groups; None for the reference.
    shrunk_ratio : float or None
        Of the shrunk rates.
    below : tuple of two floats, or None
        Posterior probability that the ratio is under four fifths: under Jeffreys' prior, and under the fitted law.
    """

    count: GroupCount
    evaluable: bool
    is_reference: bool
    rate: Estimate
    shrunk_rate: Estimate
    impact_ratio: Estimate | None
    shrunk_ratio: float | None
    below: tuple[float, float | None] | None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        return {
            "group": list(self.count.group),
            "n": self.count.n,
            "selected": self.count.selected,
            "status": self.count.status,
            "evaluable": self.evaluable,
            "is_reference": self.is_reference,
            "rate": self.rate.to_json(),
            "shrunk_rate": self.shrunk_rate.to_json(),
            "impact_ratio": None if self.impact_ratio is None else self.impact_ratio.to_json(),
            "shrunk_ratio": self.shrunk_ratio,
            "probability_below": None
            if self.below is None
            else {"line": LINE, "jeffreys": self.below[0], "fitted": self.below[1]},
        }


@dataclass(frozen=True, slots=True)
class Spread:
    """Differential fairness, beside what chance alone gives."""

    estimate: Estimate
    p: float | None
    null_median: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        null = {"p": self.p, "null_median": self.null_median, "method": "equal_rates"}
        return self.estimate.to_json() | {"concentration": CONCENTRATION, "test": null}


@dataclass(frozen=True, slots=True)
class Intersection:
    """One table of two or more attributes.

    Attributes
    ----------
    law : BetaLaw or None
        Fitted to all groups compared; None where the likelihood has no maximum.
    together : tuple of str, int and float
        How the intervals hold together: the method, over how many comparisons, each at which level.
    nobody : tuple of groups
        Combinations of labels that nobody bears.
    because : str or None
        Why there is nothing but the name of the table.
    """

    table: GroupTable
    cells: tuple[Cell, ...]
    law: BetaLaw | None
    together: tuple[str, int, float] | None
    worst: Worst | None
    spread: Spread | None
    nobody: tuple[Group, ...]
    because: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the table as JSON has it."""
        law = self.law
        fitted = law and {"alpha": law.alpha, "beta": law.beta, "mean": law.mean, "strength": law.strength}
        names = ("method", "comparisons", "level_of_each")
        return {
            "by": list(self.table.by),
            "measure": self.table.measure,
            "stage": self.table.stage,
            "reference": {
                "rule": self.table.reference.rule,
                "groups": [list(g) for g in self.table.reference.groups],
            },
            "status": "undefined" if self.because else "ok",
            "because": self.because,
            "groups": [cell.to_json() for cell in self.cells],
            "shrinkage": {
                "status": "ok" if law else "undefined",
                "because": None if law or self.because else NO_SPREAD,
                "law": fitted,
                "method": "beta_binomial",
            },
            "simultaneous": None if self.together is None else dict(zip(names, self.together, strict=True)),
            "worst": None if self.worst is None else self.worst.to_json(),
            "differential_fairness": None if self.spread is None else self.spread.to_json(),
            "nobody": [list(group) for group in self.nobody],
        }


@dataclass(frozen=True, slots=True)
class Intersections:
    """The tables of two or more attributes, told for many small groups."""

    section: ClassVar[str] = "intersections"

    tables: tuple[Intersection, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each table."""
        return [table.to_json() for table in self.tables]

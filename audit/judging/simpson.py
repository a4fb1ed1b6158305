"""Simpson's reversal: when all decisions together say one thing of two groups, and the strata say another."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from fairwitness.audit.errors import printable
from fairwitness.audit.judging.sentences import name_of
from fairwitness.audit.numerals import percent, points, ratio, whole

if TYPE_CHECKING:
    from fairwitness.audit.judging.comparisons import Comparison
    from fairwitness.metrics.decomposition import Decomposition


@dataclass(frozen=True, slots=True)
class Simpson:
    """Whether the aggregate misleads about the strata.

    Attributes
    ----------
    flag : bool or None
        True if the ratio of all decisions and the Mantel–Haenszel ratio lie on different sides of 1, or if all
        decisions show a difference and the strata do not.  None where one of the ratios is undefined, or no stratum
        can tell the two apart.
    because : str
        One plain paragraph with both figures.
    opposite : bool
        Whether the two ratios lie on different sides of 1.
    """

    flag: bool | None
    because: str
    opposite: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """What is held side by side: each a figure of all decisions, and one within strata.

    Attributes
    ----------
    shared, informative : int
        Strata that both are in, and those of them in which some, but not all, were selected.
    within : Fraction or None
        The Mantel–Haenszel ratio of rates.
    shown, shown_within : bool
        Whether a difference is shown, by the default test adjusted over its family.
    """

    column: str
    shared: int
    informative: int
    within: Fraction | None
    shown: bool
    shown_within: bool
    parts: Decomposition


def simpson(c: Comparison, other: str, done: str, sides: Sides) -> Simpson:
    """Hold the ratio of all decisions against the ratio within strata.

    Parameters
    ----------
    c : Comparison
        Of all decisions.
    other : str
        What the group is compared with.
    done : str
        What happened to those whom the table counts as selected.
    sides : Sides

    References
    ----------
    Simpson, "The interpretation of interaction in contingency tables", Journal of the Royal Statistical Society B 13
    (1951), doi:10.1111/j.2517-6161.1951.tb00088.x.  Bickel, Hammel & O'Connell, "Sex bias in graduate admissions",
    Science 187 (1975), doi:10.1126/science.187.4175.398.
    """
    column, group = printable(sides.column), name_of(c.group)
    together = (
        f"{_of(c.selected, c.n)} of {group} and {_of(c.reference_selected, c.reference_n)} of {other} were {done}"
    )
    within = sides.within
    if within is None or not c.reference_selected:
        return Simpson(None, f"Over all decisions {together}. Within {column} the ratio could not be evaluated.")
    if not sides.informative:
        alike = f"wherever people of both are in one {column}, nobody was {done}, or everybody"
        return Simpson(None, f"Over all decisions {together}. Within {column} nothing can be told: {alike}.")
    aggregate = Fraction(c.selected, c.n) / Fraction(c.reference_selected, c.reference_n)
    opposite = (aggregate - 1) * (within - 1) < 0
    vanishes = sides.shown and not sides.shown_within
    said = (
        f"Over all decisions {together}: a ratio of {ratio(float(aggregate))}. Among people of the same {column} the "
        f"ratio is {ratio(float(within))}, joined over {whole(sides.shared)} of them."
    )
    if not (opposite or vanishes):
        also = (
            f" Within {column} a difference is shown that all decisions together do not show."
            if sides.shown_within and not sides.shown
            else " Both lie on the same side of 1."
            if (aggregate - 1) * (within - 1) > 0
            else ""
        )
        return Simpson(flag=False, because=said + also)
    turn = "The two point in opposite directions" if opposite else f"The difference is not shown within {column}"
    return Simpson(flag=True, because=f"{said} {turn}{_why(sides, column)} {_caution(column)}", opposite=opposite)


def _why(sides: Sides, column: str) -> str:
    """Say how much of the gap comes of who is in which stratum."""
    p = sides.parts
    if p.within != p.within:  # undefined: no stratum has people of both groups
        return "."
    return (
        f": of the gap of {points(p.aggregate)} points, {points(p.composition)} come of who is in which {column}, as "
        f"the groups are spread unevenly over those that select many and those that select few, and {points(p.within)} "
        "are left within it."
    )


def _caution(column: str) -> str:
    return (
        f"Neither figure replaces the other: if people were steered into their {column}, or it was itself a decision "
        "about them, comparing within it hides that, and the figure over all decisions is the one that shows it."
    )


def _of(x: int, n: int) -> str:
    return f"{whole(x)} of {whole(n)} ({percent(x / n)})"

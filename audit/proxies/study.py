"""What was found of proxies: a study, for the report and for audit.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from fairwitness.audit.proxies.carrying import Carrying
    from fairwitness.metrics.estimate import Estimate

Source = Literal["model", "column"]
Method = Literal["shuffled_inputs", "kitagawa"]


@dataclass(frozen=True, slots=True)
class InputFigures:
    """What one input tells of an attribute, and what it contributes.

    Attributes
    ----------
    feature : str
        The column.
    carrying : Carrying
    contribution : Estimate or None
        To the difference in selection rates; None where there are no decisions, or the input cannot be counted.
    because : str or None
        Why a figure is not there, or what a reader must know of the input.
    """

    feature: str
    carrying: Carrying
    contribution: Estimate | None
    because: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        told = self.carrying
        return {
            "feature": self.feature,
            "status": told.status,
            "auc": told.auc.to_json(),
            "mutual_information": told.mutual_information.to_json(),
            "group": told.group,
            "way": told.way,
            "contribution": None if self.contribution is None else self.contribution.to_json(),
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class AttributeProxies:
    """What all inputs tell of one protected attribute.

    Attributes
    ----------
    attribute : str
    n, unknown : int
        Rows in which it is known, and in which it is not; the latter are left out.
    groups : tuple of str
    together : Estimate
        The area under the curve of telling ``together_group`` by all inputs.
    gap : tuple of (str, str, Estimate) or None
        The groups with the highest and the lowest selection rate, and the difference that contributions are held
        against.
    features : tuple of InputFigures
    """

    attribute: str
    n: int
    unknown: int
    groups: tuple[str, ...]
    together: Estimate
    together_group: str | None
    gap: tuple[str, str, Estimate] | None
    features: tuple[InputFigures, ...]


@dataclass(frozen=True, slots=True)
class Proxies:
    """Which inputs carry the protected attributes: a study, for the report and audit.json.

    Attributes
    ----------
    attributes : tuple of AttributeProxies
    decisions : {"model", "column"} or None
        Whose selection rates contributions are about.
    method : {"shuffled_inputs", "kitagawa"} or None
        How contributions were computed.
    seed : int
    """

    section: ClassVar[str] = "proxies"

    attributes: tuple[AttributeProxies, ...]
    decisions: Source | None
    method: Method | None
    seed: int

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each attribute."""
        return [
            {
                "attribute": a.attribute,
                "n": a.n,
                "unknown": a.unknown,
                "groups": list(a.groups),
                "together": {"auc": a.together.to_json(), "group": a.together_group},
                "gap": a.gap and {"high": a.gap[0], "low": a.gap[1], "rate_difference": a.gap[2].to_json()},
                "features": [f.to_json() for f in a.features],
                "decisions": self.decisions,
                "method": self.method,
                "seed": self.seed,
            }
            for a in self.attributes
        ]

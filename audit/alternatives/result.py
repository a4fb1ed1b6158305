"""What a search found: the section ``alternatives`` of audit.json, and the candidates themselves, ready to be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from fairwitness.audit.alternatives.candidates import Candidate
    from fairwitness.audit.alternatives.equal_within_noise import Against
    from fairwitness.audit.alternatives.jurisdiction import Law, Refusal
    from fairwitness.metrics.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Figures:
    """What a candidate does on one part of the data."""

    validity: Estimate
    impact_ratio: Estimate
    selection_rate: float

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        return {
            "validity": self.validity.to_json(),
            "impact_ratio": self.impact_ratio.to_json(),
            "selection_rate": self.selection_rate,
        }


@dataclass(frozen=True, slots=True)
class Alternative:
    """A candidate with its figures.

    Attributes
    ----------
    validation : Figures
        On the rows that it was chosen or not chosen by: of the best of many, these flatter.
    test : Figures or None
        On rows that nothing was chosen by; only of the baseline, the chosen one and the frontier.
    against_baseline : Against or None
        On the test rows.
    """

    candidate: Candidate
    validation: Figures
    test: Figures | None
    on_frontier: bool
    chosen: bool
    against_baseline: Against | None

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        return {
            "id": self.candidate.id,
            "family": self.candidate.family,
            "what": self.candidate.what,
            "features_dropped": list(self.candidate.dropped),
            "validation": self.validation.to_json(),
            "test": self.test.to_json() if self.test else None,
            "on_frontier": self.on_frontier,
            "chosen": self.chosen,
            "against_baseline": self.against_baseline.to_json() if self.against_baseline else None,
        }


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What a search for less discriminatory alternatives found.

    Attributes
    ----------
    jurisdiction : str
    law : tuple of Law
    label, label_positive, protected : str
        Columns, and what of the label is positive.
    group, reference : str
        The groups compared, fixed on the training part.
    rows : mapping of str to int
        How many rows each part has.
    metric, margin : str, float
        What validity means, and by how much an alternative may be less valid.
    candidates : tuple of Alternative
        The baseline first.
    refused : tuple of Refusal
        What was not offered or could not be made, with the reason.
    note : str
        What it means to find an alternative and not to adopt it, and what a reader must know of the data.
    """

    jurisdiction: str
    law: tuple[Law, ...]
    label: str
    label_positive: str
    protected: str
    group: str
    reference: str
    rows: Mapping[str, int]
    seed: int
    metric: str
    margin: float
    candidates: tuple[Alternative, ...]
    refused: tuple[Refusal, ...]
    note: str
    section: str = field(default="alternatives", init=False)

    @property
    def baseline(self) -> Alternative:
        """The pipeline as it was given."""
        return self.candidates[0]

    @property
    def chosen(self) -> Alternative | None:
        """The alternative chosen on the validation part; None where none came nearer parity and was as valid."""
        return next((a for a in self.candidates if a.chosen), None)

    def candidate(self, name: str) -> Candidate:
        """Return a candidate by its id: ``candidate(…).chances(rows)`` says who it selects.

        Raises
        ------
        KeyError
            No candidate of that id.
        """
        return {a.candidate.id: a.candidate for a in self.candidates}[name]

    def table(self) -> pd.DataFrame:
        """Return one row a candidate; figures of the test part are missing where it was not asked."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "id": a.candidate.id,
                    "family": a.candidate.family,
                    "validity": a.validation.validity.value,
                    "impact_ratio": a.validation.impact_ratio.value,
                    "selection_rate": a.validation.selection_rate,
                    "test_validity": a.test.validity.value if a.test else None,
                    "test_impact_ratio": a.test.impact_ratio.value if a.test else None,
                    "test_impact_ratio_low": a.test.impact_ratio.low if a.test else None,
                    "test_impact_ratio_high": a.test.impact_ratio.high if a.test else None,
                    "on_frontier": a.on_frontier,
                    "chosen": a.chosen,
                    "verdict": a.against_baseline.verdict if a.against_baseline else None,
                }
                for a in self.candidates
            ]
        ).set_index("id")

    def to_json(self) -> dict[str, Any]:
        """Return the section of audit.json."""
        return {
            "jurisdiction": self.jurisdiction,
            "law": [law.to_json() for law in self.law],
            "label": self.label,
            "label_positive": self.label_positive,
            "protected": self.protected,
            "group": self.group,
            "reference": self.reference,
            "rows": dict(self.rows),
            "seed": self.seed,
            "validity": {"metric": self.metric, "margin": self.margin},
            "candidates": [a.to_json() for a in self.candidates],
            "refused": [refusal.to_json() for refusal in self.refused],
            "note": self.note,
        }

"""The section "model" of audit.json: which model decided, what of its answers is known, and what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairwitness.audit.models.model import Model
    from fairwitness.audit.models.reading import Reads
    from fairwitness.audit.models.scoring import Scored


@dataclass(frozen=True, slots=True)
class ModelSection:
    """A model whose decisions were audited.

    Attributes
    ----------
    model : Model
        As it was given.
    scored : Scored
    reads : tuple of Reads
        One for each protected attribute.
    """

    model: Model
    scored: Scored
    reads: tuple[Reads, ...] = ()

    @property
    def section(self) -> str:
        """The key in audit.json."""
        return "model"

    def to_json(self) -> dict[str, Any]:
        """Return the section.

        Of a share at the top, ``cutoff.value`` is the score that it meant on the rows.  ``trusted``: the model is code
        that ran because somebody named its digest.
        """
        made = self.model.to_json()
        return made | {
            "cutoff": made["cutoff"] | {"value": self.scored.model.at_least},
            "answers": {
                "n": self.scored.answers_n,
                "sha256": self.scored.answers_sha256,
                "output": self.scored.output,
            },
            "reads_protected": [reads.to_json() for reads in self.reads],
            "trusted": self.model.kind == "pickle",
        }

"""What is asked about a source: a model, and the roles in which its answers and the source's columns are counted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.roles import roles_of
from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.table import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fairwitness.audit.counting.roles import Roles
    from fairwitness.audit.models.answered import Output
    from fairwitness.audit.models.model import Model

READING = frozenset(part.name for part in fields(Reading))
SCORE = "score"  # what the answers of a model are called that only scores


@dataclass(frozen=True, slots=True)
class Question:
    """A model, and arguments of `fairwitness.audit.counting.roles.load` for its answers.

    Attributes
    ----------
    model : Model
    arguments : mapping of str to object
    into : str
        What the model's decisions are called.
    """

    model: Model
    arguments: Mapping[str, Any]
    into: str

    @property
    def reading(self) -> Reading:
        """How the source is read."""
        return Reading(**{name: value for name, value in self.arguments.items() if name in READING})

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns of the source that have a role."""
        return tuple(name for name in self.roles("decision").columns if name != self.into)

    def made(self, output: Output) -> str:
        """Return what the new column is called."""
        return self.into if output == "decision" else SCORE

    def roles(self, output: Output) -> Roles:
        """Return the roles with the new column among them.

        Raises
        ------
        FairwitnessError
            They do not go together.
        """
        return roles_of(**{name: value for name, value in self.named(output).items() if name not in READING})

    def named(self, output: Output) -> dict[str, Any]:
        """Return the arguments of `load` with the new column among them."""
        if output == "decision":
            return {**self.arguments, "decision": self.into}
        if self.arguments.get("score"):
            raise FairwitnessError(
                f"The model gives scores, and the column {quoted(self.arguments['score'])} is named as the score, too. "
                "Leave the column out, or say whom the model selects: at_least = a score, or top = a share."
            )
        return {**self.arguments, "decision": None, "score": SCORE}

    def given(self, header: Sequence[str], where: str) -> tuple[str, ...]:
        """Return the columns that the model is given: those it reads, or all without a role if it says nothing.

        Parameters
        ----------
        header : sequence of str
            All columns of the source.
        where : str
            The source's name, for messages.

        Raises
        ------
        FairwitnessError
            A column that is missing; none that is left for the model; one that has the new column's name.
        """
        kept = self.kept
        given = self.model.inputs
        if given is None:
            given = tuple(name for name in header if name not in kept)
            if not given:
                raise FairwitnessError(f"{where}: no column is left for the model. Name its columns: features = […].")
        self.check("decision", header, where)
        locate(list(dict.fromkeys([*kept, *given])), header, where)
        return given

    def check(self, output: Output, header: Sequence[str], where: str) -> None:
        """Refuse answers of a kind that cannot be counted beside the source's columns."""
        self.roles(output)
        made = self.made(output)
        if made.casefold() in {name.casefold() for name in header}:
            raise FairwitnessError(
                f"{where}: there is a column {quoted(made)} already, beside which the model's would stand. Give the "
                "model's another name (decision = 'model_decision'), or leave the model out to audit the column."
            )

"""What a place lets an alternative be: law as data, and the refusal of whatever reads the attribute when deciding."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from fairwitness.audit.errors import FairwitnessError, did_you_mean, quoted


@dataclass(frozen=True, slots=True)
class Law:
    """A text that bears on alternatives, in our words.

    Attributes
    ----------
    confidence : {"source", "secondary", "none"}
        How the cited text was obtained; ``none``: no law, a caution of this project.
    """

    text: str
    citation: str
    confidence: str

    def to_json(self) -> dict[str, str]:
        """Return the fields as JSON has them."""
        return {"text": self.text, "citation": self.citation, "confidence": self.confidence}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of alternative that was not offered, or could not be made.

    Attributes
    ----------
    citation : str or None
        The law; None where the reason is not one of law.
    """

    family: str
    because: str
    citation: str | None

    def to_json(self) -> dict[str, str | None]:
        """Return the fields as JSON has them."""
        return {"family": self.family, "because": self.because, "citation": self.citation}


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Where the decisions are made.

    Attributes
    ----------
    protected_at_decision : {"never", "switch"}
        Whether a decision may read the protected attribute: not at all, or only where the user says so expressly.
    because, citation : str, str or None
        Why not.  What the attribute means is not known here, so they say of which grounds the law speaks.
    note : str
        What an alternative means that is found and not adopted.
    """

    name: str
    title: str
    laws: tuple[Law, ...]
    protected_at_decision: Literal["never", "switch"]
    because: str
    citation: str | None
    note: str

    def refusals(self, *, allowed: bool) -> tuple[Refusal, ...]:
        """Return what no search makes here, with the reason.

        Parameters
        ----------
        allowed : bool
            Whether the user has allowed decisions to read the attribute.
        """
        group_thresholds = (
            "A cut-off for each group (fairlearn's ThresholdOptimizer, aif360's reject-option and equalized-odds "
            "post-processing) decides by the protected attribute"
        )
        by_group = "Ties within a band are broken at random or by a named column, never by group"
        if self.protected_at_decision == "switch" and allowed:
            return (Refusal("group_thresholds", f"{group_thresholds}; this search makes none.", None),)
        made = [
            Refusal("group_thresholds", f"{group_thresholds}: {self.because}.", self.citation),
            Refusal("banding_by_group", f"{by_group}: {self.because}.", self.citation),
            Refusal("protected_feature", f"No candidate reads the protected attribute: {self.because}.", self.citation),
        ]
        return tuple(made)

    def refuse(self, what: str, *, allowed: bool) -> None:
        """Raise unless decisions may read the protected attribute here.

        Parameters
        ----------
        what : str
            What reads it, as a clause.
        allowed : bool
            Whether the user has allowed it.

        Raises
        ------
        FairwitnessError
            They may not, or the user has not said that they may.
        """
        if self.protected_at_decision == "switch" and allowed:
            return
        cited = f" ({self.citation})" if self.citation else ""
        way_out = (
            "Leave it out; allow_protected_at_decision has no effect here."
            if self.protected_at_decision == "never"
            else "Leave it out, or say allow_protected_at_decision=True if you know that it may."
        )
        raise FairwitnessError(f"{what}. {self.title}: {self.because}{cited}. {way_out}")


def jurisdiction(name: str | None) -> Jurisdiction:
    """Return what is known of a place.

    Parameters
    ----------
    name : str or None
        ``us``, ``us-nyc``, ``eu``, ``uk``, ``cn`` or ``sg``.

    Raises
    ------
    FairwitnessError
        None, or a place that is not known.

    Examples
    --------
    >>> jurisdiction("us-nyc").citation
    '42 U.S.C. 2000e-2(l), of race, color, religion, sex and national origin'
    """
    data = tomllib.loads((files("fairwitness.audit.alternatives") / "jurisdictions.toml").read_text(encoding="utf-8"))
    places: dict[str, dict[str, Any]] = data["jurisdiction"]
    known = ", ".join(f"{quoted(key)} ({place['title']})" for key, place in places.items())
    if name is None:
        raise FairwitnessError(
            "The jurisdiction is not stated, and what may be an alternative depends on it. "
            f"Give jurisdiction = one of: {known}."
        )
    if name not in places:
        raise FairwitnessError(f"No jurisdiction {quoted(name)}.{did_you_mean(name, places)} There are: {known}.")
    place = places[places[name].get("like", name)] | {"title": places[name]["title"]}
    return Jurisdiction(
        name=name,
        title=place["title"],
        laws=tuple(Law(**data["text"][key]) for key in place["texts"]),
        protected_at_decision=place["protected_at_decision"],
        because=place["because"],
        citation=place.get("citation"),
        note=place["note"],
    )

"""What a counterfactual study found: one entry for each field and pair of groups, as the record has it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairwitness.metrics.estimate import Estimate
    from fairwitness.metrics.flips import PairTable
    from fairwitness.metrics.ranked_first import RankedFirst
    from fairwitness.metrics.sign_flip import SignFlip


@dataclass(frozen=True, slots=True)
class McNemar:
    """McNemar's test of pairs that are independent of one another but for the names."""

    exact: float
    mid_p: float

    def to_json(self) -> dict[str, Any]:
        """Return the test as the record has it: the mid-P, and the exact p-value beside it."""
        return {"method": "mid_p", "p": self.mid_p, "p_exact": self.exact}


@dataclass(frozen=True, slots=True)
class Test:
    """The test that belongs to an interval: Student's t, with names and résumés as random.

    Attributes
    ----------
    statistic, df, p : float
    p_adjusted : float
        By Holm's method over the pairs of groups of one field.
    m : int
        How many these are.
    """

    __test__: ClassVar[bool] = False  # no test of pytest's

    statistic: float
    df: float
    p: float
    p_adjusted: float
    m: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields."""
        return {
            "statistic": self.statistic, "df": self.df, "p": self.p, "p_adjusted": self.p_adjusted, "m": self.m,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecisionEffect:
    """What a swap did to decisions.

    Attributes
    ----------
    table : PairTable
        Pairs of decisions, those of every draw.
    flip_rate : Estimate
        Share of pairs that differ.
    net : Estimate
        Share selected as a, less the share selected as b.
    impact_ratio : Estimate
        The same as a quotient.
    mcnemar : McNemar or None
        None where a résumé or a job has several pairs.
    sign_flip : SignFlip
        That the swap changes nothing; with one pair a cluster it is McNemar's exact test.
    test : Test or None
        None with one cluster only.
    """

    table: PairTable
    flip_rate: Estimate
    net: Estimate
    impact_ratio: Estimate
    mcnemar: McNemar | None
    sign_flip: SignFlip
    test: Test | None = None

    def to_json(self, seed: int) -> dict[str, Any]:
        """Return the fields; ``seed`` is that of the sign-flip test."""
        return {
            "pairs": self.table.pairs,
            **self.table._asdict(),
            "flip_rate": self.flip_rate.to_json(),
            "net": self.net.to_json(),
            "impact_ratio": self.impact_ratio.to_json(),
            "mcnemar": self.mcnemar.to_json() if self.mcnemar else None,
            "sign_flip": _sign_flip(self.sign_flip, seed),
            "test": self.test.to_json() if self.test else None,
        }


@dataclass(frozen=True, slots=True)
class ScoreEffect:
    """What a swap did to scores.

    Attributes
    ----------
    difference : Estimate
        Mean score as a, less that as b.  Without an interval where every pair differs by the same.
    distance : Estimate
        Mean size of the difference, whichever its sign: what a placebo is compared by.
    sign_flip : SignFlip
    test : Test or None
    """

    difference: Estimate
    distance: Estimate
    sign_flip: SignFlip
    test: Test | None = None

    def to_json(self, seed: int) -> dict[str, Any]:
        """Return the fields; ``seed`` is that of the sign-flip test."""
        return {
            "difference": self.difference.to_json(),
            "distance": self.distance.to_json(),
            "sign_flip": _sign_flip(self.sign_flip, seed),
            "test": self.test.to_json() if self.test else None,
        }


@dataclass(frozen=True, slots=True)
class Placebo:
    """The same figures of swaps within a group: what changes although the group does not."""

    decision: DecisionEffect | None
    score: ScoreEffect | None
    because: str

    def to_json(self, seed: int) -> dict[str, Any]:
        """Return the fields; a is one half of a group's values, or the first time of asking, b the other."""
        return {
            "decision": self.decision.to_json(seed) if self.decision else None,
            "score": self.score.to_json(seed) if self.score else None,
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class VariantAnswers:
    """What was answered under one name, or another value.

    Attributes
    ----------
    group, label : str
    n : int
        Answers.
    selected : int or None
    rate : Estimate or None
    mean_score : float or None
    shares : mapping or None
        Of the name's bearers in the source; of nobody asked about here.
    source : str or None
    """

    group: str
    label: str
    n: int
    selected: int | None
    rate: Estimate | None
    mean_score: float | None
    shares: Mapping[str, float] | None
    source: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the fields."""
        return {
            "group": self.group,
            "label": self.label,
            "n": self.n,
            "selected": self.selected,
            "rate": self.rate.to_json() if self.rate else None,
            "mean_score": self.mean_score,
            "shares": dict(self.shares) if self.shares is not None else None,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Variance:
    """What answers vary by, in squared units of the score, or of decisions as 0 and 1 where there is no score.

    ``names_a`` and ``names_b`` are None where a group has one value.
    """

    names_a: float | None
    names_b: float | None
    resumes: float
    residual: float

    def to_json(self) -> dict[str, Any]:
        """Return the fields."""
        return {
            "names_a": self.names_a, "names_b": self.names_b, "resumes": self.resumes, "residual": self.residual,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """One field swapped between two groups.

    Attributes
    ----------
    field, kind : str
    columns : tuple of str
        Those rewritten.
    a, b : str
        The groups.
    resumes : int
    jobs : int or None
    questions, draws : int
        Of the whole swap, all its groups together.
    sampled_from : int or None
    decision : DecisionEffect or None
    score : ScoreEffect or None
    placebo : Placebo
    variants : tuple of VariantAnswers
        Of both groups.
    variance : Variance or None
    ranked_first : RankedFirst or None
        Out of one résumé of every group of the swap.
    groups : tuple of str
        These groups, in the order of ``ranked_first``.
    withheld, warnings : tuple of str
    because : str
        What was found, in words.
    """

    field: str
    kind: str
    columns: tuple[str, ...]
    a: str
    b: str
    resumes: int
    jobs: int | None
    questions: int
    draws: int
    sampled_from: int | None
    decision: DecisionEffect | None
    score: ScoreEffect | None
    placebo: Placebo
    variants: tuple[VariantAnswers, ...]
    variance: Variance | None
    ranked_first: RankedFirst | None
    groups: tuple[str, ...]
    withheld: tuple[str, ...]
    warnings: tuple[str, ...]
    because: str

    def to_json(self, seed: int) -> dict[str, Any]:
        """Return the entry of the record."""
        return {
            "field": self.field,
            "kind": self.kind,
            "columns": list(self.columns),
            "a": self.a,
            "b": self.b,
            "resumes": self.resumes,
            "jobs": self.jobs,
            "questions": self.questions,
            "draws": self.draws,
            "sampled_from": self.sampled_from,
            "decision": self.decision.to_json(seed) if self.decision else None,
            "score": self.score.to_json(seed) if self.score else None,
            "placebo": self.placebo.to_json(seed),
            "variants": [variant.to_json() for variant in self.variants],
            "variance": self.variance.to_json() if self.variance else None,
            "ranked_first": _ranked(self.ranked_first, self.groups) if self.ranked_first else None,
            "withheld": list(self.withheld),
            "warnings": list(self.warnings),
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A counterfactual study: the section ``counterfactual`` of audit.json.

    Attributes
    ----------
    compared : tuple of Compared
        One for each swap and pair of its groups.
    level : float
    seed : int
    """

    compared: tuple[Compared, ...]
    level: float
    seed: int
    section: ClassVar[str] = "counterfactual"

    @property
    def questions(self) -> int:
        """How often the model was asked about a row, for all swaps together."""
        return sum(c.questions for c in self.compared if (c.a, c.b) == c.groups[:2])  # once a swap

    def to_json(self) -> list[dict[str, Any]]:
        """Return the section's content."""
        return [each.to_json(self.seed) for each in self.compared]


def _sign_flip(test: SignFlip, seed: int) -> dict[str, Any]:
    return {"p": test.p, "draws": test.draws, "seed": seed, "exact": test.exact}


def _ranked(found: RankedFirst, groups: tuple[str, ...]) -> dict[str, Any]:
    return {
        "lists": found.lists,
        "ties": found.ties,
        "groups": [
            {
                "group": group,
                "first": one.times,
                "expected": found.expected,
                "share": one.share.to_json(),
                "impact_ratio": one.impact_ratio.to_json(),
            }
            for group, one in zip(groups, found.groups, strict=True)
        ],
        "p": None if isnan(found.p) else found.p,
    }

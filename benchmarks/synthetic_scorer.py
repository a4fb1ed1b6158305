"""A scorer that is known through and through: what it adds for a group, a name, a résumé, a job, and by chance."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.audit.counterfactual.assignment import variants_for
from fairwitness.metrics.crossing import Crossing, crossing_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

PER_RESUME = 2
CUT = 0.6  # selected from this score on: 31 to 35 of a hundred
JOB, RESUME, JOB_AND_GROUP, RESUME_AND_GROUP, NAME_AND_RESUME = 0.5, 1.0, 0.3, 0.3, 0.6


class Design(NamedTuple):
    """How many résumés, for how many jobs, under how many names of each group."""

    resumes: int
    jobs: int
    names: int


class Scorer(NamedTuple):
    """What a group adds to the score, and the standard deviation of what names add."""

    effect: float
    names: float

    @property
    def selected(self) -> tuple[float, float]:
        """The shares truly selected as a and as b."""
        apart = (JOB_AND_GROUP**2 + RESUME_AND_GROUP**2) / 4
        score = NormalDist(0, sqrt(JOB**2 + RESUME**2 + apart + self.names**2 + NAME_AND_RESUME**2))
        return 1 - score.cdf(CUT - self.effect / 2), 1 - score.cdf(CUT + self.effect / 2)

    @property
    def first(self) -> float:
        """The share of pairs in which a truly scores higher."""
        apart = sqrt(JOB_AND_GROUP**2 + RESUME_AND_GROUP**2 + 2 * self.names**2 + 2 * NAME_AND_RESUME**2)
        return NormalDist().cdf(self.effect / apart)

    @property
    def flips(self) -> float:
        """The share of pairs that truly flip: two scores of which only one reaches the cut, drawn a million times."""
        generator = np.random.default_rng(1)
        shared = sqrt(JOB**2 + RESUME**2) * generator.standard_normal(2**20)
        group = sqrt(JOB_AND_GROUP**2 + RESUME_AND_GROUP**2) / 2 * generator.standard_normal(2**20)
        own = sqrt(self.names**2 + NAME_AND_RESUME**2) * generator.standard_normal((2, 2**20))
        a, b = (shared + sign * (self.effect / 2 + group) + chance for sign, chance in zip((1, -1), own, strict=True))
        return float(((a >= CUT) != (b >= CUT)).mean())


class Arrangement(NamedTuple):
    """Who is asked under which name; answers have the shape (résumés, groups, slots)."""

    design: Design
    name: np.ndarray
    job: np.ndarray
    contrast: Crossing
    pairs: Crossing


def arranged(design: Design, seed: int) -> Arrangement:
    """Arrange names as the counterfactual audit does."""
    keys = np.random.default_rng(seed).permutation(design.resumes).astype(np.uint64)
    shown = variants_for(keys, [design.names] * 2, min(PER_RESUME, design.names), together=False, seed=seed)
    name = shown + np.array([0, design.names])[:, None]
    job = np.arange(design.resumes) * design.jobs // design.resumes
    slots = name.shape[2]
    each = np.repeat(np.arange(design.resumes), 2 * slots)
    group = np.tile(np.repeat([0, 1], slots), design.resumes)
    side = np.repeat([0, 1], design.names)
    contrast = crossing_of(group, (1, -1), job[each], block=each, names=name.ravel(), side=side)
    one = np.zeros(design.resumes * slots, np.int64)
    both = name.transpose(0, 2, 1).reshape(-1, 2)
    pairs = crossing_of(one, (1,), np.repeat(job, slots), names=both, side=side)
    return Arrangement(design, name, job, contrast, pairs)


def scores(scorer: Scorer, arranged: Arrangement, generator: np.random.Generator) -> np.ndarray:
    """Draw jobs, résumés and names anew, and return the scores."""
    design = arranged.design
    sign = np.array([1, -1])[:, None] / 2
    job = JOB * generator.standard_normal(design.jobs)[arranged.job]
    resume = RESUME * generator.standard_normal(design.resumes)
    apart = scorer.effect + JOB_AND_GROUP * generator.standard_normal(design.jobs)[arranged.job]
    apart = apart + RESUME_AND_GROUP * generator.standard_normal(design.resumes)
    names = scorer.names * generator.standard_normal(2 * design.names)
    chance = NAME_AND_RESUME * generator.standard_normal(arranged.name.shape)
    return (job + resume)[:, None, None] + sign * apart[:, None, None] + names[arranged.name] + chance


def as_model(
    scorer: Scorer, design: Design, generator: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, list[str]], Callable[[pd.DataFrame], np.ndarray]]:
    """Draw jobs, résumés and names anew, and return résumés, the names of the groups, and the scorer as a model."""
    import pandas as pd

    job = np.arange(design.resumes) * design.jobs // design.resumes
    base = JOB * generator.standard_normal(design.jobs)[job] + RESUME * generator.standard_normal(design.resumes)
    apart = scorer.effect + JOB_AND_GROUP * generator.standard_normal(design.jobs)[job]
    apart = apart + RESUME_AND_GROUP * generator.standard_normal(design.resumes)
    of_name = scorer.names * generator.standard_normal(2 * design.names)
    chance = NAME_AND_RESUME * generator.standard_normal((design.resumes, 2 * design.names))
    labels = [f"{group}{i}" for group in "ab" for i in range(design.names)]
    rows = pd.DataFrame({"name": "", "number": np.arange(design.resumes), "job": job})

    def score(asked: pd.DataFrame) -> np.ndarray:
        name, number = asked["name"].map(labels.index).to_numpy(), asked["number"].to_numpy()
        sign = np.where(name < design.names, 0.5, -0.5)
        return base[number] + sign * apart[number] + of_name[name] + chance[number, name]

    return rows, {"a": labels[: design.names], "b": labels[design.names :]}, score

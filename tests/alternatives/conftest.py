"""People with a planted proxy, plain pipelines, and a spy that notes what it is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fairwitness.audit.alternatives.search import search_alternatives


def planted(n=3000, seed=5):
    """Skill decides; membership of a club tells the group and, besides, hardly anything of the outcome."""
    rng = np.random.default_rng(seed)
    other = rng.random(n) < 0.4
    skill, experience = rng.normal(size=n), rng.normal(size=n)
    club = np.where(other, 0.0, 2.0) + 0.3 * rng.normal(size=n)
    chance = 1 / (1 + np.exp(-(1.5 * skill + 0.5 * ~other - 0.3)))
    return pd.DataFrame(
        {
            "skill": skill,
            "experience": experience,
            "club": club,
            "group": np.where(other, "B", "A"),
            "good": (rng.random(n) < chance).astype(int),
        }
    )


def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression())


@pytest.fixture(scope="session")
def people():
    return planted()


@pytest.fixture
def pipeline():
    return logistic()


@pytest.fixture
def search(people):
    """Call with what differs from a plain search among the planted people."""

    def call(data=people, pipeline=None, **asked):
        given = {"label": "good", "protected": "group", "jurisdiction": "us", "families": ("drop",)} | asked
        return search_alternatives(logistic() if pipeline is None else pipeline, data, **given)

    return call


class Spy(ClassifierMixin, BaseEstimator):
    """A logistic regression that notes, for all of its copies, the method asked and the frame shown."""

    seen = []  # noqa: RUF012 -- shared by the copies that a search makes

    def _numbers(self, rows):
        return rows.select_dtypes("number") if isinstance(rows, pd.DataFrame) else rows

    def fit(self, X, y, sample_weight=None):  # noqa: N803 -- scikit-learn's name
        self.seen.append(("fit", X))
        self.model_ = LogisticRegression().fit(self._numbers(X), y, sample_weight=sample_weight)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X):  # noqa: N803
        self.seen.append(("predict_proba", X))
        return self.model_.predict_proba(self._numbers(X))

    def predict(self, X):  # noqa: N803
        self.seen.append(("predict", X))
        return self.model_.predict(self._numbers(X))


@pytest.fixture
def spy():
    Spy.seen.clear()
    return Spy()

"""Releases made of counts: as rows, and as tallies."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import settings

from fairwitness.audit.counting.roles import load
from fairwitness.audit.tally import Axis, Tally

settings.register_profile("comparing", deadline=None, derandomize=True, max_examples=30)
settings.load_profile("comparing")

SEX, HIRED, GOOD = Axis("sex", "protected"), Axis("hired", "decision"), Axis("good", "label")


@pytest.fixture(scope="session")
def release():
    """Return a function from how many of how many of each sex were hired to a tally."""

    def make(**groups):
        cells = {}
        for group, (selected, n) in groups.items():
            cells |= {(group, "selected"): selected, (group, "not_selected"): n - selected}
        return Tally.of([SEX, HIRED], cells)

    return make


@pytest.fixture(scope="session")
def with_outcomes():
    """Return a function from true positives, false negatives and false positives of each sex to a tally."""

    def make(**groups):
        cells = {}
        for group, (hits, misses, others) in groups.items():
            cells |= {
                (group, "selected", "positive"): hits,
                (group, "not_selected", "positive"): misses,
                (group, "selected", "negative"): others,
            }
        return Tally.of([SEX, HIRED, GOOD], cells)

    return make


@pytest.fixture(scope="session")
def people():
    """Return a function from how many of each sex both releases hired, the new, the old, or neither, to two tables."""

    def make(**groups):
        rows = [
            (group, now, then)
            for group, counts in groups.items()
            for n, (now, then) in zip(counts, [(1, 1), (1, 0), (0, 1), (0, 0)], strict=True)
            for _ in range(n)
        ]
        sex, now, then = (list(column) for column in zip(*rows, strict=True))
        ids = list(range(len(rows)))
        return pa.table({"id": ids, "sex": sex, "hired": then}), pa.table({"id": ids, "sex": sex, "hired": now})

    return make


@pytest.fixture(scope="session")
def loaded():
    """Return a function that loads such a table."""

    def make(source, **roles):
        return load(source, **({"protected": "sex", "decision": "hired", "unit": "id"} | roles))

    return make

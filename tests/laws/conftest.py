"""What the laws share: how Hypothesis looks for counterexamples, and aif360 without its noise."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager

import pytest
from hypothesis import settings

# The same examples in every run, and no deadline: the first call of a test imports scipy.
settings.register_profile("laws", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("laws")


def _speaks_of_something_else(record: logging.LogRecord) -> bool:
    text = record.getMessage()
    return not (text.startswith("No module named ") and "pip install 'aif360[" in text)


@contextmanager
def quiet_import():
    """Drop what importing aif360 says of its optional parts; let every other record and warning through.

    It logs to the root logger, and the first record installs a handler there, which is taken away again.  Where its
    modules were never compiled, Python warns of their escape sequences: a DeprecationWarning in 3.11, later a
    SyntaxWarning.
    """
    root = logging.getLogger()
    before = root.handlers[:]
    root.addFilter(_speaks_of_something_else)
    try:
        with warnings.catch_warnings():
            for kind in (SyntaxWarning, DeprecationWarning):
                warnings.filterwarnings(
                    "ignore", message=r".*invalid escape sequence", category=kind, module=r".*[/\\]aif360[/\\]"
                )
            yield
    finally:
        root.removeFilter(_speaks_of_something_else)
        for handler in root.handlers[:]:
            if handler not in before:
                root.removeHandler(handler)


@pytest.fixture(scope="session")
def aif360():
    """Give what the tests use of aif360."""
    with quiet_import():
        from aif360.datasets import BinaryLabelDataset
        from aif360.metrics import ClassificationMetric
    return BinaryLabelDataset, ClassificationMetric

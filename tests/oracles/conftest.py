"""What every file of cases shares: the cases, and how a found quantity is held against the expected one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

CASES = {c["id"]: c for c in json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))}


def _differences(found, expected, tolerance, where=""):
    """List every quantity that is missing or not the expected one; ``tolerance`` is relative above 1, else absolute."""
    if isinstance(expected, dict):
        missing = [f"{where}.{k}: not computed" for k in expected if k not in found]
        return missing + [
            d for k, v in expected.items() if k in found for d in _differences(found[k], v, tolerance, f"{where}.{k}")
        ]
    if isinstance(expected, list):
        if len(found) != len(expected):
            return [f"{where}: {len(found)} values, expected {len(expected)}"]
        return [d for i, v in enumerate(expected) for d in _differences(found[i], v, tolerance, f"{where}[{i}]")]
    if expected is None:
        same = found is None or bool(np.isnan(found))
    elif isinstance(expected, (str, bool)):
        same = found == expected
    else:
        same = abs(found - expected) <= tolerance * max(1.0, abs(expected))
    return [] if same else [f"{where}: {found!r}, expected {expected!r}"]


@pytest.fixture
def differences():
    """Give the function that lists what is missing or not as expected; a quantity that is not computed is listed."""
    return _differences


@pytest.fixture
def case():
    """Give a case by its name."""
    return CASES.__getitem__

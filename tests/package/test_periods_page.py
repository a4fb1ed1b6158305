"""The page on periods works a table by hand: its weights, bets and sums are those of scipy."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import nchypergeom_fisher

PAGE = " ".join((Path(__file__).parents[2] / "docs/periods.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize(("name", "psi"), [("1", 1.0), ("1/4", 0.25), ("4", 4.0)])
def test_the_weights_of_one_table(name, psi):
    [row] = [part for part in PAGE.split("| |") if part.startswith(f" ψ = {name} |")]
    written = [Fraction(cell.strip()) for cell in row.split("|")[1:4]]
    assert [float(w) for w in written] == pytest.approx(nchypergeom_fisher(4, 2, 2, psi).pmf([0, 1, 2]))


def test_what_the_bets_pay():
    equal, quarter, four = (nchypergeom_fisher(4, 2, 2, psi).pmf([0, 1, 2]) for psi in (1.0, 0.25, 4.0))
    half_each = (quarter + four) / 2 / equal
    assert half_each == pytest.approx([1.55, 0.73, 1.55], abs=0.005)
    assert half_each @ equal == pytest.approx(1)
    assert f"96/33 = {quarter[0] / equal[0]:.2f} for a stake of 1" in PAGE
    assert f"pays (1/33)/(1/6) = {four[0] / equal[0]:.2f}" in PAGE
    assert f"(96/33)² = {np.square(quarter[0] / equal[0]):.1f}" in PAGE

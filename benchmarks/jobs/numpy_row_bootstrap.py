"""A bootstrap of rows as well written as numpy allows: codes are drawn with replacement, and counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from ratios import of_rates

DRAWS = 50
RACES = 7


def load(path: str) -> np.ndarray:
    """Read the file, and give every row the number of its cell."""
    frame = pd.read_parquet(path)
    sex, race = (frame[name].astype("category").cat.codes.to_numpy() for name in ("sex", "race"))
    cell = ((sex * RACES + race) * 2 + frame["selected"].to_numpy()) * 2 + frame["qualified"].to_numpy()
    return cell.astype(np.uint8)


def work(cell: np.ndarray) -> np.ndarray:
    """Return the counts of every replicate: sex, race, selected, qualified."""
    generator = np.random.default_rng(0)
    cells = 2 * RACES * 2 * 2
    made = [np.bincount(cell, minlength=cells)]
    made += [np.bincount(cell[generator.integers(0, cell.size, cell.size)], minlength=cells) for _ in range(DRAWS)]
    return np.stack(made).reshape(-1, 2, RACES, 2, 2)


def answer(counts: np.ndarray) -> dict[str, float]:
    """Return the ratios of the rows as they are."""
    chosen, total = counts[0, :, :, 1].sum(axis=-1), counts[0].sum(axis=(-1, -2))
    ways = {"sex": (1,), "race": (0,), "sex × race": ()}
    return {way: of_rates((chosen.sum(axis=over) / total.sum(axis=over)).ravel()) for way, over in ways.items()}

"""A bare group-by count in Polars, from Parquet."""

from __future__ import annotations

import polars as pl
from ratios import of_counts


def load(path: str) -> pl.LazyFrame:
    """Nothing to load: the query reads the file."""
    return pl.scan_parquet(path)


def work(frame: pl.LazyFrame) -> pl.DataFrame:
    """Count."""
    return frame.group_by("sex", "race", "selected", "qualified").len().collect()


def answer(counts: pl.DataFrame) -> dict[str, float]:
    """Return the ratios."""
    return of_counts(counts.rows())

"""A bare group-by count in DuckDB, from Parquet."""

from __future__ import annotations

from typing import Any

import duckdb
from ratios import of_counts

QUERY = "SELECT sex, race, selected, qualified, count(*) FROM read_parquet(?) GROUP BY ALL"


def load(path: str) -> str:
    """Nothing to load: the query reads the file."""
    return path


def work(path: str) -> list[Any]:
    """Count."""
    return duckdb.connect().execute(QUERY, [path]).fetchall()


answer = of_counts

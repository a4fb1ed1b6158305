"""Made-up decisions: two sexes, seven races, selected or not, qualified or not.

    python decisions.py FILE ROWS

A process of its own, so that making a file leaves no mark on the memory of what is measured.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 7
AT_ONCE = 1_000_000
SEXES = ("female", "male")
RACES = ("american indian", "asian", "black", "hispanic", "pacific islander", "two or more", "white")
SHARES = np.array([0.01, 0.07, 0.13, 0.18, 0.01, 0.04, 0.56])
QUALIFIED = 0.4
SELECTED = np.array([[0.15, 0.55], [0.18, 0.60]])  # by sex, of the unqualified and of the qualified
BY_RACE = np.array([0.90, 1.02, 0.88, 0.92, 0.95, 0.97, 1.00])


def write(path: Path, rows: int) -> None:
    """Write a Parquet file with the columns sex, race, selected and qualified; the same one every time."""
    generator = np.random.default_rng(SEED)
    schema = pa.schema([("sex", pa.string()), ("race", pa.string()), ("selected", pa.int8()), ("qualified", pa.int8())])
    with pq.ParquetWriter(path, schema) as file:
        for start in range(0, rows, AT_ONCE):
            n = min(AT_ONCE, rows - start)
            sex = generator.integers(0, 2, n)
            race = generator.choice(len(RACES), n, p=SHARES)
            qualified = (generator.random(n) < QUALIFIED).astype(np.int8)
            selected = (generator.random(n) < SELECTED[sex, qualified] * BY_RACE[race]).astype(np.int8)
            columns = [np.array(SEXES, object)[sex], np.array(RACES, object)[race], selected, qualified]
            file.write_table(pa.table(columns, schema=schema))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))

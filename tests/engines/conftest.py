"""The engines: one set of columns as a frame of each."""

from __future__ import annotations

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

CONNECTION = duckdb.connect()
ENGINES = ("pandas", "pandas-nullable", "pandas-arrow", "polars", "polars-lazy", "pyarrow", "duckdb")


def build(engine, data):
    if engine == "pandas":
        return pd.DataFrame(data)
    if engine == "pandas-nullable":
        return pd.DataFrame(data).convert_dtypes()
    table = data if isinstance(data, pa.Table) else pa.table(data)
    if engine == "pandas-arrow":
        return table.to_pandas(types_mapper=pd.ArrowDtype)
    if engine == "pyarrow":
        return table
    if engine == "duckdb":
        return CONNECTION.from_arrow(table)
    import polars as pl

    frame = pl.from_arrow(table)
    return frame.lazy() if engine == "polars-lazy" else frame


@pytest.fixture(params=ENGINES)
def constructor(request, need):
    """Return the function that makes a frame of the engine from a dict of columns."""
    if request.param.startswith("polars"):
        need("polars")

    def make(data):
        return build(request.param, data)

    return make

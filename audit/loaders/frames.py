"""Frames in memory and relations: anything narwhals knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.loaders.columns import aliases, of_relation
from fairwitness.audit.loaders.engine import fetch, lazy, on_engine
from fairwitness.audit.loaders.header import locate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import narwhals as nw

    from fairwitness.audit.loaders.engine import Engine


def read_frame(source: object, wanted: Sequence[str]) -> tuple[nw.LazyFrame[Any], str, int]:
    """Return a frame's wanted columns, what to call it, and how many columns it has.

    Nothing is copied or computed, but for DuckDB relations with a wanted column of floating point: behind them may
    be Parquet files, whose minimum and maximum DuckDB takes to mean that there is no NaN.  These columns are fetched.

    Raises
    ------
    FairwitnessError
        Not a frame; see also `locate`.
    """
    import narwhals as nw

    native = nw.to_native(source, pass_through=True)
    where = f"the {printable(type(native).__module__.split('.')[0])} frame"
    known, names = nw.dependencies, aliases(len(wanted))
    if known.is_pandas_dataframe(native):
        header = [str(name) for name in native.columns]
        chosen = lazy(native.iloc[:, locate(wanted, header, where)].set_axis(names, axis=1))
    elif known.is_pyarrow_table(native):
        header = native.column_names
        chosen = lazy(native.select(locate(wanted, header, where)).rename_columns(names).unify_dictionaries())
    elif known.is_duckdb_relation(native):
        header = native.columns
        chosen = lazy(of_relation(native, locate(wanted, header, where)))
        if any(dtype.is_float() for dtype in chosen.collect_schema().dtypes()):
            chosen = on_engine(fetch(chosen), "duckdb")
    else:
        frame = _known_frame(native)
        header = frame.collect_schema().names()
        locate(wanted, header, where)
        chosen = frame.select(*(nw.col(name).alias(alias) for name, alias in zip(wanted, names, strict=True)))
    return chosen, where, len(header)


def _known_frame(native: Any) -> nw.LazyFrame[Any]:
    try:
        return lazy(native)
    except (TypeError, AttributeError):
        kind = printable(f"{type(native).__module__}.{type(native).__qualname__}")
        raise FairwitnessError(
            f"A {kind} is no source of decisions. Give a path, or a frame of pandas, Polars, PyArrow, DuckDB or "
            "another engine that narwhals knows."
        ) from None


def moved(frame: nw.LazyFrame[Any], engine: Engine) -> nw.LazyFrame[Any]:
    """Return the frame on the asked engine; ``auto`` leaves it where it is."""
    if engine in ("auto", frame.implementation.name.lower()):
        return frame
    return on_engine(fetch(frame).select(frame.collect_schema().names()), engine)

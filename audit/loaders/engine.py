"""Engines: put columns on pandas, Polars, PyArrow or DuckDB, and fetch small results from any of them."""

from __future__ import annotations

import atexit
import gc
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from weakref import finalize

from fairwitness.audit.errors import FairwitnessError

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    import pyarrow as pa


class UnreadableError(FairwitnessError):
    """The engine could not run a query to its end."""


Engine = Literal["auto", "pandas", "polars", "pyarrow", "duckdb"]
ENGINES: tuple[Engine, ...] = ("auto", "pandas", "polars", "pyarrow", "duckdb")


def on_engine(table: Any, engine: Engine) -> nw.LazyFrame[Any]:
    """Return an Arrow table or dataset as a lazy frame of the engine; ``auto`` is DuckDB.

    Raises
    ------
    FairwitnessError
        Polars is asked for and not installed.
    """
    if engine in ("auto", "duckdb"):
        made = connection()
        return held(made, made.from_arrow(table))
    if hasattr(table, "to_table"):  # a dataset
        table = table.to_table()
    if engine == "pandas":
        return lazy(table.to_pandas(integer_object_nulls=True))
    if engine == "polars":
        try:
            import polars as pl
        except ImportError:
            raise FairwitnessError(
                "The engine 'polars' is not installed. Install fairwitness[polars], or leave --engine out."
            ) from None
        return lazy(pl.from_arrow(table))
    return lazy(table.unify_dictionaries())


def lazy(native: Any) -> nw.LazyFrame[Any]:
    """Return a frame, a table or a relation of any engine as a lazy frame of narwhals."""
    import narwhals as nw

    frame: nw.LazyFrame[Any] = nw.from_native(native).lazy()
    return frame


def held(made: duckdb.DuckDBPyConnection, relation: Any) -> nw.LazyFrame[Any]:
    """Return a relation as a lazy frame, with whose end its connection closes.

    Before 2.0, DuckDB closes a connection that nobody holds, even if a relation still needs it.
    """
    frame = lazy(relation)
    finalize(frame, made.close)
    return frame


def connection(*files: str) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection of its own that can read the given files and nothing else.

    No network, no extension, no spill file, no Python variable by name; and the settings are locked.
    """
    import duckdb

    _end_quietly()
    made = duckdb.connect(config={"autoload_known_extensions": "false", "autoinstall_known_extensions": "false"})
    made.execute("SET temp_directory = ''")
    if files:
        made.execute("SET allowed_paths = $1", [list(files)])
    made.execute("SET enable_external_access = false")
    made.execute("SET python_enable_replacements = false")
    made.execute("SET lock_configuration = true")
    return made


@cache
def _end_quietly() -> None:
    """Keep DuckDB 2.0 from printing "leaked instance" at the interpreter's end.

    Narwhals caches what it found out about DuckDB; the cache outlives DuckDB's types, which complain.
    """

    def forget() -> None:
        for thing in gc.get_objects():
            if type(thing) is type(_end_quietly) and str(thing.__module__).startswith("narwhals"):
                thing.cache_clear()

    atexit.register(forget)


def fetch(frame: nw.LazyFrame[Any]) -> pa.Table:
    """Run a query and return its result as an Arrow table, dictionaries decoded.

    Raises
    ------
    UnreadableError
        The engine failed.  Its message may quote rows, so only the kind of failure is told.
    """
    import pyarrow as pa

    try:
        table: pa.Table = frame.collect("pyarrow").to_native()
    except Exception as error:  # noqa: BLE001 -- each engine raises its own kinds
        kind = f"{type(error).__module__.split('.')[0]}: {type(error).__name__}"
        raise UnreadableError(
            f"the data could not be read to the end ({kind}). The file may be damaged: fetch it again (for Parquet, "
            "--verify-pages tells). Or the query behind the frame does not run: try to collect it alone."
        ) from None
    plain = [f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in table.schema]
    return table.cast(pa.schema(plain))


def fetch_row(frame: nw.LazyFrame[Any]) -> dict[str, Any]:
    """Run a query whose result is one row, and return it by column."""
    row: dict[str, Any] = fetch(frame).to_pylist()[0]
    return row


def length(frame: nw.LazyFrame[Any]) -> int:
    """Return how many rows a frame has."""
    import narwhals as nw

    return int(fetch_row(frame.select(nw.len().alias("rows")))["rows"])

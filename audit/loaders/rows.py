"""All rows of a source at once, with every column: what a model needs, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.loaders.engine import fetch, lazy
from fairwitness.audit.loaders.glance import header
from fairwitness.audit.loaders.pandas_types import pandas_types
from fairwitness.audit.loaders.parquet import read_arrow, read_parquet
from fairwitness.audit.loaders.source import find_files, kind_of
from fairwitness.audit.loaders.table import Reading, check_options, read

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    import pyarrow as pa

INTEGER = r"^-?(0|[1-9]\d{0,14})$"
DECIMAL = r"^-?(0|[1-9]\d{0,14})(\.\d+)?$"  # not 00501: that is a label


class Rows(NamedTuple):
    """A source's rows: the whole, the names of its columns, and how to take some of them out for a model.

    ``where`` is what messages call it, ``name`` what the evidence does; ``sha256`` is that of a file, and ``words`` a
    text file's columns as it has them, in which 1.50 is another label than 1.5.
    """

    whole: Any
    names: list[str]
    where: str
    part: Callable[[list[int]], Any]
    name: str
    sha256: str | None = None
    words: pa.Table | None = None

    def joined(self, name: str, values: list[Any]) -> Any:
        """Return the whole with one more column."""
        import narwhals as nw
        import pandas as pd
        import pyarrow as pa

        if nw.dependencies.is_pandas_dataframe(self.whole):
            return self.whole.assign(**{name: pd.Series(values, index=self.whole.index)})
        if nw.dependencies.is_polars_dataframe(self.whole):
            import polars as pl

            return self.whole.with_columns(pl.Series(name, values))
        return self.whole.append_column(name, pa.array(values))


def rows_of(source: object, reading: Reading | None = None) -> Rows:
    """Return the rows of a file or a frame.

    Parameters
    ----------
    source : path or frame
        Text files are read strictly, as text; columns of plain numbers only are then numbers.  What `rows_of` has
        returned is returned as it is.
    reading : Reading, optional
        How to read a file.

    Raises
    ------
    FairwitnessError
        The source is not there or cannot be read, or is no frame.
    """
    import narwhals as nw

    if isinstance(source, Rows):
        return source
    if isinstance(source, str | PathLike):
        return _of_file(Path(source), reading or Reading())
    native: Any = nw.to_native(source, pass_through=True)
    name = f"{printable(type(native).__module__.split('.')[0])} frame"
    where = f"the {name}"
    if nw.dependencies.is_pandas_dataframe(native):
        names = [str(name) for name in native.columns]
        return Rows(native, names, where, lambda at: native.iloc[:, at].reset_index(drop=True).copy(), name)
    if nw.dependencies.is_polars_lazyframe(native):
        native = native.collect()
    if nw.dependencies.is_polars_dataframe(native):
        return Rows(native, native.columns, where, lambda at: native[:, at].clone(), name)
    try:
        table = fetch(lazy(native))
    except (TypeError, AttributeError):
        kind = printable(f"{type(native).__module__}.{type(native).__qualname__}")
        raise FairwitnessError(
            f"A {kind} is no source of rows. Give a path, or a frame of pandas, Polars, PyArrow or another engine that "
            "narwhals knows."
        ) from None
    return _of_arrow(table, where, name)


def _of_file(source: Path, reading: Reading) -> Rows:
    files = find_files(source)
    kind, where = kind_of(files.paths[0]), printable(files.name)
    check_options(reading, kind, where)
    names, evidence = header(files.paths[0], reading), (files.name, files.sha256)
    if kind == "parquet":
        frame, _, _ = read_parquet(files, names, engine="pyarrow", verify_pages=reading.verify_pages)
        return _of_arrow(fetch(frame).rename_columns(names), where, *evidence)
    if kind == "arrow":
        return _of_arrow(read_arrow(files.paths[0], names)[0].rename_columns(names), where, *evidence)
    frame = read(source, names, numeric=(), unknown={}, reading=replace(reading, engine="pyarrow")).frame
    text = fetch(frame).rename_columns(names)
    return Rows(_with_numbers(text), names, where, lambda at: _as_pandas_reads(text.select(at)), *evidence, text)


def _of_arrow(table: pa.Table, where: str, name: str, sha256: str | None = None) -> Rows:
    return Rows(table, table.column_names, where, lambda at: table.select(at).to_pandas().copy(), name, sha256)


def _with_numbers(text: pa.Table) -> pa.Table:
    """Return columns of text in which every word is a plain number as numbers, so that they can be cut into bins."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for i, name in enumerate(text.column_names):
        for pattern, kind in ((INTEGER, pa.int64()), (DECIMAL, pa.float64())):
            if pc.all(pc.match_substring_regex(text.column(i), pattern)).as_py():
                text = text.set_column(i, name, pc.cast(text.column(i), kind))
                break
    return text


def _as_pandas_reads(text: pa.Table) -> pd.DataFrame:
    return pandas_types([text], text=True).frame(text)

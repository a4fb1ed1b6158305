"""Columns that wait on disk to be counted: a Parquet file without a name, so that nobody else can open it."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from weakref import finalize

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.loaders.engine import on_engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    import narwhals as nw
    import pyarrow as pa

    from fairwitness.audit.loaders.engine import Engine


class Spill(NamedTuple):
    """The file, and its columns as a dataset of PyArrow."""

    file: IO[bytes]
    dataset: Any


def spill(tables: Iterable[pa.Table]) -> Spill:
    """Write tables to a temporary file and return what reads them.

    The file has no name where the system allows it (on Linux and macOS it does), is readable by its owner only, and
    is gone when it is closed, or when the process ends in whatever way.  It lies where temporary files do
    (``TMPDIR``).

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        At least one, all of the same columns; one is in memory at a time.

    Raises
    ------
    FairwitnessError
        There is no room.
    """
    import pyarrow as pa
    import pyarrow.dataset as ds
    from pyarrow import parquet

    with ExitStack() as open_files:
        file = open_files.enter_context(tempfile.TemporaryFile())
        parts = iter(tables)
        first = next(parts)
        repeating = [part.name for part in first.schema if not pa.types.is_floating(part.type)]
        try:
            with parquet.ParquetWriter(file, first.schema, write_statistics=False, use_dictionary=repeating) as writer:
                for table in chain([first], parts):
                    writer.write_table(table)
        except OSError as error:
            raise FairwitnessError(
                f"The temporary file of decisions could not be written ({type(error).__name__}). Make room, or name "
                "another folder for temporary files: TMPDIR."
            ) from None
        options = ds.ParquetFragmentScanOptions(pre_buffer=False)  # the file's bytes are not all in memory at once
        reader = ds.ParquetFileFormat(default_fragment_scan_options=options)
        dataset = ds.FileSystemDataset([reader.make_fragment(file)], first.schema, reader)
        open_files.pop_all()
    return Spill(file, dataset)


def on_engine_from(spilled: Spill, engine: Engine, columns: dict[str, nw.Expr]) -> nw.LazyFrame[Any]:
    """Return columns made from spilled ones, on an engine; with the end of the frame, the file is closed."""
    whole = on_engine(spilled.dataset, engine)
    frame = whole.select(**columns)
    finalize(frame, _close, spilled.file, whole)
    return frame


def _close(file: IO[bytes], _whole: nw.LazyFrame[Any]) -> None:
    """Close the file.  The frame that reads it is held until now, because with its end its connection closes."""
    file.close()

"""A file's rows as a model and a count need them: part by part, inputs as pandas and the roles' columns as they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.loaders.columns import aliases, check_types
from fairwitness.audit.loaders.engine import lazy
from fairwitness.audit.loaders.pandas_types import PandasTypes, pandas_types, settled_by_schema
from fairwitness.audit.loaders.table import read
from fairwitness.audit.loaders.text_numbers import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    import pyarrow as pa

    from fairwitness.audit.loaders.batches import Batches
    from fairwitness.audit.loaders.table import Reading


class Part(NamedTuple):
    """Some rows: what the model is given of them, and what is counted of them (columns ``c0``, ``c1``, …)."""

    given: pd.DataFrame
    kept: pa.Table


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of a file, of which two sets of columns are read.

    Attributes
    ----------
    batches : Batches
    reading : Reading
    given : tuple of str
        The model's columns.
    kept : tuple of str
        The columns with a role, at least one.
    numeric, unknown : frozenset of str
        Those among them that must be numbers, and texts that mean "not disclosed" in such a column.
    as_written : bool
        Of a text file, the model is given texts; otherwise what pandas reads in them.
    types : PandasTypes
    """

    batches: Batches
    reading: Reading
    given: tuple[str, ...]
    kept: tuple[str, ...]
    numeric: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    as_written: bool = False
    types: PandasTypes = field(default_factory=lambda: PandasTypes(text=False, types={}, rows=0))

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.types.rows

    def looked_at(self) -> FileRows:
        """Return the rows when what depends on all of them was looked for: types, their number, and faults.

        A text file is read to its end for it; of others, columns of integers and the like, unless the file says that
        no value is missing.

        Raises
        ------
        FairwitnessError
            No rows; columns that are missing, damaged or not of a type that they can have.
        """
        names = self._open_questions()
        rows = self.batches.rows
        types = PandasTypes(text=False, types={}, rows=rows or 0)
        if names or rows is None:
            parts = self._checked(self.batches.of(names or self.kept[:1]))
            types = pandas_types(parts, text=self._by_pandas, decimal=self.reading.decimal)
        if types.rows == 0:
            raise FairwitnessError(f"{self.batches.where}: no rows. Give a source with at least one decision.")
        return replace(self, types=types)

    def parts(self) -> Iterator[Part]:
        """Yield all rows, in their order; while one part is worked on, the next is read."""
        for table in _one_ahead(self.batches.of(_each_once(self.kept, self.given))):
            yield Part(self._frame(table), self._counted(table))

    def all_given(self) -> pd.DataFrame:
        """Return the model's columns of all rows at once."""
        import pandas as pd

        if not self.given:
            return pd.DataFrame(index=pd.RangeIndex(self.rows))
        return pd.concat([self._frame(table) for table in self.batches.of(self.given)], ignore_index=True)

    @property
    def _by_pandas(self) -> bool:
        return self.batches.text and not self.as_written

    def _open_questions(self) -> list[str]:
        """Return the columns that must be looked at as a whole."""
        if self.batches.text:
            return _each_once(self.given if self._by_pandas else (), [n for n in self.kept if n in self.numeric])
        first = next(self.batches.of(_each_once(self.kept, self.given)), None)
        if first is None:
            return []
        kept = first.select(list(self.kept)).rename_columns(aliases(len(self.kept)))
        check_types(lazy(kept), self.kept, self.numeric, self.batches.where)
        open_types = [name for name in self.given if not settled_by_schema(first.schema.field(name).type)]
        return [name for name in open_types if name not in self.batches.complete or _encoded(first[name].type)]

    def _checked(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """Pass tables on; a text that ought to be a number is refused in the words of who reads the whole column."""
        for table in tables:
            try:
                for name in self.numeric & set(table.column_names):
                    self._column(table, name)
            except FairwitnessError:
                unknown = dict.fromkeys(self.numeric, self.unknown)
                path = self.batches.files.paths[0]
                read(path, self.kept, numeric=self.numeric, unknown=unknown, reading=self.reading)
                raise
            yield table

    def _frame(self, table: pa.Table) -> pd.DataFrame:
        import pandas as pd

        if not self.given:
            return pd.DataFrame(index=pd.RangeIndex(table.num_rows))
        return self.types.frame(table.select(list(self.given)))

    def _counted(self, table: pa.Table) -> pa.Table:
        import pyarrow as pa

        return pa.table([self._column(table, name) for name in self.kept], names=aliases(len(self.kept)))

    def _column(self, table: pa.Table, name: str) -> pa.ChunkedArray:
        column = table[name]
        if self.batches.text and name in self.numeric:
            sign = self.reading.decimal
            return numbers(column, name, self.batches.where, decimal=sign, unknown=self.unknown)
        return column.cast(column.type.value_type) if _encoded(column.type) else column


def _one_ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, tables, None)
        while (table := coming.result()) is not None:
            coming = reader.submit(next, tables, None)
            yield table


def _each_once(*names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for part in names for name in part))


def _encoded(dtype: Any) -> bool:
    import pyarrow as pa

    encoded: bool = pa.types.is_dictionary(dtype)
    return encoded

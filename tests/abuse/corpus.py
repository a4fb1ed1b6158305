"""The corpus: files as people hand them over, with what they ought to give.

`BAD` are sources that must be refused: one message with the place, what was found and what to do, and no cell of
anybody's.  `GOOD` are odd but legitimate ones, with the cells they ought to give.  Each case says how to load it in
Python (``roles``) and on the command line (``flags``).
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
from pyarrow import feather, parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

CANARY = "CANARY7"  # stands in cells that no message may show


@dataclass(frozen=True)
class Case:
    """One source.

    Attributes
    ----------
    name : str
    files : mapping of str to bytes, or to a function that makes them
        By the name relative to a folder of the case's own.
    roles : mapping
        Arguments of ``fw.load``.
    words : tuple of str
        What the message must say (bad cases), or a warning (good ones).
    cells : mapping or None
        What the tally must hold (good cases).
    source : str or None
        What to load, relative to the folder; None means the first file.
    """

    name: str
    files: Mapping[str, bytes | Callable[[], bytes]]
    roles: Mapping[str, Any]
    words: tuple[str, ...] = ()
    cells: Mapping[tuple[Any, ...], int] | None = None
    source: str | None = field(default=None)

    def write(self, folder: Path) -> Path:
        """Write the files into a folder; return what to load."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content())
        return folder / (self.source or next(iter(self.files)))

    @property
    def flags(self) -> list[str]:
        """The roles as flags of the command line."""
        made: list[str] = []
        for name, value in self.roles.items():
            flag = "--" + name.replace("_", "-")
            match name, value:
                case "bins", dict():
                    for column, edges in value.items():
                        made += ["--bin", f"{column}:{','.join(map(str, edges))}"]
                case "set_aside", dict():
                    for label, reason in value.items():
                        made += [flag, f"{label}={reason}"]
                case _, True:
                    made.append(flag)
                case _, list() | tuple():
                    for part in value:
                        made += [flag, str(part)]
                case _:
                    made += [flag, str(value)]
        return made


def lines(*rows: str, encoding: str = "utf-8") -> bytes:
    return "".join(row + "\n" for row in rows).encode(encoding)


def parquet_of(columns: Mapping[str, Any] | pa.Table, **options: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        sink = io.BytesIO()
        parquet.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), sink, **options)
        return sink.getvalue()

    return make


def feather_of(columns: Mapping[str, Any], **options: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        sink = io.BytesIO()
        feather.write_feather(pa.table(columns), sink, **options)
        return sink.getvalue()

    return make


def workbook(*rows: Sequence[Any], prepare: Callable[[Any], object] | None = None) -> Callable[[], bytes]:
    def make() -> bytes:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))
        if prepare:
            prepare(book)
        sink = io.BytesIO()
        book.save(sink)
        return sink.getvalue()

    return make


def cut(content: Callable[[], bytes] | bytes, share: float = 0.6) -> Callable[[], bytes]:
    def make() -> bytes:
        whole = content if isinstance(content, bytes) else content()
        return whole[: int(len(whole) * share)]

    return make


def zstd(content: bytes) -> Callable[[], bytes]:
    def make() -> bytes:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as packed:
            packed.write(content)
        return bytes(sink.getvalue().to_pybytes())

    return make


def flipped_page() -> bytes:
    columns = {"sex": ["FEMALE", "MALE"] * 500, "hired": [1, 0] * 500}
    content = parquet_of(columns, write_page_checksum=True, compression="none", use_dictionary=False)()
    at = content.index(b"FEMALE\x04\x00\x00\x00MALE")
    return content[:at] + b"X" + content[at + 1 :]


SEX = {"protected": "sex", "decision": "hired"}
PEOPLE = lines("name,sex,hired", f"{CANARY}a,F,1", f"{CANARY}b,M,0", f"{CANARY}c,F,0")
MANY = [f"{CANARY}{i}" for i in range(60)]

# One case a line.
# fmt: off

COLUMNS = [
    Case("a column misspelt", {"p.csv": PEOPLE}, SEX | {"protected": "sec"}, ("p.csv", "no column 'sec'", "Did you mean 'sex'?", "Check")),
    Case("a column that is not in the workbook", {"p.xlsx": workbook(["sex", "hired"], ["F", 1])}, SEX | {"decision": "outcome"}, ("p.xlsx", "no column 'outcome'", "'sex', 'hired'", "Check")),
    Case("no line of column names", {"p.csv": lines(f"{CANARY},F,yes", f"{CANARY},M,no")}, SEX, ("p.csv", "no column 'sex', 'hired'", "first line has 3 fields", "needs a line")),
    Case("a column twice", {"p.csv": lines("sex,hired,sex", f"F,1,{CANARY}")}, SEX, ("p.csv", "'sex' stands 2 times", "columns 1, 3", "a name of its own")),
    Case("a column twice in Parquet", {"p.parquet": parquet_of(pa.table([["F"], [1], [0]], names=["sex", "hired", "hired"]))}, SEX, ("p.parquet", "'hired' stands 2 times", "columns 2, 3", "a name of its own")),
    Case("columns that differ by case", {"p.csv": lines("Sex,sex,hired", f"{CANARY},F,1")}, SEX, ("p.csv", "'sex'", "'Sex'", "differs by case only", "Rename")),
    Case("keys that differ by case", {"p.jsonl": lines('{"sex": "F", "hired": 1}', '{"SEX": "M", "sex": "F", "hired": 0}')}, SEX, ("p.jsonl", "'SEX'", "differs by case only", "Rename")),
    Case("a blank line instead of the header", {"p.csv": lines("", "sex,hired", "F,1")}, SEX, ("p.csv, line 1", "blank", "header")),
    Case("a header whose quotation mark is open", {"p.csv": lines('"sex,hired', f"{CANARY},1")}, SEX, ("p.csv, line 1", "quotation mark", "header")),
]

DELIMITERS = [
    Case("a delimiter that cannot be told", {"p.csv": lines("sex;hired,id", f"F;1,{CANARY}")}, SEX, ("p.csv, line 1", "delimiter is not clear", "'comma', 'semicolon'", "--delimiter")),
    Case("another delimiter than the one named", {"p.csv": PEOPLE}, SEX | {"delimiter": ";"}, ("p.csv", "no column 'sex', 'hired'", "1 fields", "Check")),
    Case("a delimiter of two characters", {"p.csv": PEOPLE}, SEX | {"delimiter": "::"}, ("p.csv", "one ASCII character", "'::'", "Give")),
]

ENCODINGS = [
    Case("Latin-1 taken for UTF-8", {"p.csv": lines("name,sex,hired", "Ann,F,1", f"{CANARY} Zoë,F,1", encoding="latin-1")}, SEX, ("p.csv, line 3", "0xeb is not utf-8", "--encoding")),
    Case("a single bad byte far down", {"p.csv": b"sex,hired\n" + b"F,1\n" * 5000 + b"M\xff,0\n" + b"M,0\n" * 10}, SEX, ("p.csv, line 5002", "0xff is not utf-8", "--encoding")),
    Case("a bad byte in a packed file", {"p.csv.gz": gzip.compress(b"sex,hired\nF,1\n\xe9,0\n")}, SEX, ("p.csv.gz, line 3", "0xe9", "--encoding")),
    Case("a bad byte in JSON Lines", {"p.jsonl": b'{"sex": "F", "hired": 1}\n{"sex": "\xc3("}\n'}, SEX, ("p.jsonl, line 2", "0xc3", "--encoding")),
    Case("UTF-16 without its mark", {"p.csv": lines("sex,hired", "F,1", encoding="utf-16-le")}, SEX, ("p.csv, line 1", "zero bytes", "--encoding utf-16-le")),
    Case("an encoding that does not exist", {"p.csv": PEOPLE}, SEX | {"encoding": "utf-9"}, ("p.csv", "'utf-9'", "Give one")),
    Case("an encoding that is none of text", {"p.csv": PEOPLE}, SEX | {"encoding": "zip"}, ("p.csv", "'zip'", "Give one")),
    Case("another encoding than the one named", {"p.csv": lines("name,sex,hired", "Zoë,F,1", encoding="latin-1")}, SEX | {"encoding": "ascii"}, ("p.csv, line 2", "0xeb is not ascii", "--encoding")),
]

TORN = [
    Case("a row with a field too few", {"p.csv": lines("name,sex,hired", "Ann,F,1", f"{CANARY},1")}, SEX, ("p.csv, line 3", "2 fields", "header has 3", "Mend")),
    Case("a row with a field too many", {"p.csv": lines("sex,hired", "F,1", f"F,1,{CANARY}")}, SEX, ("p.csv, line 3", "3 fields", "header has 2", "Mend")),
    Case("a download that broke off in a row", {"p.csv": b"name,sex,hired\nAnn,F,1\nCANARY7,F"}, SEX, ("p.csv, line 3", "2 fields", "Mend")),
    Case("a ragged row behind a quoted line break", {"p.csv": b'name,sex,hired\n"An\nn",F,1\nCANARY7,F\n'}, SEX, ("p.csv, line 4", "2 fields", "Mend")),
    Case("a quotation mark never closed", {"p.csv": lines("name,sex,hired", 'Ann,F,"1', f"{CANARY},M,0")}, SEX, ("p.csv, line 2", "quotation mark", "not closed", "Mend")),
    Case("two stray quotation marks that swallow a row", {"p.csv": lines("sex,hired,name", 'F,1,"Ann', "M,0,Bob", f'F,0,"{CANARY}')}, SEX, ("p.csv, line 2", "quotation mark", "not closed", "Mend")),
    Case("a gzip file cut off", {"p.csv.gz": cut(gzip.compress(PEOPLE * 50))}, SEX, ("p.csv.gz", "cut off or damaged", "again")),
    Case("a bzip2 file cut off", {"p.csv.bz2": cut(bz2.compress(PEOPLE * 50))}, SEX, ("p.csv.bz2", "cut off or damaged", "again")),
    Case("a zstd file cut off", {"p.csv.zst": cut(zstd(bytes(range(256)) * 2000))}, SEX, ("p.csv.zst", "cut off or damaged", "again")),
    Case("a Parquet file cut off", {"p.parquet": cut(parquet_of({"sex": ["F"], "hired": [1]}))}, SEX, ("p.parquet", "cut off or damaged", "again")),
    Case("a Parquet file of zeros", {"p.parquet": b"PAR1" + bytes(500)}, SEX, ("p.parquet", "cut off or damaged", "again")),
    Case("a Feather file cut off", {"p.feather": cut(feather_of({"sex": ["F"] * 99, "hired": [1] * 99}))}, SEX, ("p.feather", "cut off or damaged", "again")),
    Case("a workbook cut off", {"p.xlsx": cut(workbook(["sex", "hired"], ["F", 1]))}, SEX, ("p.xlsx", "not readable as an XLSX", "Save")),
    Case("a text file called .xlsx", {"p.xlsx": PEOPLE}, SEX, ("p.xlsx", "not readable as an XLSX", "Save")),
    Case("a page whose checksum is wrong", {"p.parquet": flipped_page}, SEX | {"verify_pages": True}, ("p.parquet", "damaged", "again")),
    Case("a page whose checksum is wrong, on PyArrow", {"p.parquet": flipped_page}, SEX | {"verify_pages": True, "engine": "pyarrow"}, ("p.parquet", "damaged", "again")),
]

EMPTY_OR_STRANGE = [
    Case("an empty file", {"p.csv": b""}, SEX, ("p.csv", "empty (0 bytes)", "Give")),
    Case("a header and no rows", {"p.csv": lines("sex,hired")}, SEX, ("p.csv", "no row", "Give")),
    Case("a header without a line's end", {"p.csv": b"sex,hired"}, SEX, ("p.csv", "no row", "Mend")),
    Case("Parquet without rows", {"p.parquet": parquet_of({"sex": pa.array([], pa.string()), "hired": pa.array([], pa.int64())})}, SEX, ("p.parquet", "no rows", "Give")),
    Case("JSON Lines without lines", {"p.jsonl": b"\n\n"}, SEX, ("p.jsonl", "no object", "Write")),
    Case("nothing there", {"other.csv": PEOPLE}, SEX, ("othr.csv", "no such file", "Did you mean 'other.csv'?", "Check"), source="othr.csv"),
    Case("a name with escape signs", {"p.csv": PEOPLE}, SEX, ("x1b", "no file", "check"), source="\x1b[31mp.csv"),
    Case("a kind that is not known", {"p.dta": b"something"}, SEX, ("p.dta", "unknown kind", ".parquet")),
    Case("a JSON document", {"p.json": b'[{"sex": "F"}]'}, SEX, ("p.json", "one JSON object a line", ".jsonl")),
    Case("an old workbook", {"p.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)}, SEX, ("p.xls", "Excel", "Save it as .xlsx")),
    Case("Feather of version 1", {"p.feather": b"FEA1" + bytes(99)}, SEX, ("p.feather", "version 1", "version 2")),
    Case("a folder without Parquet", {"d/p.csv": PEOPLE}, SEX, ("d", "no Parquet file", "Give"), source="d"),
    Case("a pattern that matches nothing", {"d/p.csv": PEOPLE}, SEX, ("*.parquet", "no file matches", "quotes"), source="d/*.parquet"),
    Case("a pattern that matches text files", {"d/p.csv": PEOPLE}, SEX, ("*", "Parquet files only", "'p.csv'"), source="d/*"),
    Case("shards with other columns", {"d/a.parquet": parquet_of({"sex": ["F"], "hired": [1]}), "d/b.parquet": parquet_of({"sex": ["F"], "hird": [1]})}, SEX, ("d: b.parquet", "'hird', 'hired'", "a.parquet", "same columns"), source="d"),
    Case("shards with other types", {"d/a.parquet": parquet_of({"sex": ["F"], "hired": [1]}), "d/b.parquet": parquet_of({"sex": ["F"], "hired": ["1"]})}, SEX, ("d: b.parquet", "'hired'", "string", "int64", "same types"), source="d"),
]

JSON_LINES = [
    Case("a line that is not JSON", {"p.jsonl": lines('{"sex": "F", "hired": 1}', f"{{sex: {CANARY}}}")}, SEX, ("p.jsonl, line 2", "not JSON", "Write")),
    Case("a line cut off", {"p.jsonl": lines('{"sex": "F", "hired": 1}', '{"sex": "M", "hi')}, SEX, ("p.jsonl, line 2", "not JSON", "Write")),
    Case("a line that is a list", {"p.jsonl": lines('["F", 1]')}, SEX, ("p.jsonl, line 1", "a JSON list", "Write")),
    Case("a key twice", {"p.jsonl": lines('{"sex": "F", "sex": "M", "hired": 1}')}, SEX, ("p.jsonl, line 1", "same key twice", "Write")),
    Case("NaN in JSON", {"p.jsonl": lines('{"sex": "F", "hired": NaN}')}, SEX, ("p.jsonl, line 1", "NaN", "write null")),
    Case("an object as a label", {"p.jsonl": lines('{"sex": {"a": "CANARY7"}, "hired": 1}')}, SEX, ("p.jsonl, line 1", "'sex' holds a", "Give")),
    Case("JSON that is too deep", {"p.jsonl": b"[" * 100_000}, SEX, ("p.jsonl, line 1", "too deep", "Write")),
]

HEADER = ["name", "sex", "hired"]
WORKBOOKS = [
    Case("several sheets", {"p.xlsx": workbook(HEADER, prepare=lambda b: b.create_sheet("Other"))}, SEX, ("p.xlsx", "not one sheet but 2: 'Sheet', 'Other'", "--sheet")),
    Case("a sheet that is not there", {"p.xlsx": workbook(HEADER)}, SEX | {"sheet": "Shet"}, ("p.xlsx", "no sheet 'Shet'", "Did you mean 'Sheet'?", "Check")),
    Case("merged cells in the header", {"p.xlsx": workbook(["sex", None, "hired"], ["F", "x", 1], prepare=lambda b: b.active.merge_cells("A1:B1"))}, SEX, ("p.xlsx", "1 empty cells", "column 2", "Make the first row")),
    Case("a title above the table", {"p.xlsx": workbook([None, "Audit 2026"], HEADER, ["Ann", "F", 1])}, SEX, ("p.xlsx", "empty cells", "title", "Make the first row")),
    Case("merged cells below", {"p.xlsx": workbook(HEADER, ["a", "F", 1], ["b", None, 0], prepare=lambda b: b.active.merge_cells("B2:B3"))}, SEX, ("p.xlsx, row 2", "merged", "Unmerge")),
    Case("an Excel error", {"p.xlsx": workbook(HEADER, ["a", "F", 1], ["b", "#N/A", 0])}, SEX, ("p.xlsx, row 3, column 'sex'", "Excel error", "Mend")),
    Case("another Excel error", {"p.xlsx": workbook(HEADER, ["a", "F", "#DIV/0!"])}, SEX, ("p.xlsx, row 2, column 'hired'", "Excel error", "Mend")),
    Case("a formula never calculated", {"p.xlsx": workbook(HEADER, ["a", "F", 1], ["b", "M", "=1-1"])}, SEX, ("p.xlsx, cell C3", "formula", "save it")),
]

OUTCOME = {"protected": "sex", "decision": "outcome"}
OUTCOMES = lines("name,sex,outcome", f"{CANARY},F,hired", "b,M,no", "c,F,withdrew", "d,M,")
DECISIONS = [
    Case("values without a meaning", {"p.csv": OUTCOMES}, OUTCOME, ("'outcome'", "'hired' (1), 'no' (1), 'withdrew' (1)", "--favorable", "--set-aside")),
    Case("more than one value left unnamed", {"p.csv": OUTCOMES}, OUTCOME | {"favorable": "hired"}, ("'no' (1), 'withdrew' (1)", "--unfavorable", "--set-aside")),
    Case("an empty decision", {"p.csv": OUTCOMES}, OUTCOME | {"favorable": "hired", "unfavorable": "no", "set_aside": {"withdrew": "withdrawn"}}, ("1 of 4 rows have no decision", "not a rejection", '--set-aside "=')),
    Case("a favourable value misspelt", {"p.csv": lines("sex,outcome", "F,hired", "M,no")}, OUTCOME | {"favorable": "hierd"}, ("no row has the value 'hierd'", "Did you mean 'hired'?", "Check the spelling")),
    Case("a favourable value of another case", {"p.csv": lines("sex,outcome", "F,yes", "M,no")}, OUTCOME | {"favorable": "Yes"}, ("no row has the value 'Yes'", "Did you mean 'yes'?")),
    Case("a set-aside value misspelt", {"p.csv": lines("sex,outcome", "F,1", "M,0", "M,withdrew")}, OUTCOME | {"set_aside": {"withdraw": "withdrawn"}}, ("no row has the value 'withdraw'", "Did you mean 'withdrew'?")),
    Case("two spellings of yes", {"p.csv": lines("sex,outcome", "F,yes", "M,Yes", "M,no")}, OUTCOME | {"favorable": "yes"}, ("'Yes' (1), 'no' (1)", "Say for each")),
    Case("a value with two meanings", {"p.csv": OUTCOMES}, OUTCOME | {"favorable": "hired", "unfavorable": "hired"}, ("'hired' was given two meanings", "once")),
    Case("a value set aside without a reason", {"p.csv": OUTCOMES}, OUTCOME | {"favorable": "hired", "set_aside": {"withdrew": " "}}, ("no reason", "VALUE=REASON")),
    Case("an identifier as the decision", {"p.csv": lines("sex,outcome", *(f"F,{c}" for c in MANY))}, OUTCOME | {"favorable": "x"}, ("'outcome'", "60 different values", "50", "Name another column")),
    Case("a true outcome with three values", {"p.csv": lines("sex,hired,good", "F,1,yes", "M,0,no", "M,1,perhaps")}, SEX | {"label": "good", "label_positive": "yes"}, ("label 'good'", "'no' (1), 'perhaps' (1)", "--unknown")),
    Case("a positive value misspelt", {"p.csv": lines("sex,hired,good", "F,1,yes", "M,0,no")}, SEX | {"label": "good", "label_positive": "yess"}, ("label 'good'", "Did you mean 'yes'?", "--label-positive")),
]

COUNT = SEX | {"count": "n"}
TABLE = {"protected": "sex", "applicants": "sent", "selected": "called"}
NUMBERS = [
    Case("a negative count", {"p.csv": lines("sex,hired,n", "F,1,3", "M,0,-2")}, COUNT, ("p.csv, column 'n'", "of 2 values 1 negative", "A count is")),
    Case("a fractional count", {"p.csv": lines("sex,hired,n", "F,1,3", "M,0,2.5")}, COUNT, ("p.csv, column 'n'", "1 fractional", "A count is")),
    Case("a count that is missing", {"p.csv": lines("sex,hired,n", "F,1,3", "M,0,")}, COUNT, ("p.csv, column 'n'", "1 missing", "A count is")),
    Case("a count with a sign that groups thousands", {"p.csv": lines("sex,hired,n", "F,1,3", 'M,0,"1,390"')}, COUNT, ("p.csv, column 'n', data row 2", "1 of 2 cells", "not numbers", "--decimal ','")),
    Case("a negative count in Parquet", {"p.parquet": parquet_of({"sex": ["F"], "hired": [1], "n": [-1]})}, COUNT, ("p.parquet, column 'n'", "1 negative", "A count is")),
    Case("more selected than applied", {"t.csv": lines("sex,sent,called", "F,9,1", "M,2,3")}, TABLE, ("t.csv, data row 2 (M)", "3 selected of 2 applicants", "Mend")),
    Case("a negative number of applicants", {"t.csv": lines("sex,sent,called", "F,-9,1")}, TABLE, ("t.csv, data row 1 (F)", "'sent' is -9", "mend")),
    Case("a fractional number of selected", {"t.csv": lines("sex,sent,called", "F,9,1.5")}, TABLE, ("t.csv, data row 1 (F)", "'called' is 1.5", "mend")),
    Case("no number of selected in a known group", {"t.csv": lines("sex,sent,called", "F,9,1", "M,2,")}, TABLE, ("t.csv, data row 2 (M)", "no number of selected", "nobody is 0")),
    Case("a known group without a table", {"t.csv": lines("axis,sex,sent,called", "sex,F,9,1", ",M,2,1")}, TABLE | {"group_by": "axis"}, ("t.csv, data row 2 (M)", "'axis' is blank", "Fill it")),
    Case("per cent signs among the selected", {"t.csv": lines("sex,sent,called", "F,9,12%")}, TABLE, ("t.csv, column 'called', data row 1", "not numbers", "per cent")),
    Case("only half a table of counts", {"t.csv": lines("sex,sent,called", "F,9,1")}, {"protected": "sex", "applicants": "sent"}, ("--applicants and --selected", "Name")),
]

SCORE = {"protected": "sex", "score": "points"}
SCORES = [
    Case("NaN as text", {"p.csv": lines("sex,points", "F,1", "M,nan", "M,NaN")}, SCORE, ("p.csv, column 'points', data row 2", "2 of 3 cells", "NaN", "Leave a cell empty")),
    Case("an infinite score as text", {"p.csv": lines("sex,points", "F,1", "M,-inf")}, SCORE, ("p.csv, column 'points', data row 2", "1 of 2 cells", "infinite")),
    Case("NaN in Parquet", {"p.parquet": parquet_of({"sex": ["F", "M"], "points": [math.nan, 1.0]})}, SCORE, ("p.parquet, column 'points'", "1 scores are NaN and 0 infinite", "Find out")),
    Case("an infinite score in Feather", {"p.feather": feather_of({"sex": ["F", "M"], "points": [math.inf, 1.0]})}, SCORE, ("p.feather, column 'points'", "0 scores are NaN and 1 infinite")),
    Case("words among the scores", {"p.csv": lines("sex,points", "F,1", f"M,{CANARY}")}, SCORE, ("p.csv, column 'points', data row 2", "1 of 2 cells", "not numbers")),
    Case("a decimal comma not declared", {"p.csv": lines("sex;points", "F;1,5", "M;2,25")}, SCORE, ("p.csv, column 'points', data row 1", "2 of 2 cells", "--decimal ','")),
    Case("a decimal point where a comma is declared", {"p.csv": lines("sex;points", "F;1,5", "M;2.250,5")}, SCORE | {"decimal": ","}, ("data row 2", "1 of 2 cells", "not numbers")),
    Case("scores as text in Parquet", {"p.parquet": parquet_of({"sex": ["F"], "points": ["1"]})}, SCORE, ("p.parquet, column 'points'", "String where numbers are needed", "Convert")),
    Case("nobody has a score", {"p.csv": lines("sex,points", "F,", "M,")}, SCORE, ("p.csv, column 'points'", "no row has a score", "Name")),
]

WEIGHT = SEX | {"weight": "w"}
WEIGHTS = [
    Case("a negative weight", {"p.csv": lines("sex,hired,w", "F,1,0.5", "M,0,-1")}, WEIGHT, ("p.csv, column 'w'", "1 negative", "A weight is")),
    Case("a weight with seven decimals", {"p.csv": lines("sex,hired,w", "F,1,0.1234567")}, WEIGHT, ("p.csv, column 'w'", "1 with more than 6 decimals", "round")),
    Case("a weight that is missing", {"p.csv": lines("sex,hired,w", "F,1,", "M,0,1")}, WEIGHT, ("p.csv, column 'w'", "1 missing", "A weight is")),
    Case("a weight beyond exact sums", {"p.csv": lines("sex,hired,w", "F,1,1000001")}, WEIGHT, ("p.csv, column 'w'", "1 above 1,000,000", "rescale")),
]

CROWD = [f"{i:02},{j:02},{k:02},1" for i in range(22) for j in range(22) for k in range(22)]
LEVELS = [
    Case("an identifier as a protected attribute", {"p.csv": lines("sex,hired", *(f"{c},1" for c in MANY))}, SEX, ("p.csv, column 'sex'", "60 different values in the first 60 rows", "50", "Name another column")),
    Case("ages that were not cut", {"p.parquet": parquet_of({"sex": list(range(18, 80)), "hired": [1, 0] * 31})}, SEX, ("p.parquet, column 'sex'", "62 different values", "--bin")),
    Case("51 levels", {"p.csv": lines("sex,hired", *(f"{c},1" for c in MANY[:51]))}, SEX, ("p.csv, column 'sex'", "51 different values", "50")),
    Case("more groups than can be told apart", {"p.csv": lines("a,b,c,hired", *CROWD)}, {"protected": ["a", "b", "c"], "decision": "hired"}, ("p.csv", "10,648 groups", "10,000", "fewer attributes")),
    Case("words in an attribute that is cut", {"p.csv": lines("age,hired", "30,1", f"{CANARY},0")}, {"protected": "age", "decision": "hired", "bins": {"age": [40]}}, ("p.csv, column 'age', data row 2", "not numbers")),
    Case("an infinite age", {"p.parquet": parquet_of({"age": [math.inf, 1.0], "hired": [1, 0]})}, {"protected": "age", "decision": "hired", "bins": {"age": [40]}}, ("p.parquet, column 'age'", "infinite", "Leave")),
]

TYPES = [
    Case("bytes as labels", {"p.parquet": parquet_of({"sex": [b"F", b"M"], "hired": [1, 0]})}, SEX, ("p.parquet, column 'sex'", "Binary", "Convert")),
    Case("lists as labels", {"p.parquet": parquet_of({"sex": [["F"], ["M"]], "hired": [1, 0]})}, SEX, ("p.parquet, column 'sex'", "List", "Convert")),
    Case("points in time as labels", {"p.feather": feather_of({"sex": pa.array([0, 1], pa.timestamp("s")), "hired": [1, 0]})}, SEX, ("p.feather, column 'sex'", "Datetime", "Convert")),
    Case("bytes as labels on pandas", {"p.parquet": parquet_of({"sex": [b"F", b"M"], "hired": [1, 0]})}, SEX | {"engine": "pandas"}, ("p.parquet, column 'sex'", "bytes", "Make")),
]

REPEATS = [
    Case("repeats that disagree", {"p.csv": lines("id,sex,hired", f"{CANARY},F,1", f"{CANARY},F,0", "b,M,1")}, SEX | {"unit": "id"}, ("p.csv", "1 of 3 rows repeat a unit ('id')", "1 of 2 units", "--duplicates")),
    Case("repeats that disagree on the group", {"p.csv": lines("id,sex,hired", f"{CANARY},F,1", f"{CANARY},M,1")}, SEX | {"unit": "id"}, ("p.csv", "1 of 1 units", "--duplicates")),
    Case("a row without a unit", {"p.csv": lines("id,sex,hired", ",F,1", "b,M,1")}, SEX | {"unit": "id"}, ("p.csv, column 'id'", "1 rows have no unit", "Fill")),
]

USAGE = [
    Case("one column, two roles", {"p.csv": PEOPLE}, {"protected": "sex", "decision": "sex"}, ("Two roles", "'sex'", "copy it")),
    Case("no outcome", {"p.csv": PEOPLE}, {"protected": "sex"}, ("No outcome", "--decision", "--score")),
    Case("a table's column without a table", {"p.csv": PEOPLE}, SEX | {"group_by": "name"}, ("--group-by", "--applicants", "leave it out")),
    Case("a decision beside counts", {"t.csv": lines("sex,sent,called,hired", "F,2,1,1")}, TABLE | {"decision": "hired"}, ("no --decision", "leave it out")),
    Case("repeats without a unit", {"p.csv": PEOPLE}, SEX | {"duplicates": "first"}, ("--duplicates needs --unit",)),
    Case("a cut of no attribute", {"p.csv": PEOPLE}, SEX | {"bins": {"age": [40]}}, ("--bin", "--protected")),
    Case("edges that do not increase", {"p.csv": PEOPLE}, SEX | {"bins": {"sex": [40, 25]}}, ("edges", "increasing", "25,40")),
    Case("a sheet of a text file", {"p.csv": PEOPLE}, SEX | {"sheet": "Sheet1"}, ("p.csv", "'sheet'", "spreadsheet", "Leave")),
    Case("page checksums of a text file", {"p.csv": PEOPLE}, SEX | {"verify_pages": True}, ("p.csv", "'verify_pages'", "parquet", "Leave")),
    Case("the encoding of Parquet", {"p.parquet": parquet_of({"sex": ["F"], "hired": [1]})}, SEX | {"encoding": "utf-8"}, ("p.parquet", "'encoding'", "Leave")),
    Case("a decimal sign that is none", {"p.csv": PEOPLE}, SEX | {"decimal": "x"}, ("'x'", "Give '.' or ','")),
    Case("an engine that is not known", {"p.csv": PEOPLE}, SEX | {"engine": "excel"}, ("'excel'", "'duckdb'", "Give")),
]

BAD = [
    *COLUMNS,
    *DELIMITERS,
    *ENCODINGS,
    *TORN,
    *EMPTY_OR_STRANGE,
    *JSON_LINES,
    *WORKBOOKS,
    *DECISIONS,
    *NUMBERS,
    *SCORES,
    *WEIGHTS,
    *LEVELS,
    *TYPES,
    *REPEATS,
    *USAGE,
]

F1, F0, M1, M0 = ("F", "selected"), ("F", "not_selected"), ("M", "selected"), ("M", "not_selected")
PLAIN = lines("sex,hired", "F,1", "M,0", "F,0")
THREE = {F1: 1, F0: 1, M0: 1}
GOOD = [
    Case("labels that are words for missing", {"p.csv": lines("sex,hired", "None,1", "NA,0", "null,1", "nan,0", "N/A,1", ",0")}, SEX, cells={("None", "selected"): 1, ("NA", "not_selected"): 1, ("null", "selected"): 1, ("nan", "not_selected"): 1, ("N/A", "selected"): 1, (None, "not_selected"): 1}),
    Case("a byte order mark", {"p.csv": b"\xef\xbb\xbf" + PLAIN}, SEX, cells=THREE),
    Case("UTF-16 with its mark", {"p.csv": PLAIN.decode().encode("utf-16")}, SEX, cells=THREE),
    Case("UTF-32 with its mark", {"p.csv": PLAIN.decode().encode("utf-32")}, SEX, cells=THREE),
    Case("Windows-1252, declared", {"p.csv": lines("sex,hired", "Männlich,1", encoding="cp1252")}, SEX | {"encoding": "cp1252"}, cells={("Männlich", "selected"): 1}),
    Case("GB 18030, declared", {"p.csv": lines("性别,hired", "女,1", "男,0", encoding="gb18030")}, {"protected": "性别", "decision": "hired", "encoding": "gb18030"}, cells={("女", "selected"): 1, ("男", "not_selected"): 1}),
    Case("semicolons", {"p.csv": PLAIN.replace(b",", b";")}, SEX, cells=THREE),
    Case("bars", {"p.txt": PLAIN.replace(b",", b"|")}, SEX, cells=THREE),
    Case("tabs, and commas in a name", {"p.tsv": lines("name, first\tsex\thired", "a,b\tF\t1", "c\tM\t0", "d\tF\t0")}, SEX, cells=THREE),
    Case("a delimiter of one's own", {"p.csv": PLAIN.replace(b",", b"^")}, SEX | {"delimiter": "^"}, cells=THREE),
    Case("all fields quoted", {"p.csv": lines('"sex","hired"', '"F","1"', '"M","0"', '"F","0"')}, SEX, cells=THREE),
    Case("quoted line breaks, delimiters and quotation marks", {"p.csv": b'note,sex,hired\n"two\nlines, and ""more""",F,1\n"",M,0\nx,F,0\n'}, SEX, cells=THREE),
    Case("inches in an unread column", {"p.csv": lines("size,sex,hired", '5" x 7",F,1', "7,M,0", '3",F,0')}, SEX, cells=THREE),
    Case("Windows line ends", {"p.csv": PLAIN.replace(b"\n", b"\r\n")}, SEX, cells=THREE),
    Case("old Macintosh line ends", {"p.csv": PLAIN.replace(b"\n", b"\r")}, SEX, cells=THREE),
    Case("blank lines and no last line end", {"p.csv": b"sex,hired\n\nF,1\nM,0\n\nF,0"}, SEX, cells=THREE),
    Case("an index column without a name", {"p.csv": lines(",sex,hired", "0,F,1", "1,M,0", "2,F,0")}, SEX, cells=THREE),
    Case("other columns twice", {"p.csv": lines("x,sex,x,hired", "1,F,2,1", "1,M,2,0", "1,F,2,0")}, SEX, cells=THREE),
    Case("gzip", {"p.csv.gz": gzip.compress(PLAIN)}, SEX, cells=THREE),
    Case("gzip without saying so", {"p.csv": gzip.compress(PLAIN)}, SEX, cells=THREE),
    Case("zstd", {"p.csv.zst": zstd(PLAIN)}, SEX, cells=THREE),
    Case("JSON Lines with keys left out", {"p.jsonl": lines('{"sex": "F", "hired": true}', "", '{"hired": false}', '{"hired": 0, "sex": 1.0}')}, SEX, cells={F1: 1, (None, "not_selected"): 1, ("1", "not_selected"): 1}),
    Case("JSON Lines, packed", {"p.ndjson.gz": gzip.compress(lines(*(json.dumps({"sex": s, "hired": h}) for s, h in (("F", 1), ("M", 0), ("F", 0)))))}, SEX, cells=THREE),
    Case("Feather", {"p.feather": feather_of({"sex": ["F", "M", "F"], "hired": [True, False, False]})}, SEX, cells=THREE),
    Case("Feather, packed inside", {"p.feather": feather_of({"sex": ["F", "M", "F"], "hired": [1, 0, 0]}, compression="zstd")}, SEX, cells=THREE),
    Case("categories in Parquet", {"p.parquet": parquet_of({"sex": pa.array(["F", "M", "F"]).dictionary_encode(), "hired": [1, 0, 0]})}, SEX, cells=THREE),
    Case("zeros and ones as decimals", {"p.csv": lines("sex,hired", "F,1.0", "M,0.0", "F,0.0")}, SEX, cells=THREE),
    Case("truth in capitals", {"p.csv": lines("sex,hired", "F,TRUE", "M,FALSE", "F,False")}, SEX, cells=THREE),
    Case("a workbook", {"p.xlsx": workbook(["sex", "hired"], ["F", 1], ["M", 0], [None, None], ["F", 0])}, SEX, cells=THREE),
    Case("a sheet by its name", {"p.xlsx": workbook(["sex", "hired"], ["F", 1], ["M", 0], ["F", 0], prepare=lambda b: b.create_sheet("Notes"))}, SEX | {"sheet": "Sheet"}, cells=THREE),
    Case("formulas and errors in columns that are not read", {"p.xlsx": workbook(["sex", "x", "hired"], ["F", "=1+1", 1], ["M", "#N/A", 0], ["F", None, 0])}, SEX, cells=THREE),
    Case("a decimal comma", {"p.csv": lines("age;hired", "39,9;1", "40,0;0", ";1")}, {"protected": "age", "decision": "hired", "bins": {"age": [40]}, "decimal": ","}, ("fractional",), {("<40", "selected"): 1, ("40+", "not_selected"): 1, (None, "selected"): 1}),
    Case("ages cut, and one not disclosed", {"p.csv": lines("age,hired", "24,1", "25,0", "?,1")}, {"protected": "age", "decision": "hired", "bins": {"age": [25]}, "unknown": "?"}, cells={("<25", "selected"): 1, ("25+", "not_selected"): 1, (None, "selected"): 1}),
    Case("counts", {"p.csv": lines("sex,hired,n", "F,1,10", "M,0,5", "F,0,2", "F,1,1e1")}, COUNT, cells={F1: 20, M0: 5, F0: 2}),
    Case("every value named", {"p.csv": OUTCOMES}, OUTCOME | {"favorable": "hired", "unfavorable": "no", "set_aside": {"withdrew": "withdrawn", "": "pending"}}, cells={F1: 1, M0: 1, ("F", "set_aside:withdrawn"): 1, ("M", "set_aside:pending"): 1}),
    Case("nobody selected", {"p.csv": lines("sex,outcome", "F,no", "M,no")}, OUTCOME | {"favorable": "hired", "unfavorable": "no"}, ("no row has the value 'hired'",), {F0: 1, M0: 1}),
    Case("everybody selected", {"p.csv": lines("sex,outcome", "F,hired", "M,hired")}, OUTCOME | {"favorable": "hired"}, cells={F1: 1, M1: 1}),
    Case("labels that are formulas and tags", {"p.csv": lines("sex,hired", "=1+1,1", "<script>,0", "@x,1")}, SEX, cells={("=1+1", "selected"): 1, ("<script>", "not_selected"): 1, ("@x", "selected"): 1}),
    Case("labels that look alike", {"p.csv": lines("sex,hired", "Asian,1", "asian,0")}, SEX, ("'Asian', 'asian' differ only",), {("Asian", "selected"): 1, ("asian", "not_selected"): 1}),
    Case("column names that are SQL", {"p.csv": lines('"select","a""; DROP TABLE x"', "F,1", "M,0", "F,0")}, {"protected": "select", "decision": 'a"; DROP TABLE x'}, cells=THREE),
    Case("shards named by a column", {f"d/sex={s}/p.parquet": parquet_of({"hired": h}) for s, h in (("F", [1, 0]), ("M", [0]))}, SEX, cells=THREE, source="d"),
    Case("a pattern of Parquet", {"d/a.parquet": parquet_of({"sex": ["F", "M"], "hired": [1, 0]}), "d/b.parquet": parquet_of({"sex": ["F"], "hired": [0]})}, SEX, cells=THREE, source="d/*.parquet"),
    Case("a table of counts with people of unknown group", {"t.csv": lines("sex,sent,called", "F,9,1", "M,0,0", ",4,")}, TABLE, cells={F1: 1, F0: 8, M1: 0, M0: 0, (None, None): 4}),
    Case("tables of counts", {"t.csv": lines("axis,sex,sent,called", "sex,F,9,1", "age,40+,3,2", ",,4,")}, TABLE | {"group_by": "axis"}, cells={("sex", "F", "selected"): 1, ("sex", "F", "not_selected"): 8, ("age", "40+", "selected"): 2, ("age", "40+", "not_selected"): 1, (None, None, None): 4}),
    Case("repeats that agree", {"p.csv": lines("id,sex,hired", "a,F,1", "a,F,1", "b,M,0", "c,F,0")}, SEX | {"unit": "id"}, ("1 of 4 rows repeat a unit",), THREE | {("F", "set_aside:repeat of the same unit"): 1}),
    Case("page checksums that are right", {"p.parquet": parquet_of({"sex": ["F", "M", "F"], "hired": [1, 0, 0]}, write_page_checksum=True)}, SEX | {"verify_pages": True}, cells=THREE),
]

"""Read a table of clients as spreadsheets save it into rows of text. Pure: it knows no clinic and checks no value."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

MAX_ROWS = 500
MAX_BYTES = 1024 * 1024  # 500 rows are some 50 kB; more is another file
DELIMITERS = ",;\t"
# Cells that documents/record_tables.py puts an apostrophe before; it is removed when such a table is read.
_ESCAPED = ("'=", "'+", "'-", "'@", "'\t", "'\r", "'\n", "'＝", "'＋", "'－", "'＠")

HEADINGS = {
    "name": ("name", "fullname", "firstname", "client", "clientname", "patient", "patientname",
             "nombre", "nombrecompleto", "nombreyapellidos", "paciente", "cliente"),
    "surname": ("surname", "lastname", "familyname", "apellido", "apellidos"),
    "email": ("email", "emailaddress", "mail", "mailaddress", "correo", "correoelectronico", "direcciondecorreo"),
    "language": ("language", "lang", "idioma", "lengua"),
    "time_zone": ("timezone", "zone", "zonahoraria", "husohorario", "zona"),
    "wakes_at": ("wakesat", "wakes", "getsupat", "usuallygetsupat", "wakeuptime", "wakingtime",
                 "selevantaalas", "suelelevantarsealas", "selevanta", "horadelevantarse"),
    "practitioner": ("practitioner", "therapist", "physiotherapist", "fisioterapeuta", "fisio", "terapeuta"),
}  # fmt: skip
# Columns of a table of invalid rows, ignored when the corrected table is read.
ADDED_HEADINGS = ("whatiswrong", "queestamal", "line", "fila", "linea")
_COLUMN_BY_HEADING = {heading: column for column, headings in HEADINGS.items() for heading in headings}


class TableProblem(StrEnum):
    """Reason why a whole table cannot be read."""

    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    EMPTY = "empty"
    NO_HEADINGS = "no_headings"
    NO_NAME = "no_name"
    NO_EMAIL = "no_email"
    DUPLICATE_COLUMN = "duplicate_column"
    NOT_A_TABLE = "not_a_table"


class UnreadableTable(Exception):
    """The table cannot be read; ``detail`` is the heading, the line or the number of rows."""

    def __init__(self, problem: TableProblem, detail: str = "") -> None:
        super().__init__(problem, detail)
        self.problem, self.detail = problem, detail


@dataclass(frozen=True)
class Row:
    """One line of the table: the stripped cells by column."""

    line: int
    cells: dict[str, str]
    extra_cells: tuple[str, ...] = ()  # beyond the last heading, as of a comma that is not in quotes


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    ignored: list[str] = field(default_factory=list)  # headings of no column of ours


def decode_file(content: bytes) -> str:
    """Decode a file: UTF-8, UTF-16 with its byte order mark, else Windows-1252 as Excel saves it.

    Raises Unreadable when it has more than MAX_BYTES.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableTable(TableProblem.TOO_LARGE)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_table(text: str) -> Table:
    """Read the rows under the headings; empty lines are skipped.

    Raises Unreadable when the text is no table of clients, or has more than MAX_ROWS.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise UnreadableTable(TableProblem.TOO_LARGE)
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if text[:4].lower() == "sep=":  # Excel names the delimiter
        text = text.partition("\n")[2]
    lines = [(number, cells) for number, cells in _read_lines(text) if any(cells)]
    if not lines:
        raise UnreadableTable(TableProblem.EMPTY)
    columns, ignored = _find_columns(lines[0][1])
    if len(lines) - 1 > MAX_ROWS:
        raise UnreadableTable(TableProblem.TOO_MANY_ROWS, str(len(lines) - 1))
    if len(lines) == 1:
        raise UnreadableTable(TableProblem.EMPTY)
    return Table([_build_row(number, cells, columns) for number, cells in lines[1:]], ignored)


def _read_lines(text: str) -> Iterable[tuple[int, list[str]]]:
    """Each record with its first line number, split by the delimiter that finds most headings in the first line."""
    best = max(DELIMITERS, key=lambda delimiter: _count_headings(text, delimiter))
    records = csv.reader(io.StringIO(text, newline=""), delimiter=best)
    number = 1
    try:
        for cells in records:
            yield number, [_clean_cell(cell) for cell in cells]
            number = records.line_num + 1
    except csv.Error as error:
        raise UnreadableTable(TableProblem.NOT_A_TABLE, str(number)) from error


def _count_headings(text: str, delimiter: str) -> int:
    first = text.lstrip("\r\n ").splitlines()[:1]
    try:
        cells = next(csv.reader(first, delimiter=delimiter), [])
    except csv.Error:
        return 0
    return sum(_normalize(cell) in _COLUMN_BY_HEADING for cell in cells)


def _clean_cell(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith(_ESCAPED) else cell


def _normalize(heading: str) -> str:
    """``"  E-Mail "`` → ``"email"``, ``"Correo electrónico"`` → ``"correoelectronico"``."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _find_columns(headings: list[str]) -> tuple[list[str | None], list[str]]:
    """The column of each heading, None where it is ignored; and the ignored headings."""
    columns = [_COLUMN_BY_HEADING.get(_normalize(heading)) for heading in headings]
    read = [column for column in columns if column]
    if not read:
        raise UnreadableTable(TableProblem.NO_HEADINGS)
    for column in read:
        if read.count(column) > 1:
            last = len(columns) - 1 - columns[::-1].index(column)
            raise UnreadableTable(TableProblem.DUPLICATE_COLUMN, headings[last])
    if "name" not in read:
        raise UnreadableTable(TableProblem.NO_NAME)
    if "email" not in read:
        raise UnreadableTable(TableProblem.NO_EMAIL)
    others = [heading for heading, column in zip(headings, columns, strict=True) if heading and not column]
    return columns, [heading for heading in others if _normalize(heading) not in ADDED_HEADINGS]


def _build_row(number: int, cells: list[str], columns: list[str | None]) -> Row:
    by_column = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    if surname := by_column.pop("surname", ""):
        by_column["name"] = f"{by_column.get('name', '')} {surname}".strip()
    return Row(number, by_column, tuple(cell for cell in cells[len(columns) :] if cell))

"""A table of clients as spreadsheets save it, read into rows of text. Pure: it knows no clinic and judges no value."""

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
# What records/sheets.py puts an apostrophe before; a table that came from there loses it again.
_QUOTED = ("'=", "'+", "'-", "'@", "'\t", "'\r", "'\n", "'＝", "'＋", "'－", "'＠")

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
# The columns that we add to a table handed back, and read over when it comes again.
ADDED_HEADINGS = ("whatiswrong", "queestamal", "line", "fila", "linea")
_KNOWN = {word: column for column, words in HEADINGS.items() for word in words}


class TableProblem(StrEnum):
    """Why a whole table cannot be read."""

    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    NO_HEADINGS = "no_headings"
    NO_NAME = "no_name"
    NO_EMAIL = "no_email"
    TWICE = "twice"
    NOT_A_TABLE = "not_a_table"


class UnreadableTable(Exception):
    """The table cannot be read; ``what`` is the heading or the line it is about."""

    def __init__(self, trouble: TableProblem, what: str = "") -> None:
        super().__init__(trouble, what)
        self.trouble, self.what = trouble, what


@dataclass(frozen=True)
class Row:
    """One line of the table: the cells under the headings that we know, without spaces around them."""

    line: int
    cells: dict[str, str]
    more: tuple[str, ...] = ()  # cells without a heading: nobody knows what belongs where


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    ignored: list[str] = field(default_factory=list)  # headings that we do not read


def decode_file(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else Windows-1252 as Excel saves it.

    Raises Unreadable when it has more than MOST_BYTES.
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
    """The rows under the headings; empty lines are passed over.

    Raises Unreadable when the text is no table of clients, or has more than MOST_ROWS.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise UnreadableTable(TableProblem.TOO_LARGE)
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if text[:4].lower() == "sep=":  # Excel's own word for the delimiter
        text = text.partition("\n")[2]
    lines = [(number, cells) for number, cells in _lines(text) if any(cells)]
    if not lines:
        raise UnreadableTable(TableProblem.EMPTY)
    columns, ignored = _columns(lines[0][1])
    if len(lines) - 1 > MAX_ROWS:
        raise UnreadableTable(TableProblem.TOO_MANY, str(len(lines) - 1))
    if len(lines) == 1:
        raise UnreadableTable(TableProblem.EMPTY)
    return Table([_row(number, cells, columns) for number, cells in lines[1:]], ignored)


def _lines(text: str) -> Iterable[tuple[int, list[str]]]:
    """Each record with the line it begins on, split by whichever delimiter finds most headings in the first."""
    best = max(DELIMITERS, key=lambda delimiter: _headings_found(text, delimiter))
    records = csv.reader(io.StringIO(text, newline=""), delimiter=best)
    begins = 1
    try:
        for cells in records:
            yield begins, [_bare(cell) for cell in cells]
            begins = records.line_num + 1
    except csv.Error as error:
        raise UnreadableTable(TableProblem.NOT_A_TABLE, str(begins)) from error


def _headings_found(text: str, delimiter: str) -> int:
    first = text.lstrip("\r\n ").splitlines()[:1]
    try:
        cells = next(csv.reader(first, delimiter=delimiter), [])
    except csv.Error:
        return 0
    return sum(_plain(cell) in _KNOWN for cell in cells)


def _bare(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith(_QUOTED) else cell


def _plain(heading: str) -> str:
    """``"  E-Mail "`` → ``"email"``, ``"Correo electrónico"`` → ``"correoelectronico"``."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _columns(headings: list[str]) -> tuple[list[str | None], list[str]]:
    """Which column stands where, None for one that we do not read; and the headings of those."""
    columns = [_KNOWN.get(_plain(heading)) for heading in headings]
    known = [column for column in columns if column]
    if not known:
        raise UnreadableTable(TableProblem.NO_HEADINGS)
    for column in known:
        if known.count(column) > 1:
            raise UnreadableTable(TableProblem.TWICE, headings[len(columns) - 1 - columns[::-1].index(column)])
    if "name" not in known:
        raise UnreadableTable(TableProblem.NO_NAME)
    if "email" not in known:
        raise UnreadableTable(TableProblem.NO_EMAIL)
    unread = zip(headings, columns, strict=True)
    return columns, [
        heading for heading, column in unread if heading and not column and _plain(heading) not in ADDED_HEADINGS
    ]


def _row(number: int, cells: list[str], columns: list[str | None]) -> Row:
    given = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    if surname := given.pop("surname", ""):
        given["name"] = f"{given.get('name', '')} {surname}".strip()
    return Row(number, given, tuple(cell for cell in cells[len(columns) :] if cell))

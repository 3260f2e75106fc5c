"""Tables of clients as a practice would have them."""

from __future__ import annotations

from clinic import joining
from clinic.joining import sheet
from clinic.joining.importing import Line
from clinic.models import Practitioner

HEAD = "Name,E-mail"


def rows(*lines: str, head: str = HEAD) -> list[sheet.Row]:
    return sheet.read("\n".join([head, *lines])).rows


def looked(by: Practitioner, *lines: str, head: str = HEAD) -> list[Line]:
    return joining.look(rows(*lines, head=head), by)


def many(count: int) -> list[sheet.Row]:
    return rows(*(f"Client {number},client{number}@home.example" for number in range(count)))

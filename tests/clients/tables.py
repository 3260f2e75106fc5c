"""Tables of clients as a practice would have them."""

from __future__ import annotations

from clinic.clients import csv_import, csv_reader
from clinic.clients.csv_import import RowPreview
from clinic.models import Practitioner

HEAD = "Name,E-mail"


def rows(*lines: str, head: str = HEAD) -> list[csv_reader.Row]:
    return csv_reader.read_table("\n".join([head, *lines])).rows


def looked(by: Practitioner, *lines: str, head: str = HEAD) -> list[RowPreview]:
    return csv_import.preview_import(rows(*lines, head=head), by)


def many(count: int) -> list[csv_reader.Row]:
    return rows(*(f"Client {number},client{number}@home.example" for number in range(count)))

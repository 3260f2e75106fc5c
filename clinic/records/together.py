"""Rows of several tables in one statement, for a page that shows a little of each.

One UNION ALL whose every part says which table it is of and gives its row as JSON; the rows come back as instances,
as if each had been asked for by itself. Meant for hundreds of small rows, not for thousands.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import CharField, Field, Model, QuerySet, Value
from django.db.models.functions import Cast, JSONObject


def together(**wanted: QuerySet[Any]) -> dict[str, list[Any]]:
    """The rows of each query set, by the name it was given; each in the order of its primary key.

    What a query set is annotated with stands on its rows as it does elsewhere, though as JSON has it: numbers and words
    as they are, an instant as text. Nothing that is related is fetched along. A query set may be filtered, and narrowed
    to some rows by ``pk__in``; its own order and a slice of it are of no use here.

    Args:
        wanted: at least one, by any names.
    """
    parts = [_part(name, rows) for name, rows in wanted.items()]
    found: dict[str, list[Any]] = {name: [] for name in wanted}
    for name, facts in parts[0].union(*parts[1:], all=True):
        found[name].append(_row(wanted[name], facts))
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


def _part(name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    columns = [*(field.attname for field in rows.model._meta.concrete_fields), *rows.query.annotations]
    facts = JSONObject(**{column: column for column in columns})
    kind = Cast(Value(name), CharField(max_length=40))
    part: QuerySet[Any] = rows.order_by().annotate(_kind=kind, _facts=facts).values_list("_kind", "_facts")
    return part


def _row(of: QuerySet[Any], facts: dict[str, Any]) -> Model:
    fields = of.model._meta.concrete_fields
    names = [field.attname for field in fields]
    row: Model = of.model.from_db(of.db, names, [_value(field, facts[field.attname]) for field in fields])
    for name in of.query.annotations:
        setattr(row, name, facts[name])
    return row


def _value(field: Field[Any, Any], told: Any) -> Any:
    """What the column holds, out of JSON: SQLite writes an instant without its zone, which is UTC."""
    value = field.to_python(told)
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return value

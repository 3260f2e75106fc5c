"""Rows selected on a page or in its address: only rows on which this person may act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, QueryDict

from clinic.models import Practitioner
from clinic.models.fields import int_or_none

Row = TypeVar("Row", bound=Model)
MAX_SELECTED = 1000  # more than any page shows


def selected_rows(request: HttpRequest, allowed: QuerySet[Row], name: str = "client") -> list[Row]:
    """Return the rows of ``allowed`` selected in the form or, before it is sent, in the address.

    Raises Http404 if one of them is not in ``allowed``.
    """
    return rows_by_ids(request.POST if request.method == "POST" else request.GET, allowed, name)


def rows_by_ids(query: QueryDict, allowed: QuerySet[Row], name: str) -> list[Row]:
    """Return the rows of ``allowed`` with the ids under ``name``. Raises Http404 if one of them is not there."""
    ids = {int_or_none(value) for value in query.getlist(name)}
    if len(ids) > MAX_SELECTED:
        raise Http404
    rows = list(allowed.filter(pk__in=ids)) if ids else []
    if len(rows) < len(ids):
        raise Http404
    return rows


def group_by_membership(
    memberships: Iterable[Practitioner], rows: Iterable[Row]
) -> list[tuple[Practitioner, list[Row]]]:
    """Group rows, each of a clinic, by the membership that acts on them; memberships without rows are left out."""
    by_clinic = defaultdict(list)
    for row in rows:
        by_clinic[row.clinic_id].append(row)  # type: ignore[attr-defined]
    return [(member, by_clinic[member.clinic_id]) for member in memberships if member.clinic_id in by_clinic]

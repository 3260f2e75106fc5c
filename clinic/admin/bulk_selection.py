"""Rows ticked on a page, or named in its address: only ever rows that this person may act on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, QueryDict

from clinic.models import Practitioner

Row = TypeVar("Row", bound=Model)
MOST = 1000  # more than any page shows
DIGITS = 18  # a longer number is no row's, and some databases choke on it


def ticked(request: HttpRequest, allowed: QuerySet[Row], name: str = "client") -> list[Row]:
    """The rows of ``allowed`` ticked in the form that was sent, or before that named in the address.

    Raises Http404 if one of them is not there.
    """
    return named(request.POST if request.method == "POST" else request.GET, allowed, name)


def named(given_in: QueryDict, allowed: QuerySet[Row], name: str) -> list[Row]:
    """The rows of ``allowed`` whose numbers stand under ``name``. Raises Http404 if one of them is not there."""
    given = set(given_in.getlist(name))
    if len(given) > MOST or any(
        not (number.isascii() and number.isdigit()) or len(number) > DIGITS for number in given
    ):
        raise Http404
    numbers = {int(number) for number in given}
    found = list(allowed.filter(pk__in=numbers)) if numbers else []
    if len(found) < len(numbers):
        raise Http404
    return found


def by_clinic(memberships: Iterable[Practitioner], rows: Iterable[Row]) -> list[tuple[Practitioner, list[Row]]]:
    """As whom the person acts on which of the rows: each has a clinic. Those with none are left out."""
    kept = list(rows)
    sorted_out = [(who, [row for row in kept if row.clinic_id == who.clinic_id]) for who in memberships]  # type: ignore[attr-defined]
    return [(who, mine) for who, mine in sorted_out if mine]

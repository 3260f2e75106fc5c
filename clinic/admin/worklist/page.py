"""The worklist page: clients in order of need, with filters, reasons and actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet, Window
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from clinic.admin import access
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.worklist.rows import build_rows
from clinic.models import Client, Clinic, Flag, Practitioner
from clinic.models.fields import folded, int_or_none
from clinic.worklist import query as worklist_query
from clinic.worklist.query import FILTERS, MAX_COUNTED, Counts

PER_PAGE = 50
ANY = "any"
UNKNOWN_FILTER = gettext_lazy("The address of this page asks for something there is not. Everybody is shown.")
PILLS: dict[str, Promise | str] = {
    "held": gettext_lazy("Held"),
    "silent": gettext_lazy("Silent 4 days"),
    "new": gettext_lazy("New"),
}


class FilterForm(forms.Form):
    """The filters of the list; all are optional, and all are in the query string."""

    q = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=120,
        error_messages={
            "max_length": gettext_lazy("Name: write at most %(limit_value)s characters. Everybody is shown.")
        },
        widget=forms.SearchInput(attrs={"placeholder": gettext_lazy("Find by name"), "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        required=False,
        choices=[("", gettext_lazy("Every reason")), *Flag.Kind.choices],
        error_messages={"invalid_choice": gettext_lazy("Reason: choose one of the list. Everybody is shown.")},
    )
    open = forms.ChoiceField(
        required=False,
        choices=[("", ""), (ANY, ""), *Flag.Severity.choices],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": UNKNOWN_FILTER},
    )
    who = forms.ChoiceField(
        required=False,
        choices=[("", ""), ("mine", "")],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": UNKNOWN_FILTER},
    )
    clinic = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": UNKNOWN_FILTER},
    )
    held = forms.BooleanField(required=False, widget=forms.HiddenInput)
    silent = forms.BooleanField(required=False, widget=forms.HiddenInput)
    new = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], clinics: Iterable[Clinic]) -> None:
        """``clinics``: the choices."""
        super().__init__(data)
        self.fields["clinic"].choices = [("", ""), *((each.pk, each.name) for each in clinics)]  # type: ignore[attr-defined]

    def filters(self) -> dict[str, Any]:
        """The filters that are set; none while the form has an error."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


@dataclass(frozen=True)
class Pill:
    """A link that turns one filter on or off; ``count``: None where the list is too long to count."""

    label: Promise | str
    on: bool
    link: str
    count: int | None = None


class _CountedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Pages of the first MAX_COUNTED clients of a list whose length is known already."""

    def __init__(self, clients: QuerySet[Client], length: int) -> None:
        super().__init__(clients, PER_PAGE)
        self.count = min(length, MAX_COUNTED)  # overrides Django's property, which would query it


def _page_of(clients: QuerySet[Client], length: int | None, requested: str | None) -> Page[Client]:
    """The requested page, or the nearest existing one.

    Args:
        length: of the whole list; None: counted by the query of the rows.
    """
    if length is not None:
        return _CountedPaginator(clients, length).get_page(requested)
    number = min(int_or_none(requested) or 1, MAX_COUNTED)
    counted = clients.annotate(total=Window(Count("pk")))
    first = (number - 1) * PER_PAGE
    rows = list(counted[first : first + PER_PAGE])
    if not rows and number > 1:  # past the end
        return _CountedPaginator(clients, clients[:MAX_COUNTED].count()).get_page(requested)
    pages = _CountedPaginator(clients, rows[0].total if rows else 0)
    return Page(rows, min(number, pages.num_pages), pages)


def show_worklist(request: HttpRequest) -> AdminPage:
    """The worklist of all clients whom this person treats; the number of queries does not depend on how many."""
    now, all_memberships = timezone.now(), access.clinical_memberships(request)
    form = FilterForm(request.GET, [row.clinic for row in all_memberships])
    filters = form.filters()
    memberships = [row for row in all_memberships if row.clinic_id == filters.get("clinic", row.clinic_id)]
    own_only = filters.get("who") == "mine"
    counts = worklist_query.count_clients(memberships, own_only, now)
    narrowed = bool(filters.keys() - {"who", "clinic"})
    clients = _filter_clients(worklist_query.listed_clients(memberships), filters, memberships, now)
    page_obj = _page_of(clients, None if narrowed else counts.listed, request.GET.get("page"))
    sees_colleagues = any(row.owns(row.clinic_id) or row.clinic.shares_records for row in memberships)
    title = _("Worklist")
    return render_page(
        request,
        "worklist/page.html",
        title,
        rows=build_rows(list(page_obj), memberships, now),
        page_obj=page_obj,
        form=form,
        narrowed=narrowed or own_only or len(memberships) < len(all_memberships),
        pills=_clinic_pills(request, all_memberships, filters) + _pills(request, counts, filters, sees_colleagues),
        cut_at=MAX_COUNTED if page_obj.paginator.count == MAX_COUNTED else 0,
        needing=counts.needing,
        tab_title=f"({counts.needing}) {title}" if counts.needing else title,
        is_fullwidth=True,
    )


def _filter_clients(
    clients: QuerySet[Client], filters: dict[str, Any], memberships: Sequence[Practitioner], now: dt.datetime
) -> QuerySet[Client]:
    for name in FILTERS:
        if name in filters:
            clients = clients.filter(worklist_query.filter_q(name, now))
    if "who" in filters:
        clients = clients.filter(worklist_query.own_clients_q(memberships))
    if "q" in filters:
        clients = clients.filter(name_search__contains=folded(filters["q"]))
    if "open" in filters:
        clients = clients.filter(
            worklist_query.unacknowledged_q("" if filters["open"] == ANY else filters["open"], filters.get("kind", ""))
        )
    elif "kind" in filters:
        flagged = Flag.objects.unresolved().filter(prescription__client=OuterRef("pk"), kind=filters["kind"])
        clients = clients.filter(Exists(flagged))
    return clients


def _clinic_pills(request: HttpRequest, memberships: Sequence[Practitioner], filters: dict[str, Any]) -> list[Pill]:
    """One for each clinic of a person who works at several."""
    if len(memberships) < 2:
        return []
    chosen = filters.get("clinic")
    return [
        Pill(row.clinic.name, on := row.clinic_id == chosen, _link(request, clinic="" if on else str(row.clinic_id)))
        for row in memberships
    ]


def _pills(request: HttpRequest, counts: Counts, filters: dict[str, Any], sees_colleagues: bool) -> list[Pill]:
    """Own clients or the whole clinic's, for somebody who sees both; then one for each of PILLS."""
    pills, own_only = [], "who" in filters
    if sees_colleagues:
        pills.append(Pill(_("Mine"), own_only, _link(request, who="mine")))
        pills.append(Pill(_("Whole clinic"), not own_only, _link(request, who="")))
    if "open" in filters:  # only by a link of the daily mail: a pill to remove it
        severity = "" if filters["open"] == ANY else Flag.Severity(filters["open"]).label
        label = _("Not looked at: %(severity)s") % {"severity": severity} if severity else _("Not looked at")
        pills.append(Pill(label, True, _link(request, open="")))
    return pills + [
        Pill(
            label,
            name in filters,
            _link(request, **{name: "" if name in filters else "1"}),
            getattr(counts, name) if counts.is_complete else None,
        )
        for name, label in PILLS.items()
    ]


def _link(request: HttpRequest, **changed: str) -> str:
    """The address of this list with other filters, from its first page; an empty value removes a filter."""
    query = request.GET.copy()
    for name, value in {**changed, "page": ""}.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"

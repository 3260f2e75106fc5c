"""The first page: clients in order of need, each with the reason in words and what can be done about it here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page as Shown
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet, Window
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin import access
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.worklist.rows import rows
from clinic.models import Client, Clinic, Flag, Practitioner
from clinic.models.fields import folded, int_or_none
from clinic.worklist import query as worklist_query
from clinic.worklist.query import FILTERS, MAX_COUNTED, Counts

PER_PAGE = 50
ANY = "any"
UNKNOWN = gettext_lazy("The address of this page asks for something there is not. Everybody is shown.")
PILLS: dict[str, Promise | str] = {
    "held": gettext_lazy("Held"),
    "silent": gettext_lazy("Silent 4 days"),
    "new": gettext_lazy("New"),
}


class FilterForm(forms.Form):
    """What the list is narrowed to; everything is optional, and everything stands in the address."""

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
        error_messages={"invalid_choice": UNKNOWN},
    )
    who = forms.ChoiceField(
        required=False,
        choices=[("", ""), ("mine", "")],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": UNKNOWN},
    )
    clinic = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": UNKNOWN},
    )
    held = forms.BooleanField(required=False, widget=forms.HiddenInput)
    silent = forms.BooleanField(required=False, widget=forms.HiddenInput)
    new = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], clinics: Iterable[Clinic]) -> None:
        """``clinics``: those that this person may choose among."""
        super().__init__(data)
        self.fields["clinic"].choices = [("", ""), *((each.pk, each.name) for each in clinics)]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """What is asked for; nothing while the form has an error."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


@dataclass(frozen=True)
class Pill:
    """One filter that a press turns on or off; ``count`` is None where counting would cost too much."""

    label: Promise | str
    on: bool
    link: str
    count: int | None = None


class _Pages(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Pages of the first COUNTED_AT_MOST of a list whose length is known already."""

    def __init__(self, clients: QuerySet[Client], length: int) -> None:
        super().__init__(clients, PER_PAGE)
        self.count = min(length, MAX_COUNTED)  # in the place of Django's own, which would ask again


def _page_of(clients: QuerySet[Client], length: int | None, wanted: str | None) -> Shown[Client]:
    """The page asked for, or the nearest there is.

    Args:
        length: of the whole list; None: it is counted along with the rows, by the same statement.
    """
    if length is not None:
        return _Pages(clients, length).get_page(wanted)
    number = min(int_or_none(wanted) or 1, MAX_COUNTED)
    counted = clients.annotate(found=Window(Count("pk")))
    first = (number - 1) * PER_PAGE
    rows = list(counted[first : first + PER_PAGE])
    if not rows and number > 1:  # past the end
        return _Pages(clients, clients[:MAX_COUNTED].count()).get_page(wanted)
    pages = _Pages(clients, rows[0].found if rows else 0)
    return Shown(rows, min(number, pages.num_pages), pages)


def show(request: HttpRequest) -> AdminPage:
    """The worklist of everybody whom this person treats; the same number of queries however many they are."""
    now, everywhere = timezone.now(), access.clinical(request)
    form = FilterForm(request.GET, [one.clinic for one in everywhere])
    asked = form.asked()
    memberships = [one for one in everywhere if one.clinic_id == asked.get("clinic", one.clinic_id)]
    mine = asked.get("who") == "mine"
    counts = worklist_query.count_clients(memberships, mine, now)
    narrowed = bool(asked.keys() - {"who", "clinic"})
    listed = _narrowed(worklist_query.listed_clients(memberships), asked, memberships, now)
    shown = _page_of(listed, None if narrowed else counts.listed, request.GET.get("page"))
    sees_colleagues = any(one.role == Practitioner.Role.OWNER or one.clinic.shares_records for one in memberships)
    title = _("Worklist")
    return render_page(
        request,
        "worklist/page.html",
        title,
        rows=rows(list(shown), memberships, now),
        page_obj=shown,
        form=form,
        narrowed=narrowed or mine or len(memberships) < len(everywhere),
        pills=_at_which(request, everywhere, asked) + _pills(request, counts, asked, sees_colleagues),
        cut=MAX_COUNTED if shown.paginator.count == MAX_COUNTED else 0,
        needing=counts.needing,
        tab_title=f"({counts.needing}) {title}" if counts.needing else title,
        is_fullwidth=True,
    )


def _narrowed(
    listed: QuerySet[Client], asked: dict[str, Any], memberships: Sequence[Practitioner], now: dt.datetime
) -> QuerySet[Client]:
    for which in FILTERS:
        if which in asked:
            listed = listed.filter(worklist_query.filter_q(which, now))
    if "who" in asked:
        listed = listed.filter(worklist_query.own_clients_q(memberships))
    if "q" in asked:
        listed = listed.filter(name_search__contains=folded(asked["q"]))
    if "open" in asked:
        listed = listed.filter(
            worklist_query.unacknowledged_q("" if asked["open"] == ANY else asked["open"], asked.get("kind", ""))
        )
    elif "kind" in asked:
        flagged = Flag.objects.unresolved().filter(prescription__client=OuterRef("pk"), kind=asked["kind"])
        listed = listed.filter(Exists(flagged))
    return listed


def _at_which(request: HttpRequest, everywhere: Sequence[Practitioner], asked: dict[str, Any]) -> list[Pill]:
    """One for each clinic, where somebody works at several; pressed again it leaves the filter out."""
    if len(everywhere) < 2:
        return []
    chosen = asked.get("clinic")
    return [
        Pill(one.clinic.name, on := one.clinic_id == chosen, _link(request, clinic="" if on else str(one.clinic_id)))
        for one in everywhere
    ]


def _pills(request: HttpRequest, counts: Counts, asked: dict[str, Any], sees_colleagues: bool) -> list[Pill]:
    """Whose, where there is a choice; then what each may be narrowed to."""
    whose, mine = [], "who" in asked
    if sees_colleagues:
        whose.append(Pill(_("Mine"), mine, _link(request, who="mine")))
        whose.append(Pill(_("Whole clinic"), not mine, _link(request, who="")))
    if "open" in asked:  # as the daily mail links to it: shown only to be taken back
        which = "" if asked["open"] == ANY else Flag.Severity(asked["open"]).label
        label = _("Not looked at: %(severity)s") % {"severity": which} if which else _("Not looked at")
        whose.append(Pill(label, True, _link(request, open="")))
    return whose + [
        Pill(
            label,
            which in asked,
            _link(request, **{which: "" if which in asked else "1"}),
            getattr(counts, which) if counts.is_complete else None,
        )
        for which, label in PILLS.items()
    ]


def _link(request: HttpRequest, **changed: str) -> str:
    """This list narrowed otherwise, from its first page; an empty value leaves the filter out."""
    query = request.GET.copy()
    for name, value in {**changed, "page": ""}.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"

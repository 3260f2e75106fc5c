"""The first page: clients in order of need, each with the reason in words and what can be done about it here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin import access
from clinic.admin.page import Page, page
from clinic.admin.worklist_rows import rows
from clinic.models import Client, Flag, Practitioner
from clinic.records import worklist
from clinic.records.worklist import COUNTED_AT_MOST, WHICH, Counts

PER_PAGE = 50
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
        widget=forms.SearchInput(attrs={"placeholder": gettext_lazy("Find by name"), "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        required=False,
        choices=[("", gettext_lazy("Every reason")), *Flag.Kind.choices],
    )
    who = forms.ChoiceField(required=False, choices=[("", ""), ("mine", "")], widget=forms.HiddenInput)
    held = forms.BooleanField(required=False, widget=forms.HiddenInput)
    silent = forms.BooleanField(required=False, widget=forms.HiddenInput)
    new = forms.BooleanField(required=False, widget=forms.HiddenInput)

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
    """Pages of the first COUNTED_AT_MOST; counted only as far, and not again what is known already."""

    known: int | None = None

    @cached_property
    def count(self) -> int:
        if self.known is not None:
            return min(self.known, COUNTED_AT_MOST)
        counted: int = self.object_list[:COUNTED_AT_MOST].count()  # type: ignore[attr-defined]
        return counted


def show(request: HttpRequest) -> Page:
    """The worklist of everybody whom this person treats; the same number of queries however many they are."""
    now, memberships = timezone.now(), access.clinical(request)
    form = FilterForm(request.GET)
    asked = form.asked()
    mine = asked.get("who") == "mine"
    counts = worklist.count(memberships, mine, now)
    listed = worklist.needing(memberships)
    pages = _Pages(_narrowed(listed, asked, memberships, now), PER_PAGE)
    narrowed = bool(asked.keys() - {"who"})
    pages.known = None if narrowed else counts.listed
    shown = pages.get_page(request.GET.get("page"))
    sees_colleagues = any(one.role == Practitioner.Role.OWNER or one.clinic.open_records for one in memberships)
    title = _("Worklist")
    return page(
        request,
        "worklist.html",
        title,
        rows=rows(list(shown), memberships, now),
        shown=shown,
        form=form,
        narrowed=narrowed or mine,
        pills=_pills(request, counts, asked, sees_colleagues),
        cut=pages.count if pages.count == COUNTED_AT_MOST else 0,
        needing=counts.needing,
        tab_title=f"({counts.needing}) {title}" if counts.needing else title,
        is_fullwidth=True,
    )


def _narrowed(
    listed: QuerySet[Client], asked: dict[str, Any], memberships: Sequence[Practitioner], now: dt.datetime
) -> QuerySet[Client]:
    for which in WHICH:
        if which in asked:
            listed = listed.filter(worklist.only(which, now))
    if "who" in asked:
        listed = listed.filter(worklist.whose(memberships))
    if "q" in asked:
        listed = listed.filter(name__icontains=asked["q"])
    if "kind" in asked:
        flagged = Flag.objects.unresolved().filter(prescription__client=OuterRef("pk"), kind=asked["kind"])
        listed = listed.filter(Exists(flagged))
    return listed


def _pills(request: HttpRequest, counts: Counts, asked: dict[str, Any], sees_colleagues: bool) -> list[Pill]:
    """Whose, where there is a choice; then what each may be narrowed to."""
    whose, mine = [], "who" in asked
    if sees_colleagues:
        whose.append(Pill(_("Mine"), mine, _link(request, who="mine")))
        whose.append(Pill(_("Whole clinic"), not mine, _link(request, who="")))
    return whose + [
        Pill(
            label,
            which in asked,
            _link(request, **{which: "" if which in asked else "1"}),
            getattr(counts, which) if counts.whole else None,
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

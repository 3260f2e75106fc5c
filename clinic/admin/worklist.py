"""The first page: clients in order of need, each with the reason in words and what can be done about it here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.admin import access, words
from clinic.admin.page import Page, page
from clinic.flags import phase as flare_up
from clinic.models import Client, Flag, PainReport
from clinic.records import worklist
from clinic.records.sparkline import DAYS, sparkline
from clinic.records.worklist import Entry

PER_PAGE = 50


class FilterForm(forms.Form):
    """What the list is narrowed to; everything is optional."""

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

    def narrow(self, clients: QuerySet[Client]) -> QuerySet[Client]:
        """The clients asked for; all of them while the form has an error."""
        if not self.is_valid():
            return clients
        if name := self.cleaned_data["q"]:
            clients = clients.filter(name__icontains=name)
        if kind := self.cleaned_data["kind"]:
            clients = clients.filter(_flagged(kind=kind))
        return clients


def _flagged(**like: str) -> Exists:
    """Clients with an unresolved flag like that."""
    return Exists(Flag.objects.unresolved().filter(prescription__client=OuterRef("pk"), **like))


@dataclass(frozen=True)
class Shown:
    """One flag with the words that stand after its sentence."""

    flag: Flag
    phase: str
    escalated: bool


@dataclass(frozen=True)
class Row:
    """One client as the page shows them."""

    entry: Entry
    flags: Sequence[Shown]
    trace: SafeString  # the drawing of the last 30 days
    heard_ago: str  # how long ago the last report was about; empty without one
    shared: bool  # a colleague's client

    @property
    def client(self) -> Client:
        return self.entry.client


def show(request: HttpRequest) -> Page:
    """The worklist of everybody whom this person treats; the same number of queries however many they are."""
    everybody = worklist.in_order_of_need(request.user)
    form = FilterForm(request.GET)
    shown = Paginator(form.narrow(everybody), PER_PAGE).get_page(request.GET.get("page"))
    needing = everybody.filter(_flagged()).count()
    title = _("Worklist")
    context: dict[str, Any] = {
        "rows": _rows(request, worklist.entries(list(shown))),
        "shown": shown,
        "form": form,
        "narrowed": form.is_valid() and any(form.cleaned_data.values()),
        "needing": needing,
        "tab_title": f"({needing}) {title}" if needing else title,
        "is_fullwidth": True,
    }
    return page(request, "worklist.html", title, **context)


def _rows(request: HttpRequest, entries: Sequence[Entry]) -> list[Row]:
    mine, now = {membership.pk for membership in access.clinical(request)}, timezone.now()
    points = recent_scores([entry.client for entry in entries], now)
    return [
        Row(
            entry,
            flags=[
                Shown(flag, flare_up.words(flare_up.phase(flag, now)), bool(getattr(flag, "escalated", False)))
                for flag in entry.flags
            ],
            trace=trace(points[entry.client.pk]),
            heard_ago=words.ago(entry.last_report.occurred_at, now) if entry.last_report else "",
            shared=entry.client.practitioner_id not in mine,
        )
        for entry in entries
    ]


def recent_scores(clients: Sequence[Client], now: dt.datetime) -> dict[int, list[tuple[float, int]]]:
    """(days ago, pain) of the last 30 days by client; of each report the score before or, failing that, a later one.

    ``clients`` are such as the asker may see.
    """
    since = now - dt.timedelta(days=DAYS)
    heard = PainReport.objects.filter(prescription__client__in=clients, occurred_at__gte=since).values_list(
        "prescription__client", "occurred_at", "before", "after", "next_morning"
    )
    points: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for client, at, *scores in heard:
        given = [score for score in scores if score is not None]
        if given:
            points[client].append((max(0.0, (now - at) / dt.timedelta(days=1)), given[0]))
    return points


def trace(points: Sequence[tuple[float, int]]) -> SafeString:
    """The drawing with its words; nothing when there is no report to draw."""
    if not points:
        return SafeString("")
    latest, lowest, highest = min(points)[1], min(score for _ago, score in points), max(score for _ago, score in points)
    label = ngettext(
        "Pain in the last 30 days: %(count)s report, latest %(latest)s, between %(low)s and %(high)s",
        "Pain in the last 30 days: %(count)s reports, latest %(latest)s, between %(low)s and %(high)s",
        len(points),
    ) % {"count": len(points), "latest": latest, "low": lowest, "high": highest}
    return mark_safe(sparkline(points, label))  # noqa: S308  its only text is escaped there

"""All reminders of one client: when each was due, what became of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin import labels as admin_labels
from clinic.admin.rendering import AdminPage, render_page
from clinic.models import Client, Reminder
from clinic.models.outbox import OPEN, State

PER_PAGE = 50
WAITING = "waiting"  # in the address: ready, claimed or being sent
ENDS = [state.value for state in State if state not in OPEN]
ABOUT_THE_ADDRESS = {State.FAILED, State.BOUNCED}


@dataclass(frozen=True)
class Line:
    """One reminder in words; ``name`` and most reasons only for those who see the record."""

    reminder: Reminder
    name: str
    why: str


@dataclass(frozen=True)
class End:
    """One way a reminder can end, as a filter; an empty code is all of them."""

    code: str
    label: str
    count: int


@require_safe
def ledger(request: HttpRequest, pk: int) -> AdminPage:
    """Newest first, 50 a page, narrowed by ``?end=``. The front desk sees times and ends, no exercise and no reason."""
    known = Client.objects.visible_to(request.user).select_related("clinic")
    client = get_object_or_404(known, pk=pk)
    whole = Client.objects.treated_by(request.user).filter(pk=pk).exists()
    mine = Reminder.objects.filter(schedule__prescription__client=client)
    chosen, ends = request.GET.get("end", ""), _ends(mine)
    rows = mine.filter(state__in=_states(chosen)).order_by("-due_at", "-pk")
    if whole:
        rows = rows.select_related("schedule__prescription__exercise").prefetch_related(
            "schedule__prescription__exercise__texts"
        )
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "client/reminders.html",
        _("Reminders of %(name)s") % {"name": client.name},
        client=client,
        whole=whole,
        ends=ends,
        chosen=chosen if chosen in {end.code for end in ends} else "",
        page_obj=shown,
        lines=[_line(reminder, whole) for reminder in shown],
    )


def _states(end: str) -> list[Any]:
    if end == WAITING:
        return list(OPEN)
    return [end] if end in ENDS else list(State.values)


def _ends(mine: Any) -> list[End]:
    counts = dict(mine.order_by().values_list("state").annotate(count=Count("pk")))
    waiting = sum(counts.get(state, 0) for state in OPEN)
    found = [
        End("", _("All"), sum(counts.values())),
        End(WAITING, _("waiting"), waiting),
        *(End(code, str(State(code).label), counts.get(code, 0)) for code in ENDS),
    ]
    return [end for end in found if end.count or not end.code]


def _line(reminder: Reminder, whole: bool) -> Line:
    if not whole:
        why = admin_labels.format_status_detail(reminder.status_detail) if reminder.state in ABOUT_THE_ADDRESS else ""
        return Line(reminder, "", why)
    return Line(
        reminder,
        reminder.schedule.prescription.exercise.name,
        admin_labels.format_status_detail(reminder.status_detail),
    )


ROUTES = [
    ("clients/<int:pk>/reminders/", ledger, "reminders"),
]

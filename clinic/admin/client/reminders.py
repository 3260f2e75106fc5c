"""All reminders of one client, with their state and its reason."""

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
END_STATES = [state.value for state in State if state not in OPEN]
ADDRESS_STATES = {State.FAILED, State.BOUNCED}


@dataclass(frozen=True)
class ReminderRow:
    """One reminder; exercise and most reasons are shown only to those who see the record."""

    reminder: Reminder
    exercise: str
    status_detail: str


@dataclass(frozen=True)
class StateFilter:
    """A filter by the state of a reminder; an empty code is all states."""

    code: str
    label: str
    count: int


@require_safe
def list_reminders(request: HttpRequest, pk: int) -> AdminPage:
    """Newest first, 50 a page, filtered by ``?state=``. The front desk sees times and states alone."""
    visible = Client.objects.visible_to(request.user).select_related("clinic")
    client = get_object_or_404(visible, pk=pk)
    sees_record = Client.objects.treated_by(request.user).filter(pk=pk).exists()
    reminders = Reminder.objects.filter(schedule__prescription__client=client)
    selected, filters = request.GET.get("state", ""), _state_filters(reminders)
    rows = reminders.filter(state__in=_states(selected)).order_by("-due_at", "-pk")
    if sees_record:
        rows = rows.select_related("schedule__prescription__exercise").prefetch_related(
            "schedule__prescription__exercise__texts"
        )
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "client/reminders.html",
        _("Reminders of %(name)s") % {"name": client.name},
        client=client,
        sees_record=sees_record,
        filters=filters,
        selected=selected if selected in {row.code for row in filters} else "",
        page_obj=page_obj,
        rows=[_row(reminder, sees_record) for reminder in page_obj],
    )


def _states(code: str) -> list[Any]:
    if code == WAITING:
        return list(OPEN)
    return [code] if code in END_STATES else list(State.values)


def _state_filters(reminders: Any) -> list[StateFilter]:
    counts = dict(reminders.order_by().values_list("state").annotate(count=Count("pk")))
    filters = [
        StateFilter("", _("All"), sum(counts.values())),
        StateFilter(WAITING, _("waiting"), sum(counts.get(state, 0) for state in OPEN)),
        *(StateFilter(code, str(State(code).label), counts.get(code, 0)) for code in END_STATES),
    ]
    return [row for row in filters if row.count or not row.code]


def _row(reminder: Reminder, sees_record: bool) -> ReminderRow:
    exercise = reminder.schedule.prescription.exercise.name if sees_record else ""
    has_detail = sees_record or reminder.state in ADDRESS_STATES
    return ReminderRow(
        reminder, exercise, admin_labels.format_status_detail(reminder.status_detail) if has_detail else ""
    )


ROUTES = [("clients/<int:pk>/reminders/", list_reminders, "reminders")]

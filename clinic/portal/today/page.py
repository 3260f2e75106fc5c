"""The client's first page."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.dosage import changes as dosage_changes
from clinic.models import Client, Handover
from clinic.portal.access import client_only, render_page
from clinic.portal.pwa.offline import kept_offline
from clinic.portal.today.daily_status import DayState, daily_status, running_prescriptions
from clinic.portal.today.messages import client_messages_for
from clinic.portal.today.next_morning import next_morning_form
from exercises.media_selection import representative_step

HANDOVER_SHOWN_FOR = dt.timedelta(days=14)  # how long Today shows that the practitioner changed


@require_safe
@client_only
@kept_offline
def today(request: HttpRequest, client: Client) -> HttpResponse:
    """The prescription to do first, the others folded below; on the next morning, the question about it."""
    now = timezone.now()
    statuses = sorted(
        (daily_status(prescription, client, now) for prescription in running_prescriptions(client)),
        key=lambda status: status.rank,
    )
    first = statuses[0] if statuses else None
    doing = first is not None and first.state == DayState.DO
    context = {
        "first": first,
        "step": representative_step(first.prescription.exercise.steps_in(client.language)) if first and doing else None,
        "others": statuses[1:],
        "unread": client_messages_for(client, request.user).filter(read_at=None),
        "morning_form": next_morning_form(request, statuses),
        "handover": _newest_handover(client, now),
        "plan_changes": dosage_changes.list_changes(client, now),
        "had_prescription": bool(statuses) or client.prescriptions.exists(),
    }
    return render_page(request, client, "today/page.html", context)


def _newest_handover(client: Client, now: dt.datetime) -> Handover | None:
    rows = client.handovers.filter(at__gt=now - HANDOVER_SHOWN_FOR)
    return rows.select_related("from_practitioner", "to_practitioner").first()

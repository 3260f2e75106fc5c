"""The client's first page."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.dosage import changes as dosage_changes
from clinic.models import Client, Handover
from clinic.portal.access import client_only, show
from clinic.portal.pwa.offline import kept_offline
from clinic.portal.today.daily_status import Now, running, what_now
from clinic.portal.today.messages import messages_of
from clinic.portal.today.next_morning import question
from exercises.media_selection import on_the_picture

STILL_NEW = dt.timedelta(days=14)  # so long the first page says that somebody else looks after the client


@require_safe
@client_only
@kept_offline
def today(request: HttpRequest, client: Client) -> HttpResponse:
    """What is to be done now: the exercise that needs it most, the others folded below; on the morning after, that."""
    now = timezone.now()
    answers = sorted(
        (what_now(prescription, client, now) for prescription in running(client)), key=lambda answer: answer.need
    )
    first = answers[0] if answers else None
    doing = first is not None and first.now == Now.DO
    context = {
        "first": first,
        "step": on_the_picture(first.prescription.exercise.steps_in(client.language)) if first and doing else None,
        "others": answers[1:],
        "unread": messages_of(client, request.user).filter(read_at=None),
        "morning": question(request, answers),
        "handover": _newest_handover(client, now),
        "news": dosage_changes.list_changes(client, now),
        "had_one": bool(answers) or client.prescriptions.exists(),
    }
    return show(request, client, "today/page.html", context)


def _newest_handover(client: Client, now: dt.datetime) -> Handover | None:
    rows = client.handovers.filter(at__gt=now - STILL_NEW)
    return rows.select_related("from_practitioner", "to_practitioner").first()

"""The client's first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.models import Client
from clinic.portal.access import client_only, show
from clinic.portal.offline import kept_offline
from clinic.portal.what_now import running, what_now


@require_safe
@client_only
@kept_offline
def today(request: HttpRequest, client: Client) -> HttpResponse:
    """What is to be done now, for each exercise that runs."""
    now = timezone.now()
    answers = [what_now(prescription, client, now) for prescription in running(client)]
    had_one = bool(answers) or client.prescriptions.exists()
    return show(request, client, "today.html", {"answers": answers, "had_one": had_one})

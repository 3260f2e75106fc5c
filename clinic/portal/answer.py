"""What one answer means, shown at once after it is given and readable later."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.models import Advice, Client, PainReport, Prescription
from clinic.portal.access import client_only, show
from clinic.portal.change import Change
from clinic.portal.overnight import Overnight
from clinic.portal.what_now import what_now
from clinic.records.advice import advice_text


@require_safe
@client_only
def answer(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """The client's own report ``pk``: the change, the advice, whom to call and what comes next."""
    own = PainReport.objects.visible_to(request.user).filter(prescription__client=client)
    report = get_object_or_404(own.select_related("prescription__exercise", "prescription__client__clinic"), pk=pk)
    prescription = report.prescription
    context = {
        "report": report,
        "words": advice_text(report),
        "change": Change.of(report),
        "overnight": Overnight.of(report),
        "stops": report.advice in (Advice.STOP_TODAY, Advice.STOP, Advice.CALL_NOW),
        "what_now": None
        if prescription.state == Prescription.State.ENDED
        else what_now(prescription, client, timezone.now()),
    }
    return show(request, client, "answer.html", context)

"""What one answer means, shown at once after it is given and readable later."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.flags.response import DEFAULT_CONFIG as RULE
from clinic.models import Advice, Client, PainReport, Prescription
from clinic.pain.advice import render_offline_advice, render_report_advice
from clinic.portal.access import client_only, show
from clinic.portal.today.daily_status import what_now
from clinic.portal.today.next_morning_change import Overnight
from clinic.portal.today.pain_change import Change


@require_safe
@client_only
def report_result(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """The client's own report ``pk``: the change, the advice, whom to call and what comes next."""
    own = PainReport.objects.visible_to(request.user).filter(prescription__client=client)
    report = get_object_or_404(
        own.select_related("prescription__exercise", "prescription__client__clinic", "advice_text"), pk=pk
    )
    prescription = report.prescription
    days = timezone.localdate() - timezone.localdate(report.occurred_at)
    context = {
        "report": report,
        "read_again": days.days > 1,  # of yesterday's session the morning after may just have been told
        "words": render_report_advice(report),
        "change": Change.of(report),
        "overnight": Overnight.of(report),
        "stops": report.advice in (Advice.STOP_TODAY, Advice.STOP, Advice.CALL_NOW),
        "what_now": None
        if prescription.state == Prescription.State.ENDED
        else what_now(prescription, client, timezone.now()),
    }
    return show(request, client, "reports/result.html", context)


def offline_advice(client: Client) -> dict[str, Any]:
    """For a page of questions: what each answer would mean, to be said at once where there is no network."""
    words = render_offline_advice(client)
    advice = [{"advice": str(means), "words": text} for means, text in words.items()]
    return {"offline_advice": advice, "strong_rise": RULE.stop_rise}

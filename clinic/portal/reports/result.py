"""What one report means, shown at once and readable later."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.flags.response import DEFAULT_CONFIG as RULE
from clinic.models import Advice, Client, PainReport, Prescription
from clinic.pain.advice import render_offline_advice, render_report_advice
from clinic.portal.access import client_only, render_page
from clinic.portal.today.daily_status import daily_status
from clinic.portal.today.next_morning_change import NextMorningChange
from clinic.portal.today.pain_change import PainChange


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
        "is_past": days.days > 1,  # the next morning of yesterday's session may just have been reported
        "advice_text": render_report_advice(report),
        "change": PainChange.from_report(report),
        "next_morning": NextMorningChange.from_report(report),
        "advises_stop": report.advice in (Advice.STOP_TODAY, Advice.STOP, Advice.CALL_NOW),
        "status": None
        if prescription.state == Prescription.State.ENDED
        else daily_status(prescription, client, timezone.now()),
    }
    return render_page(request, client, "reports/result.html", context)


def offline_advice_context(client: Client) -> dict[str, Any]:
    """The context of a report form: the advice for each outcome, to be shown at once without a network."""
    advice = [{"advice": str(code), "text": text} for code, text in render_offline_advice(client).items()]
    return {"offline_advice": advice, "strong_rise": RULE.stop_rise}

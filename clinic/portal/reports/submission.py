"""Store a client's report, and redirect to its result."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import PainReport
from clinic.pain import reporting
from clinic.portal.reports.forms import ReportForm


def submit_report(request: HttpRequest, form: ReportForm) -> HttpResponse | None:
    """Store the report and redirect to its result; None: the form is invalid and has the errors."""
    if not form.is_valid():
        return None
    try:
        outcome = reporting.report_pain(
            form.prescription,
            form.answers(timezone.now()),
            by=request.user,  # type: ignore[arg-type]  # signed in: the page is for clients only
            source=PainReport.Source.PORTAL,
            key=form.cleaned_data["key"] or None,
        )
    except ValidationError as error:
        form.add_service_error(error)
        return None
    except reporting.KeyReused:
        messages.info(request, _("We have your answer from that page already. You can correct it here."))
        return _redirect(request, resolve_url("clinic:history"))
    return _redirect(request, resolve_url("clinic:report_result", outcome.report.pk))


def form_status(form: ReportForm) -> int:
    return 422 if form.errors else 200


def _redirect(request: HttpRequest, path: str) -> HttpResponse:
    """JSON for a script: following the redirect itself, it would use up the message."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"next": path})
    return redirect(path)

"""The report of pain without the exercise."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.models import Client, Prescription
from clinic.portal.access import client_only, render_page
from clinic.portal.fields import posted_data
from clinic.portal.pwa.offline import kept_offline
from clinic.portal.reports.forms import PainNowForm
from clinic.portal.reports.result import offline_advice_context
from clinic.portal.reports.submission import form_status, submit_report
from clinic.portal.today.daily_status import running_prescriptions


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@client_only
@kept_offline
def report(request: HttpRequest, client: Client) -> HttpResponse:
    """Pain now, without the exercise; with several exercises, about the one that ``prescription`` names."""
    prescriptions = running_prescriptions(client)
    if not prescriptions:
        return render_page(request, client, "reports/nothing_to_report.html")
    prescription = prescriptions[0] if len(prescriptions) == 1 else _chosen(request, prescriptions)
    if prescription is None:
        return render_page(request, client, "reports/choose_prescription.html", {"prescriptions": prescriptions})
    form = PainNowForm(prescription, posted_data(request))
    if request.method == "POST" and (response := submit_report(request, form)):
        return response
    context = {
        "form": form,
        "prescription": prescription,
        "several": len(prescriptions) > 1,
        **offline_advice_context(client),
    }
    return render_page(request, client, "reports/report.html", context, status=form_status(form))


def _chosen(request: HttpRequest, prescriptions: list[Prescription]) -> Prescription | None:
    pk = request.GET.get("prescription")
    if pk is None:
        return None
    for prescription in prescriptions:
        if str(prescription.pk) == pk:
            return prescription
    raise Http404

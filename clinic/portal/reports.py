"""Do the exercise, step by step, and say how the pain was; or say only how it is."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic import reporting
from clinic.models import Client, PainReport, Prescription
from clinic.portal.access import client_only, show
from clinic.portal.fields import sent
from clinic.portal.library import described
from clinic.portal.report_forms import PainNowForm, ReportForm, SessionForm
from clinic.portal.what_now import running

page = require_http_methods(["GET", "HEAD", "POST"])


@page
@sensitive_post_parameters()
@client_only
def do(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """Pain before, the steps, pain after; one form. While held, or before the first day, it shows only why not."""
    mine = Prescription.objects.visible_to(request.user).filter(client=client).select_related("exercise")
    prescription = get_object_or_404(mine, pk=pk)
    dose, today = prescription.dose, timezone.localdate()
    ways = prescription.exercise.variations_in(client.language)
    context = {
        **described(prescription.exercise),
        "prescription": prescription,
        "dose": dose,
        "variation": next((way for way in ways if way.code == dose.variation), None),
        "not_yet": dose.starts_on > today,
        "over": prescription.state == Prescription.State.ENDED or (dose.ends_on is not None and dose.ends_on < today),
    }
    barred = prescription.state == Prescription.State.HELD or context["not_yet"] or context["over"]
    if barred and request.method != "POST":  # what a client has said is taken all the same: a sign may be in it
        return show(request, client, "do_not.html", context)
    form = SessionForm(prescription, sent(request))
    if request.method == "POST" and (done := _take(request, form)):
        return done
    return show(request, client, "do.html", {**context, "form": form}, status=_status(form))


@page
@sensitive_post_parameters()
@client_only
def report(request: HttpRequest, client: Client) -> HttpResponse:
    """Pain now, without the exercise; with several exercises, about the one that ``prescription`` names."""
    choice = running(client)
    if not choice:
        return show(request, client, "nothing_to_report.html")
    prescription = choice[0] if len(choice) == 1 else _chosen(request, choice)
    if prescription is None:
        return show(request, client, "report_which.html", {"choice": choice})
    form = PainNowForm(prescription, sent(request))
    if request.method == "POST" and (done := _take(request, form)):
        return done
    context = {"form": form, "prescription": prescription, "several": len(choice) > 1}
    return show(request, client, "report.html", context, status=_status(form))


def _chosen(request: HttpRequest, choice: list[Prescription]) -> Prescription | None:
    asked = request.GET.get("prescription")
    if asked is None:
        return None
    for prescription in choice:
        if str(prescription.pk) == asked:
            return prescription
    raise Http404


def _take(request: HttpRequest, form: ReportForm) -> HttpResponse | None:
    """Hand the answers to the verb; None when something is wrong and the form says what."""
    if not form.is_valid():
        return None
    try:
        reporting.report(
            form.prescription,
            form.answers(timezone.now()),
            by=request.user,  # type: ignore[arg-type]  # signed in: the page is for clients only
            source=PainReport.Source.PORTAL,
            key=form.cleaned_data["key"] or None,
        )
    except ValidationError as error:
        form.refuse(error)
        return None
    except reporting.KeyReused:
        messages.info(request, _("We have your answer from that page already. You can correct it here."))
        return redirect("clinic:history")
    return redirect("clinic:today")


def _status(form: ReportForm) -> int:
    return 422 if form.errors else 200

"""Change the dose of a running plan: stored at once, or after a preview of what the client will see."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.prescribing import client_preview, day_strip, dose_prefill, review as prescribing_review
from clinic.admin.prescribing.dose_form import AmendForm
from clinic.admin.rendering import get_return_url, render_page
from clinic.dosage import changes as dosage_changes
from clinic.dosage.text import describe_dosage
from clinic.models import Practitioner, Prescription, PrescriptionVersion
from clinic.prescriptions import prescribing


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A new version of the dose, with the reason."""
    treated = Prescription.objects.treated_by(request.user).select_related("client__clinic", "exercise")
    prescription = get_object_or_404(treated, pk=pk)
    client, exercise, version = prescription.client, prescription.exercise, prescription.dose
    return_url = get_return_url(request, reverse("plumbline:client", args=[client.pk]))
    if prescription.state == Prescription.State.ENDED and request.method != "POST":
        messages.info(request, _("This exercise has ended. Prescribe it anew."))
        return HttpResponseRedirect(return_url)
    by = access.find_practitioner(request, client)
    sources = dose_prefill.list_sources(exercise, by, client, templates_only=True)
    form, replaces = _form(request, prescription, version, sources), prescribing_review.displayed_version(request.POST)
    if form.is_bound and form.is_valid():
        if request.POST.get("do") == prescribing_review.PREVIEW:
            draft = form.call(lambda: _draft(prescription, form, by, replaces))
            if draft is not None:
                return prescribing_review.render_review(
                    request, _("Change the dose"), draft, client=client, changes=_describe_changes(draft),
                    early=form.early, reason=form.cleaned_data["reason"],
                )  # fmt: skip
        elif (new := form.call(lambda: _store(prescription, form, by, replaces))) is not None:
            if why := client_preview.no_time_left(new, timezone.now()):
                messages.success(request, _("The dose is changed."))
                messages.warning(request, why)
            else:
                messages.success(request, _("The dose is changed. The reminders follow it from now on."))
            if changes := _describe_changes(new):
                params = {"name": client.first_name, "what": " ".join(changes)}
                messages.info(request, _("%(name)s reads for a week: %(what)s") % params)
            return HttpResponseRedirect(return_url)
    (strip,) = day_strip.build_strips([client], form.valid_times(), {client.pk: form.early}, without=prescription)
    return render_page(
        request, "prescribing/amend.html", _("Change the dose"),
        client=client, prescription=prescription, exercise=exercise, version=version, form=form, sources=sources,
        day=strip, hours=day_strip.hour_marks(), return_url=return_url,
        replaces=prescribing_review.displayed_value(form, replaces, version.number),
        in_force=describe_dosage(version, exercise, str(get_language()))[:2],
    )  # fmt: skip


def _form(
    request: HttpRequest,
    prescription: Prescription,
    version: PrescriptionVersion,
    sources: list[dose_prefill.DoseSource],
) -> AmendForm:
    """The form to validate; after a preview, or with a dose filled in, unbound and as it was typed."""
    client, exercise, fill = prescription.client, prescription.exercise, request.POST.get("fill", "")
    back = request.POST.get("do") == prescribing_review.BACK
    if request.method == "POST" and not fill and not back:
        return AmendForm(request.POST, client, exercise, version)
    form = AmendForm(None, client, exercise, version)
    source = dose_prefill.find_source(sources, fill or dose_prefill.key_in_query(request.GET))
    typed = form.typed(request.POST) if request.method == "POST" else {}
    filled = source.fields(None) if source and not back else {}
    return AmendForm(None, client, exercise, version, typed | filled) if typed or filled else form


def _draft(prescription: Prescription, form: AmendForm, by: Practitioner, replaces: int | None) -> PrescriptionVersion:
    reason = form.cleaned_data["reason"]
    return prescribing.draft_amendment(prescription, form.dose(), by=by, reason=reason, replaces=replaces)


def _store(prescription: Prescription, form: AmendForm, by: Practitioner, replaces: int | None) -> PrescriptionVersion:
    reason = form.cleaned_data["reason"]
    return prescribing.amend_prescription(prescription, form.dose(), by=by, reason=reason, replaces=replaces)


def _describe_changes(version: PrescriptionVersion) -> list[str]:
    """What the client reads of it, in the practitioner's language."""
    return dosage_changes.describe_changes(version, timezone.now(), str(get_language()))


ROUTES = [("prescriptions/<int:pk>/amend/", amend, "amend")]

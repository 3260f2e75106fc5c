"""The actions on a flag: acknowledge it, or resolve it with a verdict and a note."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.admin import access
from clinic.admin.rendering import get_return_url, redirect_back, render_page
from clinic.admin.service_form import ResolveFlagForm
from clinic.flags import lifecycle
from clinic.models import Flag, FlagEvent, Person, Practitioner, Prescription
from clinic.models.prescription import LONGEST_REASON
from clinic.prescriptions import prescribing


def _flag(user: Person, pk: int) -> Flag:
    flags = Flag.objects.visible_to(user).select_related("prescription__client__clinic", "prescription__exercise")
    return get_object_or_404(flags, pk=pk)


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Acknowledge a flag and return to the page of the form."""
    flag = _flag(request.user, pk)
    if lifecycle.acknowledge_flag(flag, access.signed_in_user(request)):
        messages.success(request, _("%(name)s: acknowledged.") % {"name": flag.prescription.client})
    else:
        messages.info(request, _already_message(flag))
    return redirect_back(request, reverse("plumbline:index"))


@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Resolve a flag with verdict and note and, when chosen, resume its prescription, both or neither."""
    flag = _flag(request.user, pk)
    client = flag.prescription.client
    return_url = get_return_url(request, reverse("plumbline:client", args=[client.pk]))
    form = ResolveFlagForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        resolved = form.call(lambda: _resolve(flag, request, form))
        if resolved:
            messages.success(request, _("%(name)s: resolved.") % {"name": client})
            return redirect_back(request, return_url)
    if flag.state == Flag.State.RESOLVED:
        return _respond_resolved_before(request, flag, return_url)
    return render_page(
        request, "client/resolve.html", _("Resolve"), flag=flag, client=client, form=form, return_url=return_url
    )


def _resolve(flag: Flag, request: HttpRequest, form: ResolveFlagForm) -> bool:
    user, note, prescription = access.signed_in_user(request), form.cleaned_data["note"], flag.prescription
    verdict = form.cleaned_data["verdict"]
    with transaction.atomic():
        resolved = lifecycle.resolve_flag(flag, user, note, verdict=verdict)
        if resolved and form.cleaned_data["resume"] and prescription.state == Prescription.State.HELD:
            prescribing.resume_prescription(prescription, by=user, reason=note[:LONGEST_REASON])
    return resolved


def _respond_resolved_before(request: HttpRequest, flag: Flag, return_url: str) -> HttpResponseBase:
    """Say that the flag is resolved already; a note other than the stored one is shown, to be stored elsewhere."""
    last = flag.events.filter(verb=FlagEvent.Verb.RESOLVED).order_by("-at", "-pk").first()
    unsaved_note, client = request.POST.get("note", "").strip(), flag.prescription.client
    if last is None or unsaved_note in ("", last.note):
        messages.info(request, _already_message(flag))
        return redirect_back(request, return_url)
    by = Practitioner.objects.filter(user=last.by_id, clinic=client.clinic_id).first() if last.by_id else None
    return render_page(
        request,
        "client/already_resolved.html",
        _("Resolved already"),
        status=HTTPStatus.CONFLICT,
        flag=flag,
        client=client,
        resolution=last,
        resolved_by=by,
        unsaved_note=unsaved_note,
        return_url=return_url,
    )


def _already_message(flag: Flag) -> str:
    """For a form sent twice, or a colleague who was quicker."""
    return _("%(name)s: nothing to do, this is %(state)s already.") % {
        "name": flag.prescription.client,
        "state": flag.get_state_display(),
    }


ROUTES = [("flags/<int:pk>/acknowledge/", acknowledge, "acknowledge"), ("flags/<int:pk>/resolve/", resolve, "resolve")]

"""What a practitioner does with a flag: acknowledge it, or say whether it was real and resolve it with a note."""

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
from clinic.prescriptions import prescribing


def _flag(user: Person, pk: int) -> Flag:
    flags = Flag.objects.visible_to(user).select_related("prescription__client__clinic", "prescription__exercise")
    return get_object_or_404(flags, pk=pk)


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """ "Seen, I am on it." """
    flag = _flag(request.user, pk)
    if lifecycle.acknowledge_flag(flag, access.signed_in(request)):
        messages.success(request, _("%(name)s: acknowledged.") % {"name": flag.prescription.client})
    else:
        messages.info(request, _already(flag))
    return redirect_back(request, reverse("plumbline:index"))


@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Close a flag with verdict and note and, when asked, let the held exercise go on, both or neither."""
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
        return _resolved_before(request, flag, form, return_url)
    return render_page(
        request, "client/resolve.html", _("Resolve"), flag=flag, client=client, form=form, return_url=return_url
    )


def _resolve(flag: Flag, request: HttpRequest, form: ResolveFlagForm) -> bool:
    user, note, prescription = access.signed_in(request), form.cleaned_data["note"], flag.prescription
    verdict = form.cleaned_data["verdict"]
    with transaction.atomic():
        resolved = lifecycle.resolve_flag(flag, user, note, verdict=verdict)
        if resolved and form.cleaned_data["resume"] and prescription.state == Prescription.State.HELD:
            prescribing.resume_prescription(prescription, by=user, reason=note[:500])
    return resolved


def _resolved_before(request: HttpRequest, flag: Flag, form: ResolveFlagForm, return_url: str) -> HttpResponseBase:
    """A second press is told kindly; who wrote something else than what is stored gets it back, to keep as a note."""
    last = flag.events.filter(verb=FlagEvent.Verb.RESOLVED).order_by("-at", "-pk").first()
    wrote, client = request.POST.get("note", "").strip(), flag.prescription.client
    if last is None or wrote in ("", last.note):
        messages.info(request, _already(flag))
        return redirect_back(request, return_url)
    by = Practitioner.objects.filter(user=last.by_id, clinic=client.clinic_id).first() if last.by_id else None
    told = {"flag": flag, "client": client, "last": last, "by": by, "wrote": wrote, "return_url": return_url}
    return render_page(
        request, "client/already_resolved.html", _("Resolved already"), status=HTTPStatus.CONFLICT, **told
    )


def _already(flag: Flag) -> str:
    """For a second press, or a colleague who was quicker."""
    return _("%(name)s: nothing to do, this is %(state)s already.") % {
        "name": flag.prescription.client,
        "state": flag.get_state_display(),
    }


ROUTES = [
    ("flags/<int:pk>/acknowledge/", acknowledge, "acknowledge"),
    ("flags/<int:pk>/resolve/", resolve, "resolve"),
]

"""The registrants of the public page: list, accept as clients, decline, reconsider."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from clinic.admin import access, labels as admin_labels
from clinic.admin.bulk_selection import group_by_membership, selected_rows
from clinic.admin.rendering import AdminPage, render_page
from clinic.clients import invitations, registration
from clinic.models import Practitioner, Registrant

PER_PAGE = 50


@dataclass(frozen=True)
class RegistrantRow:
    """One registrant on the page."""

    registrant: Registrant
    ago: str  # since the address was confirmed
    practitioners: list[Practitioner]  # who may treat them; empty: this person may not decide


@require_safe
def listing(request: HttpRequest) -> AdminPage:
    """The waiting and the declined registrants: name, address, since when. There is no health data."""
    visible = Registrant.objects.visible_to(request.user).select_related("clinic", "decided_by")
    page_obj = Paginator(visible.waiting(), PER_PAGE).get_page(request.GET.get("page"))
    declined = visible.filter(state=Registrant.State.DECLINED).order_by("-decided_at")[:PER_PAGE]
    rows = _build_rows(request, list(page_obj))
    return render_page(
        request,
        "clients/registrants.html",
        _("Registrants"),
        page_obj=page_obj,
        rows=rows,
        several=len([row for row in rows if row.practitioners]) > 1,
        practitioners=rows[0].practitioners if rows and len(access.memberships(request)) == 1 else [],
        declined=_build_rows(request, list(declined)),
        several_clinics=len(access.memberships(request)) > 1,
        may_decide=bool(access.clinical_memberships(request)),
    )


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Accept a registrant as a client, who is sent an invitation."""
    registrant, by = _get_registrant(request, pk)
    chosen = _chosen_practitioner(request, by)
    try:
        if chosen is None:
            raise ValidationError(_("Choose somebody who works at this clinic."))
        client = invitations.accept_registrant(registrant, chosen, by=by)
    except ValidationError as error:
        params = {"name": registrant, "why": " ".join(error.messages)}
        messages.error(request, _("%(name)s: nothing is changed. %(why)s") % params)
        return HttpResponseRedirect(reverse("plumbline:registrants"))
    messages.success(request, _("The invitation to %(name)s is on its way.") % {"name": client})
    return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Decline a registrant, who keeps access to the library; no mail is sent."""
    registrant, by = _get_registrant(request, pk)
    if registration.decline_registrant(registrant, by=by):
        messages.success(request, _("%(name)s: declined. The exercises stay open to them.") % {"name": registrant})
    else:
        messages.info(request, _("%(name)s: this is decided already.") % {"name": registrant})
    return HttpResponseRedirect(reverse("plumbline:registrants"))


@require_POST
def reconsider(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Undo a decline: the registrant waits again."""
    registrant, by = _get_registrant(request, pk)
    if registration.reconsider_registrant(registrant, by=by):
        messages.success(request, _("%(name)s waits again.") % {"name": registrant})
    else:
        messages.info(request, _("%(name)s: this is decided already.") % {"name": registrant})
    return HttpResponseRedirect(reverse("plumbline:registrants"))


@require_POST
def decide(request: HttpRequest) -> HttpResponseBase:
    """Accept the checked registrants or, with ``decline``, decline them."""
    if not access.clinical_memberships(request):
        raise Http404
    chosen = selected_rows(
        request, Registrant.objects.decided_on_by(request.user).select_related("clinic"), "registrant"
    )
    count = 0
    for by, registrants in group_by_membership(access.clinical_memberships(request), chosen):
        if "decline" in request.POST:
            count += len(registration.decline_registrants(registrants, by=by))
        else:
            practitioner = _chosen_practitioner(request, by) or by
            count += len(invitations.accept_registrants(registrants, practitioner, by=by))
    if not chosen:
        messages.info(request, _("Nobody was chosen, so nothing is changed."))
    elif count:
        messages.success(request, _success_message(count, declined="decline" in request.POST))
    if rest := len(chosen) - count:
        message = ngettext(
            "%(count)s was decided already, and stays as it is.", "%(count)s were decided already, and stay so.", rest
        )
        messages.info(request, message % {"count": rest})
    return HttpResponseRedirect(reverse("plumbline:registrants"))


def _success_message(count: int, *, declined: bool) -> str:
    if declined:
        message = ngettext(
            "%(count)s person declined. The exercises stay open to them.",
            "%(count)s people declined. The exercises stay open to them.",
            count,
        )
    else:
        message = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
    return message % {"count": count}


def _get_registrant(request: HttpRequest, pk: int) -> tuple[Registrant, Practitioner]:
    """The registrant, and the membership that decides on them."""
    registrants = Registrant.objects.decided_on_by(request.user).select_related("clinic")
    registrant = get_object_or_404(registrants, pk=pk)
    return registrant, next(
        own for own in access.clinical_memberships(request) if own.clinic_id == registrant.clinic_id
    )


def _chosen_practitioner(request: HttpRequest, by: Practitioner) -> Practitioner | None:
    """The practitioner in the form, ``by`` where it has none; None: one who may not be chosen."""
    pk = request.POST.get("practitioner", str(by.pk))
    return next((choice for choice in _practitioner_choices(by) if str(choice.pk) == pk), None)


def _practitioner_choices(by: Practitioner) -> list[Practitioner]:
    """Who may become the practitioner: ``by``, and for an owner every colleague who treats."""
    if not by.owns(by.clinic_id):
        return [by]
    colleagues = Practitioner.objects.clinical().filter(clinic=by.clinic_id, active=True).exclude(pk=by.pk)
    return [by, *colleagues.order_by("name", "pk")]


def _build_rows(request: HttpRequest, registrants: list[Registrant]) -> list[RegistrantRow]:
    now = timezone.now()
    choices = {
        membership.clinic_id: _practitioner_choices(membership) for membership in access.clinical_memberships(request)
    }
    return [
        RegistrantRow(
            registrant,
            admin_labels.format_time_ago(registrant.confirmed_at or now, now),
            choices.get(registrant.clinic_id, []),
        )
        for registrant in registrants
    ]


ROUTES = [
    ("registrants/", listing, "registrants"),
    ("registrants/decide/", decide, "decide_registrants"),
    ("registrants/<int:pk>/accept/", accept, "accept_registrant"),
    ("registrants/<int:pk>/decline/", decline, "decline_registrant"),
    ("registrants/<int:pk>/reconsider/", reconsider, "reconsider_registrant"),
]

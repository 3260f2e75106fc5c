"""Those who registered on the public page: who waits, taking them on as clients, saying no, and thinking again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from clinic.admin import access
from clinic.admin import labels as admin_labels
from clinic.admin.bulk_selection import group_by_membership, selected_rows
from clinic.admin.rendering import AdminPage, render_page
from clinic.clients import invitations, registration
from clinic.models import Practitioner, Registrant

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """One registrant as the page shows them."""

    registrant: Registrant
    ago: str  # how long ago the address was confirmed
    practitioners: list[Practitioner]  # who may treat them; empty where this person does not decide


@require_safe
def listing(request: HttpRequest) -> AdminPage:
    """Who waits, then who was declined: name, address, since when. There is no health data to show."""
    known = Registrant.objects.visible_to(request.user).select_related("clinic", "decided_by")
    shown = Paginator(known.waiting(), PER_PAGE).get_page(request.GET.get("page"))
    declined = known.filter(state=Registrant.State.DECLINED).order_by("-decided_at")[:PER_PAGE]
    rows = _rows(request, list(shown))
    return render_page(
        request,
        "clients/registrants.html",
        _("Registrants"),
        page_obj=shown,
        rows=rows,
        several=len([row for row in rows if row.practitioners]) > 1,
        offered=rows[0].practitioners if rows and len(access.memberships(request)) == 1 else [],
        declined=_rows(request, list(declined)),
        several_clinics=len(access.memberships(request)) > 1,
        decides=bool(access.clinical(request)),
    )


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take on as a client: an invitation goes out, by which the person agrees to it."""
    registrant, by = _decided(request, pk)
    chosen = next((who for who in _offered(by) if str(who.pk) == request.POST.get("practitioner", str(by.pk))), None)
    try:
        if chosen is None:
            raise ValidationError(_("Choose somebody who works at this clinic."))
        client = invitations.accept_registrant(registrant, chosen, by=by)
    except ValidationError as error:
        told = {"name": registrant, "why": " ".join(error.messages)}
        messages.error(request, _("%(name)s: nothing is changed. %(why)s") % told)
        return HttpResponseRedirect(reverse("plumbline:registrants"))
    messages.success(request, _("The invitation to %(name)s is on its way.") % {"name": client})
    return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Not as a client. The library stays open to them; no mail goes out."""
    registrant, by = _decided(request, pk)
    if registration.decline_registrant(registrant, by=by):
        messages.success(request, _("%(name)s: declined. The exercises stay open to them.") % {"name": registrant})
    else:
        messages.info(request, _("%(name)s: this is decided already.") % {"name": registrant})
    return HttpResponseRedirect(reverse("plumbline:registrants"))


@require_POST
def reconsider(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Declined by mistake: waits again."""
    registrant, by = _decided(request, pk)
    if registration.reconsider_registrant(registrant, by=by):
        messages.success(request, _("%(name)s waits again.") % {"name": registrant})
    else:
        messages.info(request, _("%(name)s: this is decided already.") % {"name": registrant})
    return HttpResponseRedirect(reverse("plumbline:registrants"))


@require_POST
def decide(request: HttpRequest) -> HttpResponseBase:
    """All that are ticked: taken on, by whom an owner chose or by oneself, or with ``decline`` declined."""
    if not access.clinical(request):
        raise Http404
    chosen = selected_rows(
        request, Registrant.objects.decided_on_by(request.user).select_related("clinic"), "registrant"
    )
    count = 0
    for by, registrants in group_by_membership(access.clinical(request), chosen):
        if "decline" in request.POST:
            count += len(registration.decline_registrants(registrants, by=by))
        else:
            wanted = request.POST.get("practitioner", str(by.pk))
            treats = next((who for who in _offered(by) if str(who.pk) == wanted), by)
            count += len(invitations.accept_registrants(registrants, treats, by=by))
    if not chosen:
        messages.info(request, _("Nobody was chosen, so nothing is changed."))
    elif count:
        messages.success(request, _decided_in_words(count, declined="decline" in request.POST))
    if left := len(chosen) - count:
        told = ngettext(
            "%(count)s was decided already, and stays as it is.", "%(count)s were decided already, and stay so.", left
        )
        messages.info(request, told % {"count": left})
    return HttpResponseRedirect(reverse("plumbline:registrants"))


def _decided_in_words(count: int, *, declined: bool) -> str:
    if declined:
        told = ngettext(
            "%(count)s person declined. The exercises stay open to them.",
            "%(count)s people declined. The exercises stay open to them.",
            count,
        )
    else:
        told = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
    return told % {"count": count}


def _decided(request: HttpRequest, pk: int) -> tuple[Registrant, Practitioner]:
    """The registrant, and as whom the person decides."""
    registrants = Registrant.objects.decided_on_by(request.user).select_related("clinic")
    registrant = get_object_or_404(registrants, pk=pk)
    return registrant, next(who for who in access.clinical(request) if who.clinic_id == registrant.clinic_id)


def _offered(by: Practitioner) -> list[Practitioner]:
    """Who may become the practitioner: oneself, and for an owner every colleague who treats."""
    if by.role != Practitioner.Role.OWNER:
        return [by]
    colleagues = Practitioner.objects.clinical().filter(clinic=by.clinic_id, active=True).exclude(pk=by.pk)
    return [by, *colleagues.order_by("name", "pk")]


def _rows(request: HttpRequest, registrants: list[Registrant]) -> list[Row]:
    now = timezone.now()
    offered = {membership.clinic_id: _offered(membership) for membership in access.clinical(request)}
    return [
        Row(
            registrant,
            admin_labels.format_time_ago(registrant.confirmed_at or now, now),
            offered.get(registrant.clinic_id, []),
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

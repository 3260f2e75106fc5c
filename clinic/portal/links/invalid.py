"""Pages for links that are invalid, expired or used: what to do next, never whether a record exists."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from clinic.models import Clinic


def render_invalid_link(
    request: HttpRequest, reason: str, *, status: int, clinic: Clinic | None = None
) -> HttpResponse:
    """The page for one reason.

    Args:
        reason: altered, expired_report, expired_invitation, expired_confirmation, answered, ended, invitation_over or
            confirmed.
        status: 404 for an altered link, 410 for an expired or used one.
        clinic: the one to call, if known by the link; else the only clinic of the site.
    """
    sign_in_url = resolve_url(settings.LOGIN_URL)
    context = {"reason": reason, "clinic": clinic or _only_clinic(), "sign_in_url": sign_in_url}
    return render(request, "clinic/portal/links/invalid.html", context, status=status)


def _only_clinic() -> Clinic | None:
    clinics = list(Clinic.objects.all()[:2])
    return clinics[0] if len(clinics) == 1 else None

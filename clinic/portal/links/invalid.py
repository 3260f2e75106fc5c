"""Pages for links that open nothing any more. They say what to do next and never whether a record exists."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from clinic.models import Clinic


def render_invalid_link(request: HttpRequest, why: str, *, status: int, clinic: Clinic | None = None) -> HttpResponse:
    """The page for one reason.

    Args:
        why: altered, expired_report, expired_invitation, expired_confirmation, answered, ended, invitation_over or
            confirmed.
        status: 404 for a link that is none of ours, 410 for one that has had its time.
        clinic: whom to call, where the link says so; else the only clinic of the site, which its front page names too.
    """
    sign_in_url = resolve_url(settings.LOGIN_URL)
    context = {"why": why, "clinic": clinic or _only_clinic(), "sign_in_url": sign_in_url}
    return render(request, "clinic/portal/links/invalid.html", context, status=status)


def _only_clinic() -> Clinic | None:
    some = list(Clinic.objects.all()[:2])
    return some[0] if len(some) == 1 else None

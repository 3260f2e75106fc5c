"""The link at the foot of the daily mail: stop it, or have it again. It works for good and without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import override

from clinic.models import Practitioner
from clinic.portal.links.invalid import render_invalid_link
from clinic.team import preferences as team_preferences


def stop_digest(request: HttpRequest, row: int) -> HttpResponse:
    """GET shows the choice and a button; POST changes it. A mail provider's one click (RFC 8058) switches off."""
    practitioner = Practitioner.objects.select_related("clinic").filter(pk=row, active=True).first()
    if practitioner is None:
        return render_invalid_link(request, "altered", status=404)
    with override(practitioner.mail_language):
        if request.method == "POST":
            team_preferences.set_digest_wanted(practitioner, request.POST.get("wanted") == "yes", by=None)
            if "List-Unsubscribe" not in request.POST:
                return redirect(request.path)
        context = {"clinic": practitioner.clinic, "wanted": practitioner.digest_wanted}
        response = render(request, "clinic/portal/links/digest_unsubscribe.html", context)
        response["Content-Language"] = practitioner.mail_language
        return response

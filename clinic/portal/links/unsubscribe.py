"""The link at the foot of every reminder: stop them, or have them again. It works for good and without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic.clients import preferences as client_preferences
from clinic.models import Client
from clinic.portal.access import override_locale
from clinic.portal.links.invalid import render_invalid_link


def stop_reminders(request: HttpRequest, row: int) -> HttpResponse:
    """GET shows the choice and a button; POST changes it. A mail provider's one click (RFC 8058) switches off."""
    client = Client.objects.select_related("clinic").filter(pk=row).first()
    if client is None:
        return render_invalid_link(request, "altered", status=404)
    with override_locale(client):
        if request.method == "POST":
            client_preferences.set_reminders_wanted(client, request.POST.get("wanted") == "yes", by=None)
            if "List-Unsubscribe" not in request.POST:
                return redirect(request.path)
        context = {"clinic": client.clinic, "wanted": client.reminders_wanted}
        response = render(request, "clinic/portal/links/unsubscribe.html", context)
        response["Content-Language"] = client.language
        return response

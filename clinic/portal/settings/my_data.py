"""The client's data: export, correction and leaving."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.clients import departure
from clinic.documents import data_export
from clinic.models import Client
from clinic.portal.access import client_only, render_page
from clinic.portal.home import sign_out


@require_safe
@client_only
def my_data(request: HttpRequest, client: Client) -> HttpResponse:
    """The three choices with their links."""
    return render_page(request, client, "settings/my_data.html")


@require_http_methods(["GET"])  # a HEAD would be audited as an export
@client_only
def download_my_data(request: HttpRequest, client: Client) -> HttpResponse:
    """The data export. A link and no form: the browser inside a mail app saves nothing else."""
    packed = data_export.export_data(client, by=_user(request))
    return HttpResponse(
        packed, content_type="application/zip", headers={"Content-Disposition": 'attachment; filename="my-data.zip"'}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@client_only
def leave(request: HttpRequest, client: Client) -> HttpResponse:
    """GET lists what is erased and what stays; POST leaves, signs out and goes to the front page."""
    if request.method != "POST":
        context = {"address_days": departure.ADDRESS_KEPT_FOR.days, "sign_in_stays": departure.keeps_sign_in(client)}
        return render_page(request, client, "settings/leave.html", context)
    departure.leave_clinic(client, by=_user(request))
    response = sign_out(request)
    messages.success(request, _("You have left %(clinic)s. We send you nothing more.") % {"clinic": client.clinic.name})
    return response


def _user(request: HttpRequest) -> AbstractBaseUser:
    return request.user  # type: ignore[return-value]  # signed in: the page is for clients only

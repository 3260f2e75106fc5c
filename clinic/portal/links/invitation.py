"""The link of an invitation: consent and a sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy as _

from clinic.accounts.users import SignInNeeded
from clinic.clients import acceptance
from clinic.conf import conf
from clinic.models import Client, Invitation
from clinic.portal.access import override_locale
from clinic.portal.fields import PasswordForm, TimeZoneField, posted_data
from clinic.portal.links.invalid import render_invalid_link
from clinic.portal.links.sign_in import require_sign_in, sign_in


class JoinForm(PasswordForm):
    """Consent, where the client lives and, if wanted, a password."""

    field_order = ("time_zone", "password", "agree")
    time_zone = TimeZoneField(
        label=_("Where do you live?"),
        help_text=_("The place nearest to you, so that a reminder comes at the right hour."),
    )
    agree = forms.BooleanField(
        label=_("I agree that this clinic keeps and reads my answers."),
        error_messages={"required": _("Tick the box to go on. Without it we may not keep your answers.")},
    )

    def __init__(self, client: Client, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"time_zone": client.time_zone})
        if not client.clinic.code_sign_in:
            self.fields["password"].label = _("Choose a password")
            self.fields["password"].help_text = _("You sign in with it, or later with your fingerprint or face.")
        place = self.fields["time_zone"]
        assert isinstance(place, TimeZoneField)
        place.add_zone(client.time_zone)


def accept_invitation(request: HttpRequest, row: int) -> HttpResponse:
    """GET shows what the client agrees to; POST joins, signs in and leads to the first page."""
    try:
        invitation = acceptance.usable_invitation(row)
    except acceptance.InvitationUnusable:
        return _over(request, row)
    client = invitation.client
    with override_locale(client):
        account = acceptance.existing_account(client)
        if account is not None and account.pk != request.user.pk:
            return require_sign_in(request, client)
        form = JoinForm(client, posted_data(request))
        if request.method == "POST" and form.is_valid():
            try:
                joined = acceptance.accept_invitation(
                    invitation,
                    password=form.cleaned_data["password"],
                    user=account,  # never the person at this screen: a colleague does not join by it
                    time_zone=form.cleaned_data["time_zone"],
                )
            except ValidationError as error:
                form.add_service_error(error)
            except SignInNeeded:
                return require_sign_in(request, client)
            except acceptance.InvitationUnusable:
                return _over(request, row)
            else:
                if account is None:
                    sign_in(request, joined)
                messages.success(request, _how_to_come_back(client))
                return redirect("clinic:today")
        context = {
            "form": form,
            "addressee": client,
            "clinic": client.clinic,
            "invited_by": invitation.invited_by,
            "account": account,
        }
        return _show(request, client, "links/invitation.html", context, status=422 if form.errors else 200)


def _show(
    request: HttpRequest, client: Client, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    response = render(request, f"clinic/portal/{template}", context, status=status)
    response["Content-Language"] = client.language
    return response


def _how_to_come_back(client: Client) -> str:
    """How to sign in later: the browser inside a mail app forgets, and the invitation is used."""
    values = {"address": conf.base_url.partition("://")[2], "email": client.email}
    if client.clinic.code_sign_in:
        return (
            gettext(
                "You are in. To come back, open %(address)s in your own browser, too. We mail you a code to %(email)s."
            )
            % values
        )
    return gettext("You are in. To come back, open %(address)s in your own browser, too, and sign in.") % values


def _over(request: HttpRequest, row: int) -> HttpResponse:
    used = Invitation.objects.select_related("client__clinic").filter(pk=row).first()
    if used is None:  # withdrawn; the link was genuine
        return render_invalid_link(request, "invitation_over", status=410)
    if used.client.user_id is not None and used.client.user_id == request.user.pk:
        return redirect("clinic:today")  # already joined by it
    with override_locale(used.client):
        return render_invalid_link(request, "invitation_over", status=410, clinic=used.client.clinic)

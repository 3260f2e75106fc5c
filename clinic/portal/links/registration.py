"""The link of a registration: one button confirms the address, signs in and opens the library."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinic.accounts.users import SignInNeeded
from clinic.clients import registration
from clinic.models import Confirmation
from clinic.portal.access import override_locale, render_page
from clinic.portal.fields import PasswordForm, posted_data
from clinic.portal.links.invalid import render_invalid_link
from clinic.portal.links.sign_in import require_sign_in, sign_in


def confirm_registration(request: HttpRequest, row: int) -> HttpResponse:
    """GET shows who is to be confirmed; POST confirms, signs in and leads to the library."""
    try:
        confirmation = registration.usable_confirmation(row)
    except registration.ConfirmationUnusable:
        return _over(request, row)
    registrant = confirmation.registrant
    with override_locale(registrant):
        account = registration.existing_account(registrant)
        if account is not None and account.pk != request.user.pk:
            return require_sign_in(request, registrant)
        form = PasswordForm(posted_data(request))
        if request.method == "POST" and form.is_valid():
            try:
                # Never the person at this screen: only the owner of the address.
                confirmed = registration.confirm_registrant(
                    confirmation, password=form.cleaned_data["password"], user=account
                )
            except ValidationError as error:
                form.add_service_error(error)
            except SignInNeeded:
                return require_sign_in(request, registrant)
            except registration.ConfirmationUnusable:
                return _over(request, row)
            else:
                if account is None:
                    sign_in(request, confirmed)
                messages.success(
                    request, _("Welcome, %(name)s. Your address is confirmed.") % {"name": registrant.first_name}
                )
                return redirect("clinic:library")
        context = {"form": form, "addressee": registrant, "account": account, "registrant": None}
        return render_page(request, registrant, "links/registration.html", context, status=422 if form.errors else 200)


def _over(request: HttpRequest, row: int) -> HttpResponse:
    used = Confirmation.objects.select_related("registrant__clinic").filter(pk=row).first()
    if used is None:
        return render_invalid_link(request, "altered", status=404)
    registrant = used.registrant
    if registrant.user_id is not None and registrant.user_id == request.user.pk:
        return redirect("clinic:library")  # already confirmed by it
    with override_locale(registrant):
        reason = "confirmed" if registrant.user_id is not None else "expired_confirmation"
        return render_invalid_link(request, reason, status=410, clinic=registrant.clinic)

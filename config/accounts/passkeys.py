"""Passkeys for clients: offered once on each phone, as an additional sign-in.

allauth treats any key as a second factor. A client who lost the phone would then be asked for its key after typing
the code from the mail. So a client's passkey is one more sign-in; members of a team keep the second factor.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.accounts.devices import describe_device
from clinic.models import Practitioner

COOKIE, ADDED, DECLINED = "passkey", "added", "declined"  # on this phone
COOKIE_MAX_AGE = 400 * 24 * 3600  # seconds, the longest that browsers accept


class PasskeyAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """A client's second factor is an app, or a key that is no passkey; that of a member of a team is any."""

    def is_mfa_enabled(self, user: AbstractBaseUser, types: list[str] | None = None) -> bool:
        if not super().is_mfa_enabled(user, types=types):
            return False
        if Practitioner.objects.for_user(user).exists():
            return True
        keys = Authenticator.objects.filter(user=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
        if types is not None:
            keys = keys.filter(type__in=types)
        return any(not is_passkey(key) for key in keys)


def is_passkey(key: Authenticator) -> bool:
    """Whether the key signs in alone; True also where an old browser did not say."""
    return key.type == Authenticator.Type.WEBAUTHN and key.wrap().is_passwordless is not False


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """Initially the name of the device, and a key that signs in alone."""

    def __init__(self, *args: Any, agent: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"name": describe_device(agent), "passwordless": True, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class PasskeyPage(AddWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    """Add a passkey; a client then returns to the portal, without the recovery codes of a second factor."""

    form_class = PasskeyForm

    def get_form_class(self) -> type[PasskeyForm]:
        return PasskeyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return {**kwargs, "agent": self.request.headers.get("User-Agent", "")}

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        is_client_passkey = (
            form.cleaned_data["passwordless"] and not Practitioner.objects.for_user(self.request.user).exists()
        )
        if not is_client_passkey:
            response: HttpResponse = super().form_valid(form)
            return set_passkey_cookie(response, ADDED) if form.cleaned_data["passwordless"] else response
        raise_if_reauthentication_required(self.request, app="allauth.mfa")
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        flows.signup_authenticator(self.request, self.request.user, name, credential)
        return set_passkey_cookie(redirect(resolve_url(settings.LOGIN_REDIRECT_URL)), ADDED)


@require_POST
@login_required
def decline_passkey(request: HttpRequest) -> HttpResponse:
    """Never offer a passkey again on this phone."""
    messages.success(request, _("We will not ask again on this phone. You find it under Settings."))
    return set_passkey_cookie(redirect(resolve_url(settings.LOGIN_REDIRECT_URL)), DECLINED)


def set_passkey_cookie(response: HttpResponse, value: str) -> HttpResponse:
    """Store on this phone that a passkey was added or declined."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, value, max_age=COOKIE_MAX_AGE, httponly=True, samesite="Lax", secure=secure)
    return response


def should_offer_passkey(request: HttpRequest) -> bool:
    """Whether a client's first page offers a passkey: none was added or declined on this phone, and there is none.

    The page's script shows the offer only where the phone can store one; the browser inside a mail app often cannot.
    """
    if request.COOKIES.get(COOKIE) in {ADDED, DECLINED} or not request.user.is_authenticated:
        return False
    return not Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.WEBAUTHN).exists()

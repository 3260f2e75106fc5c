"""Passkeys for clients: offered once on the phone they hold, and a way in that never shuts another.

allauth takes any key for a second step. A client who lost the phone would then be asked for the key on it after
typing the code from the mail. So a client's passkey is one more way in; who works here keeps the second step.
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

COOKIE, HERE, NO = "passkey", "here", "no"  # of this phone: it has one, or its owner wants none
LONGEST = 400 * 24 * 3600  # seconds; browsers keep no cookie longer


class KeysAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """For clients a second step is on by an app, or by a key that opens nothing alone; for who works here by any."""

    def is_mfa_enabled(self, user: AbstractBaseUser, types: list[str] | None = None) -> bool:
        if not super().is_mfa_enabled(user, types=types):
            return False
        if Practitioner.objects.for_user(user).exists():
            return True
        mine = Authenticator.objects.filter(user=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
        kinds = mine if types is None else mine.filter(type__in=types)
        return any(not opens_alone(key) for key in kinds)


def opens_alone(key: Authenticator) -> bool:
    """A passkey, as far as the browser said: old ones do not say."""
    return key.type == Authenticator.Type.WEBAUTHN and key.wrap().is_passwordless is not False


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """Ready to send: the device's own name, and a key that signs in alone."""

    def __init__(self, *args: Any, agent: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"name": describe_device(agent), "passwordless": True, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class PasskeyPage(AddWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    """Make a passkey. A client goes back to the own pages by it, without the spare codes of a second step."""

    form_class = PasskeyForm

    def get_form_class(self) -> type[PasskeyForm]:
        return PasskeyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return {**kwargs, "agent": self.request.headers.get("User-Agent", "")}

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        alone = form.cleaned_data["passwordless"] and not Practitioner.objects.for_user(self.request.user).exists()
        if not alone:
            response: HttpResponse = super().form_valid(form)
            return keep(response, HERE) if form.cleaned_data["passwordless"] else response
        raise_if_reauthentication_required(self.request, app="allauth.mfa")
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        flows.signup_authenticator(self.request, self.request.user, name, credential)
        return keep(redirect(resolve_url(settings.LOGIN_REDIRECT_URL)), HERE)


@require_POST
@login_required
def not_wanted(request: HttpRequest) -> HttpResponse:
    """Never offer it again on this phone."""
    messages.success(request, _("We will not ask again on this phone. You find it under Settings."))
    return keep(redirect(resolve_url(settings.LOGIN_REDIRECT_URL)), NO)


def keep(response: HttpResponse, word: str) -> HttpResponse:
    """Remember on this phone what was said about passkeys."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, word, max_age=LONGEST, httponly=True, samesite="Lax", secure=secure)
    return response


def offer(request: HttpRequest) -> bool:
    """Whether a client's first page offers a passkey: nothing was said on this phone, and there is none yet.

    The page's script shows the offer only where the phone can keep one; the browser inside a mail app often cannot.
    """
    if request.COOKIES.get(COOKIE) in {HERE, NO} or not request.user.is_authenticated:
        return False
    return not Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.WEBAUTHN).exists()

"""How people sign in to the runnable project: allauth's adapter and form, and what an accepted invitation proves."""

import time
import unicodedata
from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    LoginForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
)
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from clinic.models import Practitioner, is_platform_staff
from config.accounts.mail import PlainWords

ADDRESS_TYPED = "address_typed"  # in the session: nobody types an address twice since a code was wrong


class AccountAdapter(PlainWords):
    """Sign-up is closed (the clinic has its own page for it), and each kind of person lands on their own first page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever signed in a moment ago has just shown who it is, by the code too."""
        shown = get_authentication_records(self.request, self.request.user)
        fresh = bool(shown) and time.time() - shown[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not fresh and bool(super().is_reauthentication_required(app=app))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if Practitioner.objects.for_user(request.user).exists() or is_platform_staff(request.user):
            return str(settings.PRACTITIONER_PATH)
        return resolve_url(settings.LOGIN_REDIRECT_URL)


class SignInForm(LoginForm):
    """Mail address and, if wanted, a password; with no password a code goes to the mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("login", address_typed())
        self.fields["password"].required = False
        self.fields["password"].widget.is_required = False
        self.fields["password"].help_text = _("Leave it empty and we mail you a code to sign in with.")


class AskForCodeForm(RequestLoginCodeForm):
    """A mail address, written in already where it was typed before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("email", address_typed())


class DigitsField(forms.CharField):
    """Digits, however they were pasted: with spaces, dashes of any length, or the words around them."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        found = "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())
        return found or text


class CodeForm(ConfirmLoginCodeForm):
    """The code that signs in."""

    code = DigitsField(max_length=200)


class AddressCodeForm(ConfirmEmailVerificationCodeForm):
    """The code that proves an address."""

    code = DigitsField(max_length=200)


class ShowAgainForm(ReauthenticateForm):
    """The password once more. allauth's help is a link to a new one, too low for a thumb: the page has a button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class NewPasswordForm(ChangePasswordForm):
    """The present password and a new one, twice; its page has the button too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


def address_typed() -> str:
    """The address of a code that came to nothing, once."""
    session = getattr(context.request, "session", None)
    return str(session.pop(ADDRESS_TYPED, "")) if session is not None and ADDRESS_TYPED in session else ""


def sign_in_closed(user: AbstractBaseUser | None, closed: bool, **_signal: object) -> None:
    """Who left, and signs in for nothing else: the addresses, keys and devices of the sign-in go.

    Receiver of `clinic.signals.client_left`.
    """
    if user is None or not closed:
        return
    for device in UserSession.objects.filter(user=user.pk):
        device.end()
    for kind in (EmailAddress, Authenticator):
        kind.objects.filter(user=user.pk).delete()


def second_step_added(
    request: HttpRequest, user: AbstractBaseUser, authenticator: Authenticator, **_signal: object
) -> None:
    """Who has just set up an app or a key has shown it, in this session and in no other.

    Receiver of `allauth.mfa.signals.authenticator_added`; without it the next page would ask for it at once.
    """
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def mailbox_proven(user: AbstractUser, **_signal: object) -> None:
    """Record that `user` reads the mail of `user.email`: they came by a link that was sent there.

    Receiver of `client_joined`, `registrant_joined` and `practitioner_joined` of `clinic.signals`. An address that
    another account has proven stays with that account.
    """
    address = user.email.lower()
    if not address or EmailAddress.objects.filter(email=address, verified=True).exclude(user=user).exists():
        return
    others = EmailAddress.objects.filter(user=user).exclude(email=address)
    others.filter(primary=True).update(primary=False)
    EmailAddress.objects.update_or_create(user=user, email=address, defaults={"verified": True, "primary": True})


def code_entered(user: AbstractUser, method: str, email: str | None = None, **_signal: object) -> None:
    """A code that reached the account's own mailbox proves it; without this, allauth asks for a second code.

    Receiver of `allauth.account.signals.authentication_step_completed`.
    """
    if method == "code" and email and email.lower() == user.email.lower():
        mailbox_proven(user)

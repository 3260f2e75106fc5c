"""Sign-in to the runnable project: allauth's adapter and forms, and the receivers that verify an email."""

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
from config.accounts.mail import MailAdapter

TYPED_EMAIL_KEY = "typed_email"  # in the session, so that nobody types an address again after a wrong code


class AccountAdapter(MailAdapter):
    """Closes allauth's sign-up, as the clinic has its own page, and redirects each role to its first page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not required shortly after a sign-in, also by a code."""
        records = get_authentication_records(self.request, self.request.user)
        is_fresh = bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not is_fresh and bool(super().is_reauthentication_required(app=app))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if Practitioner.objects.for_user(request.user).exists() or is_platform_staff(request.user):
            return str(settings.PRACTITIONER_PATH)
        return resolve_url(settings.LOGIN_REDIRECT_URL)


class SignInForm(LoginForm):
    """Email and optional password; without a password a code is mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("login", pop_typed_email())
        self.fields["password"].required = False
        self.fields["password"].widget.is_required = False
        self.fields["password"].help_text = _("Leave it empty and we mail you a code to sign in with.")


class RequestCodeForm(RequestLoginCodeForm):
    """An email, filled in with the one typed before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("email", pop_typed_email())


class DigitsField(forms.CharField):
    """Digits, also pasted with spaces, dashes or the text around them."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        digits = "".join(str(unicodedata.digit(character)) for character in text if character.isdigit())
        return digits or text


class CodeForm(ConfirmLoginCodeForm):
    """The code that signs in."""

    code = DigitsField(max_length=200)


class EmailCodeForm(ConfirmEmailVerificationCodeForm):
    """The code that verifies an email."""

    code = DigitsField(max_length=200)


class PasswordAgainForm(ReauthenticateForm):
    """The password again, without allauth's help text, a link too small for touch: the page has a button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class NewPasswordForm(ChangePasswordForm):
    """The current password and a new one, twice; its page has the button too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


def pop_typed_email() -> str:
    """Return, once, the email typed for a code that did not sign in."""
    session = getattr(context.request, "session", None)
    return str(session.pop(TYPED_EMAIL_KEY, "")) if session is not None and TYPED_EMAIL_KEY in session else ""


def close_sign_in(user: AbstractBaseUser | None, closed: bool, **_signal: object) -> None:
    """Delete emails, keys and sessions of a client who left and has no other use of the sign-in.

    Receiver of `clinic.signals.client_left`.
    """
    if user is None or not closed:
        return
    for device in UserSession.objects.filter(user=user.pk):
        device.end()
    for kind in (EmailAddress, Authenticator):
        kind.objects.filter(user=user.pk).delete()


def record_second_factor(
    request: HttpRequest, user: AbstractBaseUser, authenticator: Authenticator, **_signal: object
) -> None:
    """Record a second factor just set up as used, in this session alone.

    Receiver of `allauth.mfa.signals.authenticator_added`; without it the next page would ask for it at once.
    """
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def verify_email(user: AbstractUser, **_signal: object) -> None:
    """Record `user.email` as verified: the user came by a link that was sent there.

    Receiver of `client_joined`, `registrant_joined` and `practitioner_joined` of `clinic.signals`. An email that
    another account has verified stays with that account.
    """
    address = user.email.lower()
    if not address or EmailAddress.objects.filter(email=address, verified=True).exclude(user=user).exists():
        return
    others = EmailAddress.objects.filter(user=user).exclude(email=address)
    others.filter(primary=True).update(primary=False)
    EmailAddress.objects.update_or_create(user=user, email=address, defaults={"verified": True, "primary": True})


def verify_email_by_code(user: AbstractUser, method: str, email: str | None = None, **_signal: object) -> None:
    """Verify the account's email by a sign-in code sent there; without this, allauth asks for a second code.

    Receiver of `allauth.account.signals.authentication_step_completed`.
    """
    if method == "code" and email and email.lower() == user.email.lower():
        verify_email(user)

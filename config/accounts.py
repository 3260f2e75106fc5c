"""How people sign in to the runnable project: allauth's adapter and form, and what an accepted invitation proves."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from clinic.models import Practitioner
from config.account_mail import PlainWords


class AccountAdapter(PlainWords):
    """Sign-up is closed (the clinic has its own page for it), and each kind of person lands on their own first page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if Practitioner.objects.of(request.user).exists():
            return str(settings.PRACTITIONER_PATH)
        return resolve_url(settings.LOGIN_REDIRECT_URL)


class SignInForm(LoginForm):
    """Mail address and, if wanted, a password; with no password a code goes to the mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        self.fields["password"].widget.is_required = False
        self.fields["password"].help_text = _("Leave it empty and we mail you a code to sign in with.")


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

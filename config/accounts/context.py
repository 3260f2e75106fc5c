"""The context of the pages under /accounts/: the clinic they name and the client whose pages they link."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.conf import conf
from clinic.models import Client, Clinic, Practitioner, is_platform_staff
from clinic.models.clinic import Person
from clinic.portal.pwa.offline import owner_keys
from config.accounts import passkeys

ALLAUTH_PREFIXES = ("account_", "mfa_", "usersessions_")


def account_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor of allauth's pages: ``clinic``, ``client`` and the keys of stored answers.

    The client's first page gets the offer of a passkey; other pages have their own context.
    """
    match = request.resolver_match
    if match is None:
        return {}
    if match.view_name == "clinic:today":
        offered = passkeys.should_offer_passkey(request)
        return {"sign_in_offer": "account/snippets/passkey_offer.html" if offered else ""}
    if not str(match.url_name).startswith(ALLAUTH_PREFIXES):
        return {}
    client = _client(request.user)
    return {
        "client": client,
        "owner_keys": owner_keys(client) if client else [],
        "clinic": client.clinic if client else SimpleLazyObject(lambda: _clinic(request.user)),
        "practitioner_url": SimpleLazyObject(lambda: settings.PRACTITIONER_PATH if _works_here(request.user) else ""),
        "second_factor_required": SimpleLazyObject(
            lambda: conf.two_factor and Practitioner.objects.for_user(request.user).clinical().exists()
        ),
        "has_passkey": request.COOKIES.get(passkeys.COOKIE) == passkeys.ADDED,
        "some_clinics_without_codes": SimpleLazyObject(lambda: Clinic.objects.filter(code_sign_in=False).exists()),
    }


def find_clinic_by_email(email: str) -> Clinic | None:
    """Return the clinic that sends the mails to this email; None where none is known."""
    clients = Client.objects.filter(email__iexact=email).exclude(state=Client.State.LEFT).select_related("clinic")
    if client := clients.order_by("pk").first():
        return client.clinic
    user_email = f"user__{get_user_model().get_email_field_name()}__iexact"
    members = Practitioner.objects.filter(active=True, **{user_email: email})
    if member := members.select_related("clinic").order_by("pk").first():
        return member.clinic
    return _only_clinic()


def has_no_code_sign_in(email: str) -> bool:
    """Whether a client with this email is at a clinic without code sign-in; one of several is enough."""
    field = f"user__{get_user_model().get_email_field_name()}__iexact"
    has_email = Q(**{field: email}) | Q(user__emailaddress__email__iexact=email)
    return Client.objects.filter(has_email, state=Client.State.JOINED, clinic__code_sign_in=False).exists()


def _client(person: Person) -> Client | None:
    joined = Client.objects.for_user(person).select_related("clinic")
    return joined.order_by("consented_at", "pk").first()


def _clinic(person: Person) -> Clinic | None:
    member = Practitioner.objects.for_user(person).select_related("clinic").order_by("pk").first()
    return member.clinic if member else _only_clinic()


def _works_here(person: Person) -> bool:
    return Practitioner.objects.for_user(person).exists() or is_platform_staff(person)


def _only_clinic() -> Clinic | None:
    """The clinic of a site with one clinic; on a site with several a stranger sees none."""
    first_two = list(Clinic.objects.order_by("pk")[:2])
    return first_two[0] if len(first_two) == 1 else None

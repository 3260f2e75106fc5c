"""Whose pages /accounts/ are: the clinic's whose name they bear, and the client's whose rooms they list."""

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

ALLAUTH = ("account_", "mfa_", "usersessions_")


def clinic_shown(request: HttpRequest) -> dict[str, Any]:
    """Context processor for the pages that allauth draws: ``clinic``, ``client``, and whose answers may wait.

    The client's first page gets the offer of a passkey; other pages bring their own.
    """
    match = request.resolver_match
    if match is None:
        return {}
    if match.view_name == "clinic:today":
        return {"sign_in_offer": "account/snippets/passkey_offer.html" if passkeys.offer(request) else ""}
    if not str(match.url_name).startswith(ALLAUTH):
        return {}
    client = _client(request.user)
    return {
        "client": client,
        "owner_keys": owner_keys(client) if client else [],
        "clinic": client.clinic if client else SimpleLazyObject(lambda: _clinic(request.user)),
        "work": SimpleLazyObject(lambda: settings.PRACTITIONER_PATH if _works(request.user) else ""),
        "must": SimpleLazyObject(
            lambda: conf.two_factor and Practitioner.objects.for_user(request.user).clinical().exists()
        ),
        "passkey_here": request.COOKIES.get(passkeys.COOKIE) == passkeys.HERE,
        "some_without_codes": SimpleLazyObject(lambda: Clinic.objects.filter(code_sign_in=False).exists()),
    }


def clinic_of_address(address: str) -> Clinic | None:
    """The clinic that a mail to this address should come from."""
    client = Client.objects.filter(email__iexact=address).exclude(state=Client.State.LEFT).select_related("clinic")
    if found := client.order_by("pk").first():
        return found.clinic
    user_email = f"user__{get_user_model().get_email_field_name()}__iexact"
    works_here = Practitioner.objects.filter(active=True, **{user_email: address})
    if at_work := works_here.select_related("clinic").order_by("pk").first():
        return at_work.clinic
    return _only_clinic()


def no_code_for(address: str) -> bool:
    """Whether a client with this address is at a clinic that does without codes; of several, one is enough."""
    field = f"user__{get_user_model().get_email_field_name()}__iexact"
    theirs = Q(**{field: address}) | Q(user__emailaddress__email__iexact=address)
    return Client.objects.filter(theirs, state=Client.State.JOINED, clinic__code_sign_in=False).exists()


def _client(person: Person) -> Client | None:
    joined = Client.objects.for_user(person).select_related("clinic")
    return joined.order_by("consented_at", "pk").first()


def _clinic(person: Person) -> Clinic | None:
    at_work = Practitioner.objects.for_user(person).select_related("clinic").order_by("pk").first()
    return at_work.clinic if at_work else _only_clinic()


def _works(person: Person) -> bool:
    return Practitioner.objects.for_user(person).exists() or is_platform_staff(person)


def _only_clinic() -> Clinic | None:
    """On a site with several clinics a stranger is shown none of them."""
    first_two = list(Clinic.objects.order_by("pk")[:2])
    return first_two[0] if len(first_two) == 1 else None

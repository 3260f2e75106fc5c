"""Who is at the door: the memberships of the signed-in person, read once a request.

docs/security.md has the table of pages and acts by role; tests/admin/test_who_may_what.py tries every cell of it.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest

from clinic import models
from clinic.models import Client, Clinic, Practitioner

_KEPT = "_plumbline_memberships"


def signed_in(request: HttpRequest) -> AbstractBaseUser:
    """The person who acts. The site lets nobody else as far as an act; Http404 all the same."""
    if isinstance(request.user, AbstractBaseUser):
        return request.user
    raise Http404


def memberships(request: HttpRequest) -> list[Practitioner]:
    """The active memberships, each with its clinic; empty for anybody who does not work here."""
    kept: list[Practitioner] | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = list(Practitioner.objects.for_user(request.user).select_related("clinic").order_by("clinic__name", "pk"))
        setattr(request, _KEPT, kept)
    return kept


def clinical(request: HttpRequest) -> list[Practitioner]:
    """Those memberships whose role may see health data."""
    return [membership for membership in memberships(request) if membership.is_clinical]


def owns(request: HttpRequest) -> bool:
    """Whether the person owns a clinic."""
    return bool(owned(request))


def owned(request: HttpRequest) -> list[Clinic]:
    """The clinics whose team the person manages."""
    return [each.clinic for each in memberships(request) if each.role == Practitioner.Role.OWNER]


def is_platform_staff(request: HttpRequest) -> bool:
    """Whether the person is platform staff: sees clinics and who works there, and no client."""
    return models.is_platform_staff(request.user)


def practitioner_of(request: HttpRequest, client: Client) -> Practitioner:
    """As whom the person treats this client. Raises Http404 when they do not."""
    for membership in clinical(request):
        if membership.clinic_id == client.clinic_id:
            return membership
    raise Http404

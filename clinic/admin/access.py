"""The memberships and roles of the signed-in person, read once a request.

docs/security.md has the table of pages and acts by role; tests/admin/test_who_may_what.py tries every cell of it.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest

from clinic import models
from clinic.models import Client, Clinic, Practitioner

_CACHE = "_plumbline_memberships"


def signed_in_user(request: HttpRequest) -> AbstractBaseUser:
    """The signed-in user. Raises Http404 for anybody else, whom the site has turned away before."""
    if isinstance(request.user, AbstractBaseUser):
        return request.user
    raise Http404


def memberships(request: HttpRequest) -> list[Practitioner]:
    """The active memberships, each with its clinic; empty for anybody without one."""
    rows: list[Practitioner] | None = getattr(request, _CACHE, None)
    if rows is None:
        rows = list(Practitioner.objects.for_user(request.user).select_related("clinic").order_by("clinic__name", "pk"))
        setattr(request, _CACHE, rows)
    return rows


def clinical_memberships(request: HttpRequest) -> list[Practitioner]:
    """The memberships whose role may see health data."""
    return [membership for membership in memberships(request) if membership.is_clinical]


def is_owner(request: HttpRequest) -> bool:
    """Whether the person owns a clinic."""
    return bool(owned_clinics(request))


def owned_clinics(request: HttpRequest) -> list[Clinic]:
    """The clinics whose team the person manages."""
    return [row.clinic for row in memberships(request) if row.role == Practitioner.Role.OWNER]


def is_platform_staff(request: HttpRequest) -> bool:
    """Whether the person is platform staff: sees clinics and their members, and no client."""
    return models.is_platform_staff(request.user)


def find_practitioner(request: HttpRequest, client: Client) -> Practitioner:
    """The membership by which the person treats a client. Raises Http404 without one."""
    for membership in clinical_memberships(request):
        if membership.clinic_id == client.clinic_id:
            return membership
    raise Http404

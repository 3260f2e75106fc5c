"""Access to the portal: for a signed-in client; the library also for a registrant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, Protocol

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import never_cache

from clinic.conf import conf
from clinic.mail import signed_links
from clinic.models import Client, Clinic, Invitation, Practitioner, Registrant, is_platform_staff
from clinic.models.fields import zone
from clinic.pain.advice import render_hold_advice
from clinic.portal.pwa.offline import owner_keys, set_holder

P = ParamSpec("P")
ClientPage = Callable[Concatenate[HttpRequest, Client, P], HttpResponse]


class Localized(Protocol):
    """A person with a language and a time zone: a client, a registrant or a reader."""

    @property
    def language(self) -> str: ...
    @property
    def time_zone(self) -> str: ...


@dataclass(frozen=True)
class Reader:
    """A reader of the library: exactly one of ``client`` and ``registrant`` is set."""

    client: Client | None
    registrant: Registrant | None

    @property
    def person(self) -> Client | Registrant:
        return self.client or self.registrant  # type: ignore[return-value]  # one of the two is set

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def clinic(self) -> Clinic:
        return self.person.clinic

    @property
    def language(self) -> str:
        return self.person.language

    @property
    def invitation_path(self) -> str:
        """Path of the usable invitation of an accepted registrant; empty: there is none."""
        if self.registrant is None or self.registrant.client is None:
            return ""
        mine = Invitation.objects.usable(timezone.now()).filter(client=self.registrant.client)
        newest = mine.filter(client__state=Client.State.INVITED).order_by("-pk").first()
        return signed_links.build_path(signed_links.Purpose.INVITATION, newest.pk) if newest else ""

    @property
    def time_zone(self) -> str:
        return self.person.time_zone


def client_only(page: ClientPage[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Pass the signed-in client to ``page``, in the client's language and zone, and keep the response uncached.

    An anonymous visitor is sent to sign in and then back; a person without a client record gets a page that says so,
    as 404. Of several records of one person, at several clinics, the one that joined first is shown.
    """

    @never_cache
    @wraps(page)
    def for_client(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sign_in(request)
        client = client_of(request)
        if client is None:
            return _no_record(request)
        with override_locale(client):
            response = page(request, client, *args, **kwargs)
        set_holder(response, request, client)
        return response

    return for_client


def reader_only(
    page: Callable[Concatenate[HttpRequest, Reader, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """As :func:`client_only`, and open to registrants of a clinic too: for the pages of the library."""

    @never_cache
    @wraps(page)
    def for_reader(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sign_in(request)
        client = client_of(request)
        registrant = None if client else registrant_of(request)
        if client is None and registrant is None:
            return _no_record(request)
        reader = Reader(client, registrant)
        with override_locale(reader):
            response = page(request, reader, *args, **kwargs)
        if client is not None:
            set_holder(response, request, client)
        return response

    return for_reader


def registrant_of(request: HttpRequest) -> Registrant | None:
    """The confirmed registration of the signed-in person; of several, at several clinics, the first."""
    mine = Registrant.objects.for_user(request.user).select_related("clinic", "client__practitioner")
    return mine.order_by("confirmed_at", "pk").first()


@contextmanager
def override_locale(person: Localized) -> Iterator[None]:
    """Activate the person's language and time zone."""
    with override(person.language), timezone.override(zone(person.time_zone)):
        yield


def render_page(
    request: HttpRequest,
    person: Client | Registrant | Reader,
    template: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render ``clinic/portal/<template>`` with the person's ``clinic`` and ``client`` or ``registrant``."""
    if isinstance(person, Reader):
        reader = person
    else:
        reader = Reader(person, None) if isinstance(person, Client) else Reader(None, person)
    full_context = {
        "reader": reader,
        "client": reader.client,
        "registrant": reader.registrant,
        "clinic": reader.clinic,
        "now": timezone.now(),
        "on_hold_text": partial(render_hold_advice, reader.client) if reader.client else "",
        "owner_keys": owner_keys(reader.client) if reader.client else [],  # of reports kept offline
        **(context or {}),
    }
    response = render(request, f"clinic/portal/{template}", full_context, status=status)
    response["Content-Language"] = reader.language
    return response


def client_of(request: HttpRequest) -> Client | None:
    """The record of the signed-in person; of several, at several clinics, the one that joined first."""
    mine = Client.objects.for_user(request.user).select_related("clinic", "practitioner")
    return mine.order_by("consented_at", "pk").first()


def _sign_in(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path() if request.method == "GET" else request.path)


def _no_record(request: HttpRequest) -> HttpResponse:
    works_at = Practitioner.objects.for_user(request.user).select_related("clinic").first()
    registrant = None if works_at else registrant_of(request)
    if registrant is not None:
        if request.path == reverse("clinic:today"):  # where a sign-in leads
            return redirect("clinic:library")
        with override_locale(registrant):
            return render_page(request, registrant, "registered_only.html", status=404)
    leads = works_at or is_platform_staff(request.user)
    context = {"clinic": works_at and works_at.clinic, "worklist_path": conf.worklist_path if leads else ""}
    return render(request, "clinic/portal/no_record.html", context, status=404)

"""Copies of pages on a phone for the time without a network, and their holder.

Every page of a client names its holder, and some allow the service worker to keep a copy. The names are opaque: a
client's id cannot be derived from them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.crypto import salted_hmac

from clinic.models import Client

P = ParamSpec("P")
ClientPage = Callable[Concatenate[HttpRequest, Client, P], HttpResponse]

HOLDER_HEADER: Final = "Offline-Holder"
COPY_HEADER: Final = "Offline-Copy"


def owner_keys(client: Client) -> list[str]:
    """The keys that name the client in reports kept on a phone; the first is for new reports.

    The same for every sign-in, so that a report outlives the session; the others are of SECRET_KEY_FALLBACKS.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_opaque("owner", client.pk, key) for key in keys]


def holder_key(request: HttpRequest, client: Client) -> str:
    """The key of the copies of pages: of this client in this session, another after the next sign-in."""
    return _opaque("holder", f"{client.pk}.{request.session.session_key or ''}", settings.SECRET_KEY)


def set_holder(response: HttpResponseBase, request: HttpRequest, client: Client) -> None:
    """Name the holder of the page, so that the worker deletes the copies of others."""
    response[HOLDER_HEADER] = holder_key(request, client)


def allow_copy(response: HttpResponseBase) -> None:
    """Let the worker keep this page, which says `no-store` to every other cache.

    Safe, as the copy is deleted at sign-out, with the session and when somebody else comes: see docs/security.md.
    """
    response[COPY_HEADER] = "allowed"


def kept_offline(page: ClientPage[P]) -> ClientPage[P]:
    """Allow a copy of ``page`` after a plain GET that shows no one-time message."""

    @wraps(page)
    def allow_copy_of_page(request: HttpRequest, client: Client, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        message_count = len(get_messages(request))
        response = page(request, client, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200 and not message_count:
            allow_copy(response)
        return response

    return allow_copy_of_page


def offline_pages(client: Client) -> list[str]:
    """The paths to prefetch: Today, the report form and, of each running prescription, player and exercise."""
    prescriptions = list(client.prescriptions.running().select_related("exercise").order_by("created_at", "pk"))
    report = reverse("clinic:report")
    pages = [reverse("clinic:today"), report]
    for prescription in prescriptions:
        pages += [f"{report}?prescription={prescription.pk}"] if len(prescriptions) > 1 else []
        pages += [
            reverse("clinic:player", args=[prescription.pk]),
            reverse("clinic:exercise", args=[prescription.exercise.slug]),
        ]
    return pages


def _opaque(kind: str, identity: object, key: str) -> str:
    return salted_hmac(f"clinic.offline.{kind}", str(identity), secret=key, algorithm="sha256").hexdigest()[:32]

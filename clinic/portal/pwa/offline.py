"""What a phone may keep for the time without a network, and whose it is.

Every page of a client names its holder, and some say that the worker of this site may keep a copy. The names are
opaque: nobody can tell a client's number from them.
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
    """By whom an answer that waits on a phone was given: the client's name there, first as new answers bear it.

    The same for every sign-in, so that an answer outlives the session; the others are of SECRET_KEY_FALLBACKS.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_opaque("owner", client.pk, key) for key in keys]


def holder_key(request: HttpRequest, client: Client) -> str:
    """Whose the copies of pages are: this client in this session, another one after the next sign-in."""
    return _opaque("holder", f"{client.pk}.{request.session.session_key or ''}", settings.SECRET_KEY)


def set_holder(response: HttpResponseBase, request: HttpRequest, client: Client) -> None:
    """Tell the worker whose page this is, so that it drops what it kept of anybody else."""
    response[HOLDER_HEADER] = holder_key(request, client)


def allow_copy(response: HttpResponseBase) -> None:
    """Let the worker keep this page, which says `no-store` to every other cache.

    Safe, as the copy is deleted at sign-out, with the session and when somebody else comes: see docs/security.md.
    """
    response[COPY_HEADER] = "allowed"


def kept_offline(page: ClientPage[P]) -> ClientPage[P]:
    """A page that may be read without a network, as a plain GET shows it, without a message meant for one time."""

    @wraps(page)
    def may_be_kept(request: HttpRequest, client: Client, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        once = len(get_messages(request))
        response = page(request, client, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200 and not once:
            allow_copy(response)
        return response

    return may_be_kept


def offline_pages(client: Client) -> list[str]:
    """What a phone should have: today, the form and, of each exercise that runs, the session and its page."""
    plans = list(client.prescriptions.running().select_related("exercise").order_by("created_at", "pk"))
    report = reverse("clinic:report")
    pages = [reverse("clinic:today"), report]
    for plan in plans:
        pages += [f"{report}?prescription={plan.pk}"] if len(plans) > 1 else []
        pages += [reverse("clinic:player", args=[plan.pk]), reverse("clinic:exercise", args=[plan.exercise.slug])]
    return pages


def _opaque(kind: str, who: object, key: str) -> str:
    return salted_hmac(f"clinic.offline.{kind}", str(who), secret=key, algorithm="sha256").hexdigest()[:32]

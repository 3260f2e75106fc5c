"""Who may enter the client's rooms: a signed-in person who has joined as a client. Others are told where to go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import never_cache

from clinic.conf import conf
from clinic.models import Client, Practitioner
from clinic.models.fields import zone

P = ParamSpec("P")
ClientPage = Callable[Concatenate[HttpRequest, Client, P], HttpResponse]


def client_only(page: ClientPage[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give ``page`` the client who is signed in, speak that client's language and keep the page out of every cache.

    A stranger is sent to sign in and then back; a person without a client record gets a page that says so, as 404.
    Of several records of one person, at several clinics, the one that joined first is shown.
    """

    @never_cache
    @wraps(page)
    def for_client(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else request.path)
        mine = Client.objects.of(request.user).select_related("clinic", "practitioner")
        client = mine.order_by("consented_at", "pk").first()
        if client is None:
            return _no_record(request)
        with as_spoken_to(client):
            return page(request, client, *args, **kwargs)

    return for_client


@contextmanager
def as_spoken_to(client: Client) -> Iterator[None]:
    """Words in the client's language, times in the client's zone."""
    with override(client.language), timezone.override(zone(client.time_zone)):
        yield


def show(
    request: HttpRequest, client: Client, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render ``clinic/portal/<template>`` for this client, with ``client`` and ``clinic`` at hand."""
    told = {"client": client, "clinic": client.clinic, **(context or {})}
    response = render(request, f"clinic/portal/{template}", told, status=status)
    response["Content-Language"] = client.language
    return response


def _no_record(request: HttpRequest) -> HttpResponse:
    works_at = Practitioner.objects.of(request.user).select_related("clinic").first()
    context = {"clinic": works_at and works_at.clinic, "worklist_path": conf.worklist_path if works_at else ""}
    return render(request, "clinic/portal/no_record.html", context, status=404)

"""The calendar feed: the plan of one client for a calendar program, without signing in."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from clinic.mail import signed_links
from clinic.models import Client
from clinic.reminders import calendar_feed as plans


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed, or 304 where it has not changed; 404: the link is altered, renewed or switched off."""
    client = _holder(token)
    response = _not_found() if client is None else _feed(request, client)
    response["Cache-Control"] = "private, no-cache"  # kept by whoever asks, and asked for again each time
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _feed(request: HttpRequest, client: Client) -> HttpResponse:
    feed = plans.build_feed(client)
    etag = f'"{hashlib.sha256(feed.body).hexdigest()[:32]}"'
    changed_at = int(feed.changed_at.timestamp())
    response = HttpResponse(feed.body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["Content-Language"] = client.language
    answer = get_conditional_response(request, etag, changed_at, response) or response
    answer["ETag"], answer["Last-Modified"] = etag, http_date(changed_at)
    return answer


def _not_found() -> HttpResponse:
    message = gettext("This calendar link does not work any more. A new one is made in your settings, on our site.")
    return HttpResponse(f"{message}\n", status=404, content_type="text/plain; charset=utf-8")


def _holder(token: str) -> Client | None:
    try:
        key = signed_links.read_calendar_key(token)
    except signed_links.BadLink:
        return None
    joined = Client.objects.filter(calendar_key=key, state=Client.State.JOINED).select_related("clinic", "user")
    client = joined.first()
    return client if client is not None and client.user is not None and client.user.is_active else None

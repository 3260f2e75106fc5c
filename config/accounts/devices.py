"""Where somebody is signed in: when each was last seen, and an end to one, to the others, or to all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.usersessions.internal import flows
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models.fields import int_or_none

SEEN, OFTEN = "seen", dt.timedelta(hours=1)


class DevicesPage(ListUserSessionsView):  # type: ignore[misc]  # allauth is untyped
    """As allauth's, which ends all others at once; here also one by one, and this one too."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        which = request.POST.get("session", "")
        mine = UserSession.objects.filter(user=request.user.pk)
        if which == "all":
            flows.sessions.end_sessions(request, list(mine))
            messages.info(request, _("You are signed out everywhere."))
            return redirect("account_login")
        if which:
            flows.sessions.end_sessions(request, list(mine.filter(pk=int_or_none(which))))
            messages.info(request, _("That device is signed out."))
            return redirect("usersessions_list")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


class LastSeenMiddleware:
    """Keep when each device was last seen, to the hour: a look at a page writes nothing in between."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and request.user.is_authenticated:  # a page that asks for nobody is no sighting
            self.note(request)
        return response

    def note(self, request: HttpRequest) -> None:
        """Write it down, unless that was done within the hour."""
        now, seen = timezone.now(), request.session.get(SEEN)
        if seen is not None and not 0 <= now.timestamp() - seen < OFTEN.total_seconds():
            UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)
            remember(request)


def remember(request: HttpRequest, **_signal: object) -> None:
    """Note in the session when it was last seen. Receiver of `user_logged_in`."""
    request.session[SEEN] = int(timezone.now().timestamp())

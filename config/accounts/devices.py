"""The devices on which a user is signed in: when each was last seen, and signing out of them."""

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

LAST_SEEN_KEY, UPDATE_INTERVAL = "last_seen", dt.timedelta(hours=1)


class DevicesPage(ListUserSessionsView):  # type: ignore[misc]  # allauth is untyped
    """allauth's page, which signs out all other devices; here also one device, or all."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        selected = request.POST.get("session", "")
        sessions = UserSession.objects.filter(user=request.user.pk)
        if selected == "all":
            flows.sessions.end_sessions(request, list(sessions))
            messages.info(request, _("You are signed out everywhere."))
            return redirect("account_login")
        if selected:
            flows.sessions.end_sessions(request, list(sessions.filter(pk=int_or_none(selected))))
            messages.info(request, _("That device is signed out."))
            return redirect("usersessions_list")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


class LastSeenMiddleware:
    """Store when each device was last seen, at most once an hour."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and request.user.is_authenticated:  # only a page that uses the session counts
            self.update_last_seen(request)
        return response

    def update_last_seen(self, request: HttpRequest) -> None:
        """Store the time, unless that was done within the hour."""
        now, last_seen = timezone.now(), request.session.get(LAST_SEEN_KEY)
        if last_seen is not None and not 0 <= now.timestamp() - last_seen < UPDATE_INTERVAL.total_seconds():
            UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)
            set_last_seen(request)


def set_last_seen(request: HttpRequest, **_signal: object) -> None:
    """Set the time in the session. Receiver of `user_logged_in`."""
    request.session[LAST_SEEN_KEY] = int(timezone.now().timestamp())

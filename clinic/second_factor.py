"""Has the person in this session shown a second factor? Asked at each door before health data, of whatever knows.

`PLUMBLINE_SECOND_FACTOR` names what knows: a callable that takes a user and, where it is about a session, its request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from clinic.conf import conf
from clinic.models import Person, Practitioner


def is_wanting(request: HttpRequest, memberships: Iterable[Practitioner]) -> bool:
    """Whether this person may see health data by one of these memberships, and must show a second factor first."""
    if not conf.two_factor or not any(membership.is_clinical for membership in memberships):
        return False
    return not _knows()(request.user, request)


def is_set_up(person: Any) -> bool | None:
    """Whether a person has a second factor at all; None: nothing here can tell."""
    try:
        return bool(_knows()(person))
    except ImportError:
        return None


def where(person: Person, onward: str) -> str:
    """The page where this person sets one up or, having one, shows it; ``onward`` is where to go after."""
    if conf.second_factor_path:
        return f"{conf.second_factor_path}?{urlencode({'next': onward})}"
    try:
        if is_set_up(person):
            return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': onward})}"
        return reverse("mfa_index")
    except NoReverseMatch:
        return ""


def by_allauth(person: Any, request: HttpRequest | None = None) -> bool:
    """What django-allauth knows.

    Without a request: is there an authenticator app or a key? With one: was it shown in this session? A session that
    began before it was set up has not shown it, so that one which somebody else opened earlier gains nothing.
    """
    if not apps.is_installed("allauth.mfa"):
        raise ImportError("allauth.mfa is not installed")
    if not import_string("allauth.mfa.adapter.get_adapter")().is_mfa_enabled(person):
        return False
    if request is None:
        return True
    shown = import_string("allauth.account.authentication.get_authentication_records")(request, person)
    return any(record.get("method") == "mfa" for record in shown)


def _knows() -> Callable[..., bool]:
    """Raises ImportError where the path leads nowhere; the system check says so before."""
    found: Callable[..., bool] = import_string(conf.second_factor)
    return found

"""Has the person in this session shown a second factor? Asked at each door before health data, of whatever knows.

`PLUMBLINE_SECOND_FACTOR` names what knows: a callable that takes a user and, where it is about a session, its request.
`PLUMBLINE_SECOND_FACTOR_CLEAR` names what takes a lost one away: a callable that takes the user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db, signed_cookies
from django.db import transaction
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from clinic.conf import ALLAUTH_REMOVAL, conf
from clinic.models import Person, Practitioner


def is_required(request: HttpRequest, memberships: Iterable[Practitioner]) -> bool:
    """Whether this person may see health data by one of these memberships, and must show a second factor first."""
    if not conf.two_factor or not any(membership.is_clinical for membership in memberships):
        return False
    return not _load_check()(request.user, request)


def is_set_up(person: Any) -> bool | None:
    """Whether a person has a second factor at all; None: nothing here can tell."""
    try:
        return bool(_load_check()(person))
    except ImportError:
        return None


def is_verified(request: HttpRequest) -> bool:
    """Whether this session may take somebody else's second factor away: it has shown its own, or nobody is asked."""
    return not conf.two_factor or bool(_load_check()(request.user, request))


def can_reset() -> bool:
    """Whether a lost one can be taken away here at all, and the person signed out everywhere, as they are told."""
    if conf.second_factor_clear != ALLAUTH_REMOVAL:
        return bool(conf.second_factor_clear)
    if not apps.is_installed("allauth.mfa") or issubclass(_session_store(), signed_cookies.SessionStore):
        return False  # a cookie is the browser's: nobody here ends it
    return _uses_database_sessions() or apps.is_installed("allauth.usersessions")


def remove_factors(person: Any) -> None:
    """Take everything away by which this person shows a second factor, and end their sessions."""
    clears: Callable[[Any], object] = import_string(conf.second_factor_clear)
    clears(person)


def verification_url(person: Person, onward: str) -> str:
    """The page where this person sets one up or, having one, shows it; ``onward`` is where to go after."""
    if conf.second_factor_path:
        return f"{conf.second_factor_path}?{urlencode({'next': onward})}"
    try:
        if is_set_up(person):
            return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': onward})}"
        return reverse("mfa_index")
    except NoReverseMatch:
        return ""


def is_verified_by_allauth(person: Any, request: HttpRequest | None = None) -> bool:
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


def remove_allauth_factors(person: Any) -> None:
    """Delete apps, keys, passkeys and spare codes of this person, and end their sessions."""
    apps.get_model("mfa", "Authenticator")._default_manager.filter(user=person.pk).delete()
    # After the commit: before it a request reads the row that still stands, and puts the session back into the cache.
    transaction.on_commit(partial(_end_sessions, person))


def _end_sessions(person: Any) -> None:
    if apps.is_installed("allauth.usersessions"):
        for session in apps.get_model("usersessions", "UserSession")._default_manager.filter(user=person.pk):
            session.end()
    if _uses_database_sessions():
        _end_stored_sessions(person)


def _end_stored_sessions(person: Any) -> None:
    """All others too: allauth lists those alone that began on its own pages."""
    store = _session_store()
    for session in store.get_model_class().objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            store(session.session_key).delete()


def _session_store() -> Any:
    return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


def _uses_database_sessions() -> bool:
    """In the database, so that all of a person's are found: Django's `db`, `cached_db`, and a host's own like them."""
    return issubclass(_session_store(), db.SessionStore)


def _load_check() -> Callable[..., bool]:
    """Raises ImportError where the path leads nowhere; the system check says so before."""
    found: Callable[..., bool] = import_string(conf.second_factor)
    return found

"""Second factors: required before health data, verified in a session, and reset when lost.

`PLUMBLINE_SECOND_FACTOR` names a callable that takes a user and optionally a request: without one, it tells whether a
second factor is set up; with one, whether it was verified in the session. `PLUMBLINE_SECOND_FACTOR_CLEAR` names a
callable that takes a user and removes the second factor.
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
    """Whether these memberships give access to health data and the session has not verified a second factor."""
    if not conf.two_factor or not any(membership.is_clinical for membership in memberships):
        return False
    return not _load_check()(request.user, request)


def is_set_up(person: Any) -> bool | None:
    """Whether a person has set up a second factor; None: unknown, as the check cannot be imported."""
    try:
        return bool(_load_check()(person))
    except ImportError:
        return None


def is_verified(request: HttpRequest) -> bool:
    """Whether the session has verified a second factor, or none is required on this site."""
    return not conf.two_factor or bool(_load_check()(request.user, request))


def can_reset() -> bool:
    """Whether this site can reset a second factor and end all sessions of its holder."""
    if conf.second_factor_removal != ALLAUTH_REMOVAL:
        return bool(conf.second_factor_removal)
    if not apps.is_installed("allauth.mfa") or issubclass(_session_store(), signed_cookies.SessionStore):
        return False  # a session stored in a cookie cannot be ended by the server
    return _uses_database_sessions() or apps.is_installed("allauth.usersessions")


def remove_factors(person: Any) -> None:
    """Remove every second factor of a person and end the sessions."""
    remove: Callable[[Any], object] = import_string(conf.second_factor_removal)
    remove(person)


def verification_url(person: Person, return_url: str) -> str:
    """The page to verify a second factor, or to set one up; ``return_url`` is the page after it."""
    if conf.second_factor_path:
        return f"{conf.second_factor_path}?{urlencode({'next': return_url})}"
    try:
        if is_set_up(person):
            return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': return_url})}"
        return reverse("mfa_index")
    except NoReverseMatch:
        return ""


def is_verified_by_allauth(person: Any, request: HttpRequest | None = None) -> bool:
    """The check for django-allauth.

    Without a request: whether an authenticator app or a key is set up. With one: whether it was verified in this
    session; not in one that began before it was set up, which an intruder may have opened.
    """
    if not apps.is_installed("allauth.mfa"):
        raise ImportError("allauth.mfa is not installed")
    if not import_string("allauth.mfa.adapter.get_adapter")().is_mfa_enabled(person):
        return False
    if request is None:
        return True
    records = import_string("allauth.account.authentication.get_authentication_records")(request, person)
    return any(record.get("method") == "mfa" for record in records)


def remove_allauth_factors(person: Any) -> None:
    """Delete the apps, keys, passkeys and recovery codes of a person, and end the sessions."""
    apps.get_model("mfa", "Authenticator")._default_manager.filter(user=person.pk).delete()
    # After the commit: before it, a request could read the row and put the session back into the cache.
    transaction.on_commit(partial(_end_sessions, person))


def _end_sessions(person: Any) -> None:
    if apps.is_installed("allauth.usersessions"):
        for session in apps.get_model("usersessions", "UserSession")._default_manager.filter(user=person.pk):
            session.end()
    if _uses_database_sessions():
        _end_stored_sessions(person)


def _end_stored_sessions(person: Any) -> None:
    """End also the sessions that allauth does not list: those begun on other pages than its own."""
    store = _session_store()
    for session in store.get_model_class().objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            store(session.session_key).delete()


def _session_store() -> Any:
    return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


def _uses_database_sessions() -> bool:
    """Whether sessions are in the database, so that all of a person are found: `db`, `cached_db` and subclasses."""
    return issubclass(_session_store(), db.SessionStore)


def _load_check() -> Callable[..., bool]:
    """Raises ImportError for a wrong path, which the system check reports too."""
    check: Callable[..., bool] = import_string(conf.second_factor_check)
    return check

"""The plugin's settings: typed, documented in docs/settings.md, read at each access so that tests can override."""

import importlib.util
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

PRACTITIONER_ENGINE = "plumbline_admin"
ALLAUTH_REMOVAL = "clinic.accounts.second_factor.remove_allauth_factors"

# Every setting with its default, as in docs/settings.md.
DEFAULTS: dict[str, str | int] = {
    "PLUMBLINE_BASE_URL": "",
    "PLUMBLINE_MAIL_DOMAIN": "",
    "PLUMBLINE_MAIL_FROM": "",
    "PLUMBLINE_WORKLIST_PATH": "",
    "PLUMBLINE_METRICS_TOKEN": "",
    "PLUMBLINE_VAPID_PRIVATE_KEY": "",
    "PLUMBLINE_VAPID_PUBLIC_KEY": "",
    "PLUMBLINE_VAPID_CONTACT": "",
    "PLUMBLINE_PUSH_SERVICES": "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com",
    "PLUMBLINE_PUSH_TEST_SERVICE": "",
    "PLUMBLINE_LATENESS_HOURS": 3,
    "PLUMBLINE_IGNORED_AT_MOST": 10,
    "PLUMBLINE_REPORT_LINK_DAYS": 7,
    "PLUMBLINE_INVITATION_DAYS": 14,
    "PLUMBLINE_CONFIRMATION_DAYS": 3,
    "PLUMBLINE_LEASE_SECONDS": 120,
    "PLUMBLINE_BATCH": 100,
    "PLUMBLINE_FILM_MEGABYTES": 200,
    "PLUMBLINE_TWO_FACTOR": True,
    "PLUMBLINE_SECOND_FACTOR": "clinic.accounts.second_factor.is_verified_by_allauth",
    "PLUMBLINE_SECOND_FACTOR_PATH": "",
    "PLUMBLINE_SECOND_FACTOR_CLEAR": "",
    "PLUMBLINE_RETENTION_YEARS": 10,
}


class Conf:
    """The settings as properties; the system checks validate their types."""

    @property
    def base_url(self) -> str:
        """Scheme and host of the site, no trailing slash; links in mail start with it. Required."""
        return _text("PLUMBLINE_BASE_URL").rstrip("/")

    @property
    def mail_domain(self) -> str:
        """The right side of every Message-ID; the host of base_url unless set."""
        return _text("PLUMBLINE_MAIL_DOMAIN") or urlsplit(self.base_url).hostname or "localhost"

    @property
    def mail_from(self) -> str:
        """The sender's address, shown with the clinic's name; DEFAULT_FROM_EMAIL unless set."""
        return _text("PLUMBLINE_MAIL_FROM") or settings.DEFAULT_FROM_EMAIL

    @property
    def worklist_path(self) -> str:
        """The path that links in notices lead to; the first page of the practitioner site unless set."""
        return _text("PLUMBLINE_WORKLIST_PATH") or _practitioner_site()

    @property
    def metrics_token(self) -> str:
        """The bearer token that a monitor sends to read the metrics; empty: they are open."""
        return _text("PLUMBLINE_METRICS_TOKEN")

    @property
    def vapid_private_key(self) -> str:
        """The key that identifies this site to push services, 32 bytes in base64url; empty: no push."""
        return _text("PLUMBLINE_VAPID_PRIVATE_KEY")

    @property
    def vapid_public_key(self) -> str:
        """The public half of the private key, 65 bytes in base64url; sent to browsers."""
        return _text("PLUMBLINE_VAPID_PUBLIC_KEY")

    @property
    def vapid_contact(self) -> str:
        """The contact for push services, `mailto:` or `https:`; the sender's address unless set."""
        return _text("PLUMBLINE_VAPID_CONTACT") or f"mailto:{parseaddr(self.mail_from)[1]}"

    @property
    def push_services(self) -> list[str]:
        """Hosts, with their subdomains, that a push may be posted to."""
        return [host.strip().lower() for host in _text("PLUMBLINE_PUSH_SERVICES").split(",") if host.strip()]

    @property
    def push_test_service(self) -> str:
        """Scheme, host and port of one more push service, which may be on this machine; for tests only."""
        return _text("PLUMBLINE_PUSH_TEST_SERVICE")

    @property
    def lateness_limit(self) -> timedelta:
        """A reminder later than this is skipped, not sent."""
        return timedelta(hours=_number("PLUMBLINE_LATENESS_HOURS"))

    @property
    def max_ignored_reminders(self) -> int:
        """Reminders sent in a row without an answer before they stop."""
        return int(_number("PLUMBLINE_IGNORED_AT_MOST"))

    @property
    def report_link_lifetime(self) -> timedelta:
        """How long a reminder's report link works."""
        return timedelta(days=_number("PLUMBLINE_REPORT_LINK_DAYS"))

    @property
    def invitation_lifetime(self) -> timedelta:
        """How long an invitation works."""
        return timedelta(days=_number("PLUMBLINE_INVITATION_DAYS"))

    @property
    def confirmation_lifetime(self) -> timedelta:
        """How long a registrant may take to confirm before the registration is deleted."""
        return timedelta(days=_number("PLUMBLINE_CONFIRMATION_DAYS"))

    @property
    def lease_duration(self) -> timedelta:
        """How long a worker holds a claimed batch."""
        return timedelta(seconds=_number("PLUMBLINE_LEASE_SECONDS"))

    @property
    def batch_size(self) -> int:
        """Mails per claim."""
        return int(_number("PLUMBLINE_BATCH"))

    @property
    def max_film_bytes(self) -> int:
        """The largest film that may be uploaded, in bytes."""
        return int(_number("PLUMBLINE_FILM_MEGABYTES") * 1024 * 1024)

    @property
    def two_factor(self) -> bool:
        """Whether health data needs a second factor shown in the session."""
        return bool(getattr(settings, "PLUMBLINE_TWO_FACTOR", DEFAULTS["PLUMBLINE_TWO_FACTOR"]))

    @property
    def second_factor_check(self) -> str:
        """The dotted path of the callable that checks a second factor: see `clinic.accounts.second_factor`."""
        return _text("PLUMBLINE_SECOND_FACTOR")

    @property
    def second_factor_path(self) -> str:
        """The path where a second factor is set up and shown; empty: the pages of django-allauth."""
        return _text("PLUMBLINE_SECOND_FACTOR_PATH")

    @property
    def second_factor_removal(self) -> str:
        """The dotted path of the callable that removes a lost second factor; empty: there is none."""
        default = ALLAUTH_REMOVAL if self.second_factor_check == DEFAULTS["PLUMBLINE_SECOND_FACTOR"] else ""
        return _text("PLUMBLINE_SECOND_FACTOR_CLEAR") or default

    @property
    def min_retention_years(self) -> int:
        """Years for which the law wants a record kept; no clinic may erase sooner."""
        return int(_number("PLUMBLINE_RETENTION_YEARS"))


conf = Conf()


def practitioner_templates(dirs: Sequence[str | Path] = ()) -> dict[str, Any]:
    """Build the second entry of TEMPLATES: the practitioner site's own engine.

    It finds unfold's templates before Django's; the host's own admin uses the first engine and stays as it is.

    Args:
        dirs: the project's template folders, searched first.

    Raises:
        ImproperlyConfigured: django-unfold is not installed.
    """
    unfold = importlib.util.find_spec("unfold")
    if unfold is None:
        raise ImproperlyConfigured("The practitioner site needs django-unfold: pip install django-unfold")
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": PRACTITIONER_ENGINE,
        "DIRS": [*dirs, *(Path(folder) / "templates" for folder in unfold.submodule_search_locations or [])],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ]
        },
    }


def _practitioner_site() -> str:
    """The path of the practitioner site in this project's URLs; `/` in a project without it."""
    try:
        return reverse("plumbline:index")
    except NoReverseMatch:
        return "/"


def _text(name: str) -> str:
    return str(getattr(settings, name, DEFAULTS[name]))


def _number(name: str) -> float:
    return float(getattr(settings, name, DEFAULTS[name]))

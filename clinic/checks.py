"""System checks: mistakes of a project that installs the plugin. docs/settings.md lists the ids.

`manage.py check --tag plumbline` runs these alone.
"""

from __future__ import annotations

import difflib
import importlib.util
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import django
from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.template import TemplateDoesNotExist, engines
from django.template.utils import InvalidTemplateEngineError
from django.utils.module_loading import import_string

from clinic.conf import ALLAUTH_REMOVAL, DEFAULTS, PRACTITIONER_ENGINE, conf
from clinic.reminders import web_push

TAG = "plumbline"
THEME_SETTINGS = {"PLUMBLINE_UNFOLD"}  # read by clinic.admin.theme, in unfold's own terms
WHOLE_NUMBERS = {"PLUMBLINE_BATCH", "PLUMBLINE_IGNORED_AT_MOST", "PLUMBLINE_RETENTION_YEARS"}
MOVED = {  # dotted paths that a project may name in its settings, by their place before 0.1.0
    "clinic.second_factor.by_allauth": "clinic.accounts.second_factor.is_verified_by_allauth",
    "clinic.second_factor.cleared_by_allauth": "clinic.accounts.second_factor.remove_allauth_factors",
    "clinic.api.problems.handler": "clinic.api.problems.handle_exception",
}
APPS_HINT = 'List "unfold.apps.BasicAppConfig" in INSTALLED_APPS, below "django.contrib.admin".'


@register(TAG)
def check_base_url(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E001 and W001: links in mail begin with PLUMBLINE_BASE_URL and carry a token that opens a client's page."""
    parts = _split_url(settings.PLUMBLINE_BASE_URL if hasattr(settings, "PLUMBLINE_BASE_URL") else "")
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        return [
            Error(
                "PLUMBLINE_BASE_URL is missing or not the address of a site.",
                hint='Set it to scheme and host without a path, such as "https://clinic.example".',
                id="clinic.E001",
            )
        ]
    if parts.scheme == "http" and not settings.DEBUG:
        return [
            Warning(
                "PLUMBLINE_BASE_URL begins with http:// while DEBUG is off.",
                hint="Links in mail open a client's page: serve the site by https:// and say so in PLUMBLINE_BASE_URL.",
                id="clinic.W001",
            )
        ]
    return []


@register(TAG)
def check_practitioner_engine(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E002: the practitioner site renders its pages with a template engine of its own."""
    hint = "Add to the settings: TEMPLATES += [practitioner_templates()], from clinic.conf."
    try:
        engine = engines[PRACTITIONER_ENGINE]
    except InvalidTemplateEngineError:
        message = f'TEMPLATES has no entry with the NAME "{PRACTITIONER_ENGINE}".'
        return [Error(message, hint=hint, id="clinic.E002")]
    try:
        template = Path(str(getattr(engine.get_template("admin/base.html"), "origin", "")))
    except TemplateDoesNotExist:
        template = Path()
    if not template.name or Path(django.__file__).parent in template.parents:
        message = f'The TEMPLATES entry "{PRACTITIONER_ENGINE}" finds no templates of unfold, or Django’s first.'
        return [Error(message, hint=hint, id="clinic.E002")]
    return []


@register(TAG)
def check_unfold_apps(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E003: unfold is for the practitioner site alone; two ways of listing it change every other admin site."""
    installed = [AppConfig.create(entry) for entry in settings.INSTALLED_APPS]
    names = [app.name for app in installed]
    if "unfold" not in names:
        return [Error("unfold is not in INSTALLED_APPS.", hint=APPS_HINT, id="clinic.E003")]
    errors = []
    if getattr(installed[names.index("unfold")], "default", False):
        errors.append('INSTALLED_APPS lists "unfold", which takes over the project\'s own admin site.')
    if "django.contrib.admin" in names[names.index("unfold") :]:
        errors.append("INSTALLED_APPS lists unfold above django.contrib.admin, so its templates dress every admin.")
    hint = f'{APPS_HINT} If your own admin is meant to use unfold, add "clinic.E003" to SILENCED_SYSTEM_CHECKS.'
    return [Error(error, hint=hint, id="clinic.E003") for error in errors]


@register(TAG)
def check_values(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E004 and W004: invalid numbers, switches and paths, and settings that do not exist."""
    problems: list[CheckMessage] = []
    for name, default in DEFAULTS.items():
        value = getattr(settings, name, default)
        if isinstance(default, bool):
            if not isinstance(value, bool):
                hint = f"Set it to True or False, or leave it out: then it is {default}."
                problems.append(Error(f"{name} is neither True nor False: {value!r}.", hint=hint, id="clinic.E004"))
        elif isinstance(default, int) and not _is_positive(value, whole=name in WHOLE_NUMBERS):
            kind = "whole number" if name in WHOLE_NUMBERS else "number"
            hint = f"Set it to a {kind} above 0, such as {default}, or leave it out."
            problems.append(Error(f"{name} is not a {kind} above 0: {value!r}.", hint=hint, id="clinic.E004"))
    worklist = getattr(settings, "PLUMBLINE_WORKLIST_PATH", "")
    if not (isinstance(worklist, str) and worklist[:1] in {"", "/"}):
        hint = 'Write the path where practitioners work, such as "/admin/", or leave it out.'
        problems.append(Error("PLUMBLINE_WORKLIST_PATH does not begin with “/”.", hint=hint, id="clinic.E004"))
    present = {name for name in dir(settings) if name.startswith("PLUMBLINE_")}
    for name in sorted(present - set(DEFAULTS) - THEME_SETTINGS):
        near = difflib.get_close_matches(name, DEFAULTS, n=1)
        hint = f"Did you mean {near[0]}?" if near else "docs/settings.md lists those there are."
        problems.append(Warning(f"There is no setting {name}.", hint=hint, id="clinic.W004"))
    return problems


@register(TAG)
def check_time_and_language(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E005 and W003: instants need a time zone; clients without a language get English."""
    problems: list[CheckMessage] = []
    if not settings.USE_TZ:
        message = "USE_TZ is off: a reminder is an instant, and clients live in several time zones."
        problems.append(Error(message, hint="Set USE_TZ = True.", id="clinic.E005"))
    if "en" not in dict(settings.LANGUAGES):
        problems.append(
            Warning(
                "LANGUAGES has no “en”: a client who is stored without a language is refused.",
                hint='Add ("en", "English") to LANGUAGES, or always name the language.',
                id="clinic.W003",
            )
        )
    return problems


@register(TAG)
def check_user_email(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E006: a user is identified by the email address of the invitation."""
    users = get_user_model()
    try:
        users._meta.get_field(users.get_email_field_name())
    except FieldDoesNotExist:
        message = f"{settings.AUTH_USER_MODEL} has no field “{users.get_email_field_name()}” for a mail address."
        hint = "Give the user model an EmailField; if its name is another one, say so with EMAIL_FIELD on the model."
        return [Error(message, hint=hint, id="clinic.E006")]
    return []


@register(TAG)
def check_api_keys(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """W002: programs sign in to the REST API by a token, a row of rest_framework.authtoken."""
    names = [AppConfig.create(entry).name for entry in settings.INSTALLED_APPS]
    missing = [name for name in ("rest_framework", "rest_framework.authtoken") if name not in names]
    if not missing:
        return []
    return [
        Warning(
            f"INSTALLED_APPS has no {' and no '.join(missing)}: no program can sign in to the REST API by a key.",
            hint="Add it and migrate, or leave clinic.api.urls out of the project's urls and silence this.",
            id="clinic.W002",
        )
    ]


@register(TAG)
def check_push_keys(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E007 and W005: push needs a pair of VAPID keys and pywebpush."""
    private, public = conf.vapid_private_key, conf.vapid_public_key
    if not private and not public:
        return []
    if importlib.util.find_spec("pywebpush") is None:
        hint = 'pip install "django-plumbline[push]", or take the keys away. Until then reminders go by mail.'
        return [Warning("PLUMBLINE_VAPID_ keys are set and pywebpush is not installed.", hint=hint, id="clinic.W005")]
    try:
        is_pair = web_push.derive_public_key(private) == public.rstrip("=")
    except ValueError:
        is_pair = False
    if is_pair and conf.vapid_contact.startswith(("mailto:", "https:")):
        return []
    hint = "Set both lines that `manage.py vapid_keys` prints, and PLUMBLINE_VAPID_CONTACT to mailto:… or https:…."
    return [Error("The PLUMBLINE_VAPID_ settings are no pair of keys with a contact.", hint=hint, id="clinic.E007")]


@register(TAG)
def check_second_factor(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E008: a second factor is required for health data, so a callable must know who has one."""
    if getattr(settings, "PLUMBLINE_TWO_FACTOR", True) is False:
        return []
    path = conf.second_factor_check
    hint = (
        'Install "allauth.mfa" and mount allauth.urls, or set PLUMBLINE_SECOND_FACTOR to the dotted path of a callable '
        "of your own (docs/install.md), or PLUMBLINE_TWO_FACTOR = False where your sign-in asks everybody for it."
    )
    if path == DEFAULTS["PLUMBLINE_SECOND_FACTOR"]:
        if "allauth.mfa" in [AppConfig.create(entry).name for entry in settings.INSTALLED_APPS]:
            return []
        message = "PLUMBLINE_TWO_FACTOR is on, and allauth.mfa, which knows who has a second factor, is not installed."
        return [Error(message, hint=hint, id="clinic.E008")]
    return _check_callable("PLUMBLINE_SECOND_FACTOR", path, hint)


@register(TAG, deploy=True)
def check_second_factor_is_on(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """W006, by `manage.py check --deploy` only: one factor opens health data."""
    if getattr(settings, "PLUMBLINE_TWO_FACTOR", True) is not False:
        return []
    hint = "Set it to True, as docs/install.md says, unless your own sign-in asks everybody for a second factor."
    return [Warning("PLUMBLINE_TWO_FACTOR is False: one factor opens health data.", hint=hint, id="clinic.W006")]


@register(TAG)
def check_second_factor_removal(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E008: the callable that removes a lost second factor, where a project names its own."""
    path = conf.second_factor_removal
    if path in {"", ALLAUTH_REMOVAL}:
        return []
    return _check_callable(
        "PLUMBLINE_SECOND_FACTOR_CLEAR", path, "Name a callable that takes the user (docs/install.md)."
    )


@register(TAG)
def check_moved_paths(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """E010: a setting names a dotted path that has moved."""
    return [
        Error(f"{name} names {path}, which has moved.", hint=f"Write {MOVED[path]} instead.", id="clinic.E010")
        for name in sorted(set(dir(settings)))
        if name.isupper()
        for path in _strings_in(getattr(settings, name))
        if path in MOVED
    ]


@register(TAG, Tags.database)
def check_database_version(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """E009, by `migrate` and `check --database`: the migrations before 0.1.0 were replaced by one for each app."""
    if not databases:
        return []
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    known = migrations.keys() | {name for migration in migrations.values() for name in migration.replaces}
    hint = (
        "One from before 0.1.0 cannot be upgraded: start with an empty database and `manage.py migrate`; "
        "for `make run` delete the folder var/ (or the one that PLUMBLINE_VAR names)."
    )
    return [
        Error(
            f"The database {alias!r} was made by a version of Plumbline before 0.1.0, or by a later one than this: "
            f"it has the migration {'.'.join(min(unknown))}.",
            hint=hint,
            id="clinic.E009",
        )
        for alias in databases
        if (unknown := [key for key in _applied_migrations(alias) if key not in known])
    ]


def _applied_migrations(alias: str) -> list[tuple[str, str]]:
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    return [(app, name) for app, name in applied if app in {"clinic", "exercises"}]


def _strings_in(value: object) -> Iterator[str]:
    """Every string in nested dictionaries, lists, tuples and sets."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple | set):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings_in(item)


def _check_callable(setting: str, path: str, hint: str) -> list[CheckMessage]:
    if path in MOVED:  # E010 names it
        return []
    try:
        if callable(import_string(path)):
            return []
    except ImportError:
        pass
    return [Error(f"{setting} leads to nothing that can be called: {path!r}.", hint=hint, id="clinic.E008")]


def _split_url(address: object) -> SplitResult | None:
    try:
        parts = urlsplit(str(address))
        parts.port  # noqa: B018  reading it checks it
    except ValueError:
        return None
    return parts


def _is_positive(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return False
    return math.isfinite(value) and value > 0

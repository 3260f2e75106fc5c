"""Preferences of a member: name, language, urgent mail and the daily mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Clinic, Practitioner
from clinic.models.fields import parse_days


def set_profile(practitioner: Practitioner, *, name: str, language: str, by: AbstractBaseUser) -> Practitioner:
    """Set the name displayed to clients and colleagues, and the language of mails; empty: the clinic's.

    Raises ValidationError by field; nothing is stored then.
    """
    practitioner.name, practitioner.language = " ".join(name.split()), language
    with transaction.atomic():
        _save(practitioner, ["name", "language"])
        audit.record(by, audit.Verb.PROFILE_CHANGED, practitioner, practitioner.clinic)
    return practitioner


def set_mail_preferences(
    practitioner: Practitioner,
    *,
    at_once: bool,
    digest: bool,
    digest_at: dt.time,
    digest_days: Collection[str],
    by: AbstractBaseUser,
) -> Practitioner:
    """Set urgent mail and the daily mail; a bounced address is tried again.

    Args:
        at_once: a mail at once for a new flag; otherwise an owner gets it.
        digest: a daily mail at ``digest_at`` in the clinic's zone on ``digest_days``, as "mon".

    Raises ValidationError by field, such as for ``at_once`` off without another recipient; nothing is stored then.
    """
    with transaction.atomic():
        list(
            Clinic.objects.select_for_update().filter(pk=practitioner.clinic_id)
        )  # two members cannot both turn it off as the last ones
        if not at_once and not other_urgent_recipients(practitioner):
            raise ValidationError({"at_once": _("Somebody must be told. Let an owner take mail at once first.")})
        try:
            days = parse_days(digest_days) if digest else practitioner.digest_days
        except ValidationError as error:
            raise ValidationError({"digest_days": error.messages}) from error
        practitioner.urgent_mail, practitioner.digest_wanted, practitioner.digest_at, practitioner.digest_days = (
            at_once,
            digest,
            digest_at,
            days,
        )
        practitioner.next_digest_at = practitioner.undeliverable_since = None
        _save(
            practitioner,
            ["urgent_mail", "digest_wanted", "digest_at", "digest_days", "next_digest_at", "undeliverable_since"],
        )
        audit.record(by, audit.Verb.NOTICE_MAIL_CHOSEN, practitioner, practitioner.clinic)
    return practitioner


def other_urgent_recipients(practitioner: Practitioner) -> list[Practitioner]:
    """The owners who get the urgent mail in place of a member."""
    owners = Practitioner.objects.receiving_urgent_mail().filter(
        clinic=practitioner.clinic_id, role=Practitioner.Role.OWNER
    )
    return list(owners.exclude(pk=practitioner.pk).order_by("name"))


def set_digest_wanted(practitioner: Practitioner, wanted: bool, *, by: AbstractBaseUser | None) -> bool:
    """Turn the daily mail on or off; its hour and days are kept.

    Args:
        by: the user; None: the holder of a mail link, or the mail provider.

    Returns:
        False when nothing changed.
    """
    with transaction.atomic():
        rows = Practitioner.objects.filter(pk=practitioner.pk, digest_wanted=not wanted)
        changed = bool(rows.update(digest_wanted=wanted, next_digest_at=None))
        if changed:
            audit.record(
                by,
                audit.Verb.DIGEST_TURNED_ON if wanted else audit.Verb.DIGEST_TURNED_OFF,
                practitioner,
                practitioner.clinic,
            )
    practitioner.digest_wanted = wanted
    return changed


def _save(practitioner: Practitioner, fields: list[str]) -> None:
    try:
        practitioner.clean_fields(exclude={field.name for field in practitioner._meta.fields} - set(fields))
    except ValidationError:
        practitioner.refresh_from_db(fields=fields)  # so that the page displays the stored values
        raise
    practitioner.save(update_fields=fields)

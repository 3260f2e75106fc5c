"""What somebody who works at a clinic decides about oneself: the name, the language, and which mail comes when."""

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


def set_profile(who: Practitioner, *, name: str, language: str, by: AbstractBaseUser) -> Practitioner:
    """The name that clients and colleagues read, and the language of mails; an empty one is the clinic's.

    Raises ValidationError by field; nothing is stored then.
    """
    who.name, who.language = " ".join(name.split()), language
    with transaction.atomic():
        _save(who, ["name", "language"])
        audit.record(by, audit.Verb.PROFILE_CHANGED, who, who.clinic)
    return who


def set_mail_preferences(
    who: Practitioner,
    *,
    at_once: bool,
    digest: bool,
    digest_at: dt.time,
    digest_days: Collection[str],
    by: AbstractBaseUser,
) -> Practitioner:
    """Mail at once, the daily mail, both or one of them. Mail that came back is tried again from now on.

    Args:
        at_once: be told at once when a client needs a look; else an owner is.
        digest: the daily mail, at ``digest_at`` in the clinic's zone on ``digest_days``, as "mon".

    Raises ValidationError by field when at_once is off and nobody else would be told; nothing is stored then.
    """
    with transaction.atomic():
        list(Clinic.objects.select_for_update().filter(pk=who.clinic_id))  # of two who go at once the second stays
        if not at_once and not other_urgent_recipients(who):
            raise ValidationError({"at_once": _("Somebody must be told. Let an owner take mail at once first.")})
        try:
            days = parse_days(digest_days) if digest else who.digest_days
        except ValidationError as error:
            raise ValidationError({"digest_days": error.messages}) from error
        who.urgent_mail, who.digest_wanted, who.digest_at, who.digest_days = at_once, digest, digest_at, days
        who.next_digest_at = who.undeliverable_since = None
        _save(
            who,
            ["urgent_mail", "digest_wanted", "digest_at", "digest_days", "next_digest_at", "undeliverable_since"],
        )
        audit.record(by, audit.Verb.NOTICE_MAIL_CHOSEN, who, who.clinic)
    return who


def other_urgent_recipients(who: Practitioner) -> list[Practitioner]:
    """The owners who are told in one's place."""
    heads = Practitioner.objects.receiving_urgent_mail().filter(clinic=who.clinic_id, role=Practitioner.Role.OWNER)
    return list(heads.exclude(pk=who.pk).order_by("name"))


def set_digest_wanted(who: Practitioner, wanted: bool, *, by: AbstractBaseUser | None) -> bool:
    """Send the daily mail, or none; its hour and days are kept.

    Args:
        by: who decided; None: the holder of a mail link, or the mail provider's word for it.

    Returns:
        False when it was so already.
    """
    with transaction.atomic():
        others = Practitioner.objects.filter(pk=who.pk, digest_wanted=not wanted)
        changed = bool(others.update(digest_wanted=wanted, next_digest_at=None))
        if changed:
            audit.record(by, audit.Verb.DIGEST_TURNED_ON if wanted else audit.Verb.DIGEST_TURNED_OFF, who, who.clinic)
    who.digest_wanted = wanted
    return changed


def _save(who: Practitioner, fields: list[str]) -> None:
    try:
        who.clean_fields(exclude={field.name for field in who._meta.fields} - set(fields))
    except ValidationError:
        who.refresh_from_db(fields=fields)  # who shows the row again shows what is stored
        raise
    who.save(update_fields=fields)

"""What an owner settles for the clinic: its name and look, its phones and hours, how long it keeps records."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.conf import conf
from clinic.mail.compose import ink_on
from clinic.models import Clinic, Practitioner
from clinic.practice import colors
from clinic.team import absences
from exercises import media_files, strip_metadata
from exercises.models import Exercise, Media

LOGO_BYTES = 512 * 1024  # it goes with every page and is fetched by every mail
FEWEST_DIGITS, MOST_DIGITS = 3, 15  # of a phone: "112"; E.164
SETTINGS = frozenset(
    {
        *("name", "postal_line", "email", "language", "time_zone", "accent"),
        *("phone", "phone_after_hours", "after_hours", "quiet_from", "quiet_until"),
        *("shares_records", "escalation_hours", "code_sign_in", "featured_exercise", "retention_years"),
    }
)


def arrange(clinic: Clinic, changes: Mapping[str, Any], *, by: Practitioner) -> list[str]:
    """Change settings of the clinic.

    Args:
        changes: fields of SETTINGS with their new values; those left out stay.
        by: an owner of this clinic.

    Returns:
        The names of the fields that changed; the audit has an entry for each, with its name and no value.

    Raises:
        ValidationError: by field; nothing is stored then.
    """
    _owned(clinic, by)
    if strange := set(changes) - SETTINGS:
        raise TypeError(f"not a setting of a clinic: {', '.join(sorted(strange))}")
    with transaction.atomic():
        stored = Clinic.objects.select_for_update().get(pk=clinic.pk)
        changed = [name for name, value in changes.items() if getattr(stored, name) != value]
        for name in changed:
            setattr(stored, name, changes[name])
        _check(stored, changed)
        stored.save(update_fields=changed)
        if "time_zone" in changed:
            absences.follow_zone(stored)
        for name in changed:
            audit.record(by.user, f"{name.replace('_', '-')}-changed", stored, stored)
    clinic.refresh_from_db()
    return changed


def show_logo(clinic: Clinic, file: File[Any], *, by: Practitioner) -> None:
    """Put a logo in the place of the one before: PNG, JPEG or WebP, without what cameras and programs write into it.

    Raises ValidationError on ``logo``; nothing is stored then.
    """
    _owned(clinic, by)
    try:
        extension = media_files.check(file, Media.Kind.PICTURE, LOGO_BYTES).extension
        bare = strip_metadata.bare(file.read(), extension)
    except ValidationError as error:
        raise ValidationError({"logo": error.messages}) from error
    _replace_logo(clinic, ContentFile(bare, f"{uuid.uuid4().hex}{extension}"), "logo-changed", by)


def take_logo_away(clinic: Clinic, *, by: Practitioner) -> None:
    """Back to the name alone."""
    _owned(clinic, by)
    if clinic.logo:
        _replace_logo(clinic, None, "logo-removed", by)


def put_first_steps_away(clinic: Clinic, *, by: Practitioner, now: dt.datetime | None = None) -> None:
    """Show the first steps no more, to nobody of the clinic."""
    _owned(clinic, by)
    with transaction.atomic():
        put_away = Clinic.objects.filter(pk=clinic.pk, first_steps_closed_at=None)
        if put_away.update(first_steps_closed_at=now or timezone.now()):
            audit.record(by.user, "first-steps-closed", clinic, clinic)


def readable(accent: str) -> bool:
    """Whether text on this colour (#RRGGBB) has WCAG's 4.5:1, in white or in the dark ink."""
    return colors.contrast(ink_on(accent), accent) >= colors.READABLE


def readable_near(accent: str) -> str:
    """The nearest darker or lighter shade that can be read; the colour itself where it can."""
    for percent in range(101):
        for toward in ("#000000", "#ffffff"):
            shade = colors.mixed(accent, toward, 1 - percent / 100)
            if readable(shade):
                return shade.upper()
    return accent


def _replace_logo(clinic: Clinic, content: ContentFile[bytes] | None, verb: str, by: Practitioner) -> None:
    storage, before = clinic.logo.storage, str(clinic.logo.name or "")
    with transaction.atomic():
        audit.record(by.user, verb, clinic, clinic)
        if content is None:
            clinic.logo = ""
        else:
            clinic.logo.save(str(content.name), content, save=False)
        clinic.save(update_fields=["logo"])
        if before:
            transaction.on_commit(partial(storage.delete, before))


def _owned(clinic: Clinic, by: Practitioner) -> None:
    if not by.owns(clinic.pk):
        raise ValidationError(_("Only the owner of a clinic decides this."))


def _check(clinic: Clinic, changed: list[str]) -> None:
    """Raise ValidationError with every wrong field and its remedy."""
    wrong: dict[str, list[str]] = {}
    try:
        clinic.clean_fields(exclude={field.name for field in clinic._meta.fields} - set(changed))
    except ValidationError as error:
        wrong = error.message_dict
    for name in {"phone", "phone_after_hours"} & set(changed):
        if getattr(clinic, name) and not FEWEST_DIGITS <= _digits(getattr(clinic, name)) <= MOST_DIGITS:
            wrong.setdefault(name, []).append(
                _("This is no phone number. Write it as it is dialled: +44 20 7946 0100.")
            )
    if "accent" in changed and "accent" not in wrong and not readable(clinic.accent):
        told = {"near": readable_near(clinic.accent)}
        wrong["accent"] = [_("Neither light nor dark text can be read well on it. Near it, this can: %(near)s.") % told]
    if clinic.after_hours and not clinic.phone_after_hours:
        wrong.setdefault("phone_after_hours", []).append(_("Give the number that is answered then."))
    if (clinic.quiet_from is None) != (clinic.quiet_until is None):
        missing = "quiet_from" if clinic.quiet_from is None else "quiet_until"
        wrong.setdefault(missing, []).append(_("Give both times, or neither."))
    elif clinic.quiet_from is not None and clinic.quiet_from == clinic.quiet_until:
        wrong["quiet_until"] = [_("Choose another time than the one it begins at.")]
    if "featured_exercise" in changed and not Exercise.objects.current().filter(slug=clinic.featured_exercise).exists():
        wrong["featured_exercise"] = [_("Choose one that is shown in the library.")]
    least = conf.retention_at_least
    if "retention_years" in changed and clinic.retention_years is not None and clinic.retention_years < least:
        wrong["retention_years"] = [_("Not below %s years: so long the law asks for the record.") % least]
    if wrong:
        raise ValidationError(wrong)


def _digits(phone: str) -> int:
    """How many digits; 0 when there is a letter or a sign that no number has."""
    if set(phone) - set("0123456789 +-/().·\u00a0\u202f"):
        return 0
    return sum(sign.isdigit() for sign in phone)

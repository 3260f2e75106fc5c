"""The settings of a clinic, changed by its owner: name, colour, logo, phones, hours, retention of records."""

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
from clinic.models import Clinic, Practitioner
from clinic.practice import colors
from clinic.team import absences
from exercises import media_files, strip_metadata
from exercises.models import Exercise, Media

MAX_LOGO_BYTES = 512 * 1024  # every page and every mail loads it
MIN_PHONE_DIGITS, MAX_PHONE_DIGITS = 3, 15  # of a phone: "112"; E.164
SETTINGS: dict[str, audit.Verb] = {
    "name": audit.Verb.CLINIC_NAME_CHANGED,
    "postal_line": audit.Verb.POSTAL_LINE_CHANGED,
    "email": audit.Verb.CLINIC_EMAIL_CHANGED,
    "language": audit.Verb.LANGUAGE_CHANGED,
    "time_zone": audit.Verb.TIME_ZONE_CHANGED,
    "accent": audit.Verb.ACCENT_CHANGED,
    "phone": audit.Verb.CLINIC_PHONE_CHANGED,
    "phone_after_hours": audit.Verb.PHONE_AFTER_HOURS_CHANGED,
    "after_hours": audit.Verb.AFTER_HOURS_CHANGED,
    "quiet_from": audit.Verb.QUIET_FROM_CHANGED,
    "quiet_until": audit.Verb.QUIET_UNTIL_CHANGED,
    "shares_records": audit.Verb.RECORD_SHARING_CHANGED,
    "escalation_hours": audit.Verb.ESCALATION_HOURS_CHANGED,
    "code_sign_in": audit.Verb.CODE_SIGN_IN_CHANGED,
    "featured_exercise": audit.Verb.FEATURED_EXERCISE_CHANGED,
    "retention_years": audit.Verb.RETENTION_CHANGED,
}


def require_owner(clinic: Clinic, by: Practitioner) -> None:
    """Raise ValidationError unless ``by`` owns the clinic."""
    if not by.owns(clinic.pk):
        raise ValidationError(_("Only the owner of a clinic decides this."))


def change_settings(clinic: Clinic, changes: Mapping[str, Any], *, by: Practitioner) -> list[str]:
    """Change settings of the clinic.

    Args:
        changes: fields of SETTINGS with their new values; those left out stay.
        by: an owner of this clinic.

    Returns:
        The names of the fields that changed; the audit has an entry for each, without its value.

    Raises:
        ValidationError: by field; nothing is stored then.
    """
    require_owner(clinic, by)
    if unknown := changes.keys() - SETTINGS.keys():
        raise TypeError(f"not a setting of a clinic: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        stored = Clinic.objects.select_for_update().get(pk=clinic.pk)
        changed = [name for name, value in changes.items() if getattr(stored, name) != value]
        for name in changed:
            setattr(stored, name, changes[name])
        _validate(stored, changed)
        stored.save(update_fields=changed)
        if "time_zone" in changed:
            absences.apply_clinic_zone(stored)
        for name in changed:
            audit.record(by.user, SETTINGS[name], stored, stored)
    clinic.refresh_from_db()
    return changed


def set_logo(clinic: Clinic, file: File[Any], *, by: Practitioner) -> None:
    """Replace the logo by a PNG, JPEG or WebP of MAX_LOGO_BYTES at most; its metadata is removed.

    Raises ValidationError on ``logo``; nothing is stored then.
    """
    require_owner(clinic, by)
    try:
        extension = media_files.check_media(file, Media.Kind.PICTURE, MAX_LOGO_BYTES).extension
        bare = strip_metadata.strip_picture(file.read(), extension)
    except ValidationError as error:
        raise ValidationError({"logo": error.messages}) from error
    _replace_logo(clinic, ContentFile(bare, f"{uuid.uuid4().hex}{extension}"), audit.Verb.LOGO_CHANGED, by)


def remove_logo(clinic: Clinic, *, by: Practitioner) -> None:
    """Show the clinic's name without a logo."""
    require_owner(clinic, by)
    if clinic.logo:
        _replace_logo(clinic, None, audit.Verb.LOGO_REMOVED, by)


def dismiss_onboarding(clinic: Clinic, *, by: Practitioner, now: dt.datetime | None = None) -> None:
    """Hide the onboarding list from everybody at the clinic."""
    require_owner(clinic, by)
    with transaction.atomic():
        shown = Clinic.objects.filter(pk=clinic.pk, onboarding_dismissed_at=None)
        if shown.update(onboarding_dismissed_at=now or timezone.now()):
            audit.record(by.user, audit.Verb.ONBOARDING_DISMISSED, clinic, clinic)


def is_readable(accent: str) -> bool:
    """Whether white or dark text on this colour (#RRGGBB) has WCAG's contrast of 4.5:1."""
    return colors.contrast_ratio(colors.readable_text_color(accent, dark=colors.INK), accent) >= colors.MIN_CONTRAST


def nearest_readable_color(accent: str) -> str:
    """The nearest darker or lighter shade that bears readable text; the colour itself where it does."""
    for percent in range(101):
        for toward in ("#000000", "#ffffff"):
            shade = colors.mix_colors(accent, toward, 1 - percent / 100)
            if is_readable(shade):
                return shade.upper()
    return accent


def _replace_logo(clinic: Clinic, content: ContentFile[bytes] | None, verb: audit.Verb, by: Practitioner) -> None:
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


def _validate(clinic: Clinic, changed: list[str]) -> None:
    """Raise ValidationError with every invalid field and its remedy."""
    errors: dict[str, list[str]] = {}
    try:
        clinic.clean_fields(exclude={field.name for field in clinic._meta.fields} - set(changed))
    except ValidationError as error:
        errors = error.message_dict
    for name in {"phone", "phone_after_hours"} & set(changed):
        if getattr(clinic, name) and not MIN_PHONE_DIGITS <= _digits(getattr(clinic, name)) <= MAX_PHONE_DIGITS:
            errors.setdefault(name, []).append(
                _("This is no phone number. Write it as it is dialled: +44 20 7946 0100.")
            )
    if "accent" in changed and "accent" not in errors and not is_readable(clinic.accent):
        near = {"near": nearest_readable_color(clinic.accent)}
        errors["accent"] = [
            _("Neither light nor dark text can be read well on it. Near it, this can: %(near)s.") % near
        ]
    if clinic.after_hours and not clinic.phone_after_hours:
        errors.setdefault("phone_after_hours", []).append(_("Give the number that is answered then."))
    if (clinic.quiet_from is None) != (clinic.quiet_until is None):
        missing = "quiet_from" if clinic.quiet_from is None else "quiet_until"
        errors.setdefault(missing, []).append(_("Give both times, or neither."))
    elif clinic.quiet_from is not None and clinic.quiet_from == clinic.quiet_until:
        errors["quiet_until"] = [_("Choose another time than the one it begins at.")]
    if "featured_exercise" in changed and not Exercise.objects.current().filter(slug=clinic.featured_exercise).exists():
        errors["featured_exercise"] = [_("Choose one that is shown in the library.")]
    least = conf.min_retention_years
    if "retention_years" in changed and clinic.retention_years is not None and clinic.retention_years < least:
        errors["retention_years"] = [_("Not below %s years: so long the law asks for the record.") % least]
    if errors:
        raise ValidationError(errors)


def _digits(phone: str) -> int:
    """How many digits; 0 with a letter or a sign that no phone number has."""
    if set(phone) - set("0123456789 +-/().·\u00a0\u202f"):
        return 0
    return sum(sign.isdigit() for sign in phone)

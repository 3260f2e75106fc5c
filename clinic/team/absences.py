"""Absences of practitioners: a cover sees and treats the clients meanwhile, and gets the mail about them."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Absence, Clinic, Practitioner
from clinic.models.fields import zone

LONGEST_ABSENCE = dt.timedelta(days=366)
DAY = dt.timedelta(days=1)


def add_absence(
    practitioner: Practitioner,
    *,
    starts_on: dt.date,
    ends_on: dt.date,
    cover: Practitioner | None,
    by: AbstractBaseUser,
    now: dt.datetime | None = None,
) -> Absence:
    """Add an absence; from the first day on the cover sees and treats the practitioner's clients.

    Args:
        starts_on, ends_on: the first and the last day, both included, in the clinic's zone; at most `LONGEST_ABSENCE`.
        cover: a colleague who treats clients at the same clinic and is not absent then; None: the owners get the mail.

    Raises ValidationError by field; nothing is stored then.
    """
    absence = Absence(practitioner=practitioner)
    return _save_absence(absence, starts_on, ends_on, cover, by, now or timezone.now(), audit.Verb.ABSENCE_ADDED)


def change_absence(
    absence: Absence,
    *,
    starts_on: dt.date,
    ends_on: dt.date,
    cover: Practitioner | None,
    by: AbstractBaseUser,
    now: dt.datetime | None = None,
) -> Absence:
    """Change the days or the cover, as for `add_absence`; the previous cover loses access at once."""
    return _save_absence(absence, starts_on, ends_on, cover, by, now or timezone.now(), audit.Verb.ABSENCE_CHANGED)


def end_absence(absence: Absence, *, by: AbstractBaseUser, now: dt.datetime | None = None) -> bool:
    """End an absence at once, or delete it if it has not begun. False: it had ended before."""
    now = now or timezone.now()
    with transaction.atomic():
        stored = Absence.objects.select_for_update().unended(now).filter(pk=absence.pk).first()
        if stored is None:
            return False
        practitioner = absence.practitioner
        begun = stored.begins_at < now
        audit.record(
            by, audit.Verb.ABSENCE_ENDED if begun else audit.Verb.ABSENCE_CANCELLED, stored, practitioner.clinic
        )
        if begun:
            stored.ends_at = now
            stored.ends_on = max(stored.starts_on, _today(practitioner.clinic, now))
            stored.save(update_fields=["ends_at", "ends_on"])
        else:
            stored.delete()
    return True


def apply_clinic_zone(clinic: Clinic, now: dt.datetime | None = None) -> int:
    """Recompute the instants of a clinic's absences after a change of its zone; returns how many.

    Call it inside the transaction that changes ``clinic.time_zone``.
    """
    unended = list(Absence.objects.unended(now or timezone.now()).filter(practitioner__clinic=clinic))
    for absence in unended:
        absence.begins_at, absence.ends_at = (
            _midnight(clinic, absence.starts_on),
            _midnight(clinic, absence.ends_on + DAY),
        )
    Absence.objects.bulk_update(unended, ["begins_at", "ends_at"])
    return len(unended)


def possible_covers(practitioner: Practitioner) -> list[Practitioner]:
    """The active clinical colleagues at the same clinic."""
    colleagues = Practitioner.objects.clinical().filter(clinic=practitioner.clinic_id, active=True)
    return list(colleagues.exclude(pk=practitioner.pk).order_by("name", "pk"))


def _save_absence(
    absence: Absence,
    starts_on: dt.date,
    ends_on: dt.date,
    cover: Practitioner | None,
    by: AbstractBaseUser,
    now: dt.datetime,
    verb: audit.Verb,
) -> Absence:
    practitioner = absence.practitioner
    with transaction.atomic():
        # Absences of a clinic are saved one at a time, so that two cannot name each other as cover.
        clinic = Clinic.objects.select_for_update().get(pk=practitioner.clinic_id)
        begins_at, ends_at = _midnight(clinic, starts_on), _midnight(clinic, ends_on + DAY)
        if errors := _find_errors(absence, clinic, (starts_on, ends_on), (begins_at, ends_at), cover, now):
            raise ValidationError(errors)
        absence.starts_on, absence.ends_on, absence.cover = starts_on, ends_on, cover
        absence.begins_at, absence.ends_at = begins_at, ends_at
        absence.save()
        audit.record(by, verb, absence, clinic)
    return absence


def _find_errors(
    absence: Absence,
    clinic: Clinic,
    days: tuple[dt.date, dt.date],
    instants: tuple[dt.datetime, dt.datetime],
    cover: Practitioner | None,
    now: dt.datetime,
) -> dict[str, str]:
    practitioner, today = absence.practitioner, _today(clinic, now)
    others = Absence.objects.overlapping(*instants).exclude(pk=absence.pk)
    errors: dict[str, str] = {}
    if not (practitioner.active and practitioner.is_clinical):
        errors["practitioner"] = _("Only somebody who treats clients here needs a cover.")
    if days[1] < days[0]:
        return errors | {"ends_on": _("Choose a day on or after the first one.")}
    if days[1] < today:
        errors["ends_on"] = _("Choose a day that is still to come.")
    elif days[1] - days[0] >= LONGEST_ABSENCE:
        errors["ends_on"] = _("At most a year at once.")
    if absence.pk is not None and absence.ends_at <= now:
        errors["starts_on"] = _("That one is over. Write down a new one.")
    elif (own := others.filter(practitioner=practitioner).first()) is not None:
        errors["starts_on"] = _("There is one from %(first)s to %(last)s already.") % _format_days(own)
    elif (covered := others.filter(cover=practitioner).select_related("practitioner").first()) is not None:
        params = {"name": covered.practitioner.name, **_format_days(covered)}
        errors["starts_on"] = (
            _("%(name)s is covered here from %(first)s to %(last)s. Find another cover first.") % params
        )
    if cover is not None:
        if cover.pk not in {colleague.pk for colleague in possible_covers(practitioner)}:
            errors["cover"] = _("Choose a colleague who treats clients at this clinic.")
        elif (absent := others.filter(practitioner=cover).first()) is not None:
            params = {"name": cover.name, **_format_days(absent)}
            errors["cover"] = _("%(name)s is away from %(first)s to %(last)s.") % params
    return errors


def _format_days(absence: Absence) -> dict[str, str]:
    first, last = (date_format(day, _("j F")) for day in (absence.starts_on, absence.ends_on))
    return {"first": first, "last": last}


def _today(clinic: Clinic, now: dt.datetime) -> dt.date:
    return now.astimezone(zone(clinic.time_zone)).date()


def _midnight(clinic: Clinic, day: dt.date) -> dt.datetime:
    """The start of a local day; where clocks go forward over midnight, the end of the gap."""
    return dt.datetime.combine(day, dt.time.min, zone(clinic.time_zone)).astimezone(dt.UTC)

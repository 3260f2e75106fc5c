"""What a client decides about oneself: reminders or none, of what, a pause, the hours, the language, a calendar."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Client, Prescription, ReminderChoice
from clinic.models.fields import zone
from clinic.reminders import planning

LONGEST_PAUSE = dt.timedelta(days=366)


def set_reminders_wanted(
    client: Client, wanted: bool, *, by: AbstractBaseUser | None, now: dt.datetime | None = None
) -> bool:
    """Send this client reminders, or none. Nothing else changes: the plan goes on, an invitation is no reminder.

    Those that stopped as nobody answered them start again by ``wanted``.

    Args:
        by: who decided; None: the holder of a mail link, or the mail provider's word for it.

    Returns:
        False when it was so already.
    """
    with transaction.atomic():
        others = Client.objects.filter(pk=client.pk, reminders_wanted=not wanted)
        changed = bool(others.update(reminders_wanted=wanted))
        if wanted:
            Client.objects.filter(pk=client.pk).update(reminders_since=now or timezone.now())
        if changed:
            audit.record(by, "reminders-on" if wanted else "reminders-off", client, client.clinic)
    client.reminders_wanted = wanted
    return changed


def pause_reminders(
    client: Client, until: dt.date | None, *, by: AbstractBaseUser, now: dt.datetime | None = None
) -> None:
    """No reminders before the day ``until``, in the client's zone; None ends a pause.

    Raises ValidationError on ``until`` when that is not after today or more than a year away.
    """
    today = (now or timezone.now()).astimezone(zone(client.time_zone)).date()
    if until is not None and not today < until <= today + LONGEST_PAUSE:
        raise ValidationError({"until": _("Choose a day after today, at most a year away.")})
    with transaction.atomic():
        client.paused_until = until
        client.save(update_fields=["paused_until"])
        audit.record(by, "pause-ended" if until is None else "paused", client, client.clinic)


def choose_reminders(
    prescription: Prescription, *, days: Collection[str], times: Collection[str], by: AbstractBaseUser
) -> None:
    """Of which of the prescribed days and times the client is reminded; the plan itself stays as it is.

    Args:
        days: some of the days of the newest version, as "mon".
        times: some of its times, as "18:00".

    Raises ValidationError by field when there is none, or one that was not prescribed; nothing is stored then.
    """
    dose, wrong = prescription.dose, {}
    for field, given, planned in (("days", days, dose.day_names), ("times", times, dose.times.split(","))):
        if not set(given) <= set(planned):
            wrong[field] = _("Choose among those that your practitioner planned: the plan has changed meanwhile.")
        elif not given:
            wrong[field] = _("Keep at least one, or switch the reminders of this exercise off.")
    if wrong:
        raise ValidationError(wrong)
    off = {
        "days_off": ",".join(day for day in dose.day_names if day not in days),
        "times_off": ",".join(time for time in dose.times.split(",") if time not in times),
    }
    _choose(prescription, {"wanted": True, **off}, "reminders-chosen", by)


def set_exercise_reminders(prescription: Prescription, wanted: bool, *, by: AbstractBaseUser) -> None:
    """Reminders of this one exercise, or none; which days and times were chosen is kept."""
    _choose(prescription, {"wanted": wanted}, "reminders-chosen" if wanted else "reminders-declined", by)


def _choose(prescription: Prescription, choice: dict[str, object], verb: str, by: AbstractBaseUser) -> None:
    with transaction.atomic():
        ReminderChoice.objects.update_or_create(prescription=prescription, defaults=choice)
        audit.record(by, verb, prescription, prescription.client.clinic)


def set_hours(
    client: Client,
    *,
    time_zone: str,
    wakes_at: dt.time,
    quiet: tuple[dt.time, dt.time] | None,
    by: AbstractBaseUser,
    now: dt.datetime | None = None,
) -> None:
    """Where the client lives, when they get up, and when no mail may come; every running plan is set to these hours.

    Args:
        quiet: from (included) to (excluded), over midnight if from > to; None: no quiet hours.

    Raises ValidationError by field; nothing is stored then.
    """
    now = now or timezone.now()
    if quiet is not None and quiet[0] == quiet[1]:
        raise ValidationError({"quiet_until": _("Choose another time than the one it begins at.")})
    client.time_zone, client.wakes_at = time_zone, wakes_at
    client.quiet_from, client.quiet_until = quiet or (None, None)
    with transaction.atomic():
        _save(client, ["time_zone", "wakes_at", "quiet_from", "quiet_until"])
        for prescription in client.prescriptions.running():
            planning.set_schedules(prescription, now)
        audit.record(by, "hours-changed", client, client.clinic)


def set_language(client: Client, language: str, *, by: AbstractBaseUser) -> None:
    """The language of pages and mails. Raises ValidationError on ``language`` when it is none of the project's."""
    client.language = language
    with transaction.atomic():
        _save(client, ["language"])
        audit.record(by, "language-changed", client, client.clinic)


def create_calendar_link(client: Client, *, by: AbstractBaseUser) -> None:
    """Give the client a calendar link, or a new one: the one before then opens nothing."""
    renewed = client.calendar_key is not None
    client.calendar_key = secrets.token_urlsafe(24)
    with transaction.atomic():
        client.save(update_fields=["calendar_key"])
        audit.record(by, "calendar-renewed" if renewed else "calendar-opened", client, client.clinic)


def delete_calendar_link(client: Client, *, by: AbstractBaseUser) -> bool:
    """End the calendar link. Returns False when there was none."""
    with transaction.atomic():
        with_link = Client.objects.filter(pk=client.pk, calendar_key__isnull=False)
        closed = bool(with_link.update(calendar_key=None))
        if closed:
            audit.record(by, "calendar-closed", client, client.clinic)
    client.calendar_key = None
    return closed


def _save(client: Client, fields: list[str]) -> None:
    try:
        client.clean_fields(exclude={field.name for field in client._meta.fields} - set(fields))
    except ValidationError:
        client.refresh_from_db(fields=fields)  # who shows the row again shows what is stored
        raise
    client.save(update_fields=fields)

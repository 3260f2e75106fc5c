"""The settings of a client: reminders, their days and times, a pause, the hours, the language, the calendar link."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
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
    """Turn all reminders of a client on or off; plans and invitations stay as they are.

    Reminders that stopped since nobody answered them start again when ``wanted``.

    Args:
        by: who decided; None: the holder of a mail link, or a mail provider that reported spam.

    Returns:
        False when nothing changed.
    """
    with transaction.atomic():
        differing = Client.objects.filter(pk=client.pk, reminders_wanted=not wanted)
        changed = bool(differing.update(reminders_wanted=wanted))
        if wanted:
            Client.objects.filter(pk=client.pk).update(reminders_since=now or timezone.now())
        if changed:
            verb = audit.Verb.REMINDERS_TURNED_ON if wanted else audit.Verb.REMINDERS_TURNED_OFF
            audit.record(by, verb, client, client.clinic)
    client.reminders_wanted = wanted
    return changed


def pause_reminders(
    client: Client, until: dt.date | None, *, by: AbstractBaseUser, now: dt.datetime | None = None
) -> None:
    """Pause all reminders until the day ``until``, in the client's zone; None ends a pause.

    Raises ValidationError on ``until`` when that is not after today or more than a year away.
    """
    today = (now or timezone.now()).astimezone(zone(client.time_zone)).date()
    if until is not None and not today < until <= today + LONGEST_PAUSE:
        raise ValidationError({"until": _("Choose a day after today, at most a year away.")})
    client.paused_until = until
    verb = audit.Verb.REMINDER_PAUSE_ENDED if until is None else audit.Verb.REMINDERS_PAUSED
    with transaction.atomic():
        _save(client, ["paused_until"])
        _count_calendar_change(client, now)
        audit.record(by, verb, client, client.clinic)


def choose_reminders(
    prescription: Prescription, *, days: Collection[str], times: Collection[str], by: AbstractBaseUser
) -> None:
    """Choose the prescribed days and times on which the client is reminded; the plan stays as it is.

    Args:
        days: some of the days of the newest version, as "mon".
        times: some of its times, as "18:00".

    Raises ValidationError by field when none is chosen, or one that was not prescribed; nothing is stored then.
    """
    dose, errors = prescription.dose, {}
    for field, chosen, planned in (("days", days, dose.day_names), ("times", times, dose.times.split(","))):
        if not set(chosen) <= set(planned):
            errors[field] = _("Choose among those that your practitioner planned: the plan has changed meanwhile.")
        elif not chosen:
            errors[field] = _("Keep at least one, or switch the reminders of this exercise off.")
    if errors:
        raise ValidationError(errors)
    off = {
        "days_off": ",".join(day for day in dose.day_names if day not in days),
        "times_off": ",".join(time for time in dose.times.split(",") if time not in times),
    }
    _choose(prescription, {"wanted": True, **off}, audit.Verb.EXERCISE_REMINDERS_CHOSEN, by)


def set_exercise_reminders(prescription: Prescription, wanted: bool, *, by: AbstractBaseUser) -> None:
    """Turn the reminders of one exercise on or off; the chosen days and times stay."""
    verb = audit.Verb.EXERCISE_REMINDERS_CHOSEN if wanted else audit.Verb.EXERCISE_REMINDERS_TURNED_OFF
    _choose(prescription, {"wanted": wanted}, verb, by)


def _choose(prescription: Prescription, choice: dict[str, object], verb: audit.Verb, by: AbstractBaseUser) -> None:
    with transaction.atomic():
        Client.objects.lock_for_writing(prescription.client_id)
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
    """Set the zone, the hour of getting up and the quiet hours; every running plan follows.

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
        _count_calendar_change(client, now)
        audit.record(by, audit.Verb.REMINDER_HOURS_CHANGED, client, client.clinic)


def set_language(client: Client, language: str, *, by: AbstractBaseUser) -> None:
    """Set the language of pages and mails. Raises ValidationError on ``language`` when the project has it not."""
    client.language = language
    with transaction.atomic():
        _save(client, ["language"])
        _count_calendar_change(client)
        audit.record(by, audit.Verb.LANGUAGE_CHANGED, client, client.clinic)


def create_calendar_link(client: Client, *, by: AbstractBaseUser) -> None:
    """Give the client a new calendar link; an earlier one stops working."""
    renewed = client.calendar_key is not None
    client.calendar_key = secrets.token_urlsafe(24)
    with transaction.atomic():
        _save(client, ["calendar_key"])
        audit.record(by, audit.Verb.CALENDAR_RENEWED if renewed else audit.Verb.CALENDAR_OPENED, client, client.clinic)


def delete_calendar_link(client: Client, *, by: AbstractBaseUser) -> bool:
    """Delete the calendar link. Returns False when there was none."""
    with transaction.atomic():
        with_link = Client.objects.filter(pk=client.pk, calendar_key__isnull=False)
        closed = bool(with_link.update(calendar_key=None))
        if closed:
            audit.record(by, audit.Verb.CALENDAR_CLOSED, client, client.clinic)
    client.calendar_key = None
    return closed


def _count_calendar_change(client: Client, now: dt.datetime | None = None) -> None:
    changed = {"calendar_revision": F("calendar_revision") + 1, "calendar_changed_at": now or timezone.now()}
    Client.objects.filter(pk=client.pk).update(**changed)
    client.refresh_from_db(fields=changed)


def _save(client: Client, fields: list[str]) -> None:
    try:
        Client.objects.lock_for_writing(client.pk)
        client.clean_fields(exclude={field.name for field in client._meta.fields} - set(fields))
    except ValidationError:
        client.refresh_from_db(fields=fields)  # a page that renders the row again shows what is stored
        raise
    client.save(update_fields=fields)

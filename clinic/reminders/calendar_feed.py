"""A client's plan as a calendar to subscribe to (RFC 5545): the times, without exercises or reasons.

It lists the plan and not the mails: quiet hours, the morning and reminders switched off or undeliverable remove no
event; a pause and a plan on hold do. The text depends on stored rows and not on the current time, so that an
unchanged plan gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext, override
from icalendar import Calendar, Event

from clinic.conf import conf
from clinic.models import Client, Prescription, PrescriptionChange, Schedule
from clinic.models.fields import zone
from clinic.reminders import planning
from clinic.reminders.schedule import Plan
from clinic.reminders.vtimezone import build_vtimezone

EVENT_DURATION = dt.timedelta(minutes=15)
REFRESH_INTERVAL = dt.timedelta(hours=6)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Feed:
    """The calendar as bytes of text/calendar in UTF-8, and when something in it last changed."""

    body: bytes
    changed_at: dt.datetime


@dataclass(frozen=True)
class Recurrence:
    """One local time of a plan: the first instance by the wall clock, the weekdays, the last instance in UTC."""

    start: dt.datetime
    days: tuple[str, ...]
    until: dt.datetime | None


def build_feed(client: Client) -> Feed:
    """Build the calendar of a client (with its clinic): active plans as recurring events in the client's zone."""
    with override(client.language):
        events = list(_events(client))
        calendar = _calendar(client)
    changes = client.prescriptions.aggregate(state=Max("state_since"), dose=Max("versions__created_at")).values()
    changed_at = max([client.calendar_changed_at, *(at for at in changes if at is not None)])
    calendar.add("LAST-MODIFIED", changed_at)
    years = [event.start.year for event in events] or [client.created_at.year]
    # Always added: a calendar needs at least one component (RFC 5545, 3.6).
    calendar.add_component(build_vtimezone(client.time_zone, min(years) - 1))
    for event in events:
        calendar.add_component(event)
    return Feed(calendar.to_ical(), changed_at)


def build_recurrence(plan: Plan, local_time: dt.time, time_zone: ZoneInfo) -> Recurrence | None:
    """One local time of a plan as a rule of RFC 5545; None when no day of the plan has it.

    Where the clocks jump over it or show it twice, RFC 5545 (3.3.5) and `schedule.slots` say the same. A local date
    that a zone leaves out would differ; no zone is known to leave one out again.

    Args:
        plan: its pause is respected; its quiet hours and morning are ignored.
    """
    days = tuple(name for number, name in enumerate(WEEKDAYS) if number in plan.days)
    first = _day(plan, plan.first_date, dt.timedelta(days=1))
    if first is None:
        return None
    until = None
    if plan.ends_on is not None:
        last = _day(plan, plan.ends_on, dt.timedelta(days=-1))
        if last is None or last < first:
            return None
        until = dt.datetime.combine(last, local_time, time_zone).astimezone(dt.UTC)
    return Recurrence(dt.datetime.combine(first, local_time, time_zone), days, until)


def _day(plan: Plan, start: dt.date, step: dt.timedelta) -> dt.date | None:
    """The nearest day of the plan's week from ``start`` on, in steps of a day."""
    return next((day for day in (start + step * n for n in range(7)) if day.weekday() in plan.days), None)


def _calendar(client: Client) -> Calendar:
    calendar, name = Calendar(), _name(client)
    calendar.add("PRODID", "-//Plumbline//Calendar//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("NAME", name)
    calendar.add("X-WR-CALNAME", name)
    calendar.add("X-WR-TIMEZONE", client.time_zone)
    calendar.add("REFRESH-INTERVAL", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", f"PT{REFRESH_INTERVAL // dt.timedelta(hours=1)}H")
    return calendar


def _events(client: Client) -> Iterator[Event]:
    active = list(client.prescriptions.filter(state=Prescription.State.ACTIVE).order_by("pk"))
    versions = planning.newest_versions({prescription.pk for prescription in active})
    state_changes = PrescriptionChange.objects.filter(prescription__in=active)
    changes = Counter(state_changes.values_list("prescription_id", flat=True))
    schedules = {
        (schedule.prescription_id, schedule.local_time): schedule
        for schedule in Schedule.objects.filter(prescription__in=active)
    }
    time_zone = zone(client.time_zone)
    for prescription in active:
        version = versions[prescription.pk]
        plan = replace(planning.build_plan(version, client).prescribed, paused_until=client.paused_until)
        changed_at = max(version.created_at, prescription.state_since, client.calendar_changed_at)
        revision = version.number - 1 + changes[prescription.pk] + client.calendar_revision
        for time in sorted(set(version.local_times)):
            rule = build_recurrence(plan, time, time_zone)
            if rule is not None:
                yield _event(client, rule, schedules[prescription.pk, time], revision, changed_at)


def _event(client: Client, rule: Recurrence, schedule: Schedule, revision: int, changed_at: dt.datetime) -> Event:
    event = Event()
    portal = conf.base_url + reverse("clinic:today")
    # A schedule is one local time of one prescription for good, so a new dose at the same time is the same event.
    event.add("UID", f"plan.{schedule.pk}@{conf.mail_domain}")
    event.add("DTSTAMP", changed_at)  # without a METHOD it says when the event last changed (RFC 5545, 3.8.7.2)
    event.add("LAST-MODIFIED", changed_at)
    event.add("SEQUENCE", revision)
    event.add("DTSTART", rule.start)
    event.add("DURATION", EVENT_DURATION)
    event.add("RRULE", {"FREQ": "WEEKLY", "BYDAY": list(rule.days), **({"UNTIL": rule.until} if rule.until else {})})
    event.add("SUMMARY", _name(client))
    event.add("DESCRIPTION", gettext("Open your page: %(url)s") % {"url": portal})  # Google shows no URL
    event.add("URL", portal)
    event.add("TRANSP", "TRANSPARENT")
    event.add("CLASS", "PRIVATE")
    return event


def _name(client: Client) -> str:
    return f"{gettext('A moment for yourself')} – {client.clinic.name}"

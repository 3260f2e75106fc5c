"""The rows of the worklist: one client each, with flags, last report, adherence and next reminder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _, ngettext

from clinic.admin import labels as admin_labels
from clinic.conf import conf
from clinic.flags.phase import phase_label, phase_of
from clinic.flags.response import Response, Tendency
from clinic.models import Client, Flag, PainTrend, Practitioner, Prescription
from clinic.models.fields import zone
from clinic.progress.adherence import Adherence
from clinic.reminders import planning
from clinic.worklist.query import Entry, read_entries
from clinic.worklist.recent_activity import RecentActivity, read_recent_activity
from clinic.worklist.sparkline import draw_sparkline

WEEK = dt.timedelta(days=7)
State = Prescription.State


@dataclass(frozen=True)
class FlagCell:
    """One flag with what stands after its reason."""

    flag: Flag
    phase: str  # "persisting"; empty where no phase applies
    escalated: bool


@dataclass(frozen=True)
class Row:
    """One client of the worklist, with formatted values."""

    entry: Entry
    flags: Sequence[FlagCell]  # most severe first
    sparkline: SafeString  # of the last 30 days
    last_report_ago: str  # such as "2 h ago"; empty without one
    tendency: Tendency  # of pain with the exercise reported on last
    adherence: str  # of the last 14 days; empty where nothing was planned
    reminder: str  # when the next one goes, or why none does; empty without an exercise
    shared: bool  # a colleague's client

    @property
    def client(self) -> Client:
        return self.entry.client

    @property
    def anchor(self) -> str:
        """The id of the row, to which its forms return."""
        return f"client-{self.client.pk}"

    @property
    def first_flags(self) -> Sequence[FlagCell]:
        return self.flags[:1]

    @property
    def further_flags(self) -> Sequence[FlagCell]:
        return self.flags[1:]


def build_rows(clients: Sequence[Client], memberships: Sequence[Practitioner], now: dt.datetime) -> list[Row]:
    """Build the rows of these clients, in five queries however many they are.

    Args:
        clients: a page of `worklist_query.listed_clients`.
        memberships: of the person who treats them.
    """
    entries, own = read_entries(clients), {membership.pk for membership in memberships}
    activities = read_recent_activity(entries, now)
    return [_row(entry, activities[entry.client.pk], own, now) for entry in entries]


def _row(entry: Entry, activity: RecentActivity, own: set[int], now: dt.datetime) -> Row:
    report = entry.last_report
    return Row(
        entry,
        flags=[
            FlagCell(flag, phase_label(phase_of(flag, now)), bool(getattr(flag, "escalated", False)))
            for flag in entry.flags
        ],
        sparkline=_sparkline(activity.points),
        last_report_ago=admin_labels.format_time_ago(report.occurred_at, now) if report else "",
        tendency=_tendency(entry.trend),
        adherence=_adherence(activity.tally),
        reminder=_next_reminder(entry, activity, now),
        shared=entry.client.practitioner_id not in own,
    )


def _tendency(trend: PainTrend | None) -> Tendency:
    """The tendency of pain with the exercise, from the stored state of the rule; empty while too little is known."""
    if trend is None:
        return ""
    try:
        return Response.from_state(trend.response).tendency
    except ValueError:  # of another rule version, or damaged: the next report replays
        return ""


def _adherence(tally: Adherence) -> str:
    """Such as "9 of 12 days and 1 more"."""
    if tally.planned:
        text = ngettext("%(done)s of %(count)s day", "%(done)s of %(count)s days", tally.planned)
        text %= {"done": tally.done, "count": tally.planned}
        return text + (_(" and %(count)s more") % {"count": tally.unplanned} if tally.unplanned else "")
    if not tally.unplanned:
        return ""
    return ngettext("%(count)s day", "%(count)s days", tally.unplanned) % {"count": tally.unplanned}


def _next_reminder(entry: Entry, activity: RecentActivity, now: dt.datetime) -> str:
    """When the next reminder is sent, in the client's time zone; or why none is."""
    client, running = entry.client, entry.prescriptions
    if not running:
        return ""
    if reason := _no_reminder_to(client) or _no_reminder_of(running, activity.unanswered):
        return _("No reminder: %(why)s") % {"why": reason}
    due, silenced = [], False
    for prescription in running:
        prescription.client = client  # the same row, read once
        if activity.unanswered.get(prescription.pk, 0) < conf.max_ignored_reminders:
            version = entry.versions[prescription.pk][-1]
            slot = planning.next_reminder(prescription, version, now)
            due += [slot.due_at] if slot else []
            silenced = silenced or (slot is None and planning.is_silenced_by_quiet_hours(prescription, version, now))
    if not due:
        return _("No reminder: %(why)s") % {"why": _("quiet hours") if silenced else _("none is planned")}
    return _("Next: %(when)s") % {"when": _format_due(min(due), client, now)}


def _no_reminder_to(client: Client) -> str:
    if client.state != Client.State.JOINED:
        return _("not joined")
    if client.undeliverable_since is not None:
        return _("mail comes back")
    return "" if client.reminders_wanted else _("not wanted")


def _no_reminder_of(running: Sequence[Prescription], unanswered: Mapping[int, int]) -> str:
    active = [row for row in running if row.state == State.ACTIVE]
    if not active:
        return _("held")
    counts = [unanswered.get(row.pk, 0) for row in active]
    if min(counts) >= conf.max_ignored_reminders:
        return _("%(count)s not answered") % {"count": max(counts)}
    return ""


def _format_due(at: dt.datetime, client: Client, now: dt.datetime) -> str:
    """ "today 18:00", "tomorrow 18:00", "Thu 18:00", "3 Dec, 18:00"."""
    time_zone = zone(client.time_zone)
    local, today = at.astimezone(time_zone), now.astimezone(time_zone).date()
    days = (local.date() - today).days
    if days in (0, 1):
        return (_("tomorrow %(time)s") if days else _("today %(time)s")) % {"time": f"{local:%H:%M}"}
    return date_format(local, "D H:i" if days < WEEK.days else _("j M, H:i"))


def _sparkline(points: Sequence[tuple[float, int]]) -> SafeString:
    """The sparkline with its text alternative; empty without a report."""
    if not points:
        return SafeString("")
    latest, lowest, highest = min(points)[1], min(score for _ago, score in points), max(score for _ago, score in points)
    label = ngettext(
        "Pain in the last 30 days: %(count)s report, latest %(latest)s, between %(low)s and %(high)s",
        "Pain in the last 30 days: %(count)s reports, latest %(latest)s, between %(low)s and %(high)s",
        len(points),
    ) % {"count": len(points), "latest": latest, "low": lowest, "high": highest}
    return mark_safe(draw_sparkline(points, label))  # noqa: S308  its only text is escaped there

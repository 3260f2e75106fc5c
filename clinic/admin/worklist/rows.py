"""One line of the worklist: what there is to say of one client, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.admin import labels as admin_labels
from clinic.conf import conf
from clinic.flags import phase as flare_up
from clinic.flags.response import Response, Tendency
from clinic.models import Client, Flag, PainTrend, Practitioner, Prescription
from clinic.models.fields import zone
from clinic.progress.adherence import Tally
from clinic.reminders import planning
from clinic.worklist import query as worklist_query
from clinic.worklist import recent_activity
from clinic.worklist.query import Entry
from clinic.worklist.recent_activity import RecentActivity
from clinic.worklist.sparkline import draw_sparkline

WEEK = dt.timedelta(days=7)
State = Prescription.State


@dataclass(frozen=True)
class Shown:
    """One flag with the words that stand after its sentence."""

    flag: Flag
    phase: str
    escalated: bool


@dataclass(frozen=True)
class Row:
    """One client as the page shows them."""

    entry: Entry
    flags: Sequence[Shown]
    trace: SafeString  # the drawing of the last 30 days
    heard_ago: str  # how long ago the last report was about; empty without one
    tendency: Tendency  # of pain with the exercise that was reported on last
    adherence: str  # of the last 14 days; empty where nothing was planned
    reminder: str  # when the next one goes, or why none does; empty without an exercise
    shared: bool  # a colleague's client

    @property
    def client(self) -> Client:
        return self.entry.client

    @property
    def place(self) -> str:
        """The part of the page to come back to."""
        return f"client-{self.client.pk}"

    @property
    def first(self) -> Sequence[Shown]:
        return self.flags[:1]

    @property
    def further(self) -> Sequence[Shown]:
        return self.flags[1:]


def rows(clients: Sequence[Client], memberships: Sequence[Practitioner], now: dt.datetime) -> list[Row]:
    """The lines of these clients, in five queries however many they are.

    Args:
        clients: a page of `worklist.needing`.
        memberships: those by which the reader treats them.
    """
    entries, mine = worklist_query.read_entries(clients), {membership.pk for membership in memberships}
    weeks = recent_activity.read_recent_activity(entries, now)
    return [_row(entry, weeks[entry.client.pk], mine, now) for entry in entries]


def _row(entry: Entry, weeks: RecentActivity, mine: set[int], now: dt.datetime) -> Row:
    report = entry.last_report
    return Row(
        entry,
        flags=[
            Shown(flag, flare_up.phase_label(flare_up.phase_of(flag, now)), bool(getattr(flag, "escalated", False)))
            for flag in entry.flags
        ],
        trace=trace(weeks.points),
        heard_ago=admin_labels.format_time_ago(report.occurred_at, now) if report else "",
        tendency=tendency(entry.trend),
        adherence=adherence(weeks.tally),
        reminder=next_reminder(entry, weeks, now),
        shared=entry.client.practitioner_id not in mine,
    )


def tendency(trend: PainTrend | None) -> Tendency:
    """Where pain mostly goes with the exercise, by the stored state of the rule; empty while too little is known."""
    if trend is None:
        return ""
    try:
        return Response.from_state(trend.response).tendency
    except ValueError:  # of another rule, or damaged: the next report replays it
        return ""


def adherence(tally: Tally) -> str:
    """ "9 of 12 days"; what was done on other days is added."""
    if tally.planned:
        told = ngettext("%(done)s of %(count)s day", "%(done)s of %(count)s days", tally.planned)
        said = told % {"done": tally.done, "count": tally.planned}
        return said + (_(" and %(count)s more") % {"count": tally.besides} if tally.besides else "")
    return (
        ngettext("%(count)s day", "%(count)s days", tally.besides) % {"count": tally.besides} if tally.besides else ""
    )


def next_reminder(entry: Entry, weeks: RecentActivity, now: dt.datetime) -> str:
    """When the next reminder goes out, in the client's zone; or why none does."""
    client, running = entry.client, entry.prescriptions
    if not running:
        return ""
    if why := _none_to(client) or _none_of(running, weeks.unanswered):
        return _("No reminder: %(why)s") % {"why": why}
    coming, silenced = [], False
    for prescription in running:
        prescription.client = client  # the same row, read once
        if weeks.unanswered.get(prescription.pk, 0) < conf.max_ignored_reminders:
            version = entry.versions[prescription.pk][-1]
            slot = planning.next_reminder(prescription, version, now)
            coming += [slot.due_at] if slot else []
            silenced = silenced or (slot is None and planning.is_silenced_by_quiet_hours(prescription, version, now))
    if not coming:
        return _("No reminder: %(why)s") % {"why": _("quiet hours") if silenced else _("none is planned")}
    return _("Next: %(when)s") % {"when": _when(min(coming), client, now)}


def _none_to(client: Client) -> str:
    if client.state != Client.State.JOINED:
        return _("not joined")
    if client.undeliverable_since is not None:
        return _("mail comes back")
    return "" if client.reminders_wanted else _("not wanted")


def _none_of(running: Sequence[Prescription], unanswered: Mapping[int, int]) -> str:
    active = [row for row in running if row.state == State.ACTIVE]
    if not active:
        return _("held")
    counts = [unanswered.get(row.pk, 0) for row in active]
    if min(counts) >= conf.max_ignored_reminders:
        return _("%(count)s not answered") % {"count": max(counts)}
    return ""


def _when(at: dt.datetime, client: Client, now: dt.datetime) -> str:
    """ "today 18:00", "tomorrow 18:00", "Thu 18:00", "3 Dec, 18:00"."""
    here = zone(client.time_zone)
    local, today = at.astimezone(here), now.astimezone(here).date()
    days = (local.date() - today).days
    if days in (0, 1):
        return (_("tomorrow %(time)s") if days else _("today %(time)s")) % {"time": f"{local:%H:%M}"}
    return date_format(local, "D H:i" if days < WEEK.days else _("j M, H:i"))


def trace(points: Sequence[tuple[float, int]]) -> SafeString:
    """The drawing with its words; nothing when there is no report to draw."""
    if not points:
        return SafeString("")
    latest, lowest, highest = min(points)[1], min(score for _ago, score in points), max(score for _ago, score in points)
    label = ngettext(
        "Pain in the last 30 days: %(count)s report, latest %(latest)s, between %(low)s and %(high)s",
        "Pain in the last 30 days: %(count)s reports, latest %(latest)s, between %(low)s and %(high)s",
        len(points),
    ) % {"count": len(points), "latest": latest, "low": lowest, "high": highest}
    return mark_safe(draw_sparkline(points, label))  # noqa: S308  its only text is escaped there

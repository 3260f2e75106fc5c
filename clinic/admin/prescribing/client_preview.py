"""A plan or a change of it before it is stored, as the client would see it: the page Today, the mail, the reminders.

The page is rendered from the portal's own template, so that both have the same text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _, override

from clinic.dosage import changes as dosage_changes
from clinic.dosage.text import format_moment
from clinic.models import Client, Prescription, PrescriptionVersion, ReminderChoice
from clinic.models.fields import WEEKDAYS, zone
from clinic.pain.advice import render_hold_advice
from clinic.reminders import planning, sending
from clinic.reminders.schedule import first_slot, slots
from exercises.media_selection import representative_step

DISPLAYED_REMINDERS = 4
LOOK_AHEAD = dt.timedelta(days=800)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_NOT_FOR_A_FRAME = re.compile(r'<link rel="(?:manifest|modulepreload|apple-touch-icon)"[^>]*>')
_LINK = re.compile(r'(<a\b[^>]*?)\shref="[^"]*"')


@dataclass(frozen=True)
class PreviewedPlan:
    """The attributes that ``clinic/portal/today/prescription.html`` reads, of an exercise not yet done today."""

    prescription: Prescription
    dose: PrescriptionVersion
    state: str  # "do" on a day of the plan, else "rest"; "over", or "held"
    next_time: str
    morning_ends_at: dt.time | None
    advised_report: None = None
    later_report: None = None
    change: None = None
    next_morning: None = None
    is_planned_again: bool = False
    is_stopped: bool = False

    @property
    def planned_times(self) -> str:
        return ", ".join(f"{time:%H:%M}" for time in self.dose.local_times)


@dataclass(frozen=True)
class ClientPreview:
    """What one client would see and receive."""

    client: Client
    today: str  # the page, as HTML whose links lead nowhere
    subject: str
    mail: str  # its HTML, likewise
    reminders: Sequence[dt.datetime]  # the first ones, in the client's zone
    why_no_reminder: str  # empty where there are some


def build_preview(draft: PrescriptionVersion, now: dt.datetime) -> ClientPreview:
    """Render the preview in the client's own language and zone; nothing is stored or sent."""
    client = draft.prescription.client
    mail = sending.preview_reminder(client, draft.local_times[0], changed=draft.number > 1)
    reminders = first_reminders(draft, now)
    return ClientPreview(
        client=client,
        today=_render_today(draft, now),
        subject=str(mail.subject),
        mail=_LINK.sub(r"\1", str(mail.alternatives[0][0])),
        reminders=reminders,
        why_no_reminder="" if reminders else why_no_reminder(draft, now),
    )


def first_reminders(draft: PrescriptionVersion, now: dt.datetime) -> list[dt.datetime]:
    """When the first reminders would come, in the client's zone; empty where none reaches the client."""
    client = draft.prescription.client
    if _why_not_yet(draft) or _why_unreached(draft):
        return []
    time_zone = zone(client.time_zone)
    return [due.astimezone(time_zone) for due in islice(_due_times(draft, now), DISPLAYED_REMINDERS)]


def why_no_reminder(draft: PrescriptionVersion, now: dt.datetime) -> str:
    """Why no reminder would come, for the practitioner; the reason that lasts comes first."""
    return no_time_left(draft, now) or _why_not_yet(draft) or _why_unreached(draft)


def no_time_left(draft: PrescriptionVersion, now: dt.datetime) -> str:
    """Why no reminder can ever come; empty where a time is left."""
    if next(_due_times(draft, now), None) is not None:
        return ""
    return _("No time of this plan is left: its days are over, or lie in quiet hours.")


def _due_times(draft: PrescriptionVersion, now: dt.datetime) -> Iterator[dt.datetime]:
    """When its reminders would be due, whether or not they reach the client."""
    client = draft.prescription.client
    plan = planning.build_plan(draft, client, _choice(draft))
    begin = max(now, _first_instant(draft, client))
    end = begin + LOOK_AHEAD if begin < LAST - LOOK_AHEAD else LAST
    return slots(plan, zone(client.time_zone), now, end)


def _choice(draft: PrescriptionVersion) -> ReminderChoice | None:
    """The times of a running plan that the client wants reminders of; None: all, as for a new plan."""
    pk = draft.prescription_id
    return planning.reminder_choices([pk]).get(pk) if draft.number > 1 else None


def _why_not_yet(draft: PrescriptionVersion) -> str:
    if draft.prescription.state == Prescription.State.HELD:
        return _("It is held. Reminders go on when you resume it.")
    client = draft.prescription.client
    if client.state != Client.State.JOINED:
        return _("%(name)s has not joined yet. Reminders begin then.") % {"name": client.first_name}
    return ""


def _why_unreached(draft: PrescriptionVersion) -> str:
    client, choice = draft.prescription.client, _choice(draft)
    params = {"name": client.first_name}
    if not client.reminders_wanted or (choice is not None and not choice.wanted):
        return _("%(name)s wants no reminders.") % params
    if client.undeliverable_since is not None:
        return _("Mail to %(name)s comes back, so none is sent.") % params
    return ""


def _first_instant(draft: PrescriptionVersion, client: Client) -> dt.datetime:
    return dt.datetime.combine(draft.starts_on, dt.time.min, zone(client.time_zone))


def _render_today(draft: PrescriptionVersion, now: dt.datetime) -> str:
    client, exercise = draft.prescription.client, draft.prescription.exercise
    time_zone = zone(client.time_zone)
    with override(client.language), timezone.override(time_zone):
        plan = _build_plan(draft, now)
        steps = exercise.steps_in(client.language)
        context: dict[str, Any] = {
            "client": client,
            "clinic": client.clinic,
            "now": now,
            "first": plan,
            "step": representative_step(steps) if plan.state == "do" else None,
            "others": [],
            "had_prescription": True,
            "on_hold_text": partial(render_hold_advice, client),  # read where the plan is on hold
            "owner_keys": [],
            "plan_changes": dosage_changes.list_changes(client, now, draft) if draft.number > 1 else [],
            "request": {"resolver_match": {"url_name": "today"}},  # for the navigation
            "csrf_token": "none",  # no form of the page works in its frame
        }
        page = render_to_string("clinic/portal/today/page.html", context)
    return _LINK.sub(r"\1", _NOT_FOR_A_FRAME.sub("", _SCRIPT.sub("", page)))


def _build_plan(draft: PrescriptionVersion, now: dt.datetime) -> PreviewedPlan:
    """The status that the portal would show once the plan is stored."""
    client = draft.prescription.client
    time_zone = zone(client.time_zone)
    local = now.astimezone(time_zone)
    day = local.date()
    held = draft.prescription.state == Prescription.State.HELD
    over = draft.ends_on is not None and day > draft.ends_on
    in_plan = day >= draft.starts_on and WEEKDAYS[local.weekday()] in draft.day_names
    # The addresses on the page need a number; they are removed afterwards.
    prescription = Prescription(
        pk=0, client=client, exercise=draft.prescription.exercise, state=draft.prescription.state
    )
    upcoming = first_slot(replace(planning.build_plan(draft, client), paused_until=None, quiet=None), time_zone, now)
    return PreviewedPlan(
        prescription=prescription,
        dose=draft,
        state="held" if held else "over" if over else "do" if in_plan else "rest",
        next_time=format_moment(upcoming.due_at.astimezone(time_zone), day) if upcoming else "",
        morning_ends_at=planning.morning_ends_at(draft, client, local),
    )

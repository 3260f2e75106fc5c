"""The next reminder and the last one, as text for the client: its state and the reason, without blame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from clinic.conf import conf
from clinic.dosage.text import format_moment
from clinic.models import Client, Prescription, Reminder, SkipReason
from clinic.models.fields import zone
from clinic.models.outbox import State
from clinic.reminders import planning

# Each follows "not sent, "; reasons that a reminder cannot have are left out.
SKIP_TEXTS = {
    SkipReason.HELD: gettext_lazy("as your practitioner had paused the exercise"),
    SkipReason.ENDED: gettext_lazy("as the exercise had ended"),
    SkipReason.PAUSED: gettext_lazy("as you had paused reminders"),
    SkipReason.ALREADY_REPORTED: gettext_lazy("because you had already reported that day"),
    SkipReason.UNSUBSCRIBED: gettext_lazy("as you wanted none"),
    SkipReason.NOT_WANTED: gettext_lazy("as you did not choose this time"),
    SkipReason.UNDELIVERABLE: gettext_lazy("as mail to you came back"),
    SkipReason.QUIET_HOURS: gettext_lazy("as it fell in the hours when you want no mail"),
    SkipReason.MORNING: gettext_lazy("as it fell in the two hours after you get up"),
    SkipReason.IGNORED: gettext_lazy("as those before were not answered"),
    SkipReason.TOGETHER: gettext_lazy("as one mail told you of several exercises"),
    SkipReason.CHANGED: gettext_lazy("as your plan had changed"),
    SkipReason.LATE: gettext_lazy("as it would have come too late to be of use"),
    SkipReason.NO_CONSENT: gettext_lazy("as you had not joined yet"),
}


@dataclass(frozen=True)
class ReminderStatus:
    """The text of the card; ``is_stopped``: no more are sent until the client asks for them again."""

    next: str
    last: str
    is_stopped: bool


def reminder_status(client: Client, now: dt.datetime) -> ReminderStatus:
    """Of all prescriptions of the client together; days and times in the client's zone."""
    local = now.astimezone(zone(client.time_zone))
    running = list(client.prescriptions.running().order_by("pk"))
    for prescription in running:
        prescription.client = client
    unanswered = Reminder.objects.count_unanswered([prescription.pk for prescription in running])
    stopped = {pk: count for pk, count in unanswered.items() if count >= conf.max_ignored_reminders}
    unstopped = [prescription for prescription in running if prescription.pk not in stopped]
    coming = _next(unstopped, now)
    if coming is not None:
        next_text = _("Next: %(when)s.") % {"when": format_moment(coming.astimezone(local.tzinfo), local.date())}
    elif stopped and client.undeliverable_since is None:
        count = max(stopped.values())
        next_text = ngettext(
            "We stopped, as %(count)s was not answered.", "We stopped, as %(count)s were not answered.", count
        ) % {"count": count}
    else:
        next_text = _("Next: none. %(why)s") % {"why": _why_none(client, running, local)}
    return ReminderStatus(
        next_text, _last(client, local), is_stopped=bool(stopped) and client.undeliverable_since is None
    )


def _next(prescriptions: Sequence[Prescription], now: dt.datetime) -> dt.datetime | None:
    versions = planning.newest_versions({prescription.pk for prescription in prescriptions})
    slots = [planning.next_reminder(prescription, versions[prescription.pk], now) for prescription in prescriptions]
    return min((slot.due_at for slot in slots if slot is not None), default=None)


def _why_none(client: Client, running: Sequence[Prescription], local: dt.datetime) -> str:
    if client.undeliverable_since is not None:
        return _("Mail to you comes back. Tell %(clinic)s your right address: %(phone)s") % {
            "clinic": client.clinic.name,
            "phone": client.clinic.phone,
        }
    if not running:
        return _("No exercise is planned for you now.")
    active = [prescription for prescription in running if prescription.state == Prescription.State.ACTIVE]
    if not active:
        return _("Your practitioner has paused the exercise.")
    versions = planning.newest_versions({prescription.pk for prescription in active})
    plans = [planning.build_plan(versions[prescription.pk], client) for prescription in active]
    over = [plan for plan in plans if plan.ends_on is not None and plan.ends_on < local.date()]
    if len(over) == len(plans):
        return _("Your plan is over.")
    for plan in plans:
        for time in plan.times:
            if plan.is_too_early(time):
                return _("%(time)s falls in the two hours after you get up.") % {"time": f"{time:%H:%M}"}
            if plan.is_quiet(time):
                values = {"time": f"{time:%H:%M}"}
                if client.quiet_from is None:
                    return _("%(time)s falls in the hours when your clinic sends no mail.") % values
                return _("%(time)s falls in the hours when you want no mail.") % values
    return _("Your plan has no further day.")


def _last(client: Client, local: dt.datetime) -> str:
    """The state of the newest reminder; empty: none yet."""
    newest = Reminder.objects.filter(schedule__prescription__client=client).order_by("-due_at", "-pk").first()
    if newest is None:
        return ""
    values = {"when": format_moment((newest.sent_at or newest.due_at).astimezone(local.tzinfo), local.date())}
    match newest.state:
        case State.SENT:
            return _("Last: sent %(when)s.") % values
        case State.SKIPPED:
            why = (
                SKIP_TEXTS.get(SkipReason(newest.status_detail)) if newest.status_detail in SkipReason.values else None
            )
            if why is None:
                return _("Last: %(when)s, not sent.") % values
            return _("Last: %(when)s, not sent, %(why)s.") % {**values, "why": why}
        case State.BOUNCED:
            return _("Last: %(when)s. It came back to us.") % values
        case State.FAILED:
            return _("Last: %(when)s. The mail could not be delivered.") % values
        case State.UNKNOWN:
            return _("Last: %(when)s. We do not know whether it reached you.") % values
    return _("Last: %(when)s, on its way.") % values

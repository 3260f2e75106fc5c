"""The phase of a worsening: most flare-ups are over within a week (Suri 2011, 2012), so a new flag may be one."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.flags import engine
from clinic.models import Flag
from clinic.models.fields import zone

Phase = Literal["new", "persisting", ""]
FLARE_UP_LASTS = dt.timedelta(days=7)


def phase_of(flag: Flag, now: dt.datetime) -> Phase:
    """The phase of an unresolved ``worsening`` flag; empty for others, and once the rule is no longer flagged.

    Counted from when it would have been raised, had the reports come in time. Reads the prescription's trend row:
    select ``prescription__trend`` for a list.
    """
    if flag.kind != Flag.Kind.WORSENING or flag.state == Flag.State.RESOLVED:
        return ""
    began_at = min(flag.raised_at, flag.due_at or flag.raised_at)
    if now - began_at < FLARE_UP_LASTS:
        return "new"
    return "persisting" if engine.is_still_rising(flag.prescription.trend) else ""


def phase_label(phase: Phase) -> str:
    """The label of a phase; empty for none."""
    labels = {"new": _("new, may be a flare-up"), "persisting": _("persisting")}
    return labels.get(phase, "")


def describe_delay(flag: Flag) -> str:
    """When the flag would have been raised, had the reports come in time; empty where they did.

    In the clinic's time zone and the reader's language.
    """
    if flag.due_at is None:
        return ""
    time_zone = zone(flag.prescription.client.clinic.time_zone)
    day = date_format(flag.due_at.astimezone(time_zone), _("j F"))
    return _("Would have been raised on %(day)s, had it been reported in time.") % {"day": day}

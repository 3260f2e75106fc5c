"""How long a rise has lasted: most flare-ups are over within a week, so a new flag says that it may be one."""

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
    """Where an unresolved ``worsening`` flag stands; empty for every other, and once the rule has taken it back.

    Counted from the day on which it would have been raised, had the reports come in time. Reads the prescription's
    trend row: select ``prescription__trend`` for a list.
    """
    if flag.kind != Flag.Kind.WORSENING or flag.state == Flag.State.RESOLVED:
        return ""
    began = min(flag.raised_at, flag.due_at or flag.raised_at)
    if now - began < FLARE_UP_LASTS:
        return "new"
    return "persisting" if engine.is_still_rising(flag.prescription.trend) else ""


def phase_label(of: Phase) -> str:
    """A phase as a page says it, empty for none."""
    said = {"new": _("new, may be a flare-up"), "persisting": _("persisting")}
    return said.get(of, "")


def describe_delay(flag: Flag) -> str:
    """The sentence about reports that came late or were corrected; empty where they came in time.

    The day is the clinic's; the language is the reader's.
    """
    if flag.due_at is None:
        return ""
    here = zone(flag.prescription.client.clinic.time_zone)
    day = date_format(flag.due_at.astimezone(here), _("j F"))
    return _("Would have been raised on %(day)s, had it been reported in time.") % {"day": day}

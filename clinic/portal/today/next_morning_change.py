"""The morning after a session: until when it is asked about, and what the answer means."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from clinic.flags.response import DEFAULT_CONFIG as RULE
from clinic.models import Advice, PainReport, Prescription
from clinic.portal.today.pain_change import Change

# The rule takes "the next morning" literally: after noon the pain is the day's own doing; before four it is night.
MORNING, NOON = dt.time(4, 0), dt.time(12, 0)


def is_morning(local: dt.datetime) -> bool:
    """Whether ``local``, the client's own time, is a morning on which to ask."""
    return MORNING <= local.time() < NOON


@dataclass(frozen=True)
class Overnight:
    """What the pain did from before a session to the next morning."""

    report: PainReport
    change: Change

    @classmethod
    def of(cls, report: PainReport) -> Self | None:
        """None while the morning after has not been told."""
        change = Change.overnight_of(report)
        return cls(report, change) if change else None

    @property
    def rise(self) -> int:
        """Points from before the session to the morning after; above 0 is worse."""
        return self.change.after - self.change.before

    @property
    def worse(self) -> bool:
        """A rise that the rule counts as the session's own: 2 points or more (docs/worsening-rule.md, Childs 2005)."""
        return self.rise >= RULE.morning_rise

    @property
    def paused(self) -> bool:
        """The exercise is stopped: what to do is said by that, and this must not sound otherwise."""
        held = self.report.prescription.state == Prescription.State.HELD
        return held or self.report.advice in (Advice.STOP, Advice.CALL_NOW)

    @property
    def words(self) -> str:
        """What happened and what to do, ready to show."""
        scores = {"before": self.change.before, "morning": self.change.after}
        happened = _("Pain was %(before)s before the exercise and %(morning)s the next morning.") % scores
        if self.paused:
            return happened
        if self.worse:
            return f"{happened} {_('Wait with the exercise until the pain is back to where it was.')}"
        if self.rise < 0:
            return f"{happened} {_('Good: carry on as planned.')}"
        return f"{happened} {_('That is about the same. Carry on, gently.')}"

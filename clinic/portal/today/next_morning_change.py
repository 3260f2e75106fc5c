"""The next morning after a session: when it is asked about, and what the answer means."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from clinic.flags.response import DEFAULT_CONFIG as RULE
from clinic.models import Advice, PainReport, Prescription
from clinic.portal.today.pain_change import PainChange

# The rule takes "the next morning" literally: after noon the pain is the day's own doing; before four it is night.
MORNING, NOON = dt.time(4, 0), dt.time(12, 0)


def is_morning(local: dt.datetime) -> bool:
    """Whether ``local``, in the client's zone, is a time to ask about the morning."""
    return MORNING <= local.time() < NOON


@dataclass(frozen=True)
class NextMorningChange:
    """The change of pain from before a session to the next morning."""

    report: PainReport
    change: PainChange

    @classmethod
    def from_report(cls, report: PainReport) -> Self | None:
        """None while the next morning is not yet reported."""
        change = PainChange.to_next_morning(report)
        return cls(report, change) if change else None

    @property
    def rise(self) -> int:
        """Points from before the session to the morning after; above 0 is worse."""
        return self.change.after - self.change.before

    @property
    def is_worse(self) -> bool:
        """The rise reaches the rule's limit: 2 points or more (docs/worsening-rule.md, Childs 2005)."""
        return self.rise >= RULE.morning_rise

    @property
    def is_on_hold(self) -> bool:
        """The exercise is stopped: that advice holds, and the text must not contradict it."""
        held = self.report.prescription.state == Prescription.State.HELD
        return held or self.report.advice in (Advice.STOP, Advice.CALL_NOW)

    @property
    def text(self) -> str:
        """What happened and what to do, for the client."""
        scores = {"before": self.change.before, "morning": self.change.after}
        happened = _("Pain was %(before)s before the exercise and %(morning)s the next morning.") % scores
        if self.is_on_hold:
            return happened
        if self.is_worse:
            return f"{happened} {_('Wait with the exercise until the pain is back to where it was.')}"
        if self.rise < 0:
            return f"{happened} {_('Good: carry on as planned.')}"
        return f"{happened} {_('That is about the same. Carry on, gently.')}"

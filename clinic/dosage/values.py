"""The dosage that a practitioner gives, before it is checked and stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from clinic.models.fields import WEEKDAYS


@dataclass(frozen=True)
class Dosage:
    """What is done, on which days and when. Days as "mon"…"sun", times as "HH:MM" in the client's zone."""

    days: Sequence[str]
    times: Sequence[str | dt.time]
    sets: int = 1
    hold_seconds: int = 30
    variation: str = ""


@dataclass(frozen=True, kw_only=True)
class PlannedDosage(Dosage):
    """A dosage from a first day on."""

    starts_on: dt.date
    ends_on: dt.date | None = None  # the last day; None: without an end
    mornings_allowed: bool = False


# In the evening, as the first two hours after rising are to be avoided (Snook 1998). The amount is a gentle beginning
# of our own; no trial chose it.
USUAL = Dosage([*WEEKDAYS], ["18:00"])
USUAL_WEEKS = 6

"""The one question of the first page, for one prescription: what is to be done now?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from clinic.dosage.text import format_moment
from clinic.models import Advice, Client, PainReport, Prescription, PrescriptionVersion
from clinic.models.fields import WEEKDAYS, zone
from clinic.pain.advice import render_report_advice
from clinic.portal.today.next_morning_change import NextMorningChange, is_morning
from clinic.portal.today.pain_change import PainChange
from clinic.reminders.planning import build_plan, morning_ends_at
from clinic.reminders.schedule import first_slot

PAUSING_ADVICE = (Advice.STOP, Advice.CALL_NOW)
STOPPING_ADVICE = (Advice.STOP_TODAY, *PAUSING_ADVICE)
ONE_DAY = dt.timedelta(days=1)


class DayState(StrEnum):
    DO = "do"  # in plan today and not done as often as planned
    DONE = "done"  # done today, or stopped for today
    HELD = "held"
    REST = "rest"  # in plan, on another day
    OVER = "over"  # the plan's last day has passed


@dataclass(frozen=True)
class DailyStatus:
    """What the first page says about one prescription."""

    prescription: Prescription
    dose: PrescriptionVersion
    now: DayState
    said: PainReport | None  # the report of today whose advice holds
    words: str  # that advice, in words
    also: PainReport | None  # a newer report of today, when ``said`` is not the newest
    next: str  # "Thursday at 18:00"; empty when nothing is planned
    morning_ends_at: dt.time | None  # early morning: not before this local time
    yesterday: PainReport | None  # the last session of the day before, while none has been done today
    morning: bool  # it is the morning of the client's own day

    @property
    def need(self) -> int:
        """Its place on the page: 0 comes first."""
        if self.said is not None and self.said.advice == Advice.CALL_NOW:
            return 0
        return 1 + [DayState.DO, DayState.HELD, DayState.DONE, DayState.REST, DayState.OVER].index(self.now)

    @property
    def in_short(self) -> str:
        """One line for an exercise that is folded away."""
        if self.said is not None and self.said.advice == Advice.CALL_NOW:
            return _("Stop, and call the clinic")
        match self.now:
            case DayState.DO:
                return _("planned for today")
            case DayState.DONE:
                return (
                    _("stopped for today") if self.said and self.said.advice in STOPPING_ADVICE else _("done for today")
                )
            case DayState.HELD:
                return _("paused")
            case DayState.REST:
                return _("nothing today")
        return _("over")

    @property
    def change(self) -> PainChange | None:
        """What the session of today did."""
        return PainChange.of(self.said) if self.said and self.said.did_exercise else None

    @property
    def stopped(self) -> bool:
        """Today's report says stop for today."""
        return self.said is not None and self.said.advice in STOPPING_ADVICE

    @property
    def overnight(self) -> NextMorningChange | None:
        """What the client told this day about the morning after yesterday's session."""
        return NextMorningChange.of(self.yesterday) if self.yesterday else None

    @property
    def asks_morning(self) -> bool:
        """The morning after yesterday's session has come and has not been told."""
        session = self.yesterday
        in_question = session is not None and session.before is not None and session.next_morning is None
        return in_question and self.morning and self.now not in (DayState.HELD, DayState.OVER)

    @property
    def planned(self) -> str:
        """Its times of day, as "08:30, 18:00"."""
        return ", ".join(f"{time:%H:%M}" for time in self.dose.local_times)

    @property
    def again(self) -> bool:
        """The exercise was done today and is planned once more."""
        return self.now == DayState.DO and self.said is not None and self.said.did_exercise


def running_prescriptions(client: Client) -> list[Prescription]:
    """The client's own prescriptions that have not ended, the oldest first."""
    mine = client.prescriptions.running().select_related("exercise").prefetch_related("exercise__texts")
    return list(mine.order_by("created_at", "pk"))


def daily_status(prescription: Prescription, client: Client, now: dt.datetime) -> DailyStatus:
    """Answer it for ``now``, an aware instant; days and times are the client's own."""
    here = zone(client.time_zone)
    local = now.astimezone(here)
    dose = prescription.dose
    days = _since_yesterday(prescription, local)
    today = [report for report in days if report.occurred_at.astimezone(here).date() == local.date()]
    said = _said(prescription, today)
    state = _state(prescription, dose, today, said, local.date())
    # The exercise goes on whatever the client wished of reminders.
    plan = replace(build_plan(dose, client), paused_until=None, quiet=None)
    # Who is done for today, or stopped, is not sent to a time of today that is still to come.
    since = dt.datetime.combine(local.date() + ONE_DAY, dt.time.min, here) if state == DayState.DONE else now
    upcoming = first_slot(plan, here, since) if prescription.state != Prescription.State.ENDED else None
    return DailyStatus(
        prescription=prescription,
        dose=dose,
        now=state,
        said=said,
        words=render_report_advice(said) if said else "",
        also=today[0] if said and today[0] != said else None,
        next=format_moment(upcoming.due_at.astimezone(here), local.date()) if upcoming else "",
        wait_until=morning_ends_at(dose, client, local),
        yesterday=_yesterday(days, today),
        morning=is_morning(local),
    )


def _since_yesterday(prescription: Prescription, local: dt.datetime) -> Sequence[PainReport]:
    """The reports of today and the day before, newest first."""
    began = dt.datetime.combine(local.date() - ONE_DAY, dt.time.min, local.tzinfo)
    reports = prescription.reports.filter(occurred_at__gte=began).order_by("-occurred_at", "-pk")
    return list(reports.select_related("prescription__client__clinic", "advice_text"))


def _yesterday(days: Sequence[PainReport], today: Sequence[PainReport]) -> PainReport | None:
    if any(report.did_exercise for report in today):
        return None
    return next((report for report in days if report.did_exercise and report not in today), None)


def _said(prescription: Prescription, today: Sequence[PainReport]) -> PainReport | None:
    """Of today's reports, newest first, the one whose advice holds: of the last session, else of the last report.

    What the practitioner did since overtakes it: a pause leaves only what caused it, a resumption ends that.
    """
    if prescription.state == Prescription.State.HELD:
        return next((report for report in today if report.advice in PAUSING_ADVICE), None)
    stands = [r for r in today if r.advice not in PAUSING_ADVICE or r.received_at > prescription.state_since]
    sessions = [report for report in stands if report.did_exercise]
    return next(iter(sessions or stands), None)


def _state(
    prescription: Prescription,
    dose: PrescriptionVersion,
    today: Sequence[PainReport],
    said: PainReport | None,
    date: dt.date,
) -> DayState:
    if prescription.state == Prescription.State.HELD:
        return DayState.HELD
    if dose.ends_on is not None and date > dose.ends_on:
        return DayState.OVER
    if said is not None and said.advice in STOPPING_ADVICE:
        return DayState.DONE
    in_plan = date >= dose.starts_on and WEEKDAYS[date.weekday()] in dose.day_names
    sessions = sum(1 for report in today if report.did_exercise)
    if in_plan and sessions < len(dose.local_times):
        return DayState.DO
    return DayState.DONE if said is not None and said.did_exercise else DayState.REST

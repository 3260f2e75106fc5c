"""What is to be done now with one prescription, for the page Today."""

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
    """The state of one prescription on the page Today."""

    prescription: Prescription
    dose: PrescriptionVersion
    state: DayState
    advised_report: PainReport | None  # the report of today whose advice holds
    advice_text: str  # the text of that advice
    later_report: PainReport | None  # a newer report of today than ``advised_report``
    next_time: str  # "Thursday at 18:00"; empty when nothing is planned
    morning_ends_at: dt.time | None  # early morning: not before this local time
    yesterday: PainReport | None  # the last session of the day before, while none has been done today
    is_morning: bool  # in the client's own zone

    @property
    def rank(self) -> int:
        """Position on the page: 0 comes first."""
        if self.advised_report is not None and self.advised_report.advice == Advice.CALL_NOW:
            return 0
        return 1 + [DayState.DO, DayState.HELD, DayState.DONE, DayState.REST, DayState.OVER].index(self.state)

    @property
    def short_text(self) -> str:
        """One line for a prescription that is folded away."""
        if self.advised_report is not None and self.advised_report.advice == Advice.CALL_NOW:
            return _("Stop, and call the clinic")
        match self.state:
            case DayState.DO:
                return _("planned for today")
            case DayState.DONE:
                return (
                    _("stopped for today")
                    if self.advised_report and self.advised_report.advice in STOPPING_ADVICE
                    else _("done for today")
                )
            case DayState.HELD:
                return _("paused")
            case DayState.REST:
                return _("nothing today")
        return _("over")

    @property
    def change(self) -> PainChange | None:
        """The change of pain in today's session."""
        return (
            PainChange.from_report(self.advised_report)
            if self.advised_report and self.advised_report.did_exercise
            else None
        )

    @property
    def is_stopped(self) -> bool:
        """Today's report advises to stop for today."""
        return self.advised_report is not None and self.advised_report.advice in STOPPING_ADVICE

    @property
    def next_morning(self) -> NextMorningChange | None:
        """The change from yesterday's session to this morning, once reported."""
        return NextMorningChange.from_report(self.yesterday) if self.yesterday else None

    @property
    def asks_next_morning(self) -> bool:
        """This is the morning after yesterday's session, and its pain is not yet reported."""
        session = self.yesterday
        in_question = session is not None and session.before is not None and session.next_morning is None
        return in_question and self.is_morning and self.state not in (DayState.HELD, DayState.OVER)

    @property
    def planned_times(self) -> str:
        """Times of day of the plan, as "08:30, 18:00"."""
        return ", ".join(f"{time:%H:%M}" for time in self.dose.local_times)

    @property
    def is_planned_again(self) -> bool:
        """The exercise was done today and is planned once more."""
        return self.state == DayState.DO and self.advised_report is not None and self.advised_report.did_exercise


def running_prescriptions(client: Client) -> list[Prescription]:
    """The client's own prescriptions that have not ended, the oldest first."""
    mine = client.prescriptions.running().select_related("exercise").prefetch_related("exercise__texts")
    return list(mine.order_by("created_at", "pk"))


def daily_status(prescription: Prescription, client: Client, now: dt.datetime) -> DailyStatus:
    """The status at ``now``, an aware instant; days and times are in the client's zone."""
    time_zone = zone(client.time_zone)
    local = now.astimezone(time_zone)
    dose = prescription.dose
    days = _since_yesterday(prescription, local)
    today = [report for report in days if report.occurred_at.astimezone(time_zone).date() == local.date()]
    advised = _advised_report(prescription, today)
    state = _state(prescription, dose, today, advised, local.date())
    # The plan runs on, whatever the client chose for reminders.
    plan = replace(build_plan(dose, client), paused_until=None, quiet=None)
    # Done for today, or stopped: the later times of today are not offered.
    since = dt.datetime.combine(local.date() + ONE_DAY, dt.time.min, time_zone) if state == DayState.DONE else now
    upcoming = first_slot(plan, time_zone, since) if prescription.state != Prescription.State.ENDED else None
    return DailyStatus(
        prescription=prescription,
        dose=dose,
        state=state,
        advised_report=advised,
        advice_text=render_report_advice(advised) if advised else "",
        later_report=today[0] if advised and today[0] != advised else None,
        next_time=format_moment(upcoming.due_at.astimezone(time_zone), local.date()) if upcoming else "",
        morning_ends_at=morning_ends_at(dose, client, local),
        yesterday=_yesterday(days, today),
        is_morning=is_morning(local),
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


def _advised_report(prescription: Prescription, today: Sequence[PainReport]) -> PainReport | None:
    """Of today's reports, newest first, the one whose advice holds: of the last session, else of the last report.

    A later action of the practitioner overrides it: a hold leaves only the report that caused it, a resumption none.
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
    advised: PainReport | None,
    date: dt.date,
) -> DayState:
    if prescription.state == Prescription.State.HELD:
        return DayState.HELD
    if dose.ends_on is not None and date > dose.ends_on:
        return DayState.OVER
    if advised is not None and advised.advice in STOPPING_ADVICE:
        return DayState.DONE
    in_plan = date >= dose.starts_on and WEEKDAYS[date.weekday()] in dose.day_names
    sessions = sum(1 for report in today if report.did_exercise)
    if in_plan and sessions < len(dose.local_times):
        return DayState.DO
    return DayState.DONE if advised is not None and advised.did_exercise else DayState.REST

"""A client of the demo, whose methods add events to the history: each calls a service at its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from clinic.clients import (
    acceptance,
    invitations,
    messages as client_messages,
    notes as client_notes,
    preferences as client_preferences,
)
from clinic.demo.diary import Entry, Phase, generate_entries
from clinic.demo.people import EXERCISE_SLUG, PASSWORD, email_address
from clinic.demo.seed import DemoHistory
from clinic.dosage.values import PlannedDosage
from clinic.models import Client, PainReport, Practitioner, Prescription, Reminder
from clinic.models.fields import WEEKDAYS, zone
from clinic.models.outbox import State
from clinic.pain import reporting
from clinic.pain.reporting import Answers
from clinic.prescriptions import prescribing
from clinic.prescriptions.screening import ScreenedPrecaution
from exercises.models import Exercise

JOINS_AFTER = dt.timedelta(hours=3)  # the invitation


class DemoClient:
    """One client. Days are counted back from the end of the history, times of day are the client's own."""

    def __init__(self, history: DemoHistory, by: Practitioner, name: str, **fields: Any) -> None:
        self.history, self.by = history, by
        self.time_zone = zone(history.clinic.time_zone)
        email = email_address(name.split()[0])
        self.client = Client(name=name, email=email, time_zone=history.clinic.time_zone, **fields)
        self.prescription: Prescription
        self.time = dt.time(18, 0)

    # -- joining --------------------------------------------------------------------------------

    def invite(self, when: dt.datetime) -> None:
        self.history.add(when, lambda now: invitations.invite_client(self.client, by=self.by, now=now))

    def join(self, days_ago: int, *, sign_in: bool = False) -> None:
        """Be invited and accept the same day; ``sign_in``: with the demo's password, else by a code sent by mail."""
        invited_at = self.moment(days_ago, dt.time(9, 30))
        password = PASSWORD if sign_in else ""

        def accept(now: dt.datetime) -> None:
            acceptance.accept_invitation(self.client.invitations.get(), password=password, now=now)
            self.client.refresh_from_db()

        self.invite(invited_at)
        self.history.add(invited_at + dt.timedelta(minutes=1), self.history.send_invitations)
        self.history.add(invited_at + JOINS_AFTER, accept)

    def prescribe(self, when: dt.datetime, time: dt.time, *, yes: dict[str, str] | None = None, **dose: Any) -> None:
        """Be prescribed the forward bend at ``time``, every day unless ``dose`` has other days.

        ``yes`` are the precautions that were answered with yes, each with the reason to prescribe all the same.
        """
        self.time = time

        def prescribe(now: dt.datetime) -> None:
            exercise = Exercise.objects.current().get(slug=EXERCISE_SLUG)
            codes = [precaution.code for precaution in exercise.precautions_in(None)]
            screening = {code: ScreenedPrecaution(code in (yes or {}), (yes or {}).get(code, "")) for code in codes}
            plan = self._dose(self.local(now).date(), **dose)
            self.prescription = prescribing.prescribe_exercise(
                self.client, exercise, plan, screening, by=self.by, now=now
            )

        self.history.add(when, prescribe)

    def start(
        self, days_ago: int, time: dt.time, *, sign_in: bool = False, yes: dict[str, str] | None = None, **dose: Any
    ) -> None:
        """Join and have an exercise from that day on."""
        self.join(days_ago, sign_in=sign_in)
        self.prescribe(self.moment(days_ago, dt.time(10, 0)), time, yes=yes, **dose)

    # -- reporting ------------------------------------------------------------------------------

    def keep_diary(self, *phases: Phase, until: int = 1) -> None:
        """Report through the phases until ``until`` days ago, some by the link in the mail."""
        for entry in generate_entries(self.client.email, phases, until):
            when = self.moment(entry.days_ago, self.time) + dt.timedelta(minutes=entry.minutes)
            first, last = (self.moment(entry.days_ago, time) for time in (dt.time(0, 5), dt.time(23, 55)))
            self.history.add(min(max(when, first), last), partial(self._report_entry, entry))

    def report(self, when: dt.datetime, *, did_exercise: bool = True, **answers: Any) -> None:
        """One report in the portal."""
        self.history.add(
            when, lambda now: self._report(Answers(occurred_at=now, did_exercise=did_exercise, **answers), now)
        )

    def _report_entry(self, entry: Entry, now: dt.datetime) -> None:
        mailed = Reminder.objects.filter(
            schedule__prescription=self.prescription, slot=self.local(now).date(), state=State.SENT, answered_by=None
        )
        answers = Answers(occurred_at=now, did_exercise=True, before=entry.before, after=entry.after)
        self._report(answers, now, mailed.first() if entry.by_mail else None)

    def _report(self, answers: Answers, now: dt.datetime, reminder: Reminder | None = None) -> None:
        by = None if reminder else self._account()
        source = PainReport.Source.MAIL if reminder else PainReport.Source.PORTAL
        self.prescription.refresh_from_db(fields=["state"])  # this field alone, which keeps the cached relations
        reporting.report_pain(self.prescription, answers, by=by, source=source, reminder=reminder, now=now)

    # -- what practitioners do --------------------------------------------------------------------

    def act(self, when: dt.datetime, action: Callable[[dt.datetime], object]) -> None:
        """Run any other action, with the state of the prescription refreshed before it."""

        def perform(now: dt.datetime) -> None:
            self.prescription.refresh_from_db(fields=["state"])
            action(now)

        self.history.add(when, perform)

    def pause(self, when: dt.datetime, days: int) -> None:
        """Pause the reminders until ``days`` from now."""
        until = self.local(self.history.now).date() + dt.timedelta(days=days)

        def pause(now: dt.datetime) -> None:
            client_preferences.pause_reminders(self.client, until, by=self._account(), now=now)

        self.act(when, pause)

    def change_dose(self, now: dt.datetime, reason: str, **dose: Any) -> None:
        """Have the practitioner change the dose from that day on."""
        plan = self._dose(self.local(now).date(), **dose)
        prescribing.amend_prescription(self.prescription, plan, by=self.by, reason=reason, now=now)

    def send_message(self, when: dt.datetime, text: str, *, read_after: dt.timedelta | None = None) -> None:
        """Have the practitioner write; the client reads it after ``read_after``, or not yet."""

        def read(now: dt.datetime) -> None:
            client_messages.mark_read(self.client.messages.get(text=text), by=self._account(), now=now)

        self.act(when, lambda now: client_messages.send_message(self.client, text, by=self.by, now=now))
        self.history.add(when + dt.timedelta(minutes=1), self.history.send_messages)
        if read_after is not None:
            self.act(when + read_after, read)

    def add_note(self, when: dt.datetime, text: str) -> None:
        """Have the practitioner add a note on the exercise."""
        self.act(
            when, lambda now: client_notes.add_note(self.client, text, by=self.by, about=self.prescription, now=now)
        )

    # -- time -----------------------------------------------------------------------------------

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.time_zone)

    def moment(self, days_ago: int, time: dt.time) -> dt.datetime:
        """Return the instant of a local time of day some days ago."""
        day = self.local(self.history.now).date() - dt.timedelta(days=days_ago)
        return dt.datetime.combine(day, time, self.time_zone)

    def _account(self) -> AbstractBaseUser:
        account = self.client.user
        if account is None:
            raise ValueError(f"{self.client} has not joined")
        return account

    def _dose(self, starts_on: dt.date, **dose: Any) -> PlannedDosage:
        values: dict[str, Any] = {"starts_on": starts_on, "days": WEEKDAYS, "times": [self.time], "sets": 2, **dose}
        plan = PlannedDosage(**values)
        return replace(plan, mornings_allowed=bool(prescribing.morning_times(self.client, plan.times)))

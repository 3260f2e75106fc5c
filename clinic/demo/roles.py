"""One client of the demo: what it does and what is done for it. Words for the stories, each a verb of the product."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from clinic.clients import acceptance, invitations
from clinic.clients import messages as client_messages
from clinic.clients import notes as client_notes
from clinic.clients import preferences as client_preferences
from clinic.demo.diary import Entry, Phase, entries
from clinic.demo.people import EXERCISE, PASSWORD, address
from clinic.demo.seed import Stage
from clinic.models import Client, PainReport, Practitioner, Prescription, Reminder
from clinic.models.fields import WEEKDAYS, zone
from clinic.models.outbox import State
from clinic.pain import reporting
from clinic.pain.reporting import Answers
from clinic.prescriptions import prescribing
from clinic.dosage.values import PlannedDosage
from clinic.prescriptions.screening import ScreenedPrecaution
from exercises.models import Exercise

TO_JOIN = dt.timedelta(hours=3)  # between the invitation and its acceptance


class Part:
    """One client. Days are counted back from the stage's now, times of day are local to the client."""

    def __init__(self, stage: Stage, by: Practitioner, name: str, **about: Any) -> None:
        self.stage, self.by = stage, by
        self.here = zone(stage.clinic.time_zone)
        email = address(name.split()[0])
        self.client = Client(name=name, email=email, time_zone=stage.clinic.time_zone, **about)
        self.prescription: Prescription
        self.time = dt.time(18, 0)

    # -- coming in ------------------------------------------------------------------------------

    def is_invited(self, when: dt.datetime) -> None:
        self.stage.at(when, lambda now: invitations.invite_client(self.client, by=self.by, now=now))

    def joins(self, days_ago: int, *, sign_in: bool = False) -> None:
        """Is invited and accepts the same day; ``sign_in``: with the demo's password, else by a code sent by mail."""
        invited_at = self.moment(days_ago, dt.time(9, 30))
        password = PASSWORD if sign_in else ""

        def accept(now: dt.datetime) -> None:
            acceptance.accept_invitation(self.client.invitations.get(), password=password, now=now)
            self.client.refresh_from_db()

        self.is_invited(invited_at)
        self.stage.at(invited_at + dt.timedelta(minutes=1), self.stage.invitations_go_out)
        self.stage.at(invited_at + TO_JOIN, accept)

    def gets_exercise(
        self, when: dt.datetime, time: dt.time, *, yes: dict[str, str] | None = None, **dose: Any
    ) -> None:
        """Is prescribed the forward bend at ``time``, every day unless said otherwise.

        ``yes`` are the precautions that were answered with yes, each with the reason to prescribe all the same.
        """
        self.time = time

        def prescribe(now: dt.datetime) -> None:
            exercise = Exercise.objects.current().get(slug=EXERCISE)
            codes = [precaution.code for precaution in exercise.precautions_in(None)]
            screening = {code: ScreenedPrecaution(code in (yes or {}), (yes or {}).get(code, "")) for code in codes}
            plan = self._dose(self.local(now).date(), **dose)
            self.prescription = prescribing.prescribe_exercise(
                self.client, exercise, plan, screening, by=self.by, now=now
            )

        self.stage.at(when, prescribe)

    def starts(
        self, days_ago: int, time: dt.time, *, sign_in: bool = False, yes: dict[str, str] | None = None, **dose: Any
    ) -> None:
        """Joins and has an exercise from that day on."""
        self.joins(days_ago, sign_in=sign_in)
        self.gets_exercise(self.moment(days_ago, dt.time(10, 0)), time, yes=yes, **dose)

    # -- reporting ------------------------------------------------------------------------------

    def keeps_diary(self, *phases: Phase, until: int = 1) -> None:
        """Reports through the phases, the last of their days being ``until`` days ago; some by the link in the mail."""
        for entry in entries(self.client.email, phases, until):
            when = self.moment(entry.days_ago, self.time) + dt.timedelta(minutes=entry.minutes)
            first, last = (self.moment(entry.days_ago, time) for time in (dt.time(0, 5), dt.time(23, 55)))
            self.stage.at(min(max(when, first), last), partial(self._report_entry, entry))

    def says(self, when: dt.datetime, *, did_exercise: bool = True, **answers: Any) -> None:
        """One report in the portal."""
        self.stage.at(
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
        self.prescription.refresh_from_db(fields=["state"])  # that alone: what it refers to need not be read again
        reporting.report_pain(self.prescription, answers, by=by, source=source, reminder=reminder, now=now)

    # -- what practitioners do --------------------------------------------------------------------

    def then(self, when: dt.datetime, act: Callable[[dt.datetime], object]) -> None:
        """Anything else, with the state of the prescription read anew before it."""

        def perform(now: dt.datetime) -> None:
            self.prescription.refresh_from_db(fields=["state"])
            act(now)

        self.stage.at(when, perform)

    def pauses(self, when: dt.datetime, days: int) -> None:
        """The client wants no reminders until so many days from now on."""
        until = self.local(self.stage.now).date() + dt.timedelta(days=days)

        def pause(now: dt.datetime) -> None:
            client_preferences.pause_reminders(self.client, until, by=self._account(), now=now)

        self.then(when, pause)

    def changes_dose(self, now: dt.datetime, reason: str, **dose: Any) -> None:
        """The practitioner amends the plan from today on."""
        plan = self._dose(self.local(now).date(), **dose)
        prescribing.amend_prescription(self.prescription, plan, by=self.by, reason=reason, now=now)

    def is_written_to(self, when: dt.datetime, text: str, *, read_after: dt.timedelta | None = None) -> None:
        """The practitioner writes; the client reads it so long after, or has not read it yet."""

        def read(now: dt.datetime) -> None:
            client_messages.mark_read(self.client.messages.get(text=text), by=self._account(), now=now)

        self.then(when, lambda now: client_messages.send_message(self.client, text, by=self.by, now=now))
        self.stage.at(when + dt.timedelta(minutes=1), self.stage.messages_go_out)
        if read_after is not None:
            self.then(when + read_after, read)

    def is_noted(self, when: dt.datetime, text: str) -> None:
        """The practitioner keeps a note on the exercise."""
        self.then(
            when, lambda now: client_notes.add_note(self.client, text, by=self.by, about=self.prescription, now=now)
        )

    # -- time -----------------------------------------------------------------------------------

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.here)

    def moment(self, days_ago: int, time: dt.time) -> dt.datetime:
        """A local time of day some days ago."""
        day = self.local(self.stage.now).date() - dt.timedelta(days=days_ago)
        return dt.datetime.combine(day, time, self.here)

    def _account(self) -> AbstractBaseUser:
        account = self.client.user
        if account is None:
            raise ValueError(f"{self.client} has not joined")
        return account

    def _dose(self, starts_on: dt.date, **dose: Any) -> PlannedDosage:
        given: dict[str, Any] = {"starts_on": starts_on, "days": WEEKDAYS, "times": [self.time], "sets": 2, **dose}
        plan = PlannedDosage(**given)
        return replace(plan, mornings_allowed=bool(prescribing.morning_times(self.client, plan.times)))

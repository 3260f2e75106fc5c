"""The twelve clients of the demo: seven of Alice, five of Bob. Their flags are raised by the rules, not set here.

Times of day stay between 9:40 and 20:00, so that every report lies on the day it belongs to.
"""

from __future__ import annotations

import datetime as dt

from clinic.demo.diary import Phase
from clinic.demo.roles import DemoClient
from clinic.demo.seed import DemoHistory
from clinic.flags import lifecycle
from clinic.flags.undeliverable import mark_undeliverable
from clinic.models import Flag, Practitioner
from clinic.prescriptions import prescribing

HOUR = dt.timedelta(hours=1)


def add_scenarios(history: DemoHistory, alice: Practitioner, bob: Practitioner, soon: dt.time) -> None:
    """Add the events of every client to the history.

    Args:
        soon: the local time of day of the plans whose reminder is sent right after the start.
    """
    dana(DemoClient(history, alice, "Dana Whitfield"), soon)
    walter(DemoClient(history, alice, "Walter Osei"))
    ruth(DemoClient(history, alice, "Ruth Lindgren"))
    priya(DemoClient(history, alice, "Priya Raman"), soon)
    greta(DemoClient(history, alice, "Greta Hoffmann"), soon)
    pavel(DemoClient(history, alice, "Pavel Novak"), soon)
    leo(DemoClient(history, alice, "Leo Martin"))
    ines(DemoClient(history, bob, "Inés Ortega", language="es"))
    samuel(DemoClient(history, bob, "Samuel Adeyemi"))
    tomas(DemoClient(history, bob, "Tomás Silva"), soon)
    hanna(DemoClient(history, bob, "Hanna Virtanen"))
    mei(DemoClient(history, bob, "Mei Tanaka"))


def dana(person: DemoClient, soon: dt.time) -> None:
    """Getting better by and by; due today. The visitor signs in as her."""
    person.start(34, soon, sign_in=True)
    person.keep_diary(Phase(12, 5.4, 4.8), Phase(20, 4.6, 3.0, relief=1.0))
    person.add_note(person.moment(20, dt.time(11, 0)), "Seen today. Bends from the hips now; back stays long.")
    person.send_message(
        person.moment(20, dt.time(11, 30)), "That looked good today. Same again each day.", read_after=HOUR
    )
    person.send_message(person.moment(1, dt.time(16, 0)), LATEST_MESSAGE)


LATEST_MESSAGE = "Your evenings are getting easier. Keep both rounds this week; we look at it together on Friday."


def walter(person: DemoClient) -> None:
    """Two hours ago a warning sign: urgent, and held until Alice has looked."""
    person.start(22, dt.time(18, 0), sets=3)
    person.keep_diary(Phase(20, 4.2))
    person.report(
        person.history.now - 2 * HOUR,
        did_exercise=False,
        before=6,
        areas=("low_back", "lower_leg"),
        warning_signs=("leg_weakness",),
        note="My left foot drags since this morning.",
    )


def ruth(person: DemoClient) -> None:
    """Her usual is about 3; for five days it has been more than 5, before the exercise."""
    person.start(44, dt.time(18, 0))
    person.keep_diary(Phase(37, 3.0), Phase(5, 5.6, 6.0, relief=0.6, answers=1))


def priya(person: DemoClient, soon: dt.time) -> None:
    """Doing fine, but her mail has come back since the day before yesterday."""
    person.start(26, soon)
    person.keep_diary(Phase(24, 3.6, 3.0))
    error = "550 5.1.1 The mailbox does not exist"
    person.act(person.history.now - 44 * HOUR, lambda now: mark_undeliverable(person.client, error, now) and None)


def greta(person: DemoClient, soon: dt.time) -> None:
    """Doing fine on a steady, low level."""
    person.start(40, soon, yes={"osteoporosis": "Mild, scan of last spring; she bends to knee height only."})
    person.keep_diary(Phase(38, 2.4))


def pavel(person: DemoClient, soon: dt.time) -> None:
    """On holiday: he has paused his reminders, so nobody minds that he does not report."""
    person.start(30, soon)
    person.keep_diary(Phase(23, 4.0, 3.4), until=6)
    person.pause(person.history.now - 5 * 24 * HOUR, days=9)


def leo(person: DemoClient) -> None:
    """Seen today: invited, and his exercise waits for him."""
    person.invite(person.history.now)
    person.prescribe(person.history.now, dt.time(18, 0))


def ines(person: DemoClient) -> None:
    """The exercise raises her pain a little nearly every time, until the rule says stop."""
    person.start(11, dt.time(19, 0))
    for days_ago, (before, after) in zip(range(9, 0, -1), INES_SCORES, strict=True):
        person.report(person.moment(days_ago, dt.time(19, 25)), before=before, after=after)


INES_SCORES = [(4, 4), (4, 3), (5, 5), (4, 5), (4, 4), (4, 5), (5, 6), (4, 6), (4, 5)]


def samuel(person: DemoClient) -> None:
    """Reported nearly every day and has not been heard of for ten days; nobody looked, so the owner was told."""
    person.start(36, dt.time(12, 30))
    person.keep_diary(Phase(24, 4.6, 4.2), until=10)


def tomas(person: DemoClient, soon: dt.time) -> None:
    """A hard start: held after a bad session, seen, eased by a chair, resumed, and better ever since."""
    person.start(38, soon)
    for days_ago, (before, after) in zip(range(36, 31, -1), TOMAS_SCORES, strict=True):
        person.report(person.moment(days_ago, dt.time(14, 10)), before=before, after=after)
    person.act(person.moment(30, dt.time(15, 0)), lambda now: _start_again(person, now))
    person.keep_diary(Phase(14, 5.6, 4.8, relief=0.9), Phase(15, 4.4, 2.6, relief=1.1))
    person.add_note(person.moment(16, dt.time(9, 45)), "Chair seat suits him. Ask next time about the stairs at work.")


TOMAS_SCORES = [(5, 5), (6, 6), (5, 6), (6, 5), (5, 8)]


def _start_again(person: DemoClient, now: dt.datetime) -> None:
    bob = person.by.user
    person.change_dose(
        now, "Hands on a chair seat, shorter holds, once a day.", sets=1, hold_seconds=15, variation="chair"
    )
    person.prescription.refresh_from_db()
    prescribing.resume_prescription(
        person.prescription, by=bob, reason="Seen today; starts again with a chair.", now=now
    )
    for flag in Flag.objects.unresolved().filter(prescription=person.prescription):
        note = "He bent too far. Now with his hands on a chair seat."
        lifecycle.acknowledge_flag(flag, bob, "Called him in.", now)
        lifecycle.resolve_flag(flag, bob, note, now + HOUR / 2, verdict=Flag.Verdict.REAL)


def hanna(person: DemoClient) -> None:
    """A false alarm once; held by Bob after a fall; three days a week otherwise."""
    person.start(28, dt.time(10, 0), days=("mon", "wed", "fri"))
    person.report(person.moment(17, dt.time(12, 30)), before=4, after=7)
    person.act(person.moment(17, dt.time(16, 0)), lambda now: _resolve_false_alarm(person, now))
    person.keep_diary(Phase(19, 3.8), until=7)
    reason = "Slipped on the stairs. Rest until she has been seen on Friday."
    person.act(
        person.history.now - 5 * 24 * HOUR,
        lambda now: prescribing.hold_prescription(person.prescription, by=person.by.user, reason=reason, now=now),
    )


def _resolve_false_alarm(person: DemoClient, now: dt.datetime) -> None:
    bob, note = person.by.user, "She meant her shoulder, from carrying boxes; the back was fine."
    for flag in Flag.objects.unresolved().filter(prescription=person.prescription):
        lifecycle.resolve_flag(flag, bob, note, now, verdict=Flag.Verdict.FALSE)
    prescribing.resume_prescription(person.prescription, by=bob, reason="Nothing to do with the exercise.", now=now)


def mei(person: DemoClient) -> None:
    """Invited nine days ago and has not answered; nothing prescribed yet."""
    invited_at = person.moment(9, dt.time(11, 0))
    person.invite(invited_at)
    person.history.add(invited_at + dt.timedelta(minutes=1), person.history.send_invitations)

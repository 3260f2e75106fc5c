"""The twelve clients of the demo: seven of Alice's, five of Bob's. The rules raise the flags, not these lines.

Times of day stay between 9:40 and 20:00, so that every report lies on the day it belongs to.
"""

from __future__ import annotations

import datetime as dt

from clinic.demo.diary import Phase
from clinic.demo.roles import Part
from clinic.demo.seed import Stage
from clinic.flags import lifecycle
from clinic.flags.undeliverable import mark_undeliverable
from clinic.models import Flag, Practitioner
from clinic.prescriptions import prescribing

HOUR = dt.timedelta(hours=1)


def tell(stage: Stage, alice: Practitioner, bob: Practitioner, soon: dt.time) -> None:
    """Put every story on the stage.

    Args:
        soon: the local time of day at which the plans fall due that shall bring a mail right after the start.
    """
    dana(Part(stage, alice, "Dana Whitfield"), soon)
    walter(Part(stage, alice, "Walter Osei"))
    ruth(Part(stage, alice, "Ruth Lindgren"))
    priya(Part(stage, alice, "Priya Raman"), soon)
    greta(Part(stage, alice, "Greta Hoffmann"), soon)
    pavel(Part(stage, alice, "Pavel Novak"), soon)
    leo(Part(stage, alice, "Leo Martin"))
    ines(Part(stage, bob, "Inés Ortega", language="es"))
    samuel(Part(stage, bob, "Samuel Adeyemi"))
    tomas(Part(stage, bob, "Tomás Silva"), soon)
    hanna(Part(stage, bob, "Hanna Virtanen"))
    mei(Part(stage, bob, "Mei Tanaka"))


def dana(part: Part, soon: dt.time) -> None:
    """Getting better by and by; due today. The visitor signs in as her."""
    part.starts(34, soon, sign_in=True)
    part.keeps_diary(Phase(12, 5.4, 4.8), Phase(20, 4.6, 3.0, relief=1.0))
    part.is_noted(part.moment(20, dt.time(11, 0)), "Seen today. Bends from the hips now; back stays long.")
    part.is_written_to(
        part.moment(20, dt.time(11, 30)), "That looked good today. Same again each day.", read_after=HOUR
    )
    part.is_written_to(part.moment(1, dt.time(16, 0)), DANA_READS)


DANA_READS = "Your evenings are getting easier. Keep both rounds this week; we look at it together on Friday."


def walter(part: Part) -> None:
    """Two hours ago a warning sign: urgent, and held until Alice has looked."""
    part.starts(22, dt.time(18, 0), sets=3)
    part.keeps_diary(Phase(20, 4.2))
    part.says(
        part.stage.now - 2 * HOUR,
        did_exercise=False,
        before=6,
        areas=("low_back", "lower_leg"),
        warning_signs=("leg_weakness",),
        note="My left foot drags since this morning.",
    )


def ruth(part: Part) -> None:
    """Her usual is about 3; for five days it has been more than 5, before the exercise."""
    part.starts(44, dt.time(18, 0))
    part.keeps_diary(Phase(37, 3.0), Phase(5, 5.6, 6.0, relief=0.6, answers=1))


def priya(part: Part, soon: dt.time) -> None:
    """Doing fine, but her mail has come back since the day before yesterday."""
    part.starts(26, soon)
    part.keeps_diary(Phase(24, 3.6, 3.0))
    words = "550 5.1.1 The mailbox does not exist"
    part.then(part.stage.now - 44 * HOUR, lambda now: mark_undeliverable(part.client, words, now) and None)


def greta(part: Part, soon: dt.time) -> None:
    """Doing fine on a steady, low level."""
    part.starts(40, soon, yes={"osteoporosis": "Mild, scan of last spring; she bends to knee height only."})
    part.keeps_diary(Phase(38, 2.4))


def pavel(part: Part, soon: dt.time) -> None:
    """On holiday: he has paused his reminders, so nobody minds that he does not report."""
    part.starts(30, soon)
    part.keeps_diary(Phase(23, 4.0, 3.4), until=6)
    part.pauses(part.stage.now - 5 * 24 * HOUR, days=9)


def leo(part: Part) -> None:
    """Seen today: invited, and his exercise waits for him."""
    part.is_invited(part.stage.now)
    part.gets_exercise(part.stage.now, dt.time(18, 0))


def ines(part: Part) -> None:
    """The exercise raises her pain a little nearly every time, until the rule says stop."""
    part.starts(11, dt.time(19, 0))
    for days_ago, (before, after) in zip(range(9, 0, -1), INES, strict=True):
        part.says(part.moment(days_ago, dt.time(19, 25)), before=before, after=after)


INES = [(4, 4), (4, 3), (5, 5), (4, 5), (4, 4), (4, 5), (5, 6), (4, 6), (4, 5)]


def samuel(part: Part) -> None:
    """Reported nearly every day and has not been heard of for ten days; nobody looked, so the owner was told."""
    part.starts(36, dt.time(12, 30))
    part.keeps_diary(Phase(24, 4.6, 4.2), until=10)


def tomas(part: Part, soon: dt.time) -> None:
    """A hard start: held after a bad session, seen, eased by a chair, resumed, and better ever since."""
    part.starts(38, soon)
    for days_ago, (before, after) in zip(range(36, 31, -1), TOMAS_FIRST, strict=True):
        part.says(part.moment(days_ago, dt.time(14, 10)), before=before, after=after)
    part.then(part.moment(30, dt.time(15, 0)), lambda now: _bob_looks(part, now))
    part.keeps_diary(Phase(14, 5.6, 4.8, relief=0.9), Phase(15, 4.4, 2.6, relief=1.1))
    part.is_noted(part.moment(16, dt.time(9, 45)), "Chair seat suits him. Ask next time about the stairs at work.")


TOMAS_FIRST = [(5, 5), (6, 6), (5, 6), (6, 5), (5, 8)]


def _bob_looks(part: Part, now: dt.datetime) -> None:
    bob = part.by.user
    part.changes_dose(
        now, "Hands on a chair seat, shorter holds, once a day.", sets=1, hold_seconds=15, variation="chair"
    )
    part.prescription.refresh_from_db()
    prescribing.resume_prescription(part.prescription, by=bob, reason="Seen today; starts again with a chair.", now=now)
    for flag in Flag.objects.unresolved().filter(prescription=part.prescription):
        note = "He bent too far. Now with his hands on a chair seat."
        lifecycle.acknowledge_flag(flag, bob, "Called him in.", now)
        lifecycle.resolve_flag(flag, bob, note, now + HOUR / 2, verdict=Flag.Verdict.REAL)


def hanna(part: Part) -> None:
    """A false alarm once; held by Bob after a fall; three days a week otherwise."""
    part.starts(28, dt.time(10, 0), days=("mon", "wed", "fri"))
    part.says(part.moment(17, dt.time(12, 30)), before=4, after=7)
    part.then(part.moment(17, dt.time(16, 0)), lambda now: _a_false_alarm(part, now))
    part.keeps_diary(Phase(19, 3.8), until=7)
    reason = "Slipped on the stairs. Rest until she has been seen on Friday."
    part.then(
        part.stage.now - 5 * 24 * HOUR,
        lambda now: prescribing.hold_prescription(part.prescription, by=part.by.user, reason=reason, now=now),
    )


def _a_false_alarm(part: Part, now: dt.datetime) -> None:
    bob, note = part.by.user, "She meant her shoulder, from carrying boxes; the back was fine."
    for flag in Flag.objects.unresolved().filter(prescription=part.prescription):
        lifecycle.resolve_flag(flag, bob, note, now, verdict=Flag.Verdict.FALSE)
    prescribing.resume_prescription(part.prescription, by=bob, reason="Nothing to do with the exercise.", now=now)


def mei(part: Part) -> None:
    """Invited nine days ago and has not answered; nothing prescribed yet."""
    invited_at = part.moment(9, dt.time(11, 0))
    part.is_invited(invited_at)
    part.stage.at(invited_at + dt.timedelta(minutes=1), part.stage.invitations_go_out)

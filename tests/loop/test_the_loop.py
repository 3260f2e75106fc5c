"""The main job by the verbs alone: invite → prescribe → remind → report → flag → resolve."""

import datetime as dt

from django.core import mail

from clinic.flags import lifecycle
from clinic.mail.outbox import send_due
from clinic.models import Advice, Flag, Invitation, Notice, Prescription, Reminder
from clinic.reminders import planning
from clinic.worklist import query as worklist_query
from tests import make


def test_from_invitation_to_resolved_flag(cast):
    make.invited(cast.alice, "Frida")
    send_due(Invitation)
    assert [message.to for message in mail.outbox] == [["Frida <frida@home.example>"]]
    mail.outbox.clear()
    prescription = make.prescription(cast.dana)
    due = prescription.schedules.get().next_due_at
    assert planning.create_due_reminders(due) == 1
    assert planning.create_due_reminders(due) == 0
    send_due(Reminder, due)
    assert [m.to for m in mail.outbox] == [["Dana <dana@home.example>"]]
    assert Reminder.objects.get().state == "sent"

    outcome = make.report(prescription, 4, 7, at=due + dt.timedelta(minutes=10))

    prescription.refresh_from_db()
    assert outcome.report.advice == Advice.STOP
    assert prescription.state == Prescription.State.HELD
    flag = Flag.objects.get()
    assert (flag.kind, flag.severity) == ("exercise_hurts", "high")
    assert flag.reason == "Pain went from 4 to 7 with one session."
    first = worklist_query.read_entries(worklist_query.clients_by_need(cast.alice.user))[0]
    assert (first.client, list(first.flags), first.last_report) == (cast.dana, [flag], outcome.report)
    send_due(Notice, due + dt.timedelta(minutes=11))
    assert Notice.objects.get().state == "sent"
    assert lifecycle.acknowledge_flag(flag, cast.alice.user)
    assert lifecycle.resolve_flag(flag, cast.alice.user, "Called her; smaller bend.")
    assert not Flag.objects.unresolved().exists()

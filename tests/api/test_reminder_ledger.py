"""``GET prescriptions/<id>/reminders/``: what was due, and what became of each."""

import datetime as dt

from clinic.mail.outbox import send_due
from clinic.models import Reminder
from clinic.prescriptions import prescribing
from clinic.reminders import planning
from tests import make
from tests.api.calls import Program


def test_the_ledger_says_what_was_sent_and_why_the_rest_was_not(cast):
    prescription = make.prescription(cast.dana)
    due = prescription.schedules.get().next_due_at
    planning.create_due_reminders(due)
    send_due(Reminder, due)
    prescribing.hold_prescription(prescription, by=cast.alice.user, reason="Away.")
    planning.create_due_reminders(due + dt.timedelta(days=1))
    send_due(Reminder, due + dt.timedelta(days=1))

    ledger = Program(cast.alice).get(f"prescriptions/{prescription.pk}/reminders/").json()

    assert ledger["count"] == 2
    later, first = ledger["results"]
    assert first.keys() == {"due_at", "state", "why", "sent_at", "message_id", "channel"}
    assert dt.datetime.fromisoformat(first["due_at"]) == due
    assert (first["state"], first["why"]) == ("sent", "")
    assert first["sent_at"] is not None
    assert (later["state"], later["why"], later["sent_at"]) == ("skipped", "held", None)


def test_the_client_reads_ones_own_ledger(cast):
    prescription = make.prescription(cast.dana)
    answer = Program(cast.dana).get(f"prescriptions/{prescription.pk}/reminders/")
    assert (answer.status_code, answer.json()["results"]) == (200, [])

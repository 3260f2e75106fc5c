"""The main job by REST calls alone: invite → prescribe → remind → report → flag → acknowledge → resolve."""

import datetime as dt

from django.core import mail
from django.utils import timezone

from clinic.clients import acceptance
from clinic.mail.outbox import send_due
from clinic.models import Client, Invitation, Reminder
from clinic.reminders import planning
from tests import make
from tests.api.calls import Program, plan, session


def test_from_invitation_to_resolved_flag(cast):
    make.exercise()
    alice = Program(cast.alice)

    answer = alice.post("clients/", {"name": "Frida", "email": "frida@home.example", "time_zone": "Europe/Madrid"})
    assert answer.status_code == 201
    assert answer.json()["state"] == "invited"
    send_due(Invitation)
    assert [message.to for message in mail.outbox] == [["Frida <frida@home.example>"]]

    frida = Client.objects.get(pk=answer.json()["id"])
    acceptance.accept_invitation(frida.invitations.get())
    frida.refresh_from_db()
    assert alice.get(f"clients/{frida.pk}/").json()["state"] == "joined"

    answer = alice.post("prescriptions/", plan(frida))
    assert answer.status_code == 201
    prescription = answer.json()
    assert (prescription["state"], prescription["times"]) == ("active", ["18:00"])

    due = dt.datetime.fromisoformat(prescription["next_due_at"])
    assert due > timezone.now()
    planning.create_due_reminders(due)
    send_due(Reminder, due)
    ledger = alice.get(f"prescriptions/{prescription['id']}/reminders/").json()["results"]
    assert [(row["state"], row["why"], row["due_at"]) for row in ledger] == [("sent", "", prescription["next_due_at"])]

    client = Program(frida)
    report = client.post("pain-reports/", session(frida.prescriptions.get(), 4, 7), Idempotency_Key="evening-1").json()
    assert report["advice"] == "stop"
    assert [flag["kind"] for flag in report["flags"]] == ["exercise_hurts"]

    first = alice.get("worklist/").json()["results"][0]
    assert first["client"] == {"id": frida.pk, "name": "Frida"}
    assert [flag["reason"] for flag in first["flags"]] == ["Pain went from 4 to 7 with one session."]
    assert first["last_report"]["id"] == report["id"]
    assert first["prescriptions"] == [{"id": prescription["id"], "exercise": "forward-bend", "state": "held"}]

    flag = alice.get("flags/?state=open").json()["results"][0]
    assert flag["evidence"] == [report["id"]]
    assert alice.post(f"flags/{flag['id']}/acknowledge/").json()["state"] == "acknowledged"
    answer = alice.post(f"flags/{flag['id']}/resolve/", {"note": "Called her; smaller bend."})
    assert (answer.status_code, answer.json()["state"]) == (200, "resolved")
    assert alice.get("flags/?state=open").json()["count"] == 0
    assert alice.post(f"prescriptions/{prescription['id']}/resume/", {"reason": "Smaller bend."}).status_code == 200

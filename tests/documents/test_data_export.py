"""All that the clinic has of a client, to take along: readable by people and programs, and safe in a spreadsheet."""

import csv
import io
import json
import zipfile

import pytest
from django.utils import timezone

from clinic.clients import (
    handover,
    messages as client_messages,
    notes as client_notes,
    preferences as client_preferences,
)
from clinic.documents import data_export, record_tables
from clinic.models import AuditEntry, Client, Reminder
from clinic.pain import reporting
from clinic.reminders import planning
from tests import make


@pytest.fixture
def dana(cast):
    bend = make.prescription(cast.dana)
    make.report(bend, 4, 3, note="=cmd|'/c calc'!A1")
    late = make.report(bend, 5, areas=["low_back", "thigh"]).report
    reporting.correct_report(late, {"before": 6}, by=cast.dana.user, reason="slipped")
    planning.create_due_reminders(bend.schedules.get().next_due_at)
    return cast.dana


def unpacked(client):
    archive = zipfile.ZipFile(io.BytesIO(data_export.build_export(client)))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_what_is_in_it(dana):
    plan = f"plan-{dana.prescriptions.get().pk}.pdf"
    files = unpacked(dana)
    assert list(files) == [
        "README.txt", "client.json", "answers.csv", "answers.json", "corrections.csv", "reminders.csv",
        "messages.csv", "notes.csv", plan,
    ]  # fmt: skip
    assert files[plan].startswith(b"%PDF-")


def test_the_answers_as_a_table(dana):
    head, first, second = rows(unpacked(dana)["answers.csv"])
    told = [dict(zip(head, line, strict=True)) for line in (first, second)]
    assert [line["Pain before"] for line in told] == ["4", "6"]
    assert [line["Pain after"] for line in told] == ["3", ""]
    assert [line["Did the exercise"] for line in told] == ["yes", "no"]
    assert told[1]["Where it hurt"] == "low back; thigh"


def test_the_answers_for_programs_with_what_was_put_right(dana):
    first, second = json.loads(unpacked(dana)["answers.json"])
    assert (first["before"], first["after"], first["note"]) == (4, 3, "=cmd|'/c calc'!A1")
    assert second["after"] is None
    assert [(row["old"], row["new"], row["reason"]) for row in second["corrections"]] == [("5", "6", "slipped")]
    assert second["areas"] == ["low_back", "thigh"]


def test_corrections_and_reminders_as_tables(dana):
    files = unpacked(dana)
    assert rows(files["corrections.csv"])[1][1:5] == ["before", "5", "6", "slipped"]
    assert rows(files["reminders.csv"])[1][0] == "Forward bend"
    assert len(rows(files["reminders.csv"])) == 1 + Reminder.objects.count()


def test_what_the_clinic_wrote_and_what_it_noted(cast, dana):
    at = timezone.now()
    client_messages.send_message(dana, "=Come by on Friday.", by=cast.alice, now=at)
    note = client_notes.add_note(dana, "Bends from the hips.", by=cast.alice, about=dana.prescriptions.get(), now=at)
    client_notes.correct_note(note, "Bends from the knees.", by=cast.alice, now=at)
    files = unpacked(dana)
    assert rows(files["messages.csv"])[1][1:] == ["Alice", "'=Come by on Friday.", ""]
    assert [row[2:5] for row in rows(files["notes.csv"])[1:]] == [
        ["Alice", "Forward bend", "Bends from the hips."],
        ["Alice", "Forward bend", "Bends from the knees."],
    ]
    assert [row[5] for row in rows(files["notes.csv"])[1:]] == ["", str(note.pk)]


def test_the_facts_and_every_version_of_the_plan(cast, dana):
    bend = dana.prescriptions.get()
    client_preferences.set_exercise_reminders(bend, False, by=dana.user)
    told = json.loads(unpacked(dana)["client.json"])
    assert (told["name"], told["email"], told["practitioner"]) == ("Dana", "dana@home.example", "Alice")
    [plan] = told["plans"]
    assert [version["times"] for version in plan["versions"]] == ["18:00"]
    assert plan["reminded_of"]["wanted"] is False
    assert len(plan["screening"]) == bend.screening.count()


def test_who_treated_them_before_and_why_that_changed(cast, dana):
    handover.hand_over_client(dana, cast.bob, by=cast.alice, reason="On leave.")
    [told] = json.loads(unpacked(dana)["client.json"])["handovers"]
    assert (told["from"], told["to"], told["by"], told["reason"]) == ("Alice", "Bob", "Alice", "On leave.")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_no_cell_is_a_formula(sign):
    [[cell]] = rows(record_tables.render_table([[f"{sign}1+1"]]).encode())
    assert cell == f"'{sign}1+1"


def test_numbers_and_other_texts_stay_as_they_are():
    line = [3, None, "", 'a "b", c', "two\nlines", "ñ 日本"]
    assert rows(record_tables.render_table([line]).encode()) == [["3", "", "", 'a "b", c', "two\nlines", "ñ 日本"]]


def test_a_spreadsheet_is_told_that_it_is_utf_8(dana):
    assert all(content.startswith(b"\xef\xbb\xbf") for name, content in unpacked(dana).items() if name.endswith("csv"))


def test_times_are_the_clients_own_and_the_note_says_so(dana):
    Client.objects.filter(pk=dana.pk).update(time_zone="Asia/Kolkata")
    dana.refresh_from_db()
    files = unpacked(dana)
    report = dana.prescriptions.get().reports.earliest("occurred_at")
    local = report.occurred_at.astimezone(record_tables.zone("Asia/Kolkata"))
    assert rows(files["answers.csv"])[1][2] == f"{local:%Y-%m-%d %H:%M}"
    assert "local to Asia/Kolkata" in files["README.txt"].decode()
    assert json.loads(files["answers.json"])[0]["occurred_at"] == report.occurred_at.isoformat()


def test_it_holds_nobody_elses_data(cast, dana):
    make.report(make.prescription(cast.erin), 9, note="a secret of Erin's")
    everything = b"".join(unpacked(dana).values())
    assert b"Erin" not in everything
    assert b"secret" not in everything


def test_somebody_without_a_plan_gets_a_parcel_too(cast):
    files = unpacked(cast.erin)
    assert len(rows(files["answers.csv"])) == 1
    assert json.loads(files["answers.json"]) == []


def test_handing_it_over_is_in_the_audit(dana):
    data_export.export_data(dana, by=dana.user)
    entry = AuditEntry.objects.get(verb="data_exported")
    assert (entry.actor_id, entry.target_kind, entry.target_id) == (dana.user_id, "client", dana.pk)


def test_its_cost_does_not_grow_with_the_answers(dana, django_assert_max_num_queries):
    for score in range(5):
        make.report(dana.prescriptions.get(), score)
    with django_assert_max_num_queries(40):
        data_export.build_export(dana)

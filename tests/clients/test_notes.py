"""What practitioners note about a client: kept, put right by the next note, and theirs alone."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.clients import departure, notes as client_notes
from clinic.models import AuditEntry, Note, Practitioner
from tests import make


def refused(call):
    with pytest.raises(ValidationError) as caught:
        call()
    return caught.value.message_dict


def test_a_note_is_kept_with_who_wrote_it_and_is_audited(cast):
    plan = make.prescription(cast.dana)
    note = client_notes.add_note(cast.dana, "  Bends from the hips.\n", by=cast.alice, about=plan)
    assert (note.text, note.by, note.prescription) == ("Bends from the hips.", cast.alice, plan)
    entry = AuditEntry.objects.get(verb="note_added")
    assert (entry.actor_id, entry.target_kind, entry.target_id) == (cast.alice.user_id, "note", note.pk)


def test_a_correction_is_the_next_note_and_the_old_one_stays(cast):
    first = client_notes.add_note(cast.dana, "Left knee.", by=cast.alice)
    second = client_notes.correct_note(first, "Right knee.", by=cast.alice)
    assert list(Note.objects.current()) == [second]
    first.refresh_from_db()
    assert (first.text, first.corrected_by) == ("Left knee.", second)
    assert AuditEntry.objects.filter(verb="note_corrected", target_id=second.pk).exists()


def test_a_note_is_put_right_once_and_then_its_correction_is(cast):
    first = client_notes.add_note(cast.dana, "Left knee.", by=cast.alice)
    second = client_notes.correct_note(first, "Right knee.", by=cast.alice)
    assert "text" in refused(lambda: client_notes.correct_note(first, "Both knees.", by=cast.alice))
    assert client_notes.correct_note(second, "Both knees.", by=cast.alice).corrects == second
    assert AuditEntry.objects.filter(verb="note_corrected").count() == 2


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4001])
def test_nothing_and_too_much_are_refused(cast, text):
    assert list(refused(lambda: client_notes.add_note(cast.dana, text, by=cast.alice))) == ["text"]
    assert not Note.objects.exists()


def test_the_database_itself_keeps_no_empty_note(cast):
    with pytest.raises(IntegrityError, match="note_says_something"), transaction.atomic():
        Note.objects.create(client=cast.dana, text="", by=cast.alice, at=cast.dana.created_at)


def test_a_correction_that_changes_nothing_is_none(cast):
    note = client_notes.add_note(cast.dana, "Left knee.", by=cast.alice)
    assert list(refused(lambda: client_notes.correct_note(note, " Left knee. ", by=cast.alice))) == ["text"]


def test_only_who_treats_clients_at_this_clinic_writes(cast):
    desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
    for person in (cast.charlie, desk):
        assert "practitioner" in refused(lambda by=person: client_notes.add_note(cast.dana, "x", by=by))


def test_about_an_exercise_of_somebody_else_is_refused(cast):
    theirs = make.prescription(cast.erin)
    assert list(refused(lambda: client_notes.add_note(cast.dana, "x", by=cast.alice, about=theirs))) == ["about"]


def test_after_the_client_left_notes_are_still_written_and_none_into_an_erased_record(cast):
    departure.leave_clinic(cast.dana, by=None)
    client_notes.add_note(cast.dana, "Called to say goodbye.", by=cast.alice)
    departure.erase_client(cast.dana)
    assert list(Note.objects.values_list("text", flat=True)) == ["(erased)"]
    assert "client" in refused(lambda: client_notes.add_note(cast.dana, "Was she called Dana?", by=cast.alice))

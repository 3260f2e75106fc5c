"""Rows of several tables in one statement are the rows that each query set would have given."""

import pytest
from django.db.models import F

from clinic.clients import notes as client_notes
from clinic.models import (
    AuditEntry,
    Client,
    FlagEvent,
    Note,
    PainReport,
    PrescriptionVersion,
    Reminder,
    Schedule,
    ScreeningAnswer,
    WarningSign,
)
from clinic.records.together import together
from clinic.reminders import planning
from tests import make

KINDS = [
    *(AuditEntry, Client, FlagEvent, Note, PainReport, PrescriptionVersion, Reminder, Schedule, ScreeningAnswer),
    WarningSign,
]


@pytest.fixture
def filled(cast):
    plan = make.prescription(cast.dana, ends_on=None)
    planning.create_due_reminders(plan.schedules.get().next_due_at)
    make.report(plan, 4, 8, note='„Ein "Zitat"\n\' — ✓', warning_signs=("leg_weakness",), moved_down_leg=True)
    client_notes.add_note(cast.dana, "Bends from the hips.", by=cast.alice, about=plan)
    return cast


def test_every_column_of_every_kind_comes_as_it_is_stored(filled, django_assert_num_queries):
    wanted = {kind.__name__: kind.objects.all() for kind in KINDS}
    with django_assert_num_queries(1):
        found = together(**wanted)
    for kind in KINDS:
        stored = list(kind.objects.order_by("pk"))
        assert found[kind.__name__] == stored != []
        for ours, theirs in zip(found[kind.__name__], stored, strict=True):
            for field in kind._meta.concrete_fields:
                assert getattr(ours, field.attname) == getattr(theirs, field.attname), field
                assert type(getattr(ours, field.attname)) is type(getattr(theirs, field.attname)), field


def test_filters_narrow_and_annotations_come_along(filled):
    mine = Client.objects.filter(name="Dana").annotate(whose=F("practitioner__name"))
    found = together(clients=mine, none=Client.objects.filter(pk__in=[]), notes=Note.objects.all())
    assert [(row.name, row.whose) for row in found["clients"]] == [("Dana", "Alice")]
    assert found["none"] == []
    assert len(found["notes"]) == 1


def test_a_row_that_came_so_can_be_asked_for_what_belongs_to_it(filled):
    (note,) = together(notes=Note.objects.all(), none=Note.objects.none())["notes"]
    assert note.by == filled.alice

"""A clinic keeps the doses that it prescribes often."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from clinic.dosage.values import Dosage
from clinic.models import AuditEntry, DoseTemplate, Practitioner
from clinic.prescriptions import dose_templates
from tests import make


def add(exercise, by, name="Mornings", weeks=None, **over):
    return dose_templates.add_template(exercise, name, dosage(**over), weeks=weeks, by=by)


def dosage(**over):
    return Dosage(**{"days": ["fri", "mon"], "times": ["18:00", "10:30"], **over})


@pytest.fixture
def bend(db):
    return make.exercise()


def complaint(bend, by, **over):
    with pytest.raises(ValidationError) as refused:
        add(bend, by, **over)
    assert not DoseTemplate.objects.exists()
    return refused.value.message_dict


def test_it_is_kept_for_the_clinic_and_in_the_book(cast, bend):
    kept = add(bend, cast.alice, sets=2, hold_seconds=40, variation="chair", weeks=6)
    assert (kept.clinic, kept.exercise, kept.days, kept.times) == (
        cast.alice.clinic, "forward-bend", "mon,fri", "10:30,18:00",
    )  # fmt: skip
    assert (kept.sets, kept.hold_seconds, kept.variation, kept.weeks) == (2, 40, "chair", 6)
    entry = AuditEntry.objects.filter(target_kind="dosetemplate").get()
    assert (entry.verb, entry.actor, entry.clinic) == ("dose_template_added", cast.alice.user, cast.alice.clinic)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 81),
        ("days", []),
        ("days", ["someday"]),
        ("times", ["25:00"]),
        ("times", []),
        ("sets", 0),
        ("sets", 21),
        ("hold_seconds", 601),
        ("variation", "somersault"),
        ("weeks", 0),
        ("weeks", 53),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(cast, bend, field, value):
    assert set(complaint(bend, cast.alice, **{field: value})) == {field}


def test_a_name_is_given_once_in_a_clinic_however_it_is_written(cast, bend):
    add(bend, cast.alice)
    with pytest.raises(ValidationError) as refused:
        add(bend, cast.bob, name=" mornings ")
    assert refused.value.message_dict == {"name": ["Your clinic has a dose of this name already."]}
    add(bend, cast.charlie)  # another clinic's


def test_a_retired_one_frees_its_name_and_is_offered_no_more(cast, bend):
    kept = add(bend, cast.alice)
    assert dose_templates.retire_template(kept, by=cast.alice)
    assert not dose_templates.retire_template(kept, by=cast.alice)
    assert not DoseTemplate.objects.offered(cast.alice.clinic, "forward-bend").exists()
    add(bend, cast.alice)
    verbs = AuditEntry.objects.filter(target_kind="dosetemplate").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["dose_template_added", "dose_template_retired", "dose_template_added"]
    with pytest.raises(ValidationError, match="retired"):
        dose_templates.change_template(kept, "Other", dosage(), by=cast.alice)


def test_it_can_be_changed_and_keep_its_own_name(cast, bend):
    kept = add(bend, cast.alice)
    dose_templates.change_template(kept, "Mornings", dosage(sets=3), by=cast.bob)
    kept.refresh_from_db()
    assert (kept.name, kept.sets) == ("Mornings", 3)


def test_the_front_desk_keeps_no_doses(cast, bend):
    desk = make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK)
    complaint(bend, desk)
    assert not DoseTemplate.objects.kept_by(desk.user).exists()


def test_a_clinic_has_its_own_alone(cast, bend):
    kept = add(bend, cast.alice)
    assert list(DoseTemplate.objects.kept_by(cast.bob.user)) == [kept]
    assert not DoseTemplate.objects.kept_by(cast.charlie.user).exists()
    assert not DoseTemplate.objects.kept_by(cast.dana.user).exists()
    assert not DoseTemplate.objects.offered(cast.charlie.clinic, "forward-bend").exists()


@pytest.mark.parametrize(
    ("field", "value"), [("sets", 0), ("hold_seconds", 601), ("weeks", 53), ("days", ""), ("times", "")]
)
def test_the_database_holds_it_too(cast, bend, field, value):
    kept = add(bend, cast.alice)
    with pytest.raises(IntegrityError):
        DoseTemplate.objects.filter(pk=kept.pk).update(**{field: value})


def test_the_usual_one_keeps_clear_of_the_morning(cast, bend):
    kept = dose_templates.add_usual_template(bend, by=cast.alice)
    assert (kept.times, kept.sets, kept.hold_seconds, kept.weeks) == ("18:00", 1, 30, 6)

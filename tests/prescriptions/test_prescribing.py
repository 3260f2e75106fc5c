"""Screen, prescribe, amend, hold, resume, end."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.models import Practitioner, Prescription, Schedule
from clinic.prescriptions import prescribing
from clinic.prescriptions.screening import ScreenedPrecaution
from clinic.reminders.planning import next_reminder
from tests import make


def refused(call, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return caught.value.message_dict


def prescribe(client, screening=None, **dose):
    answers = make.nothing_found() if screening is None else screening
    return prescribing.prescribe_exercise(client, make.exercise(), make.dose(**dose), answers, by=client.practitioner)


def test_an_unanswered_precaution_is_named_and_nothing_is_stored(cast):
    answers = make.nothing_found()
    del answers["glaucoma"]
    errors = refused(prescribe, cast.dana, answers)
    assert errors == {"screening": ["glaucoma: answer this precaution, true or false."]}
    assert not Prescription.objects.exists()


def test_a_yes_without_a_reason_is_refused(cast):
    errors = refused(prescribe, cast.dana, {**make.nothing_found(), "osteoporosis": ScreenedPrecaution(True, "  ")})
    assert errors["screening"][0].startswith("osteoporosis: a yes needs a reason")


def test_a_yes_with_a_reason_is_kept_with_who_decided(cast):
    answers = {**make.nothing_found(), "osteoporosis": ScreenedPrecaution(True, "Mild; chair variation only.")}
    kept = prescribe(cast.dana, answers).screening.get(code="osteoporosis")
    assert (kept.answer, kept.override_reason, kept.by) == (True, "Mild; chair variation only.", cast.alice)


@pytest.mark.parametrize(
    ("dose", "field"),
    [
        ({"times": ["25:00"]}, "times"),
        ({"times": []}, "times"),
        ({"days": ["someday"]}, "days"),
        ({"days": []}, "days"),
        ({"starts_on": dt.date(2026, 5, 2), "ends_on": dt.date(2026, 5, 1)}, "ends_on"),
        ({"sets": 0}, "sets"),
        ({"sets": 21}, "sets"),
        ({"hold_seconds": 601}, "hold_seconds"),
        ({"variation": "headstand"}, "variation"),
    ],
)
def test_a_wrong_dose_is_refused_by_field(cast, dose, field):
    assert field in refused(prescribe, cast.dana, **dose)
    assert not Prescription.objects.exists()


def test_the_front_desk_may_not_prescribe(cast):
    desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
    errors = refused(
        prescribing.prescribe_exercise, cast.dana, make.exercise(), make.dose(), make.nothing_found(), by=desk
    )
    assert set(errors) == {"practitioner"}


def test_each_time_gets_its_schedule_in_the_clients_zone(cast):
    cast.dana.time_zone = "Pacific/Auckland"
    cast.dana.save(update_fields=["time_zone"])
    prescription = prescribe(cast.dana, times=["18:00", "12:30", "18:00"])
    stand = prescription.schedules.order_by("local_time")
    assert [(f"{row.local_time:%H:%M}", row.time_zone) for row in stand] == [
        ("12:30", "Pacific/Auckland"),
        ("18:00", "Pacific/Auckland"),
    ]
    assert all(row.next_due_at > timezone.now() for row in stand)


def test_an_amendment_is_a_new_version_and_moves_the_reminders(cast):
    prescription = prescribe(cast.dana)
    prescribing.amend_prescription(prescription, make.dose(times=["20:00"], sets=3), by=cast.alice, reason="Goes well.")
    assert [(version.number, version.times, version.sets) for version in prescription.versions.all()] == [
        (2, "20:00", 3),
        (1, "18:00", 1),
    ]
    assert {f"{row.local_time:%H:%M}": row.active for row in prescription.schedules.all()} == {
        "18:00": False,
        "20:00": True,
    }


def test_times_soon_after_getting_up_are_told(cast):
    assert prescribing.morning_times(cast.dana, ["07:30", "08:59", "09:00"]) == ["07:30", "08:59"]


def test_no_reminder_comes_in_the_morning_unless_the_practitioner_chose_it(cast):
    kept_away = prescribe(cast.dana, times=["07:30"])
    chosen = prescribe(cast.dana, times=["07:30"], mornings_allowed=True)
    assert next_reminder(kept_away, kept_away.dose, timezone.now()) is None
    assert next_reminder(chosen, chosen.dose, timezone.now()) is not None


def test_hold_resume_end_and_their_reasons(cast):
    prescription, alice = prescribe(cast.dana), cast.alice.user
    prescribing.hold_prescription(prescription, by=alice, reason="Look first.")
    prescribing.resume_prescription(prescription, by=alice, reason="All well.")
    prescribing.end_prescription(prescription, by=alice, reason="Done.")
    assert [(row.old, row.new, row.reason) for row in prescription.changes.all()] == [
        ("active", "held", "Look first."),
        ("held", "active", "All well."),
        ("active", "ended", "Done."),
    ]
    assert not Schedule.objects.filter(prescription=prescription, active=True).exists()


def test_what_has_ended_cannot_be_held_resumed_amended_or_ended_again(cast):
    prescription, alice = prescribe(cast.dana), cast.alice.user
    prescribing.end_prescription(prescription, by=alice, reason="Done.")
    for act in (prescribing.hold_prescription, prescribing.resume_prescription, prescribing.end_prescription):
        assert set(refused(act, prescription, by=alice, reason="Again.")) == {"state"}
    assert "prescription" in refused(
        prescribing.amend_prescription, prescription, make.dose(), by=cast.alice, reason="More."
    )


@pytest.mark.parametrize("act", [prescribing.hold_prescription, prescribing.end_prescription])
def test_every_change_of_state_needs_a_reason(cast, act):
    prescription = prescribe(cast.dana)
    assert set(refused(act, prescription, by=cast.alice.user, reason=" ")) == {"reason"}

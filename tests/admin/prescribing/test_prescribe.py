"""Ask first, then days and times: what a practitioner fills in to prescribe an exercise."""

import datetime as dt

import pytest

from clinic.models import Prescription
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

DAYS = ["mon", "wed", "fri"]


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def answers(db):
    """The form filled in well: every precaution a no."""
    screening = {f"answer_{precaution.code}": "no" for precaution in make.exercise().precautions_in("en")}
    dose = {"starts_on": "2026-03-02", "days": DAYS, "times": ["18:00", "", ""], "sets": "2", "hold_seconds": "40"}
    return {**screening, **dose, "variation": "chair"}


def refused(response, *fields):
    """The form came back with messages at just these fields, and nothing is stored."""
    assert response.status_code == 200
    assert set(response.context["form"].errors) == set(fields)
    assert "Nothing is stored yet." in page_text(response)
    assert not Prescription.objects.exists()
    return " ".join(message for field in fields for message in response.context["form"].errors[field])


def test_a_filled_in_form_prescribes(cast, alice, answers):
    page = alice.post(url("prescribe", cast.dana.pk), answers, follow=True)
    prescription = Prescription.objects.get()
    dose = prescription.dose
    assert flash_messages(page) == ["Forward bend is prescribed for Dana."]
    assert (prescription.client, prescription.prescribed_by) == (cast.dana, cast.alice)
    assert (dose.days, dose.times, dose.sets, dose.hold_seconds, dose.variation, dose.mornings_allowed) == (
        "mon,wed,fri", "18:00", 2, 40, "chair", False,
    )  # fmt: skip
    assert (dose.starts_on, dose.ends_on) == (dt.date(2026, 3, 2), None)
    assert prescription.screening.count() == len(make.exercise().precautions_in("en"))


def test_no_answer_is_chosen_beforehand(cast, alice, answers):
    page = alice.get(url("prescribe", cast.dana.pk)).content.decode()
    assert page.count('value="yes"') == page.count('value="no"') == len(make.exercise().precautions_in("en"))
    for precaution in make.exercise().precautions_in("en"):
        given = page.split(f'name="answer_{precaution.code}"')[1:]
        assert len(given) == 2
        assert not any("checked" in field.split(">")[0] for field in given)


def test_every_precaution_has_to_be_answered(cast, alice, answers):
    del answers["answer_osteoporosis"]
    assert refused(alice.post(url("prescribe", cast.dana.pk), answers), "answer_osteoporosis") == (
        "Ask this, then answer yes or no."
    )


def test_an_answer_is_yes_or_no(cast, alice, answers):
    answers["answer_osteoporosis"] = "perhaps"
    refused(alice.post(url("prescribe", cast.dana.pk), answers), "answer_osteoporosis")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_yes_needs_its_reason(cast, alice, answers, reason):
    answers["answer_glaucoma"] = "yes"
    if reason is not None:
        answers["reason_glaucoma"] = reason
    assert "Write why it is right all the same" in refused(
        alice.post(url("prescribe", cast.dana.pk), answers), "reason_glaucoma"
    )


def test_a_yes_with_its_reason_is_kept_and_shown(cast, alice, answers):
    answers |= {"answer_glaucoma": "yes", "reason_glaucoma": "Her eye doctor agrees; chair only."}
    page = alice.post(url("prescribe", cast.dana.pk), answers, follow=True)
    assert Prescription.objects.get().screening.get(answer=True).override_reason == "Her eye doctor agrees; chair only."
    assert "Yes. Her eye doctor agrees; chair only. Alice" in page_text(page)


def test_more_times_than_a_plan_has_room_for_are_refused_in_plain_words(cast, alice, answers):
    answers["times"] = [f"{hour:02d}:{half}" for hour in range(9, 24) for half in ("00", "30")]
    complaint = refused(alice.post(url("prescribe", cast.dana.pk), answers), "times")
    assert complaint == "Give at most 20 times a day."


@pytest.mark.parametrize("field", ["keep_as", "reason_glaucoma"])
def test_a_text_of_ten_thousand_characters_is_refused_at_its_field(cast, alice, answers, field):
    answers |= {"answer_glaucoma": "yes", "reason_glaucoma": "Agreed.", field: "x" * 10_000}
    assert "at most" in refused(alice.post(url("prescribe", cast.dana.pk), answers), field)


def test_the_end_is_not_before_the_start(cast, alice, answers):
    answers["ends_on"] = "2026-03-01"
    assert refused(alice.post(url("prescribe", cast.dana.pk), answers), "ends_on") == "The end is before the start."


@pytest.mark.parametrize("time", ["25:00", "noon", "18", "18:00:00"])
def test_a_time_is_a_time_of_day(cast, alice, answers, time):
    answers["times"] = ["18:00", time]
    complaint = refused(alice.post(url("prescribe", cast.dana.pk), answers), "times")
    assert complaint == f"“{time}” is not a time of day. Write it as 18:00."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("days", []),
        ("days", ["someday"]),
        ("times", ["", " "]),
        ("starts_on", ""),
        ("starts_on", "tomorrow"),
        ("starts_on", "2026-02-30"),
        ("sets", "0"),
        ("sets", "21"),
        ("sets", "1.5"),
        ("sets", "9" * 5000),
        ("hold_seconds", "-1"),
        ("hold_seconds", "601"),
        ("variation", "somersault"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(cast, alice, answers, field, value):
    answers[field] = value
    refused(alice.post(url("prescribe", cast.dana.pk), answers), field)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_far_off_day_breaks_nothing(cast, alice, answers, day):
    answers["starts_on"] = day
    alice.post(url("prescribe", cast.dana.pk), answers)
    assert alice.get(url("client", cast.dana.pk)).status_code == 200


def test_a_time_soon_after_waking_is_warned_of_and_wants_a_tick(cast, alice, answers):
    answers["times"] = ["08:00", "18:00"]
    page = alice.post(url("prescribe", cast.dana.pk), answers)
    refused(page, "mornings_allowed")
    assert "08:00 is within two hours after Dana gets up (07:00)." in page_text(page)

    alice.post(url("prescribe", cast.dana.pk), {**answers, "mornings_allowed": "on"})
    assert Prescription.objects.get().dose.mornings_allowed


def test_a_tick_without_a_morning_time_is_not_kept(cast, alice, answers):
    alice.post(url("prescribe", cast.dana.pk), {**answers, "mornings_allowed": "on"})
    assert not Prescription.objects.get().dose.mornings_allowed


def test_the_plan_starts_on_the_clients_own_day(cast, alice, answers, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False)
    cast.dana.time_zone = "Pacific/Kiritimati"  # 14 hours ahead: tomorrow already
    cast.dana.save(update_fields=["time_zone"])
    assert 'value="2026-03-02"' in alice.get(url("prescribe", cast.dana.pk)).content.decode()


def test_an_unknown_exercise_is_told_and_the_known_ones_are_offered(cast, alice, answers):
    page = alice.get(url("prescribe", cast.dana.pk), {"exercise": "headstand"})
    assert "There is no such exercise. Choose one of these. Which exercise? Forward bend" in page_text(page)


def test_who_has_the_exercise_already_is_pointed_to_its_dose(cast, alice, answers):
    running = make.prescription(cast.dana)
    page = alice.get(url("prescribe", cast.dana.pk))
    assert "Dana has Forward bend already (active)." in page_text(page)
    assert url("amend", running.pk) in page.content.decode()


def test_looking_stores_nothing(cast, alice, answers):
    alice.get(url("prescribe", cast.dana.pk), answers)
    assert not Prescription.objects.exists()

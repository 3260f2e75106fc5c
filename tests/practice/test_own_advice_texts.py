"""A clinic's own words for an advice: checked, versioned, shown where the advice is, and kept with the report."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from clinic.models import Advice, AdviceText, AuditEntry, PainReport, Practitioner
from clinic.pain import reporting
from clinic.pain.advice import render_call_now, render_hold_advice, render_offline_advice, render_report_advice
from clinic.practice import advice_texts
from tests import make

EMERGENCY = "go to an emergency department."


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


def word(olga, advice, text, language="en"):
    return advice_texts.set_advice_text(olga.clinic, advice, language, text, by=olga)


def test_they_take_the_place_of_ours_from_the_next_report_on(olga, bend):
    before = make.report(bend, 5, 3).report
    word(olga, Advice.GO_ON, "Lovely, {first_name}. On you go.")
    after = make.report(bend, 5, 2).report
    assert (
        render_report_advice(PainReport.objects.get(pk=before.pk))
        == "Pain went from 5 to 3. Good: carry on as planned."
    )
    assert (
        render_report_advice(PainReport.objects.get(pk=after.pk)) == "Pain went from 5 to 2. Lovely, Dana. On you go."
    )


def test_a_report_keeps_the_version_that_was_shown(olga, bend):
    word(olga, Advice.GO_ON, "First words.")
    report = make.report(bend, 5, 3).report
    word(olga, Advice.GO_ON, "Second words.")
    word(olga, Advice.GO_ON, "")
    assert render_report_advice(PainReport.objects.get(pk=report.pk)) == "Pain went from 5 to 3. First words."
    assert render_report_advice(make.report(bend, 5, 3).report) == "Pain went from 5 to 3. Good: carry on as planned."
    numbers = AdviceText.objects.order_by("number").values_list("number", "text")
    assert list(numbers) == [(1, "First words."), (2, "Second words."), (3, "")]


def test_who_names_the_scores_tells_the_course_oneself(olga, bend):
    word(olga, Advice.STOP_TODAY, "{after} after {before}: rest, {first_name}.")
    assert render_report_advice(make.report(bend, 4, 6).report) == "6 after 4: rest, Dana."


def test_words_in_one_language_leave_the_other_as_it_is(olga, bend):
    word(olga, Advice.GO_ON, "Siga, {first_name}.", "es")
    report = make.report(bend, 5, 3).report
    assert render_report_advice(report).endswith("Good: carry on as planned.")
    assert render_report_advice(report, "es").endswith("Siga, Dana.")


def test_a_paused_exercise_says_them_wherever_it_is_said(olga, bend, cast):
    word(olga, Advice.STOP, "We paused it. Ring {phone}.")
    report = make.report(bend, 4, 8).report
    assert render_report_advice(report) == "Pain went from 4 to 8. We paused it. Ring 555 0100."
    assert render_hold_advice(cast.dana) == "We paused it. Ring 555 0100."


def test_when_to_go_to_an_emergency_department_cannot_be_taken_out(olga, bend, cast):
    word(olga, Advice.CALL_NOW, "Lie down and ring {phone}, day or night.")
    stop_text = render_report_advice(make.report(bend, 4, None, warning_signs=("saddle_numbness",)).report)
    for text in (stop_text, render_call_now(cast.dana), render_offline_advice(cast.dana)["call_now"]):
        assert text.startswith("Lie down and ring 555 0100, day or night. If you cannot reach us")
        assert text.endswith(EMERGENCY)


def test_the_second_phone_stands_where_somebody_must_call(olga, bend, cast):
    olga.clinic.phone_after_hours, olga.clinic.after_hours = "555 0911", "nights"
    olga.clinic.save()
    cast.dana.refresh_from_db()
    second = "Outside our hours (nights), call 555 0911."
    assert (
        render_call_now(cast.dana)
        == f"Stop the exercise. Call 555 0100 now. {second} " + render_call_now(cast.dana).split(". ")[-1]
    )
    assert render_hold_advice(cast.dana).endswith(second)
    assert render_offline_advice(cast.dana)["stop"].endswith(second)
    assert second not in render_offline_advice(cast.dana)["go_on"]
    with override("es"):
        assert "Fuera de nuestro horario, llame al 555 0911." in render_hold_advice(cast.dana)


def test_without_a_network_they_are_said_too(olga, cast):
    word(olga, Advice.GO_ON, "On you go.")
    word(olga, Advice.STOP, "We paused it. Ring {phone}.")
    texts = render_offline_advice(cast.dana)
    assert texts["go_on"] == "Pain went from {before} to {after}. On you go."
    assert "paused" not in texts["stop"]  # nobody has paused anything yet


@pytest.mark.parametrize(
    ("advice", "text", "message"),
    [
        (Advice.GO_ON, "Hello {name}.", "nothing can stand for {name}"),
        (Advice.GO_ON, "Hello {first_name.__class__}.", "nothing can stand for"),
        (Advice.THANKS, "From {before} to {after}.", "nothing can stand for {after}, {before}"),
        (Advice.STOP, "We paused it.", "{phone} must stand in it"),
        (Advice.CALL_NOW, "Stop.", "{phone} must stand in it"),
        (Advice.GO_ON, "Well {done", "curly bracket stands alone"),
        (Advice.GO_ON, "x" * 601, "At most 600 characters"),
    ],
)
def test_what_would_leave_a_client_without_an_answer_is_refused(olga, advice, text, message):
    with pytest.raises(ValidationError) as refused:
        word(olga, advice, text)
    assert message in refused.value.message_dict["text"][0]
    assert not AdviceText.objects.exists()


@pytest.mark.parametrize(("advice", "language", "field"), [("sing", "en", "advice"), ("go_on", "tlh", "language")])
def test_only_advices_and_languages_that_there_are(olga, advice, language, field):
    with pytest.raises(ValidationError) as refused:
        word(olga, advice, "Hello.", language)
    assert list(refused.value.message_dict) == [field]


def test_the_same_words_are_no_new_version(olga):
    with pytest.raises(ValidationError, match="already"):
        word(olga, Advice.GO_ON, "")
    word(olga, Advice.GO_ON, " On  you\ngo. ")
    with pytest.raises(ValidationError, match="already"):
        word(olga, Advice.GO_ON, "On you go.")
    assert list(AuditEntry.objects.filter(target_kind="advicetext").values_list("verb", flat=True)) == [
        "advice_text_changed"
    ]


def test_only_the_owner_of_this_clinic_writes(cast, olga):
    for person in (cast.alice, cast.charlie):
        with pytest.raises(ValidationError, match="Only the owner"):
            advice_texts.set_advice_text(olga.clinic, Advice.GO_ON, "en", "Hello.", by=person)


def test_what_a_client_is_called_fills_no_further_place(olga, bend, cast):
    cast.dana.name = "{phone}"
    cast.dana.save()
    bend.refresh_from_db()
    word(olga, Advice.GO_ON, "Well done, {first_name}.")
    assert render_report_advice(make.report(bend, 5, 3).report).endswith("Well done, {phone}.")


def test_a_corrected_answer_takes_the_words_of_its_new_advice(olga, bend, cast):
    word(olga, Advice.STOP_TODAY, "Rest today.")
    report = make.report(bend, 5, 3).report
    reporting.correct_report(report, {"after": 6}, reason="A slip.", by=cast.dana.user)
    assert render_report_advice(PainReport.objects.get(pk=report.pk)) == "Pain went from 5 to 6. Rest today."

"""On the morning after a session the first page asks how it is, once; the answer belongs to that session."""

import datetime as dt
import re

import pytest
import time_machine

from clinic.models import Advice, Client, Correction, Flag, PainReport, Prescription
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import send, signed_in, url, words, writes

EVENING = dt.datetime(2026, 3, 1, 18, 0, tzinfo=dt.UTC)
MORNING = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
ASKED = "How is it this morning?"


@pytest.fixture
def dana(cast):
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Europe/London")
    cast.dana.refresh_from_db()
    return cast.dana


@pytest.fixture
def stored(dana):
    """Yesterday's session: 5 before it, 3 after."""
    with time_machine.travel(EVENING, tick=False):
        return make.report(make.prescription(dana), 5, 3).report


@pytest.fixture(autouse=True)
def next_day(stored):
    with time_machine.travel(MORNING, tick=False):
        yield


def today(dana):
    return words(signed_in(dana).get(url("today")))


def answer(dana, stored, **given):
    return send(signed_in(dana), url("next_morning", stored.pk), **given)


def test_it_asks_first_and_says_how_it_was(dana):
    text = today(dana)
    assert "Before yesterday’s exercise it was 5, after it 3." in text
    assert text.index(ASKED) < text.index("Do the exercise")


def test_while_it_asks_nothing_else_is_the_main_button(dana):
    assert signed_in(dana).get(url("today")).content.decode().count("primary") == 1


def test_no_number_is_chosen_and_none_is_sent_untouched(dana, stored):
    assert " checked" not in signed_in(dana).get(url("today")).content.decode()
    response = answer(dana, stored)
    assert response.status_code == 422
    assert "Your pain this morning: choose a number. No pain is 0." in words(response)
    stored.refresh_from_db()
    assert stored.next_morning is None


def test_the_answer_is_kept_with_yesterdays_session(dana, stored):
    assert answer(dana, stored, next_morning=2)["Location"] == url("report_result", stored.pk)
    kept = PainReport.objects.get()
    assert (kept.before, kept.after, kept.next_morning, kept.occurred_at) == (5, 3, 2, EVENING)
    added = Correction.objects.get()
    assert (added.field, added.old, added.new, added.at, added.by_id) == (
        "next_morning",
        "",
        "2",
        MORNING,
        dana.user_id,
    )


def test_no_pain_is_an_answer(dana, stored):
    answer(dana, stored, next_morning=0)
    assert PainReport.objects.get().next_morning == 0


@pytest.mark.parametrize(
    ("score", "word", "sentence"),
    [
        (3, "Better the next morning", "Pain was 5 before the exercise and 3 the next morning. Good: carry on"),
        (5, "The same the next morning", "and 5 the next morning. That is about the same. Carry on, gently."),
        (6, "The same the next morning", "and 6 the next morning. That is about the same."),
        (7, "Worse the next morning: wait", "Wait with the exercise until the pain is back to where it was."),
    ],
)  # fmt: skip
def test_it_says_what_the_answer_means_there_and_on_the_first_page(dana, stored, score, word, sentence):
    answer(dana, stored, next_morning=score)
    for page in (url("report_result", stored.pk), url("today")):
        text = words(signed_in(dana).get(page))
        assert word in text
        assert sentence in text


def test_after_a_rise_the_first_page_says_to_wait(dana, stored):
    answer(dana, stored, next_morning=7)
    response = signed_in(dana).get(url("today"))
    assert "Wait a little today" in words(response)
    assert "button primary" not in response.content.decode()


def test_a_strong_rise_overnight_holds_the_exercise_and_tells_the_practitioner(dana, stored):
    answer(dana, stored, next_morning=9)
    flag = Flag.objects.get()
    assert (flag.kind, flag.reason) == (Flag.Kind.EXERCISE_HURTS, "Pain went from 5 to 9 with one session.")
    assert PainReport.objects.get().advice == Advice.STOP
    assert Prescription.objects.get().state == Prescription.State.HELD
    for page in (url("report_result", stored.pk), url("today")):
        text = words(signed_in(dana).get(page))
        assert "Pain was 5 before the exercise and 9 the next morning." in text
        assert "Your practitioner has paused this exercise." in text
        assert "Wait with the exercise" not in text


def test_it_is_asked_once(dana, stored):
    answer(dana, stored, next_morning=4)
    assert ASKED not in today(dana)


def test_two_pages_with_the_question_bring_one_answer(dana, stored):
    first, second = signed_in(dana), signed_in(dana)
    tokens = [str(browser.get(url("next_morning", stored.pk)).context["csrf_token"]) for browser in (first, second)]
    first.post(url("next_morning", stored.pk), {"next_morning": 4, "csrfmiddlewaretoken": tokens[0]})
    late = second.post(
        url("next_morning", stored.pk), {"next_morning": 9, "csrfmiddlewaretoken": tokens[1]}, follow=True
    )
    assert "We have your answer about that morning already." in words(late)
    assert PainReport.objects.get().next_morning == 4


def test_a_wrong_number_is_corrected_with_the_others(dana, stored):
    answer(dana, stored, next_morning=9)
    page = signed_in(dana).get(url("correct_report", stored.pk)).content.decode()
    assert re.search(r'name="next_morning" value="9"[^>]*checked', page)
    send(
        signed_in(dana),
        url("correct_report", stored.pk),
        before=5,
        after=3,
        next_morning=4,
        reason="Pressed the wrong one",
    )
    kept = PainReport.objects.get()
    assert (kept.before, kept.after, kept.next_morning) == (5, 3, 4)


def test_a_correction_before_that_morning_does_not_ask_for_it(dana, stored):
    assert "next_morning" not in signed_in(dana).get(url("correct_report", stored.pk)).content.decode()


def test_it_can_be_passed_over(dana, stored):
    browser = signed_in(dana)
    assert send(browser, url("next_morning", stored.pk), not_now="yes")["Location"] == url("today")
    text = words(browser.get(url("today")))
    assert ASKED not in text
    assert "Do the exercise" in text
    assert PainReport.objects.get().next_morning is None


@pytest.mark.parametrize(("hour", "asked"), [(3, False), (4, True), (11, True), (12, False), (18, False)])
def test_it_asks_in_the_morning_only(dana, hour, asked):
    with time_machine.travel(MORNING.replace(hour=hour, minute=0)):
        assert (ASKED in today(dana)) == asked


def test_the_morning_is_the_clients_own(dana):
    Client.objects.filter(pk=dana.pk).update(time_zone="America/New_York")  # 04:30 there
    assert ASKED in today(dana)
    Client.objects.filter(pk=dana.pk).update(time_zone="America/Los_Angeles")  # 01:30 there
    assert ASKED not in today(dana)


def test_sent_after_noon_from_a_page_opened_before_it_still_counts(dana, stored):
    browser = signed_in(dana)
    token = str(browser.get(url("today")).context["csrf_token"])
    with time_machine.travel(MORNING.replace(hour=12, minute=20)):
        browser.post(url("next_morning", stored.pk), {"next_morning": 4, "csrfmiddlewaretoken": token})
    assert PainReport.objects.get().next_morning == 4


def test_two_mornings_later_it_is_no_longer_that_morning(dana, stored):
    with time_machine.travel(MORNING + dt.timedelta(days=1)):
        assert ASKED not in today(dana)
        assert signed_in(dana).get(url("next_morning", stored.pk))["Location"] == url("today")


def test_not_when_the_exercise_was_done_again_this_morning(dana, stored):
    make.report(stored.prescription, 4, 3, at=MORNING - dt.timedelta(hours=1))
    assert ASKED not in today(dana)


def test_pain_told_without_the_exercise_has_no_morning_after(dana, stored):
    PainReport.objects.update(did_exercise=False)
    assert ASKED not in today(dana)


def test_not_while_the_exercise_is_paused(dana, stored, cast):
    prescribing.hold_prescription(stored.prescription, by=cast.alice.user, reason="rest")
    assert ASKED not in today(dana)


def test_opening_it_writes_nothing_and_a_stranger_finds_nothing(dana, stored, cast):
    assert writes(signed_in(dana), url("next_morning", stored.pk)) == []
    for other in (cast.erin, cast.alice.user, cast.charlie.user):
        assert signed_in(other).get(url("next_morning", stored.pk)).status_code == 404

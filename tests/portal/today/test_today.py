"""The first page answers one question: what now?"""

import datetime as dt
import re

import pytest
import time_machine

from clinic.models import Client
from clinic.models.fields import WEEKDAYS
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import signed_in, url, words

MONDAY_NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def noon(db):
    """A Monday at noon in London; the plan is in Madrid, one hour on."""
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield MONDAY_NOON


@pytest.fixture
def dana(noon, cast):
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Europe/Madrid")
    cast.dana.refresh_from_db()
    return cast.dana


def page(client):
    response = signed_in(client).get(url("today"))
    assert response.status_code == 200
    return words(response)


def test_a_day_in_plan_offers_the_exercise_first(dana):
    plan = make.prescription(dana)
    text = page(dana)
    assert "Hello, Dana" in text
    assert "Forward bend Planned for today at 18:00." in text
    assert text.index("Do the exercise") < text.index("Just report pain")
    assert url("player", plan.pk) in signed_in(dana).get(url("today")).content.decode()


def test_a_day_out_of_plan_says_when_next(dana):
    make.prescription(dana, days=["thu"])
    text = page(dana)
    assert "Nothing today." in text
    assert "Next: Thursday at 18:00." in text
    assert "Do the exercise" not in text


def test_the_next_time_is_told_as_one_speaks(dana):
    make.prescription(dana, days=["tue"])
    assert "Next: tomorrow at 18:00." in page(dana)
    make.prescription(dana, starts_on=dt.date(2026, 3, 16), days=["mon"])
    assert "Next: Monday 16 March at 18:00." in page(dana)


def test_the_day_is_the_clients_own(dana):
    make.prescription(dana, days=["tue"], times=["00:30"])
    with time_machine.travel(MONDAY_NOON.replace(hour=23, minute=15)):  # Tuesday, a quarter past midnight in Madrid
        assert "Planned for today at 00:30" in page(dana)


def test_early_in_the_morning_it_says_to_wait(dana):
    make.prescription(dana)
    with time_machine.travel(MONDAY_NOON.replace(hour=6, minute=30)):  # half past seven, up since seven
        assert "wait until 09:00" in page(dana)
        assert "Do the exercise" in page(dana)
    assert "wait until" not in page(dana)


@pytest.mark.parametrize(
    ("before", "after", "word", "sentence"),
    [
        (5, 3, "Better", "Pain went from 5 to 3. Good: carry on as planned."),
        (4, 4, "The same", "Pain stayed at 4. Carry on, gently."),
        (4, 6, "Worse: stop for today", "Pain went from 4 to 6. Stop for today."),
        (4, 7, "the exercise is paused", "Your practitioner has paused this exercise."),
    ],
)
def test_after_a_report_it_says_what_the_exercise_did(dana, before, after, word, sentence):
    make.report(make.prescription(dana), before, after)
    text = page(dana)
    assert word in text
    assert sentence in text
    assert "Do the exercise" not in text


def test_a_warning_sign_says_whom_to_call(dana):
    make.report(make.prescription(dana), 6, warning_signs=("saddle_numbness",))
    response = signed_in(dana).get(url("today"))
    assert "Stop the exercise. Call 555 0100 now." in words(response)
    assert 'href="tel:5550100"' in response.content.decode()


def test_pain_alone_leaves_the_exercise_to_do(dana):
    make.report(make.prescription(dana), 4)
    assert "Noted" in page(dana)
    assert "Do the exercise" in page(dana)


def test_pain_told_later_does_not_wipe_what_was_said_to_the_session(dana):
    plan = make.prescription(dana)
    make.report(plan, 4, 6, at=MONDAY_NOON - dt.timedelta(hours=1))
    make.report(plan, 5)
    text = page(dana)
    assert "Stop for today" in text
    assert "At 13:00 you also told us: pain 5." in text
    assert "Do the exercise" not in text


def test_twice_a_day_offers_the_second_time(dana):
    make.report(make.prescription(dana, times=["10:00", "18:00"]), 5, 3)
    text = page(dana)
    assert "Better" in text
    assert "Once more is planned for today. Next: today at 18:00." in text
    assert "Do the exercise" in text


def test_yesterdays_answer_is_not_todays(dana):
    make.report(make.prescription(dana), 5, 3, at=MONDAY_NOON - dt.timedelta(hours=14))
    assert "Better" not in page(dana)


def test_a_pause_is_told_in_the_clinics_words(dana, cast):
    plan = make.prescription(dana)
    make.report(plan, 5, 3)
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="rest")
    text = page(dana)
    assert "Your practitioner has paused this exercise. You do not need to do anything; they will be in touch." in text
    assert "Call 555 0100 if it gets worse." in text
    assert "carry on" not in text
    assert "Do the exercise" not in text


def test_after_a_resumption_the_old_stop_is_over(dana, cast):
    plan = make.prescription(dana)
    make.report(plan, 4, 7, at=MONDAY_NOON - dt.timedelta(hours=1))
    plan.refresh_from_db()
    with time_machine.travel(MONDAY_NOON + dt.timedelta(hours=1)):
        prescribing.resume_prescription(plan, by=cast.alice.user, reason="smaller bend")
        assert "paused" not in page(dana)


def test_a_plan_past_its_last_day_says_so(dana):
    make.prescription(dana, ends_on=dt.date(2026, 3, 1))
    assert "Its last day was 1 March." in page(dana)


def test_an_ended_exercise_and_none_yet_are_plain_text(dana, cast):
    assert "No exercise is planned for you yet." in page(dana)
    prescribing.end_prescription(make.prescription(dana), by=cast.alice.user, reason="done")
    assert "Your exercise has ended." in page(dana)


def test_of_several_exercises_the_one_that_is_due_comes_first_and_the_others_are_folded(dana):
    resting, due = make.prescription(dana, days=[WEEKDAYS[3]]), make.prescription(dana)
    page = signed_in(dana).get(url("today")).content.decode()
    assert (
        page.index(url("player", due.pk))
        < page.index('<details class="card folded')
        < page.index(f"prescription={resting.pk}")
    )
    assert "Forward bend nothing today" in words(signed_in(dana).get(url("today")))


def test_a_warning_sign_comes_before_what_is_due(dana):
    make.prescription(dana)
    make.report(make.prescription(dana), 6, warning_signs=("saddle_numbness",))
    text = page(dana)
    assert text.index("Stop, and call the clinic") < text.index("Forward bend planned for today")


def states(dana, cast):
    """One client for each thing that the page may have to say."""
    yield make.client(cast.alice, "Nothing")
    for name, over in {"Due": {}, "Rests": {"days": ["thu"]}, "Over": {"ends_on": dt.date(2026, 3, 1)}}.items():
        yield make.prescription(make.client(cast.alice, name), **over).client
    for name, scores in {"Better": (5, 3), "Worse": (4, 6), "Held": (4, 9)}.items():
        yield make.report(make.prescription(make.client(cast.alice, name)), *scores).report.prescription.client
    make.prescription(dana)
    yield make.prescription(dana).client


def test_no_page_has_two_main_buttons(dana, cast):
    for who in states(dana, cast):
        body = signed_in(who).get(url("today")).content.decode()
        assert body.count("button primary") + body.count('class="primary"') + body.count("button danger") <= 1, who.name


@pytest.mark.parametrize(
    ("scores", "headline"),
    [((5, 3), "Done for today"), ((4, 6), "Stop for today"), ((4, 9), "Your exercise is paused")],
)
def test_the_headline_is_the_answer_and_the_greeting_is_small(dana, scores, headline):
    make.report(make.prescription(dana), *scores)
    body = signed_in(dana).get(url("today")).content.decode()
    assert re.search(r"<h1>(.*?)</h1>", body, re.DOTALL)[1].strip() == headline
    assert 'class="soft greeting"' in body


@pytest.mark.parametrize("scores", [(5, 3), (4, 6)])
def test_done_before_its_time_the_next_is_another_days(dana, scores):
    make.report(make.prescription(dana), *scores)
    assert "Next: tomorrow at 18:00." in page(dana)


def test_what_the_session_did_is_drawn(dana):
    make.report(make.prescription(dana), 5, 3)
    assert 'class="pain-change better"' in signed_in(dana).get(url("today")).content.decode()


def test_the_page_is_in_the_clients_language(cast):
    luz = make.client(cast.alice, "Luz", language="es")
    make.prescription(luz)
    response = signed_in(luz).get(url("today"))
    assert '<html lang="es" dir="ltr">' in response.content.decode()
    assert response["Content-Language"] == "es"
    assert "Flexión hacia delante" in words(response)

"""What an answer means is said at once, on a page of its own that only its client sees."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import send, signed_in, url, words


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


def page(plan, before, after=None, **over):
    report = make.report(plan, before, after, **over).report
    return signed_in(plan.client).get(url("report_result", report.pk))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (5, 3, "Pain went from 5 to 3. Good: carry on as planned."),
        (4, 4, "Pain stayed at 4. Carry on, gently."),
        (4, 6, "Pain went from 4 to 6. Stop for today."),
        (4, 7, "Your practitioner has paused this exercise."),
    ],
)
def test_each_outcome_in_the_clinics_words(plan, before, after, sentence):
    text = words(page(plan, before, after))
    assert sentence in text
    assert "Back to today" in text


def test_the_change_is_drawn_and_told(plan):
    body = page(plan, 5, 3).content.decode()
    assert 'class="pain-change better"' in body
    assert "Pain before: 5. Pain after: 3." in body
    assert 'cx="160"' in body and 'cx="104"' in body  # noqa: PT018  28 units a point, from 20 on


@pytest.mark.parametrize(
    ("before", "after", "course"), [(4, 6, "worse"), (4, 4, "same"), (0, 10, "worse"), (10, 0, "better")]
)
def test_the_picture_says_which_way(plan, before, after, course):
    assert f'class="pain-change {course}"' in page(plan, before, after).content.decode()


def test_one_number_is_no_change_to_draw(plan):
    response = page(plan, 4)
    assert 'class="pain-change' not in response.content.decode()
    assert "Thank you. Your practitioner can see your answer." in words(response)


def test_whom_to_call(plan):
    for response in (page(plan, 4, 7), page(plan, 4, warning_signs=("leg_weakness",))):
        assert 'href="tel:5550100"' in response.content.decode()


def test_better_says_when_next_and_worse_does_not(cast):
    assert "Next:" in words(page(make.prescription(cast.dana), 5, 3))
    assert "Next:" not in words(page(make.prescription(cast.erin), 4, 6))


def test_pain_alone_goes_there_too(plan):
    response = send(signed_in(plan.client), url("report"), before=4)
    assert response["Location"] == url("report_result", plan.reports.get().pk)


def test_nobody_else_finds_it(plan, cast):
    report = make.report(plan, 5, 3).report
    for other in (cast.erin, cast.alice.user, cast.charlie.user):
        assert signed_in(other).get(url("report_result", report.pk)).status_code == 404


def test_it_stays_readable_when_the_exercise_has_ended(plan, cast):
    report = make.report(plan, 5, 3).report
    prescribing.end_prescription(plan, by=cast.alice.user, reason="done")
    assert "Pain went from 5 to 3." in words(signed_in(plan.client).get(url("report_result", report.pk)))


def test_an_answer_of_another_day_is_read_again_and_sends_nobody_to_today(plan):
    text = words(page(plan, 5, 3, at=timezone.now() - dt.timedelta(days=3)))
    assert "What it meant" in text
    assert "Back to what you told us" in text
    assert "Your answer is saved" not in text
    assert "Next:" not in text

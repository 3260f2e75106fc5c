"""A wrong answer is named at the top and at its field, nothing is stored, and the other answers stay."""

import pytest

from clinic.models import PainReport
from tests import make
from tests.portal.visit import reminder, report_link, send, signed_in, stranger, url, words

WHOLE_NUMBER = "Choose a whole number from 0 (no pain) to 10 (worst imaginable)."


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


def refused(response):
    assert response.status_code == 422
    assert not PainReport.objects.exists()
    page = response.content.decode()
    assert 'role="alert"' in page
    return page


@pytest.mark.parametrize("score", ["11", "-1", "3.5", "ten", "1e1", " ", "٣", "4\x00"])
@pytest.mark.parametrize("field", ["before", "after"])
def test_a_score_that_is_no_number_from_0_to_10(plan, field, score):
    answers = {"before": "4", "after": "3", field: score}
    page = refused(send(signed_in(plan.client), url("player", plan.pk), **answers))
    assert f'<a href="#id_{field}_0">' in page
    assert f'id="id_{field}_error"' in page


def test_the_message_says_what_a_score_is(plan):
    page = refused(send(signed_in(plan.client), url("report"), before="11"))
    assert page.count(WHOLE_NUMBER) == 2


def test_a_missing_score_keeps_the_other_answers(plan):
    response = send(
        signed_in(plan.client),
        url("player", plan.pk),
        before="4",
        moved_down_leg="no",
        note="Slept well.",
        areas=["neck"],
    )
    page = refused(response)
    assert "Pain after the exercise: choose a number. No pain is 0." in words(response)
    assert '<a href="#id_after_0">' in page
    assert '<a href="#id_before_0">' not in page
    for kept in ('name="before" value="4"', 'name="moved_down_leg" value="no"', 'name="areas" value="neck"'):
        assert any(kept in tag and "checked" in tag for tag in page.split("<")), kept
    assert "Slept well.</textarea>" in page


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("moved_down_leg", "perhaps", "Choose yes or no."),
        ("warning_signs", ["hiccups"], "“hiccups” is not one of the signs."),
        ("areas", ["wallet"], "“wallet” is not one of the places."),
        ("note", "x" * 2001, "at most 2000 characters"),
        ("note", "a\x00b", "Null characters are not allowed."),
        ("key", "k" * 201, "at most 200 characters"),
    ],
)
def test_any_other_wrong_answer_is_named(plan, field, value, message):
    answers = {"before": "4", "after": "3", field: value}
    response = send(signed_in(plan.client), url("player", plan.pk), **answers)
    refused(response)
    assert message in words(response)


def test_markup_in_a_note_stays_text(plan):
    dana = signed_in(plan.client)
    send(dana, url("player", plan.pk), before="4", after="3", note="<script>alert(1)</script>")
    assert "&lt;script&gt;" in dana.get(url("history")).content.decode()


@pytest.mark.parametrize("answers", [{}, {"before": "4"}, {"did": "yes", "before": "4"}, {"did": "no"}])
def test_the_mail_link_asks_for_what_is_missing(plan, answers):
    row = reminder(plan)
    refused(send(stranger(), report_link(row), **answers))
    row.refresh_from_db()
    assert row.answered_by is None


def test_no_exercise_and_a_pain_after_it_cannot_both_be(plan):
    """The number is taken out, since a round button cannot be taken back; the second try goes through."""
    browser, path = stranger(), report_link(reminder(plan))
    response = send(browser, path, did="no", before="4", after="6")
    page = refused(response)
    assert "We took that number out." in words(response)
    assert not any('name="after"' in tag and "checked" in tag for tag in page.split("<"))
    assert send(browser, path, did="no", before="4").status_code == 302

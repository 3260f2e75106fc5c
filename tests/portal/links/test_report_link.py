"""The link in a reminder: one report without signing in, once; every other visit says what to do next."""

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from clinic.mail import signed_links
from clinic.mail.outbox import send_due
from clinic.models import Client, Flag, PainReport, Prescription, Reminder, SkipReason
from clinic.prescriptions import prescribing
from clinic.reminders import planning
from tests import make
from tests.portal.visit import reminder, report_link, signed_in, stranger, url, words, writes


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def row(plan):
    return reminder(plan)


def test_a_look_shows_the_questions_and_writes_nothing(row):
    browser, path = stranger(), report_link(row)
    text = words(browser.get(path))
    assert "How is it, Dana?" in text
    assert "Did you do your exercise?" in text
    assert writes(browser, path) == []
    assert browser.head(path).status_code == 200
    assert browser.get(path).status_code == 200  # a scanner's visit used nothing up


def test_a_look_tells_no_more_than_the_first_name(row):
    text = words(stranger().get(report_link(row)))
    assert "Forward bend" not in text
    assert "home.example" not in text


def test_the_answer_raises_the_flag_and_holds_the_exercise(plan, row):
    browser, path = stranger(), report_link(row)
    response = browser.post(path, {"did": "yes", "before": 4, "after": 7, "note": "It shot up."})
    assert (response.status_code, response["Location"]) == (302, path)
    stored = PainReport.objects.get()
    assert (stored.before, stored.after, stored.did_exercise, stored.note) == (4, 7, True, "It shot up.")
    assert (stored.source, stored.by_id) == ("mail", None)
    row.refresh_from_db()
    assert row.answered_by == stored
    plan.refresh_from_db()
    assert plan.state == Prescription.State.HELD
    assert Flag.objects.get().kind == Flag.Kind.EXERCISE_HURTS


def test_who_answered_sees_what_it_means_as_often_as_wanted(row):
    browser, path = stranger(), report_link(row)
    browser.post(path, {"did": "yes", "before": 5, "after": 3})
    for _visit in range(2):
        response = browser.get(path)
        assert response.status_code == 200
        assert "Pain went from 5 to 3. Good: carry on as planned." in words(response)
    assert writes(browser, path) == []


def test_no_exercise_is_an_answer_too(row):
    stranger().post(report_link(row), {"did": "no", "before": 6})
    stored = PainReport.objects.get()
    assert (stored.before, stored.after, stored.did_exercise) == (6, None, False)


def test_a_used_link_says_so_to_everybody_else(row):
    stranger().post(report_link(row), {"did": "no", "before": 6})
    response = stranger().get(report_link(row))
    assert response.status_code == 410
    assert "We have your answer" in words(response)
    assert "6" not in words(response).replace("555 0100", "")
    assert settings.LOGIN_URL in response.content.decode()


def test_a_used_link_takes_no_second_answer(row):
    browser = stranger()
    browser.post(report_link(row), {"did": "no", "before": 6})
    assert browser.post(report_link(row), {"did": "yes", "before": 1, "after": 1}).status_code == 200
    assert stranger().post(report_link(row), {"did": "yes", "before": 1, "after": 1}).status_code == 410
    assert PainReport.objects.count() == 1


def test_after_seven_days_the_link_has_had_its_time(row):
    path = report_link(row)
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1)):
        for response in (stranger().get(path), stranger().post(path, {"did": "no", "before": 6})):
            assert response.status_code == 410
            assert "This link is too old" in words(response)
            assert "sign in" in words(response)
    assert not PainReport.objects.exists()


@pytest.mark.parametrize("cut", [slice(None, -4), slice(1, None), slice(None, 12)])
def test_an_altered_link_is_not_found(row, cut):
    token = report_link(row).split("/")[2]
    response = stranger().get(f"/m/{token[cut]}/")
    assert response.status_code == 404
    assert "This link does not work" in words(response)


@pytest.mark.parametrize("token", ["x", "r", "u1", "i:::", "r1:abc:def", "%00", "ü", "r" * 500])
def test_nonsense_is_not_found(db, token):
    assert stranger().get(f"/m/{token}/").status_code == 404


def test_a_link_for_one_thing_opens_no_other(row):
    token = report_link(row).split("/")[2]
    for purpose in "ui":
        assert stranger().get(f"/m/{purpose}{token[1:]}/").status_code == 404


def test_a_row_that_is_gone_looks_like_an_altered_link(plan, row):
    path = report_link(row)
    altered = stranger().get("/m/r1:abc:def/")
    row.delete()
    gone = stranger().get(path)
    assert gone.status_code == 404
    assert words(gone) == words(altered)


def test_while_held_it_asks_for_the_pain_alone(plan, row, cast):
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="rest")
    text = words(stranger().get(report_link(row)))
    assert "Your practitioner has paused this exercise." in text
    assert "Did you do your exercise?" not in text
    assert stranger().post(report_link(row), {"before": 5}).status_code == 302
    assert PainReport.objects.get().did_exercise is False


def test_after_the_end_there_is_nothing_to_report(plan, row, cast):
    prescribing.end_prescription(plan, by=cast.alice.user, reason="done")
    response = stranger().get(report_link(row))
    assert response.status_code == 410
    assert "This exercise has ended" in words(response)


def test_for_a_client_who_left_there_is_nothing_to_report(plan, row):
    Client.objects.filter(pk=plan.client_id).update(state=Client.State.LEFT)
    assert stranger().get(report_link(row)).status_code == 410


def test_neither_caches_nor_other_pages_learn_the_link(row):
    browser = stranger()
    for response in (browser.get(report_link(row)), browser.get("/m/altered/")):
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "strict-origin"
        assert response["X-Robots-Tag"] == "noindex"


def test_other_methods_are_refused(row):
    assert stranger().put(report_link(row)).status_code == 405


def test_somebody_else_who_is_signed_in_reports_for_the_holder(row, cast):
    signed_in(cast.alice.user).post(report_link(row), {"did": "no", "before": 6})
    assert PainReport.objects.get().by_id is None


def test_the_page_is_in_the_clients_language(cast):
    luz = make.client(cast.alice, "Luz", language="es")
    response = stranger().get(report_link(reminder(make.prescription(luz))))
    assert '<html lang="es" dir="ltr">' in response.content.decode()
    assert response["Content-Language"] == "es"


def test_the_answer_leads_to_the_other_exercise_of_the_same_mail(cast):
    plans = [make.prescription(cast.dana) for _exercise in range(2)]
    due = plans[0].schedules.get().next_due_at
    planning.create_due_reminders(due)
    send_due(Reminder, due)
    went, other = sorted((plan.schedules.get().reminders.get() for plan in plans), key=lambda row: row.status_detail)
    assert (went.state, other.status_detail) == ("sent", SkipReason.TOGETHER)
    visitor, link = stranger(), signed_links.build_path(signed_links.Purpose.REPORT, went.pk)
    visitor.post(link, {"did": "no", "before": "4"})
    onward = signed_links.build_path(signed_links.Purpose.REPORT, other.pk)
    assert onward in visitor.get(link).content.decode()
    visitor.post(onward, {"did": "no", "before": "3"})
    assert onward not in visitor.get(link).content.decode()
    assert other.schedule.prescription.reports.get().before == 3


def test_who_has_not_done_it_yet_finds_the_way_to_the_steps_beside_the_one_main_button(row):
    plan = row.schedule.prescription
    body = stranger().get(report_link(row)).content.decode()
    assert re.search(rf'<a class="button" href="{url("player", plan.pk)}">Do it step by step</a>', body)
    assert body.count('class="primary"') + body.count("button primary") == 1
    signing_in = stranger().get(url("player", plan.pk))
    assert signing_in["Location"].endswith(f"?next={url('player', plan.pk)}")


def test_who_tapped_a_number_or_may_not_do_it_is_not_sent_there(row, cast):
    path = report_link(row)
    assert "Do it step by step" not in words(stranger().get(f"{path}?a={signed_links.build_score_tags(row.pk)[4]}"))
    prescribing.hold_prescription(row.schedule.prescription, by=cast.alice.user, reason="rest")
    assert "Do it step by step" not in words(stranger().get(path))


def test_the_page_after_it_draws_what_the_session_did(row):
    browser = stranger()
    browser.post(report_link(row), {"did": "yes", "before": 5, "after": 3})
    assert 'class="pain-change better"' in browser.get(report_link(row)).content.decode()

"""The client does the exercise or reports pain alone; the answer is stored with all that follows from it."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from clinic.models import Advice, Flag, PainReport, Prescription
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import send, signed_in, url, words, writes


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, sets=2, hold_seconds=40, variation="chair")


@pytest.fixture
def dana(plan):
    return signed_in(plan.client)


def test_the_exercise_page_has_every_step_and_this_clients_dose(plan, dana):
    text = words(dana.get(url("player", plan.pk)))
    assert text.count("Check:") == 9
    assert "While you hold: Tighten again." in text  # the tenth is said during the hold
    assert text.index("Set your feet") < text.index("Come up with your legs")
    assert "2 times, 40 seconds each." in text
    assert "Hands on a chair seat" in text
    assert text.index("Pain before you start") < text.index("Set your feet") < text.index("Pain after the exercise")


def test_nothing_is_chosen_beforehand(plan, dana):
    for page in (url("player", plan.pk), url("report")):
        assert " checked" not in dana.get(page).content.decode()


def test_a_session_is_stored_and_answered_at_once(plan, dana):
    at = timezone.now()
    with time_machine.travel(at, tick=False):
        response = send(
            dana, url("player", plan.pk), before=5, after=3, moved_down_leg="no", note="Easier than yesterday."
        )
    stored = PainReport.objects.get()
    assert (response.status_code, response["Location"]) == (302, url("report_result", stored.pk))
    assert (stored.before, stored.after, stored.did_exercise, stored.moved_down_leg) == (5, 3, True, False)
    assert (stored.note, stored.source, stored.by_id) == ("Easier than yesterday.", "portal", plan.client.user_id)
    assert stored.occurred_at == stored.received_at == at
    for page in (response["Location"], url("today")):
        assert "Pain went from 5 to 3." in words(dana.get(page))


def test_a_worse_session_raises_the_flag_and_holds_the_exercise(plan, dana):
    send(dana, url("player", plan.pk), before=4, after=7)
    plan.refresh_from_db()
    assert plan.state == Prescription.State.HELD
    assert Flag.objects.get().reason == "Pain went from 4 to 7 with one session."


def test_pain_further_down_the_leg_holds_the_exercise(plan, dana):
    send(dana, url("player", plan.pk), before=4, after=4, moved_down_leg="yes")
    plan.refresh_from_db()
    assert plan.state == Prescription.State.HELD


def test_pain_alone_is_no_session(plan, dana):
    response = send(dana, url("report"), before=0, areas=["low_back", "thigh"])
    stored = PainReport.objects.get()
    assert response["Location"] == url("report_result", stored.pk)
    assert (stored.before, stored.after, stored.did_exercise, stored.advice) == (0, None, False, Advice.THANKS)
    assert [row.area for row in stored.areas.all()] == ["low_back", "thigh"]


def test_a_warning_sign_needs_no_number(plan, dana):
    assert send(dana, url("report"), warning_signs=["bladder_bowel"]).status_code == 302
    stored = PainReport.objects.get()
    assert (stored.before, stored.advice) == (None, Advice.CALL_NOW)
    assert Flag.objects.get().severity == "urgent"


def test_the_same_page_sent_twice_is_one_answer(plan, dana):
    page = dana.get(url("report"))
    sent = {"before": 4, "key": page.context["form"]["key"].value(), "csrfmiddlewaretoken": page.context["csrf_token"]}
    assert dana.post(url("report"), sent)["Location"] == url("report_result", PainReport.objects.get().pk)
    again = dana.post(url("report"), sent, follow=True)
    assert again.redirect_chain[0][0] == url("history")
    assert "We have your answer from that page already" in words(again)
    assert PainReport.objects.count() == 1


def test_opening_the_pages_writes_nothing(plan, dana):
    for page in (url("player", plan.pk), url("report"), url("today"), url("history"), url("settings"), url("library")):
        assert writes(dana, page) == []
        assert dana.head(page).status_code == 200


def test_a_held_exercise_shows_why_and_no_steps_and_still_takes_what_is_sent(plan, dana, cast):
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="rest")
    text = words(dana.get(url("player", plan.pk)))
    assert "Your practitioner has paused this exercise." in text
    assert "Set your feet" not in text
    page = dana.get(url("report"))
    token = str(page.context["csrf_token"])
    answers = {"before": 4, "after": 3, "warning_signs": ["leg_weakness"], "csrfmiddlewaretoken": token}
    assert dana.post(url("player", plan.pk), answers).status_code == 302  # the page was open before the hold
    stored = PainReport.objects.get()
    assert (stored.after, stored.advice) == (3, "call_now")
    assert send(dana, url("report"), before=4).status_code == 302  # pain may always be told


def test_an_ended_exercise_shows_no_form(plan, dana, cast):
    prescribing.end_prescription(plan, by=cast.alice.user, reason="done")
    assert "This plan is over." in words(dana.get(url("player", plan.pk)))
    assert "No exercise runs now" in words(dana.get(url("report")))


def test_a_plan_that_starts_later_says_when(cast):
    soon = timezone.localdate() + dt.timedelta(days=3)
    plan = make.prescription(cast.erin, starts_on=soon)
    text = words(signed_in(cast.erin).get(url("player", plan.pk)))
    assert f"This starts on {soon:%A}" in text
    assert "Pain before" not in text


def test_before_the_plan_starts_a_report_is_refused_in_words(cast):
    make.prescription(cast.erin, starts_on=timezone.localdate() + dt.timedelta(days=3))
    response = send(signed_in(cast.erin), url("report"), before=4)
    assert response.status_code == 422
    assert "before the exercise was prescribed to start" in words(response)
    assert not PainReport.objects.exists()


def test_with_two_exercises_the_page_asks_which(plan, dana, cast):
    second, foreign = make.prescription(cast.dana), make.prescription(cast.erin)
    assert "Which exercise is it about?" in words(dana.get(url("report")))
    page = url("report") + "?prescription="
    send(dana, f"{page}{second.pk}", before=4)
    assert PainReport.objects.get().prescription == second
    for errors in (foreign.pk, "", "x"):
        assert dana.get(f"{page}{errors}").status_code == 404

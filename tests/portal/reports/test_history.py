"""What was told stays readable, newest first, with what was corrected in it."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from clinic.models import Client, Correction, PainReport
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import send, signed_in, url, words


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def dana(plan):
    return signed_in(plan.client)


@pytest.fixture
def report(plan):
    return make.report(plan, 4, 3).report


def test_an_empty_history_says_what_will_be_here(dana):
    assert "Nothing yet." in words(dana.get(url("history")))


def test_newest_first_in_the_clients_own_time(plan):
    Client.objects.filter(pk=plan.client_id).update(time_zone="Asia/Tokyo")
    noon = dt.datetime.combine(timezone.now().date() - dt.timedelta(days=2), dt.time(12), dt.UTC)
    make.report(plan, 5, 2, at=noon, note="First.")
    make.report(plan, 0, at=noon + dt.timedelta(hours=1), note="Second.")
    text = words(signed_in(plan.client).get(url("history")))
    assert text.index("Second.") < text.index("First.")
    assert "21:00" in text
    assert "Pain before: 5 → , after: 2" in text
    assert "Pain: 0 " in text
    assert text.index("Pain: 0 ") < text.index("Without the exercise") < text.index("Second.")


def test_a_missing_number_is_no_zero(plan, dana):
    make.report(plan, None, warning_signs=("leg_weakness",))
    text = words(dana.get(url("history")))
    assert "No number" in text
    assert "Pain: 0" not in text


def test_another_clients_answers_are_not_in_it(dana, cast):
    make.report(make.prescription(cast.erin), 9, note="Erin's own words.")
    assert "Erin's own words." not in words(dana.get(url("history")))


def test_long_histories_come_in_pages(plan, dana):
    for days in range(21):
        make.report(plan, 3, at=timezone.now() - dt.timedelta(days=days), note=f"Note {days}.")
    first, second = (words(dana.get(url("history") + f"?page={page}")) for page in (1, 2))
    assert "Note 0." in first
    assert "Note 20." not in first
    assert "Note 20." in second
    for odd in ("99", "x", "-1"):
        assert dana.get(url("history") + f"?page={odd}").status_code == 200


def test_a_correction_keeps_the_old_answer(plan, dana, report):
    path = url("correct_report", report.pk)
    assert any(
        'name="before" value="4"' in tag and "checked" in tag for tag in dana.get(path).content.decode().split("<")
    )
    response = send(dana, path, before=4, after=6, note="", reason="I pressed the wrong number")
    assert response["Location"] == url("history")
    report.refresh_from_db()
    assert (report.before, report.after) == (4, 6)
    kept = Correction.objects.get()
    assert (kept.field, kept.old, kept.new, kept.by_id) == ("after", "3", "6", plan.client.user_id)
    assert "“Pain after”: from 3 to 6. Why: I pressed the wrong number" in words(dana.get(url("history")))


def test_a_report_without_the_exercise_is_corrected_in_one_number(plan, dana):
    pain = make.report(plan, 4).report
    assert "Pain after" not in words(dana.get(url("correct_report", pain.pk)))
    send(dana, url("correct_report", pain.pk), before=5, reason="A slip")
    pain.refresh_from_db()
    assert (pain.before, pain.after, pain.did_exercise) == (5, None, False)


@pytest.mark.parametrize(
    ("errors", "place", "message"),
    [
        ({"reason": ""}, "reason", "Say in a few words why it is corrected."),
        ({"reason": "x" * 501}, "reason", "at most 500 characters"),
        ({"after": "12"}, "after_0", "Choose a whole number from 0"),
        ({"before": "", "after": ""}, "before_0", "Give at least one answer"),
    ],
)
def test_a_wrong_correction_changes_nothing(dana, report, errors, place, message):
    response = send(dana, url("correct_report", report.pk), **{"before": 4, "after": 6, "reason": "A slip", **errors})
    assert response.status_code == 422
    assert message in words(response)
    assert f'<a href="#id_{place}">' in response.content.decode()
    report.refresh_from_db()
    assert report.after == 3
    assert not Correction.objects.exists()


def test_after_seven_days_the_practitioner_is_asked(dana, report):
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1)):
        browser = signed_in(report.prescription.client)
        assert "Correct this" not in words(browser.get(url("history")))
        response = browser.get(url("correct_report", report.pk))
    assert response.status_code == 410
    assert "Tell your practitioner what was wrong" in words(response)


def test_after_the_end_nothing_is_corrected(plan, dana, report, cast):
    prescribing.end_prescription(plan, by=cast.alice.user, reason="done")
    assert dana.get(url("correct_report", report.pk)).status_code == 410


def test_a_correction_from_elsewhere_reads_in_words(plan, dana, cast):
    stored = make.report(plan, 4, 4).report
    reporting.correct_report(stored, {"moved_down_leg": True}, reason="On the phone", by=cast.alice.user)
    assert "“Moved further down the leg”: from – to yes." in words(dana.get(url("history")))
    assert PainReport.objects.get().moved_down_leg is True

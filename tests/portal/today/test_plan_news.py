"""The client is told for a week what the practitioner changed of the plan, on the first page, in plain words."""

import datetime as dt

import pytest

from clinic.dosage import changes as dosage_changes
from clinic.models import Client
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import signed_in, url, words

NOW = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)  # a Friday
DAY = dt.timedelta(days=1)


@pytest.fixture
def dana(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Europe/Madrid")
    cast.dana.refresh_from_db()
    return cast.dana


@pytest.fixture
def plan(dana):
    return make.prescription(dana, now=NOW - 30 * DAY)


def amend(plan, days_ago=3, **over):
    prescribing.amend_prescription(
        plan, make.dose(**over), by=plan.client.practitioner, reason="Sciatica?", now=NOW - days_ago * DAY
    )


def page(dana):
    return words(signed_in(dana).get(url("today")))


def test_nothing_is_told_where_nothing_changed(dana, plan):
    assert "Your plan changed" not in page(dana)
    amend(plan)
    assert "Your plan changed" not in page(dana), "the same dose anew is no change"


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"times": ["08:30", "18:00"]}, "2 times a day instead of 1: at 08:30 and 18:00."),
        ({"times": ["19:30"]}, "At 19:30 instead of 18:00."),
        ({"days": ["mon", "wed"]}, "Monday and Wednesday instead of every day."),
        ({"sets": 3}, "3 rounds instead of 1."),
        ({"hold_seconds": 45}, "Hold for 45 seconds instead of 30 seconds."),
        ({"variation": "chair"}, "Another way to do it: Hands on a chair seat."),
        ({"ends_on": dt.date(2026, 4, 1)}, "The last day is 1 April 2026."),
    ],
)
def test_each_change_is_a_sentence_since_its_day(dana, plan, over, sentence):
    amend(plan, **over)
    assert f"Your plan changed Forward bend, since Tuesday: {sentence}" in page(dana)


@pytest.mark.parametrize(("days_ago", "when"), [(0, "today"), (1, "yesterday"), (6, "Saturday")])
def test_it_is_told_for_a_week_and_no_longer(dana, plan, days_ago, when):
    amend(plan, days_ago, sets=2)
    assert f"since {when}: 2 rounds" in page(dana)


def test_after_a_week_it_is_no_news(dana, plan):
    amend(plan, 8, sets=2)
    assert "Your plan changed" not in page(dana)


def test_two_changes_in_a_week_are_told_as_one_from_what_was_before(dana, plan):
    amend(plan, 4, sets=2)
    amend(plan, 2, sets=3)
    assert "since Wednesday: 3 rounds instead of 1." in page(dana)


def test_why_it_changed_stays_with_the_practitioner(dana, plan, cast):
    amend(plan, sets=2)
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="Herniated disc suspected.", now=NOW - 2 * DAY)
    prescribing.resume_prescription(plan, by=cast.alice.user, reason="The scan is clear.", now=NOW - DAY)
    text = page(dana)
    for reason in ("Sciatica", "Herniated", "scan"):
        assert reason not in text


def test_the_end_of_a_pause_is_told(dana, plan, cast):
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="rest", now=NOW - 2 * DAY)
    assert "the pause has ended" not in page(dana)
    prescribing.resume_prescription(plan, by=cast.alice.user, reason="better", now=NOW - DAY)
    assert "Forward bend: the pause has ended (yesterday). You may do it again." in page(dana)


def test_the_end_of_an_exercise_is_told_beside_those_that_go_on(dana, plan, cast):
    make.prescription(dana, now=NOW - 30 * DAY)
    prescribing.end_prescription(plan, by=cast.alice.user, reason="Done.", now=NOW - DAY)
    text = page(dana)
    assert "Forward bend has ended (yesterday). You do not need to do it any more." in text
    assert "Time for your exercise" in text


def test_it_is_said_in_spanish(dana, plan):
    Client.objects.filter(pk=dana.pk).update(language="es")
    amend(plan, times=["08:30", "18:00"])
    assert "2 veces al día en lugar de 1: a las 08:30 y 18:00." in page(dana)


def test_the_day_is_the_clients_own(dana, plan, time_machine):
    Client.objects.filter(pk=dana.pk).update(time_zone="Pacific/Kiritimati")  # 14 hours on
    prescribing.amend_prescription(
        plan, make.dose(sets=2), by=dana.practitioner, reason="x", now=NOW - dt.timedelta(hours=3)
    )
    assert "since yesterday: 2 rounds" in page(dana)  # 23:00 there, and it is 02:00 now


def test_many_changes_cost_as_many_queries_as_none(dana, plan, django_assert_num_queries):
    with django_assert_num_queries(5):
        dosage_changes.list_changes(dana, NOW)
    for sets in (2, 3, 4):
        amend(plan, 1, sets=sets)
    make.prescription(dana, now=NOW - 30 * DAY)
    with django_assert_num_queries(5):
        assert len(dosage_changes.list_changes(dana, NOW)) == 1

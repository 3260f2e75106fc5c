"""The history of one month or one day, and all that was told in it."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.models import Client, PainReport
from clinic.pain import reporting
from tests import make
from tests.portal.visit import send, signed_in, url, words

DAY = dt.timedelta(days=1)
JUNE, MAY = (dt.datetime(2026, month, 10, 12, tzinfo=dt.UTC) for month in (6, 5))


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, now=MAY - 30 * DAY, starts_on=(MAY - 30 * DAY).date())


def text(plan, **asked):
    return words(signed_in(plan.client).get(url("history"), asked))


def test_a_month_or_a_day_alone(plan):
    make.report(plan, 3, at=JUNE, note="In June.")
    make.report(plan, 3, at=JUNE + DAY, note="A day later.")
    make.report(plan, 3, at=MAY, note="In May.")
    assert [note in text(plan, on="2026-06") for note in ("In June.", "A day later.", "In May.")] == [True, True, False]
    assert [note in text(plan, on="2026-06-10") for note in ("In June.", "A day later.", "In May.")] == [
        True,
        False,
        False,
    ]
    assert "Wednesday 10 June 2026. Show all" in text(plan, on="2026-06-10")
    assert "Nothing was told in that time." in text(plan, on="2026-07")


def test_the_months_to_choose_from_are_those_in_which_something_was_told(plan):
    for at in (MAY, JUNE, JUNE + DAY):
        make.report(plan, 3, at=at)
    page = signed_in(plan.client).get(url("history"), {"on": "2026-05"}).content.decode()
    assert [f'<option value="2026-0{month}"' in page for month in (4, 5, 6, 7)] == [False, True, True, False]
    assert '<option value="2026-05" selected>May 2026</option>' in page


def test_a_day_begins_and_ends_at_the_clients_own_midnight(plan):
    Client.objects.filter(pk=plan.client_id).update(time_zone="Pacific/Auckland")
    make.report(plan, 3, at=JUNE.replace(hour=13), note="Late.")
    assert "Late." in text(plan, on="2026-06-11")
    assert "Late." not in text(plan, on="2026-06-10")


@pytest.mark.parametrize("odd", ["", "x", "2026", "2026-13", "2026-02-30", "0001-01", "9999-12-31", "2026-06-10x"])
def test_what_is_no_date_shows_all(plan, odd):
    make.report(plan, 3, at=JUNE, note="In June.")
    assert "In June." in text(plan, on=odd)


def test_pages_stay_in_the_month(plan):
    for hour in range(21):
        make.report(plan, 3, at=JUNE + hour * dt.timedelta(hours=1))
    page = signed_in(plan.client).get(url("history"), {"on": "2026-06"}).content.decode()
    assert 'href="?page=2&amp;on=2026-06"' in page


def test_every_answer_is_there_to_read_again(plan):
    make.report(
        plan, 5, 6, at=JUNE, areas=("low_back", "thigh"), moved_down_leg=True, warning_signs=("leg_weakness",),
        next_morning=7,
    )  # fmt: skip
    sign = next(one.sign for one in make.exercise().precautions_in("en") if one.code == "leg_weakness")
    stored = text(plan)
    for part in ("Where it hurt: low back, thigh", "moved further down the leg.", f"yes to: {sign}", "next morning: 7"):
        assert part in stored


def test_corrections_are_in_words_whatever_was_corrected(plan, cast):
    stored = make.report(plan, 5, 6, at=JUNE, areas=("low_back",), note="One two").report
    changes = {
        "areas": ("thigh", "knee"), "warning_signs": ("leg_weakness",), "occurred_at": JUNE + dt.timedelta(hours=1),
        "did_exercise": False, "after": None, "note": "Three",
    }  # fmt: skip
    reporting.correct_report(stored, changes, reason="By phone", by=cast.alice.user)
    sign = next(one.sign for one in make.exercise().precautions_in("en") if one.code == "leg_weakness")
    page = text(plan)
    for part in (
        "“Where it hurts”: from low back to thigh, knee.", f"“Warning signs”: from – to “{sign}”.",
        "“When”: from 10 June 2026, 12:00 to 10 June 2026, 13:00.", "“Did the exercise”: from yes to no.",
        "“Pain after”: from 6 to –.", "“Note”: from “One two” to “Three”.",
    ):  # fmt: skip
        assert part in page, part


def test_the_pain_of_the_next_morning_can_be_put_right(plan):
    stored = make.report(plan, 5, 4, next_morning=7, at=timezone.now()).report
    browser = signed_in(plan.client)
    answers = {"before": 5, "after": 4, "next_morning": 2, "note": "", "reason": "A slip"}
    assert send(browser, url("correct_report", stored.pk), **answers)["Location"] == url("history")
    stored.refresh_from_db()
    assert stored.next_morning == 2
    assert "“Pain the next morning”: from 7 to 2." in text(plan)


def test_where_no_morning_was_told_none_is_asked_for(plan):
    stored = make.report(plan, 5, 4, at=timezone.now()).report
    assert "next_morning" not in signed_in(plan.client).get(url("correct_report", stored.pk)).content.decode()
    send(
        signed_in(plan.client),
        url("correct_report", stored.pk),
        before=5,
        after=3,
        next_morning=9,
        note="",
        reason="A slip",
    )
    assert PainReport.objects.get(pk=stored.pk).next_morning is None


def test_the_queries_do_not_grow_with_the_answers(plan, cast, django_assert_max_num_queries):
    for ago in range(20):
        stored = make.report(plan, 5, 4, at=JUNE - ago * DAY, areas=("low_back",)).report
        reporting.correct_report(stored, {"after": 3}, reason="A slip", by=cast.alice.user)
    browser = signed_in(plan.client)
    with django_assert_max_num_queries(13):
        browser.get(url("history"))

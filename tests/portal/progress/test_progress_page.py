"""How it goes: one exercise, its chart in the client's own numbers, and a link for each choice."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from clinic.models import Client, Flag as PractitionersFlag
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import signed_in, stranger, url, words, writes

DAY = dt.timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def plan(cast, now):
    return make.prescription(cast.dana, now=now - 100 * DAY, starts_on=(now - 100 * DAY).date())


def page(client, **asked):
    answer = signed_in(client).get(url("progress"), asked)
    assert answer.status_code == 200
    return answer


def dots(answer):
    """How many the narrower of the two drawings has."""
    narrow = re.search(r'(?s)<svg class="pain-chart chart-narrow".*?</svg>', answer.content.decode())[0]
    return narrow.count('class="chart-dot"')


def test_the_picture_has_words_a_table_and_both_sizes(cast, plan, now):
    make.report(plan, 5, 3, at=now - DAY)
    answer = page(cast.dana)
    content, text = answer.content.decode(), words(answer)
    assert content.count('role="img" aria-labelledby="wide-title wide-description"') == 1
    assert content.count('role="img" aria-labelledby="narrow-title narrow-description"') == 1
    assert "In the last 7 days your pain was about 5. After the exercise it was lower once." in text
    assert "The same as a table" in text
    assert "5 → 3" in text


def test_each_time_is_a_plain_link_and_shows_its_own_reports(cast, plan, now):
    for ago in (1, 40, 95):
        make.report(plan, 5, 3, at=now - ago * DAY)
    assert [dots(page(cast.dana, range=code)) for code in ("30", "90", "all")] == [1, 2, 3]
    content = page(cast.dana, range="90").content.decode()
    assert '<a href="?range=all#pain">All</a>' in content
    assert '<a href="?range=90#pain" aria-current="true">3 months</a>' in content


@pytest.mark.parametrize(
    "asked", [{"range": "7"}, {"range": ""}, {"month": "soon"}, {"month": "2026-13"}, {"month": "0000-00"}]
)
def test_what_is_no_choice_counts_as_not_given(cast, plan, now, asked):
    make.report(plan, 5, 3, at=now)
    assert 'aria-current="true">30 days' in page(cast.dana, **asked).content.decode()


def test_before_the_first_report_there_is_a_way_to_it_and_no_picture(cast, plan):
    answer = page(cast.dana)
    assert "Nothing to draw yet." in words(answer)
    assert "pain-chart" not in answer.content.decode()
    assert f'href="{url("report")}?prescription={plan.pk}"' in answer.content.decode()


def test_without_an_exercise_it_says_who_plans_one(cast):
    assert "When Alice plans one, you see here how it goes." in words(page(cast.dana))


def test_a_report_without_a_number_is_no_zero(cast, plan, now):
    make.report(plan, None, at=now, warning_signs=("leg_weakness",))
    answer = page(cast.dana)
    assert dots(answer) == 0
    assert "was about 0" not in words(answer)


def test_a_pause_is_told_as_on_the_first_page_and_without_the_reason(cast, plan, now):
    make.report(plan, 5, 3, at=now - 5 * DAY)
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="Private reason.", now=now - 2 * DAY)
    answer = page(cast.dana)
    assert "Your practitioner has paused this exercise." in words(answer)
    assert "The exercise was paused." in words(answer)
    assert "chart-hatch" in answer.content.decode()
    assert "Private reason" not in answer.content.decode()


def test_flags_stay_the_practitioners(cast, plan, now):
    make.report(plan, 4, 8, at=now)
    flag = PractitionersFlag.objects.get()
    content = page(cast.dana).content.decode()
    assert flag.reason not in content
    assert "flag" not in content.casefold()


def test_a_correction_is_marked_in_the_table(cast, plan, now):
    stored = make.report(plan, 5, 3, at=now).report
    reporting.correct_report(stored, {"after": 4}, reason="A slip", by=cast.dana.user)
    assert "5 → 4 corrected" in words(page(cast.dana))


def test_of_two_exercises_the_running_one_is_shown_first_and_the_other_is_a_link(cast, plan, now):
    make.report(plan, 9, at=now - 60 * DAY)
    prescribing.end_prescription(plan, by=cast.alice.user, reason="Anew.", now=now - 50 * DAY)
    make.prescription(cast.dana, now=now - 20 * DAY)
    first = page(cast.dana)
    assert "Nothing to draw yet." in words(first)
    assert f'<a href="?prescription={plan.pk}">Forward bend, ended</a>' in first.content.decode()
    ended = page(cast.dana, prescription=plan.pk)
    assert "This plan ended on" in words(ended)
    assert dots(ended) == 1  # all of it, up to its end
    assert f"?prescription={plan.pk}&amp;range=90#pain" in ended.content.decode()
    assert "planned 2" not in words(ended)


def test_nobody_elses(cast, plan):
    foreign = make.prescription(cast.erin)
    for asked in (foreign.pk, 0, "x"):
        assert signed_in(cast.dana).get(url("progress"), {"prescription": asked}).status_code == 404
    assert signed_in(cast.alice.user).get(url("progress")).status_code == 404
    assert "/accounts/login/" in stranger().get(url("progress"))["Location"]


def test_a_look_writes_nothing(cast, plan):
    make.report(plan, 5, 3)
    assert writes(signed_in(cast.dana), url("progress")) == []


def test_the_queries_do_not_grow_with_the_story(cast, plan, now, django_assert_max_num_queries):
    make.prescription(cast.dana)
    for ago in range(1, 40):
        stored = make.report(plan, 5, 3, at=now - ago * DAY).report
        reporting.correct_report(stored, {"after": 4}, reason="A slip", by=cast.alice.user)
    browser = signed_in(cast.dana)
    with django_assert_max_num_queries(22):
        browser.get(url("progress"), {"prescription": plan.pk, "range": "all"})


def test_days_are_the_clients_own(cast, now):
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Pacific/Auckland")
    cast.dana.refresh_from_db()
    plan = make.prescription(cast.dana, now=now - 30 * DAY, starts_on=(now - 30 * DAY).date())
    late = (now - 3 * DAY).replace(hour=14, minute=0)  # in Auckland it is the next day
    make.report(plan, 5, 3, at=late)
    assert (
        f'{url("history")}?on={(late + DAY).date()}"' in page(cast.dana, month=f"{late + DAY:%Y-%m}").content.decode()
    )


def test_the_rooms_lead_there_and_know_where_one_is(cast, plan):
    stored = make.report(plan, 5, 3).report
    browser = signed_in(cast.dana)
    here = f'<a href="{url("progress")}" aria-current="page">'
    for path in (url("progress"), url("history"), url("report_result", stored.pk), url("correct_report", stored.pk)):
        assert here in browser.get(path).content.decode(), path
    assert f'<a href="{url("progress")}">' in browser.get(url("today")).content.decode()
    assert url("history") in browser.get(url("progress")).content.decode()

"""A month day by day: a real table, each day with a word, and links that stay within the plan."""

import datetime as dt
import re

import pytest
import time_machine

from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import signed_in, url, words

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def plan(cast):
    with time_machine.travel(NOON, tick=False):
        began = dt.datetime(2026, 10, 12, 8, tzinfo=dt.UTC)
        created = make.prescription(cast.dana, now=began, starts_on=began.date(), days=["mon", "wed", "fri"])
        make.report(created, 4, 3, at=dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC))
        make.report(created, 4, at=dt.datetime(2026, 11, 4, 18, tzinfo=dt.UTC))
        prescribing.hold_prescription(
            created, by=cast.alice.user, reason="x", now=dt.datetime(2026, 11, 9, 8, tzinfo=dt.UTC)
        )
        prescribing.resume_prescription(
            created, by=cast.alice.user, reason="x", now=dt.datetime(2026, 11, 12, 8, tzinfo=dt.UTC)
        )
        yield created


def calendar(client, **asked):
    content = signed_in(client).get(url("progress"), asked).content.decode()
    return re.search(r'(?s)<section class="card" id="calendar".*?</section>', content)[0]


def rows(section):
    """The days as a screen reader meets them: number and word."""
    cells = re.findall(r"(?s)<td[^>]*>(.*?)</td>", section)
    page_text = [" ".join(re.sub(r"(?s)<svg.*?</svg>|<[^>]+>", " ", cell).split()) for cell in cells]
    return {int(text.split()[0]): " ".join(text.split()[1:]) for text in page_text if text}


def test_each_day_says_what_it_came_to(plan):
    days = rows(calendar(plan.client))
    assert list(days) == list(range(1, 31))
    texts = {
        2: "done",
        4: "pain told",
        6: "no report",
        9: "on hold",
        10: "on hold",
        13: "no report",
        24: "today",
        25: "planned",
    }
    assert {day: days[day] for day in texts} == texts
    assert days[3] == ""


def test_the_shapes_are_explained_and_the_days_counted(plan):
    section = calendar(plan.client)
    key = re.search(r'(?s)<ul class="day-key">.*?</ul>', section)[0]
    assert re.findall(r"<span>([^<]+)</span></li>", key) == ["done", "pain told", "no report", "planned", "on hold"]
    assert "Done on 1 of 8 planned days." in section


def test_it_is_a_table_with_a_name_and_headers(plan):
    section = calendar(plan.client)
    assert "<caption>November 2026</caption>" in section
    assert section.count('<th scope="col">') == 7
    whole = re.findall(r'<span class="visually-hidden">(\w+day)</span></th>', section)
    assert whole == ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


def test_where_weeks_begin_on_monday_so_does_the_table(plan):
    plan.client.language = "es"
    plan.client.save(update_fields=["language"])
    assert re.findall(r'<span class="visually-hidden">(\w+)</span></th>', calendar(plan.client))[0] == "lunes"


def test_a_day_that_was_told_leads_to_what_was_told(plan):
    section = calendar(plan.client)
    assert re.findall(r"\?on=([\d-]+)", section) == ["2026-11-02", "2026-11-04"]


def months(section):
    return re.findall(r"month=([\d-]+)#calendar", section)


def test_other_months_are_links_and_keep_the_time_of_the_picture(plan):
    section = calendar(plan.client, range="90")
    assert months(section) == ["2026-10", "2026-12"]
    assert '"?range=90&amp;month=2026-10#calendar"' in section


@pytest.mark.parametrize(
    ("asked", "shown", "links"),
    [
        ("2026-10", "October 2026", ["2026-11"]),
        ("2026-12", "December 2026", ["2026-11"]),
        ("1999-01", "October 2026", ["2026-11"]),
        ("9999-12", "December 2026", ["2026-11"]),
    ],
)
def test_nobody_is_led_out_of_the_plan(plan, asked, shown, links):
    section = calendar(plan.client, month=asked)
    assert f"<caption>{shown}</caption>" in section
    assert months(section) == links


def test_of_a_plan_that_ended_the_last_month_is_shown(plan, cast):
    prescribing.end_prescription(plan, by=cast.alice.user, reason="x", now=dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC))
    with time_machine.travel(dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)):
        section = calendar(plan.client)
    assert "<caption>November 2026</caption>" in section
    assert months(section) == ["2026-10"]
    assert rows(section)[25] == ""


def test_the_words_of_the_page_count_and_do_not_judge(plan):
    page_text = words(signed_in(plan.client).get(url("progress"))).casefold()
    assert not re.search(r"missed|failed|streak|well done|!", page_text)

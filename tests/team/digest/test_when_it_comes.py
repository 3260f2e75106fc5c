"""At the practitioner's hour, on the days chosen, in the clinic's zone, once a day, and never late."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic, Digest, Practitioner
from clinic.team import preferences as team_preferences
from clinic.team.digest import planning as digest_planning
from tests import make

MADRID = ZoneInfo("Europe/Madrid")
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
FRIDAY = dt.datetime(2027, 1, 8, 7, 30, tzinfo=MADRID)


@pytest.fixture
def alice(cast):
    Clinic.objects.update(time_zone="Europe/Madrid")
    Practitioner.objects.exclude(pk=cast.alice.pk).update(digest_wanted=False)
    cast.alice.refresh_from_db()
    return cast.alice


def digest_days():
    return list(Digest.objects.order_by("day").values_list("day", "state", "status_detail"))


def tick(*moments):
    return [digest_planning.create_due_digests(moment) for moment in moments]


def test_by_itself_it_comes_at_half_past_seven_on_workdays(alice):
    tick(FRIDAY - 12 * HOUR)
    assert tick(FRIDAY - dt.timedelta(seconds=1), FRIDAY, FRIDAY + HOUR) == [0, 1, 0]
    assert tick(*(FRIDAY + hours * HOUR for hours in range(2, 71))) == [0] * 69
    assert tick(FRIDAY + 3 * DAY) == [1]
    row = Digest.objects.earliest("day")
    assert (row.day, row.due_at, row.expires_at) == (FRIDAY.date(), FRIDAY, FRIDAY + 3 * HOUR)


def test_two_ticks_at_once_write_one_row(alice):
    tick(FRIDAY - HOUR, FRIDAY)
    Practitioner.objects.update(next_digest_at=FRIDAY)
    tick(FRIDAY)
    assert len(digest_days()) == 1


def test_another_hour_on_the_same_day_brings_no_second_one(alice):
    tick(FRIDAY - HOUR, FRIDAY)
    team_preferences.set_mail_preferences(
        alice, at_once=True, digest=True, digest_at=dt.time(9), digest_days=["fri", "sat"], by=alice.user
    )
    tick(FRIDAY + HOUR / 2, FRIDAY + 2 * HOUR)
    assert len(digest_days()) == 1
    assert tick(FRIDAY + DAY + 2 * HOUR) == [1]


def test_an_hour_that_was_changed_meanwhile_brings_none_at_the_old_one(alice):
    tick(FRIDAY - HOUR)
    Practitioner.objects.update(digest_at=dt.time(9))
    tick(FRIDAY)
    assert digest_days() == []
    tick(FRIDAY + 1.5 * HOUR)
    assert digest_days() == [(FRIDAY.date(), "ready", "")]


def test_after_an_outage_the_last_day_counts_alone_and_says_that_it_is_late(alice):
    tick(FRIDAY - 8 * DAY - HOUR)
    tick(FRIDAY + 4 * HOUR)
    assert digest_days() == [(FRIDAY.date(), "skipped", "late")]


def test_a_short_outage_makes_it_later_and_no_less(alice):
    tick(FRIDAY - HOUR, FRIDAY + 2 * HOUR)
    assert digest_days() == [(FRIDAY.date(), "ready", "")]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (dt.date(2027, 3, 27), dt.datetime(2027, 3, 27, 1, 30, tzinfo=dt.UTC)),
        (dt.date(2027, 3, 28), dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC)),  # 2:30 is not there: 3:30
        (dt.date(2027, 10, 31), dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)),  # 2:30 comes twice: the first
    ],
)
def test_when_the_clocks_change_it_comes_once(alice, day, due):
    Practitioner.objects.update(digest_at=dt.time(2, 30), digest_days="sat,sun")
    start = dt.datetime.combine(day, dt.time.min, MADRID)
    tick(*(start + quarter * HOUR / 4 for quarter in range(1, 96)))
    assert list(Digest.objects.filter(day=day).values_list("due_at", flat=True)) == [due]


@pytest.mark.parametrize(
    "gone", [{"active": False}, {"digest_wanted": False}, {"role": Practitioner.Role.FRONT_DESK}], ids=str
)
def test_who_gets_none_is_not_planned(alice, gone):
    tick(FRIDAY - HOUR)
    Practitioner.objects.update(**gone)
    assert tick(FRIDAY) == [0]


def test_a_tick_with_nothing_due_asks_once_whoever_works_here(alice):
    costs = []
    for name in ("Ann", "Ben", "Cleo"):
        make.practitioner(alice.clinic, name)
        tick(FRIDAY - HOUR)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            tick(FRIDAY - HOUR)
        costs.append(len(asked))
    assert len(set(costs)) == 1


def test_what_is_due_is_found_by_its_index(alice):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's words")
    due = Practitioner.objects.digest_due(FRIDAY)
    assert "practitioner_by_next_digest" in due.explain()

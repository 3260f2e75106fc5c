"""Gaps, overlaps and a date that is not there, one place at a time."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from clinic.reminders.schedule import next_slot, slots
from tests.reminders.slot_cases import plan, utc

BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")


def due(text_times: tuple[str, ...], zone: str, start: str, end: str) -> list[str]:
    found = slots(plan(*text_times), ZoneInfo(zone), utc(start), utc(end))
    return [f"{instant:%Y-%m-%d %H:%M}" for instant in found]


def test_an_evening_stays_an_evening_when_summer_time_begins() -> None:
    found = due(("18:00",), "Europe/Berlin", "2024-03-30", "2024-04-01")
    assert found == ["2024-03-30 17:00", "2024-03-31 16:00"]


def test_an_evening_stays_an_evening_when_summer_time_ends() -> None:
    found = due(("18:00",), "Europe/Berlin", "2024-10-26", "2024-10-28")
    assert found == ["2024-10-26 16:00", "2024-10-27 17:00"]


def test_a_slot_in_the_gap_moves_forward_by_the_gap() -> None:
    assert due(("02:30",), "Europe/Berlin", "2024-03-31", "2024-04-01") == ["2024-03-31 01:30"]


def test_a_slot_in_the_overlap_comes_at_the_first_of_the_two() -> None:
    assert due(("02:30",), "Europe/Berlin", "2024-10-27", "2024-10-28") == ["2024-10-27 00:30"]


def test_a_half_hour_gap_moves_by_half_an_hour() -> None:
    assert due(("02:15",), "Australia/Lord_Howe", "2024-10-05", "2024-10-06") == ["2024-10-05 15:45"]


def test_a_gap_at_midnight_keeps_the_date() -> None:
    # Cairo goes from 00:00 to 01:00 on 2024-04-26.
    assert due(("00:10",), "Africa/Cairo", "2024-04-25", "2024-04-27") == [
        "2024-04-25 22:10",
        "2024-04-26 21:10",
    ]


def test_a_late_slot_moved_over_the_next_days_early_one_still_comes_in_order() -> None:
    # Godthab went from 22:00 to 23:00 on 2019-03-30, so 22:50 was at 23:50, and no slot is lost.
    found = due(("22:50", "00:10"), "America/Nuuk", "2019-03-30", "2019-04-01")
    assert found == sorted(found)
    assert len(found) == 4


def test_two_times_moved_onto_each_other_are_still_two_slots() -> None:
    found = due(("02:30", "03:30"), "Europe/Berlin", "2024-03-31", "2024-04-01")
    assert found == ["2024-03-31 01:30", "2024-03-31 01:30"]


@pytest.mark.parametrize("at", ["00:00", "00:01", "12:00", "23:59"])
def test_a_date_that_does_not_exist_has_no_slot(at: str) -> None:
    one = plan(at, starts_on=date(2011, 12, 30), ends_on=date(2011, 12, 30))
    assert list(slots(one, APIA, utc("2011-12-25"), utc("2012-01-05"))) == []


def test_the_dates_around_the_missing_one_have_theirs() -> None:
    found = due(("18:00",), "Pacific/Apia", "2011-12-29 12:00", "2012-01-01")
    assert found == ["2011-12-30 04:00", "2011-12-31 04:00"]


def test_the_next_slot_after_the_29th_in_apia_is_the_31st() -> None:
    slot = next_slot(plan("18:00"), time(18), APIA, utc("2011-12-30 04:00"))
    assert slot is not None
    assert (slot.date, slot.due_at) == (date(2011, 12, 31), utc("2011-12-31 04:00"))


def test_the_next_slot_over_the_end_of_summer_time_is_25_hours_later() -> None:
    slot = next_slot(plan("18:00"), time(18), BERLIN, utc("2024-10-26 16:00"))
    assert slot is not None
    assert slot.due_at == utc("2024-10-27 17:00")


def test_the_second_of_the_overlap_is_not_a_slot() -> None:
    slot = next_slot(plan("02:30"), time(2, 30), BERLIN, utc("2024-10-27 00:30"))
    assert slot is not None
    assert slot.date == date(2024, 10, 28)

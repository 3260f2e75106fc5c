"""When the rule says nothing yet, and what repeats and absences do to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clinic.flags.trend import Detector
from tests.flags.diary import DAY, ORDINARY, START, after_ordinary, first_flag, follow


def test_there_is_no_opinion_before_six_reports() -> None:
    results = follow([1, 1, 1, 10, 10], every=timedelta(days=4))
    assert [result.score for result in results] == [None] * 5
    assert not any(result.flag or result.watch for result in results)


def test_the_first_report_has_a_level_but_no_usual() -> None:
    (first,) = follow([4])
    assert (first.recent, first.usual, first.rise, first.swing) == (4.0, None, None, 1.2)


def test_a_new_client_gets_an_opinion_within_a_fortnight() -> None:
    assert any(result.score is not None for result in follow(ORDINARY[:14]))


def test_a_worsening_in_the_third_week_is_seen() -> None:
    found = first_flag(follow([*ORDINARY[:14], *[score + 3 for score in ORDINARY[:14]]])[14:])
    assert found is not None
    assert found <= 10


def test_fifty_reports_in_one_minute_are_no_flag() -> None:
    detector, day = after_ordinary()
    assert first_flag(follow([10] * 50, detector, day, every=timedelta(seconds=1))) is None


def test_a_thousand_taps_weigh_little_more_than_ten() -> None:
    ten, day = after_ordinary()
    thousand, _ = after_ordinary()
    few = follow([10] * 11, ten, day, every=timedelta(0))[-1]
    many = follow([10] * 1000, thousand, day, every=timedelta(0))[-1]
    assert many == few


def test_a_repeated_tap_still_counts_a_little() -> None:
    detector, day = after_ordinary()
    first, second = follow([6, 9], detector, day, every=timedelta(seconds=5))
    assert second.recent > first.recent


def test_a_burst_leaves_room_for_the_next_days() -> None:
    detector, day = after_ordinary()
    follow([10] * 200, detector, day, every=timedelta(seconds=1))
    later = follow(ORDINARY, detector, day + DAY)
    assert first_flag(later) is None
    assert later[-1].recent == pytest.approx(4.0, abs=0.6)


def test_equal_and_backward_times_do_not_crash_and_do_not_move_the_clock() -> None:
    detector, day = after_ordinary()
    last = detector.last
    for when in (day - DAY, day - DAY * 3, day - DAY * 300):
        detector.update(when, 4)
    assert detector.last == last


def test_a_naive_time_is_read_as_utc() -> None:
    aware, naive = Detector(), Detector()
    for n, score in enumerate(ORDINARY):
        at = START + DAY * n
        assert aware.update(at, score) == naive.update(at.replace(tzinfo=None), score)


def test_the_zone_of_an_instant_does_not_matter() -> None:
    elsewhere = datetime(2024, 1, 1, 23, 30, tzinfo=UTC).astimezone()
    assert Detector().update(elsewhere, 4) == Detector().update(elsewhere.astimezone(UTC), 4)


def test_one_report_after_months_of_absence_flags_nothing() -> None:
    detector, day = after_ordinary()
    (back,) = follow([10], detector, day + DAY * 120)
    assert (back.flag, back.score) == (False, None)


def test_after_months_of_absence_the_rule_learns_the_client_anew() -> None:
    detector, day = after_ordinary()
    high = [score + 3 for score in ORDINARY]
    results = follow(high * 2, detector, day + DAY * 200)
    assert first_flag(results) is None
    usual = results[-1].usual
    assert usual is not None
    assert usual == pytest.approx(7.0, abs=0.7)


def test_a_lifetime_of_absence_leaves_no_usual() -> None:
    detector, day = after_ordinary()
    (back,) = follow([4], detector, day + DAY * 365 * 80)
    assert (back.usual, back.rise, back.recent) == (None, None, 4.0)


def test_a_holiday_of_ten_days_forgets_nothing() -> None:
    detector, day = after_ordinary()
    found = first_flag(follow([score + 3 for score in ORDINARY], detector, day + DAY * 10))
    assert found is not None
    assert found <= 6


@pytest.mark.parametrize("score", [-1, 11, float("nan")])
def test_a_score_off_the_scale_is_refused_and_leaves_no_trace(score: int) -> None:
    detector, day = after_ordinary()
    state = detector.state
    with pytest.raises(ValueError, match="0-10"):
        detector.update(day, score)
    assert detector.state == state

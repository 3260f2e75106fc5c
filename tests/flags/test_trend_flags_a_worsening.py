"""A lasting rise is flagged, at every level and pace; a wobble is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic.flags.trend import Detector, TrendConfig
from tests.flags.diary import DAY, ORDINARY, START, after_ordinary, first_flag, follow


def raised(by: int, days: int = 28) -> list[int]:
    return [min(10, score + by) for score in ORDINARY[:days]]


def test_an_ordinary_diary_of_a_year_is_never_flagged() -> None:
    assert first_flag(follow(ORDINARY[n % 28] for n in range(365))) is None


@pytest.mark.parametrize(("by", "at_most"), [(2, 8), (3, 5), (4, 4)])
def test_a_step_up_is_flagged_within_days(by: int, at_most: int) -> None:
    detector, day = after_ordinary()
    found = first_flag(follow(raised(by), detector, day))
    assert found is not None
    assert found <= at_most


def test_a_slow_rise_over_two_weeks_is_flagged_before_a_month() -> None:
    detector, day = after_ordinary()
    drift = [round(score + min(3.0, n * 3 / 14)) for n, score in enumerate(raised(0))]
    assert first_flag(follow(drift, detector, day)) is not None


def test_one_bad_day_is_no_flag_and_no_watch() -> None:
    detector, day = after_ordinary()
    results = follow([10, *ORDINARY[:20]], detector, day)
    assert not any(result.flag or result.watch for result in results)


def test_two_bad_days_running_are_no_flag() -> None:
    detector, day = after_ordinary()
    assert first_flag(follow([7, 7, *ORDINARY[:20]], detector, day)) is None


def test_one_bad_day_cannot_flag_even_a_client_who_never_varies() -> None:
    assert first_flag(follow([3] * 400 + [10] + [3] * 30)) is None


@pytest.mark.parametrize("before", [14, 60, 200, 365, 1500])
def test_a_client_who_never_varies_is_heard_however_long_that_lasted(before: int) -> None:
    found = first_flag(follow([3] * before + [6] * 14)[before:])
    assert found is not None
    assert found <= 7


def test_a_rise_from_nought_is_flagged() -> None:
    detector = Detector()
    follow([0, 0, 1, 0, 0, 0, 1] * 8, detector)
    found = first_flag(follow([2, 3, 2, 2, 3, 2, 3, 2] * 2, detector, START + DAY * 56))
    assert found is not None
    assert found <= 8


def test_a_rise_to_the_ceiling_is_flagged() -> None:
    detector = Detector()
    follow([8, 7, 8, 9, 8, 8, 7] * 8, detector)
    assert first_flag(follow([10] * 14, detector, START + DAY * 56)) is not None


def test_at_the_ceiling_nothing_can_rise() -> None:
    assert first_flag(follow([10] * 100)) is None


def test_a_real_but_small_rise_is_below_what_matters() -> None:
    # Surely different, but less than a point: 3 always, then every other day a 4.
    assert first_flag(follow([3] * 100 + [3, 4] * 30)) is None


def test_falling_pain_is_never_a_flag() -> None:
    assert first_flag(follow([8] * 30 + [7] * 10 + [6] * 10 + [4] * 20 + [2] * 40)) is None


def test_two_reports_a_week_are_enough_in_a_month() -> None:
    detector = Detector()
    twice = timedelta(days=3.5)
    follow([ORDINARY[n % 28] for n in range(30)], detector, every=twice)
    found = first_flag(follow(raised(3, 9), detector, START + twice * 30, every=twice))
    assert found is not None
    assert found <= 9


def test_watch_comes_no_later_than_the_flag() -> None:
    detector, day = after_ordinary()
    results = follow(raised(2), detector, day)
    watched = next(n for n, result in enumerate(results, 1) if result.watch)
    flagged = first_flag(results)
    assert flagged is not None
    assert watched <= flagged


def test_the_after_score_is_another_rules_business() -> None:
    one, day = after_ordinary()
    two, _ = after_ordinary()
    for n, score in enumerate(ORDINARY):
        assert one.update(day + DAY * n, score, 10) == two.update(day + DAY * n, score)


def test_an_early_setting_flags_no_later_and_a_few_setting_no_sooner() -> None:
    days = []
    for sensitivity in ("early", "standard", "few"):
        detector = Detector(TrendConfig.for_settings(sensitivity))
        follow([ORDINARY[n % 28] for n in range(56)], detector)
        days.append(first_flag(follow(raised(2), detector, START + DAY * 56)) or 99)
    assert days == sorted(days)
    assert days[0] < days[2]


def test_a_larger_smallest_rise_passes_over_a_small_one() -> None:
    small = [ORDINARY[n % 28] for n in range(56)] + raised(1) * 2
    assert first_flag(follow(small, Detector(TrendConfig.for_settings("early", 2.0)))) is None

"""One bad day, or two, is no worsening: at every level, for every kind of client, however wild the day."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from clinic.flags.trend import SENSITIVITIES, Detector, TrendConfig
from tests.flags.diary import DAY, ORDINARY, START, first_flag, follow, up_by

WEEKS = 8


@pytest.mark.parametrize("level", range(9))
@pytest.mark.parametrize("bad", [7, 10])
def test_one_bad_day_in_a_steady_diary_is_no_flag(level: int, bad: int) -> None:
    assert first_flag(follow([level] * 7 * WEEKS + [bad] + [level] * 21)) is None


@pytest.mark.parametrize("sensitivity", SENSITIVITIES)
@pytest.mark.parametrize("day", range(8, 56, 4))
def test_nor_on_any_day_of_an_ordinary_diary_at_any_sensitivity(sensitivity: str, day: int) -> None:
    scores = list(ORDINARY * 3)
    scores[day] = 10
    assert first_flag(follow(scores, Detector(TrendConfig.for_settings(sensitivity)))) is None


@pytest.mark.parametrize("day", range(6))
def test_nor_among_the_first_reports_of_a_new_client(day: int) -> None:
    scores = [3, 4, 3, 3, 4, 3, 4, 3, 3, 4, 3, 3, 4, 3]
    scores[day] = 9
    assert first_flag(follow(scores)) is None


@pytest.mark.parametrize("every", [6, 12, 24, 48, 72, 84, 96])
def test_nor_however_often_the_client_reports(every: int) -> None:
    scores = [*ORDINARY, *ORDINARY, 10, *ORDINARY]
    assert first_flag(follow(scores, every=timedelta(hours=every))) is None


@pytest.mark.parametrize(("answer", "flagged"), [(5, False), (6, False), (10, True)])
def test_with_one_report_a_week_a_wild_answer_is_the_week(answer: int, flagged: bool) -> None:
    # The limit of the rule: there is nothing else to know that week by.
    results = follow([*ORDINARY * 2, answer], every=DAY * 7)
    assert results[-1].flag is flagged


@pytest.mark.parametrize("apart", [7, 10, 14, 21])
def test_a_bad_day_every_week_or_two_is_this_clients_usual(apart: int) -> None:
    scores = [8 if n % apart == apart - 1 else score for n, score in enumerate(ORDINARY * 6)]
    assert first_flag(follow(scores)[28:]) is None


@pytest.mark.parametrize("bad", [7, 8, 9, 10])
@pytest.mark.parametrize("days", [1, 2])
def test_it_leaves_no_trace_on_the_usual_beyond_what_it_is(bad: int, days: int) -> None:
    with_it = follow([*ORDINARY * 2, *[bad] * days, *ORDINARY * 2])[-1]
    without = follow(ORDINARY * 4)[-1]
    assert with_it.usual is not None
    assert without.usual is not None
    assert with_it.recent == pytest.approx(without.recent, abs=0.2)
    assert with_it.usual == pytest.approx(without.usual, abs=0.4)


@pytest.mark.parametrize("bad", [4, 5, 8, 10])
def test_a_wild_report_moves_recent_no_more_than_three_swings_would(bad: int) -> None:
    detector = followed([3] * 300)
    weight, swing = detector.w * math.exp(-1 / 6), 0.6
    (wild,) = follow([bad], detector, START + DAY * 300)
    assert wild.recent == pytest.approx((3 * weight + min(bad, 3 + 3 * swing)) / (weight + 1))


def followed(scores: list[int]) -> Detector:
    detector = Detector()
    follow(scores, detector)
    return detector


@pytest.mark.parametrize("by", [2, 3, 4])
def test_but_a_week_of_bad_days_is_a_flag(by: int) -> None:
    assert first_flag(follow([*ORDINARY * 2, *up_by(by)[:10]])[56:]) is not None


@pytest.mark.parametrize("good", [0, 1, 2])
@pytest.mark.parametrize("day", [2, 6, 10])
def test_one_good_day_in_a_worsening_does_not_hide_it(good: int, day: int) -> None:
    worse = up_by(3)
    worse[day] = good
    assert first_flag(follow([*ORDINARY * 2, *worse])[56:]) is not None

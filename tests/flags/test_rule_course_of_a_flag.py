"""From the first sign to the end of a flag: bursts, pauses, months away, clearing, accepting, relapse."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from clinic.flags.trend import Detector
from tests.flags.diary import DAY, ORDINARY, START, after_ordinary, first_flag, follow, up_by


@pytest.mark.parametrize("taps", [2, 5, 10, 50, 500])
@pytest.mark.parametrize("seconds", [0, 1, 60])
@pytest.mark.parametrize("score", [8, 10])
def test_a_burst_of_taps_is_no_week(taps: int, seconds: int, score: int) -> None:
    detector, day = after_ordinary()
    assert first_flag(follow([score] * taps, detector, day, every=timedelta(seconds=seconds))) is None


@pytest.mark.parametrize("taps", [1, 10, 100])
def test_a_burst_of_taps_does_not_hide_a_worsening_either(taps: int) -> None:
    detector, day = after_ordinary()
    found = None
    for n, score in enumerate(up_by(3)):
        (result,) = follow([score], detector, day + DAY * n)
        follow([4] * taps, detector, day + DAY * n, every=timedelta(seconds=1))
        if result.flag:
            found = n
            break
    assert found is not None
    assert found <= 12


@pytest.mark.parametrize("taps", [5, 50])
def test_a_burst_in_the_first_hour_is_no_opinion(taps: int) -> None:
    results = follow([2, 9] * taps, every=timedelta(seconds=5))
    assert all(result.score is None and not result.watch for result in results)


@pytest.mark.parametrize("away", [60, 90, 120, 200, 365, 1000, 4000])
@pytest.mark.parametrize("back_at", [0, 4, 10])
def test_the_first_report_after_months_of_absence_says_nothing(away: int, back_at: int) -> None:
    detector, day = after_ordinary()
    (back,) = follow([back_at], detector, day + DAY * away)
    assert (back.flag, back.watch, back.score) == (False, False, None)


@pytest.mark.parametrize("away", [60, 120, 400])
def test_after_an_absence_a_worsening_is_seen_again_within_weeks(away: int) -> None:
    detector, day = after_ordinary()
    follow(ORDINARY, detector, day + DAY * away)
    found = first_flag(follow(up_by(3), detector, day + DAY * (away + 28)))
    assert found is not None
    assert found <= 6


@pytest.mark.parametrize("away", range(2, 29, 2))
def test_a_holiday_forgets_nothing(away: int) -> None:
    detector, day = after_ordinary()
    found = first_flag(follow(up_by(3), detector, day + DAY * away))
    assert found is not None
    assert found <= 7


@pytest.mark.parametrize("away", range(2, 29, 2))
def test_a_holiday_is_no_worsening(away: int) -> None:
    detector, day = after_ordinary()
    assert first_flag(follow(ORDINARY, detector, day + DAY * away)) is None


@pytest.mark.parametrize("by", [2, 3, 4, 5])
def test_a_flag_clears_within_days_of_the_end_of_the_pain(by: int) -> None:
    detector, day = after_ordinary()
    follow(up_by(by)[:14], detector, day)
    assert detector.flag
    results = follow(ORDINARY[:21], detector, day + DAY * 14)
    cleared = next(n for n, result in enumerate(results) if not result.flag)
    assert 1 <= cleared <= 14
    assert not any(result.flag for result in results[cleared:])


@pytest.mark.parametrize("by", [2, 3, 4])
@pytest.mark.parametrize("days", [7, 14, 20])
def test_the_usual_of_a_flagged_client_stands_still_and_thaws_after_three_weeks(by: int, days: int) -> None:
    detector, day = after_ordinary()
    results = follow(up_by(by) * 2, detector, day)
    first = first_flag(results)
    assert first is not None
    stood = results[first].usual
    assert results[first - 1 + days].usual == stood
    thawed = results[first - 1 + 23].usual
    assert thawed is not None
    assert stood is not None
    assert thawed > stood


@pytest.mark.parametrize("by", [2, 3])
def test_a_worsening_that_stays_becomes_the_usual_in_the_end(by: int) -> None:
    detector, day = after_ordinary()
    results = follow(up_by(by) * 5, detector, day)
    assert not results[-1].flag
    usual = results[-1].usual
    assert usual == pytest.approx(4 + by, abs=0.4)
    assert not any(result.flag for result in results[70:])


@pytest.mark.parametrize("reports", range(1, 12))
def test_accepting_as_usual_at_any_time_leaves_no_flag_and_no_memory_of_one(reports: int) -> None:
    detector, day = after_ordinary()
    follow(up_by(3)[:reports], detector, day)
    detector.accept_as_usual()
    state = detector.state
    assert (state["flag"], state["flag_since"], state["waiting"], state["better_since"]) == (False, None, [], None)
    assert detector.r / detector.v == pytest.approx(detector.f / detector.w)
    results = follow(up_by(3), detector, day + DAY * reports)
    assert not results[0].flag


@pytest.mark.parametrize("further", [2, 3])
def test_after_accepting_a_further_rise_is_flagged(further: int) -> None:
    detector, day = after_ordinary()
    follow(up_by(2), detector, day)
    detector.accept_as_usual()
    follow(up_by(2), detector, day + DAY * 28)
    found = first_flag(follow(up_by(2 + further), detector, day + DAY * 56))
    assert found is not None
    assert found <= 10


def test_accepting_survives_storage() -> None:
    detector, day = after_ordinary()
    follow(up_by(3)[:12], detector, day)
    assert detector.flag
    detector.accept_as_usual()
    again = Detector.from_state(json.loads(json.dumps(detector.state)))
    later = START + DAY * 80
    assert follow(ORDINARY, again, later) == follow(ORDINARY, detector, later)


@pytest.mark.parametrize(("drop", "weeks"), [(2, 6), (2, 8), (3, 3), (3, 4), (3, 6), (4, 2), (4, 4)])
def test_a_relapse_after_improving_is_seen_although_it_is_below_the_beginning(drop: int, weeks: int) -> None:
    detector = Detector()
    high = up_by(3)
    improved = [max(0, score - drop) for score in high]
    follow(high, detector)
    follow((improved * 2)[: weeks * 7], detector, START + DAY * 28)
    assert not detector.flag
    back = START + DAY * (28 + weeks * 7)
    found = first_flag(follow(high, detector, back))
    assert found is not None
    assert found <= 10


@pytest.mark.parametrize("days", [1, 2, 3, 4, 5, 6])
def test_a_few_good_days_are_not_yet_the_usual(days: int) -> None:
    detector, day = after_ordinary()
    follow([1] * days, detector, day)
    results = follow(ORDINARY, detector, day + DAY * days)
    assert first_flag(results) is None
    assert all(result.usual is not None and result.usual > 2.8 for result in results)


@pytest.mark.parametrize("steps", [(3, 2), (2, 3), (4, 1)])
def test_pain_that_rises_in_two_steps_is_one_flag(steps: tuple[int, int]) -> None:
    detector, day = after_ordinary()
    results = follow(up_by(steps[0])[:10] + up_by(min(6, sum(steps)))[:10], detector, day)
    starts = sum(b.flag and not a.flag for a, b in zip([None, *results], results, strict=False) if a is not None)
    assert starts == 1


@pytest.mark.parametrize("score", range(11))
def test_a_client_who_always_gives_the_same_answer_is_never_flagged(score: int) -> None:
    assert first_flag(follow([score] * 200)) is None


@pytest.mark.parametrize("top", [8, 9, 10])
@pytest.mark.parametrize("days", [60, 120, 240])
def test_pain_that_only_falls_is_never_flagged(top: int, days: int) -> None:
    assert first_flag(follow([round(top * (1 - n / days)) for n in range(days)])) is None

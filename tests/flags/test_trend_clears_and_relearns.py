"""How a flag ends: by better days, by a practitioner's word, by time; and a relapse is seen."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from clinic.flags.trend import Detector
from tests.flags.diary import DAY, ORDINARY, START, after_ordinary, first_flag, follow

HIGH = [score + 3 for score in ORDINARY]


def flagged() -> tuple[Detector, datetime]:
    """A detector ten days into a worsening of three points, flagged."""
    detector, day = after_ordinary()
    follow(HIGH[:10], detector, day)
    assert detector.flag
    return detector, day + DAY * 10


def test_a_flag_stays_while_the_pain_stays() -> None:
    detector, day = flagged()
    assert all(result.flag for result in follow(HIGH, detector, day))


def test_a_flag_clears_when_the_pain_is_back_at_usual() -> None:
    detector, day = flagged()
    results = follow(ORDINARY[:20], detector, day)
    assert not results[-1].flag


def test_one_report_below_the_line_does_not_clear_it_but_two_running_do() -> None:
    detector, day = flagged()
    results = follow(ORDINARY[:20], detector, day)
    low = [n for n, result in enumerate(results) if result.score is not None and result.score < 0.7]
    assert results[low[0]].flag
    assert not results[low[0] + 1].flag


def test_while_flagged_usual_and_swing_stand_still() -> None:
    detector, day = flagged()
    results = follow(HIGH[:14], detector, day)
    assert len({result.usual for result in results}) == 1
    assert len({result.swing for result in results}) == 1


def test_after_three_weeks_a_flag_no_longer_holds_the_usual_back() -> None:
    detector, day = flagged()
    results = follow(HIGH * 5, detector, day)
    assert results[13].usual == results[0].usual
    assert not results[-1].flag
    last = results[-1].usual
    assert last is not None
    assert last > 6


def test_a_cleared_flag_comes_back_with_the_pain() -> None:
    detector, day = flagged()
    follow(ORDINARY, detector, day)
    assert not detector.flag
    assert first_flag(follow(HIGH, detector, day + DAY * 28)) is not None


def test_a_relapse_after_improving_is_seen() -> None:
    detector = Detector()
    better = [score + 3 for score in ORDINARY] + [max(0, score - 2) for score in ORDINARY]
    follow(better, detector)
    # Back up to 5, which is still below where this client began.
    found = first_flag(follow([score + 1 for score in ORDINARY], detector, START + DAY * 56))
    assert found is not None
    assert found <= 8


def test_a_sure_improvement_of_a_week_becomes_the_usual() -> None:
    detector, day = after_ordinary()
    low = [max(0, score - 3) for score in ORDINARY]
    results = follow(low, detector, day)
    drops = [a.usual - b.usual for a, b in pairwise(results) if a.usual and b.usual]
    assert max(drops) > 0.5


def test_two_good_days_do_not_become_the_usual() -> None:
    detector, day = after_ordinary()
    results = follow([0, 0, *ORDINARY[:20]], detector, day)
    assert all(result.usual is not None and result.usual > 3.3 for result in results)


def test_accepting_the_new_usual_ends_the_flag_and_moves_the_usual() -> None:
    detector, day = flagged()
    recent = detector.f / detector.w
    detector.accept_as_usual()
    assert not detector.flag
    (result,) = follow([7], detector, day)
    assert not result.flag
    assert result.usual is not None
    assert abs(result.usual - recent) < 1e-9


def test_after_accepting_the_same_pain_is_not_flagged_again() -> None:
    detector, day = flagged()
    detector.accept_as_usual()
    assert first_flag(follow(HIGH * 2, detector, day)) is None


def test_after_accepting_a_further_rise_is() -> None:
    detector, day = after_ordinary()
    follow([score + 2 for score in ORDINARY], detector, day)
    detector.accept_as_usual()
    assert first_flag(follow([10] * 20, detector, day + DAY * 28)) is not None


def test_accepting_twice_is_accepting_once() -> None:
    detector, _ = flagged()
    detector.accept_as_usual()
    once = detector.state
    detector.accept_as_usual()
    assert detector.state == once


def test_accepting_before_any_report_is_harmless() -> None:
    detector = Detector()
    detector.accept_as_usual()
    assert first_flag(follow(ORDINARY, detector)) is None


def test_a_flag_from_before_months_of_absence_is_gone() -> None:
    detector, day = flagged()
    (back,) = follow([4], detector, day + DAY * 150)
    assert not back.flag


def test_a_flag_survives_a_holiday_of_three_weeks() -> None:
    detector, day = flagged()
    results = follow(HIGH[:3], detector, day + DAY * 21)
    assert all(result.flag for result in results)

"""What must make no difference to the trend rule, and what may only push one way."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from clinic.flags.trend import Detector, TrendConfig, TrendResult
from tests.flags.diary import DAY, ORDINARY, START, after_ordinary, first_flag, follow, up_by

gaps = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 4), st.floats(0, 200))
reports = st.lists(st.tuples(gaps, st.integers(0, 10)), min_size=1, max_size=70)

HISTORIES = {
    "ordinary": [*ORDINARY * 2],
    "worse": [*ORDINARY * 2, *up_by(3)],
    "relapse": [*up_by(3), *[max(0, x - 2) for x in ORDINARY], *ORDINARY],
    "better": [*up_by(3), *ORDINARY],
}


def results_of(history: list[tuple[float, int]], start: datetime = START) -> list[TrendResult]:
    detector, at, results = Detector(), start, []
    for gap, score in history:
        at += timedelta(days=gap)
        results.append(detector.update(at, score))
    return results


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("days", [-20000, -365, -1, 1, 59, 365, 10000])
def test_the_date_on_which_it_all_happens(name: str, days: int) -> None:
    # Before 1970 too. A day on the calendar rounds differently in the last bits, so nearly equal.
    here = follow(HISTORIES[name])
    there = follow(HISTORIES[name], start=START + DAY * days)
    for a, b in zip(here, there, strict=True):
        assert (a.flag, a.watch) == (b.flag, b.watch)
        assert a.recent == pytest.approx(b.recent, abs=1e-7)
        assert (a.score or 0) == pytest.approx(b.score or 0, abs=1e-6)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_the_hour_of_the_day(hour: int) -> None:
    start = datetime(2024, 1, 1, hour, tzinfo=UTC)
    assert first_flag(follow(HISTORIES["worse"], start=start)) == first_flag(follow(HISTORIES["worse"]))


@pytest.mark.parametrize("hours", [-12, -5, 0, 2, 5.5, 14])
def test_the_zone_in_which_an_instant_is_written(hours: float) -> None:
    zone = timezone(timedelta(hours=hours))
    assert follow(HISTORIES["worse"], start=START.astimezone(zone)) == follow(HISTORIES["worse"])


def test_a_client_who_travels_writes_instants_of_many_zones() -> None:
    home, abroad = Detector(), Detector()
    for n, score in enumerate(HISTORIES["worse"]):
        at = START + DAY * n
        zone = timezone(timedelta(hours=n % 25 - 12))
        there = at.replace(tzinfo=None) if n % 7 == 0 else at.astimezone(zone)
        assert abroad.update(there, score) == home.update(at, score)


@pytest.mark.parametrize("name", HISTORIES)
def test_a_naive_instant_is_one_in_utc(name: str) -> None:
    assert follow(HISTORIES[name], start=START.replace(tzinfo=None)) == follow(HISTORIES[name])


@pytest.mark.parametrize("name", HISTORIES)
def test_the_after_score(name: str) -> None:
    one, two = Detector(), Detector()
    for n, score in enumerate(HISTORIES[name]):
        assert one.update(START + DAY * n, score, n % 11) == two.update(START + DAY * n, score)


@pytest.mark.parametrize("seconds", [-86400 * 400, -86400, -3600, -1, -0.001])
def test_a_clock_that_goes_back_is_the_same_instant(seconds: float) -> None:
    back, same = after_ordinary()[0], after_ordinary()[0]
    last = START + DAY * 55
    assert back.update(last + timedelta(seconds=seconds), 8) == same.update(last, 8)
    assert back.state == same.state


def test_two_reports_in_the_same_second_both_count_but_not_as_two_days() -> None:
    detector, day = after_ordinary()
    twice = follow([8, 8], detector, day, every=timedelta(0))
    other, _ = after_ordinary()
    two_days = follow([8, 8], other, day)
    assert twice[0].recent < twice[1].recent < two_days[1].recent


def test_after_a_clock_went_back_the_next_true_instant_is_on_time() -> None:
    detector, day = after_ordinary()
    detector.update(day - DAY * 30, 4)
    detector.update(day, 4)
    assert detector.last == (day - datetime(1970, 1, 1, tzinfo=UTC)) / DAY


@pytest.mark.parametrize("by", [0, 1, 2, 3])
@pytest.mark.parametrize("every", [0.8, 1.0, 1.5, 2.0])
def test_shifting_every_score_away_from_the_ends(by: int, every: float) -> None:
    # The rule knows no absolute level: a client at 2-6 and one at 4-8 with the same moves hear the same.
    low = [*[max(2, min(5, x)) for x in ORDINARY * 2], *[5] * 10]
    here = follow(low, every=DAY * every)
    there = follow([x + by for x in low], every=DAY * every)
    assert [r.flag for r in here] == [r.flag for r in there]
    assert there[-1].rise == pytest.approx(here[-1].rise, abs=1e-9)
    assert there[-1].swing == pytest.approx(here[-1].swing, abs=1e-9)


@given(reports)
def test_the_history_may_be_told_twice(history: list[tuple[float, int]]) -> None:
    assert results_of(history) == results_of(history)


@given(reports, st.integers(0, 9))
def test_a_higher_last_score_never_lowers_recent_or_rise(history: list[tuple[float, int]], last: int) -> None:
    lower = results_of([*history, (1.0, last)])[-1]
    higher = results_of([*history, (1.0, last + 1)])[-1]
    assert higher.recent >= lower.recent
    assert higher.usual == lower.usual
    if higher.rise is not None and lower.rise is not None:
        assert higher.rise >= lower.rise


@given(reports, st.integers(0, 9))
def test_a_higher_last_score_never_takes_a_rise_below_what_is_harmless(
    history: list[tuple[float, int]], last: int
) -> None:
    lower = results_of([*history, (1.0, last)])[-1]
    higher = results_of([*history, (1.0, last + 1)])[-1]
    if lower.score is not None and lower.score >= 0:
        assert higher.score is not None
        assert higher.score >= 0


@given(reports)
def test_whatever_comes_every_number_is_finite_and_every_opinion_has_a_usual(
    history: list[tuple[float, int]],
) -> None:
    for result in results_of(history):
        assert all(math.isfinite(x) for x in (result.recent, result.swing))
        assert all(x is None or math.isfinite(x) for x in (result.score, result.rise, result.usual))
        assert (result.rise is None) is (result.usual is None)
        if result.score is not None:
            assert result.rise is not None
            assert (result.score >= 0) is (result.rise >= 0.3)
        if result.watch:
            assert result.score is not None
            assert result.score >= 1.3


@given(reports)
def test_a_flag_begins_only_at_its_score_and_its_rise(history: list[tuple[float, int]]) -> None:
    before = False
    for result in results_of(history):
        if result.flag and not before:
            assert result.score is not None
            assert result.score >= 1.95
            assert result.rise is not None
            assert result.rise >= 1.0
            assert result.watch
        before = result.flag


@given(reports)
def test_no_opinion_before_six_reports(history: list[tuple[float, int]]) -> None:
    for result in results_of(history)[:5]:
        assert (result.flag, result.watch, result.score) == (False, False, None)


@given(reports, st.integers(0, 10))
def test_a_standing_usual_stands_still_for_three_weeks_at_most(history: list[tuple[float, int]], score: int) -> None:
    detector, at = Detector(), START
    followed = [*[(1.0, x) for x in (*ORDINARY, *ORDINARY, *up_by(4)[:8])], *history]
    stood: tuple[datetime, float] | None = None
    for gap, pain in followed:
        at += timedelta(days=gap)
        result = detector.update(at, pain)
        if not result.flag or result.usual is None or detector.flag_since is None:
            stood = None
        elif stood is None:
            stood = (at, result.usual)
        elif at - stood[0] <= timedelta(days=20.9) and stood[0] > START:
            # The usual of the report that raised the flag is that of the report before it.
            assert result.usual == stood[1]


@given(st.lists(st.tuples(st.floats(0, 0.3), st.integers(0, 10)), min_size=1, max_size=300))
def test_the_state_is_bounded_for_any_rush_of_reports(history: list[tuple[float, int]]) -> None:
    detector, at = Detector(), START
    for gap, score in history:
        at += timedelta(days=gap)
        detector.update(at, score)
        assert len(detector.waiting) <= 49  # 12 days of six hours, and the one begun
    assert len(json.dumps(detector.state, allow_nan=False)) < 6000


@pytest.mark.parametrize("score", [-1, 11, 100, -100, 10.5, -0.1, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("known", [0, 1, 56])
def test_a_score_off_the_scale_is_refused_and_leaves_no_trace(score: float, known: int) -> None:
    detector = Detector()
    follow((ORDINARY * 2)[:known], detector)
    state = detector.state
    with pytest.raises(ValueError, match="0-10"):
        detector.update(START + DAY * 60, score)  # type: ignore[arg-type]
    assert detector.state == state


@pytest.mark.parametrize("sensitivity", ["early", "standard", "few"])
@pytest.mark.parametrize("rise", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", HISTORIES)
def test_a_setting_moves_the_bar_and_nothing_that_is_measured_before_the_first_flag(
    sensitivity: str, rise: float, name: str
) -> None:
    plain = follow(HISTORIES[name])
    for_settings = follow(HISTORIES[name], Detector(TrendConfig.for_settings(sensitivity, rise)))
    until = min(first_flag(plain) or len(plain), first_flag(for_settings) or len(for_settings))
    assert [r.score for r in plain[:until]] == [r.score for r in for_settings[:until]]

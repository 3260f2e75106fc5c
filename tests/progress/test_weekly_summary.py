"""The diary in weeks: averages of what was told, and never of what was not."""

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from clinic.progress.adherence import Diary
from clinic.progress.weekly_summary import (
    RecentWeeks,
    ReportedScores,
    average,
    compare_recent_weeks,
    first_day_of_week,
    round_to_half,
    summarize_weeks,
)

MONDAY = dt.date(2026, 11, 2)
EMPTY = Diary(MONDAY, [])


def day(ahead):
    return MONDAY + dt.timedelta(days=ahead)


scores = st.none() | st.integers(0, 10)
reports = st.lists(
    st.builds(ReportedScores, st.integers(0, 60).map(day), st.booleans(), scores, scores, scores), max_size=40
)


def test_a_week_without_a_report_is_there_and_has_no_average():
    first, second = summarize_weeks([ReportedScores(day(8), True, 4, 2)], EMPTY, day(0), day(13), 0)
    assert (first.reports, first.before, first.after, first.next_morning) == (0, None, None, None)
    assert (second.reports, second.before, second.after, second.next_morning) == (1, 4, 2, None)


def test_the_first_and_the_last_week_are_cut_to_the_days_asked_for():
    found = summarize_weeks([], EMPTY, day(2), day(9), 0)
    assert [(week.first, week.last) for week in found] == [(day(2), day(6)), (day(7), day(9))]


@pytest.mark.parametrize(("begins_on", "first"), [(0, day(0)), (6, day(-1)), (5, day(-2))])
def test_weeks_begin_on_the_readers_own_first_day(begins_on, first):
    assert first_day_of_week(day(3), begins_on) == first


@given(reports, st.integers(0, 6), st.integers(0, 60), st.integers(0, 60))
def test_each_day_and_each_report_is_in_exactly_one_week(reported, begins_on, one, other):
    first, last = day(min(one, other)), day(max(one, other))
    found = summarize_weeks(reported, EMPTY, first, last, begins_on)
    covered = [week.first + dt.timedelta(days=n) for week in found for n in range((week.last - week.first).days + 1)]
    assert covered == [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    assert sum(week.reports for week in found) == sum(first <= report.day <= last for report in reported)


@given(st.lists(scores))
def test_an_average_never_invents_a_day(given_scores):
    reported = [score for score in given_scores if score is not None]
    assert average(given_scores) == average(reported)
    assert (average(given_scores) is None) == (not reported)
    if reported:
        assert min(reported) <= average(given_scores) <= max(reported)


def test_the_last_week_beside_the_one_before():
    reported = [
        ReportedScores(day(0), True, 4, 3), ReportedScores(day(1), False, 6), ReportedScores(day(7), True, 3, 2),
        ReportedScores(day(8), True, 3, 3),
        ReportedScores(day(9), True, None, 4), ReportedScores(day(10), True, 2, 5), ReportedScores(day(11), False),
    ]  # fmt: skip
    assert compare_recent_weeks(reported, day(13)) == RecentWeeks(
        now=3, reports=4, earlier=5, lower=1, same=1, higher=1
    )


def test_what_is_older_than_a_fortnight_or_yet_to_come_says_nothing():
    assert compare_recent_weeks(
        [ReportedScores(day(-1), False, 9), ReportedScores(day(14), False, 9)], day(13)
    ) == RecentWeeks(None, 0, None)


@pytest.mark.parametrize(("points", "reported"), [(3, 3), (3.2, 3), (3.25, 3.5), (3.7, 3.5), (3.75, 4), (0, 0)])
def test_a_level_is_told_to_half_a_point(points, reported):
    assert round_to_half(points) == reported


@given(st.floats(0, 10), st.floats(0, 10))
def test_two_weeks_that_are_told_apart_never_show_the_same_number(now, earlier):
    week = RecentWeeks(now, 1, earlier)
    assert week.is_similar or round_to_half(now) != round_to_half(earlier)
    assert abs(round_to_half(now) - now) <= 0.25 + 1e-9

"""What the chart says, in the client's own numbers: no cheer, no blame, and nothing that was not told."""

import datetime as dt

import pytest
from django.utils.translation import override

from clinic.prescriptions import prescribing
from clinic.progress import progress, progress_text
from clinic.progress.adherence import Adherence
from clinic.progress.progress_text import describe_adherence, summarize_progress
from tests import make

NOW = dt.datetime(2026, 11, 24, 20, tzinfo=dt.UTC)


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, now=NOW - dt.timedelta(days=60), starts_on=dt.date(2026, 9, 25))


def told(plan, *reports):
    """``reports``: days ago, before and after."""
    for ago, before, after in reports:
        make.report(plan, before, after, at=NOW - dt.timedelta(days=ago))
    return progress.read_progress(plan, [Known(row) for row in plan.reports.order_by("occurred_at")], NOW)


class Known:
    """A report of which the rule knew nothing yet."""

    recent = usual = swing = None

    def __init__(self, row):
        self.at, self.before, self.after = row.occurred_at, row.before, row.after


def test_two_weeks_side_by_side_and_how_the_sessions_went(plan):
    seen = told(plan, (1, 3, 2), (2, 3, 1), (3, 3, 3), (4, 3, 4), (8, 4, None), (9, 4, None))
    assert summarize_progress(seen) == (
        "In the last 7 days your pain was about 3, in the 7 days before about 4. "
        "After the exercise it was lower 2 times, the same once and higher once."
    )


def test_a_small_difference_is_not_made_into_one(plan):
    assert summarize_progress(told(plan, (1, 3, None), (8, 3, None), (9, 3, None), (10, 4, None))) == (
        "In the last 7 days your pain was about 3, much as in the 7 days before."
    )


def test_without_a_week_before_there_is_nothing_to_compare(plan):
    assert summarize_progress(told(plan, (1, 3, None), (2, 4, None))) == "In the last 7 days your pain was about 3.5."


def test_after_a_silence_it_says_what_was_last_told_and_no_more(plan):
    assert summarize_progress(told(plan, (20, 3, 2))) == "You last told us of your pain on 4 November: it was 3."


def test_nothing_told_is_nothing_said(plan):
    assert summarize_progress(told(plan)) == ""


def test_a_plan_that_is_over_is_told_by_its_last_report(plan, cast):
    told(plan, (1, 3, 2))
    prescribing.end_prescription(plan, by=cast.alice.user, reason="Done.", now=NOW)
    assert summarize_progress(told(plan)) == "You last told us of your pain on 23 November: it was 3."


def test_numbers_are_written_as_the_reader_writes_them(plan):
    seen = told(plan, (1, 3, None), (2, 4, None))
    with override("es"):
        assert "3,5" in summarize_progress(seen)
        assert progress_text.format_average(3.26) == "3,3"
    assert progress_text.format_average(None) == "–"


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (Adherence(), ""),
        (Adherence(5, 7), "Done on 5 of 7 planned days."),
        (Adherence(1, 1), "Done on 1 of 1 planned day."),
        (Adherence(0, 7), "7 days were planned; nothing is noted as done."),
        (Adherence(0, 1), "One day was planned; nothing is noted as done."),
        (Adherence(2, 3, 1), "Done on 2 of 3 planned days. Done on 1 day besides."),
        (Adherence(0, 0, 2), "Done on 2 days besides."),
    ],
)
def test_how_often_is_a_count_and_no_verdict(db, counted, words):
    assert describe_adherence(counted) == words


@pytest.mark.parametrize(("language", "first"), [("en", 6), ("es", 0)])
def test_the_week_begins_as_the_language_has_it(language, first):
    with override(language):
        assert progress_text.first_weekday() == first

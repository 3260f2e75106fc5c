"""The replay with other constants also gives the line for a chart: one point a report, nothing written."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import lifecycle, simulation
from clinic.flags.response import ResponseConfig
from clinic.flags.trend import TrendConfig
from clinic.models import Flag, PainTrend
from tests import make
from tests.commands.rows import every_row

DAY = dt.timedelta(days=1)
START = timezone.now() - 40 * DAY
SCORES = [3, 4, 2, 3] * 7 + [7, 6, 7, 7]


@pytest.fixture
def bend(cast):
    prescription = make.prescription(cast.dana)
    for day, score in enumerate(SCORES):
        make.report(prescription, score, at=START + day * DAY)
    return prescription


def points(prescription, **constants):
    return simulation.simulate_prescription(prescription.pk, TrendConfig(**constants), ResponseConfig()).points


def test_one_point_a_report_oldest_first(bend):
    shown = points(bend)
    assert [point.before for point in shown] == SCORES
    assert [point.at for point in shown] == [START + day * DAY for day in range(len(SCORES))]
    assert all(point.after is None for point in shown)


def test_the_last_point_is_what_the_rule_knows_now(bend):
    last, row = points(bend)[-1], PainTrend.objects.get()
    assert (last.recent, last.usual, last.swing) == (row.recent, row.usual, row.swing)


def test_it_is_flagged_from_the_report_that_raised_the_flag(bend):
    flag = Flag.objects.get(kind="worsening")
    flagged = [point.at for point in points(bend) if point.flagged]
    assert flagged[0] == flag.raised_by.occurred_at
    assert flagged[-1] == START + (len(SCORES) - 1) * DAY


def test_a_harder_rule_flags_no_point(bend):
    assert not any(point.flagged for point in points(bend, flag_score=9.0))


def test_a_report_without_a_score_before_is_a_point_that_knows_nothing_new(bend):
    make.report(bend, None, 5)
    last = points(bend)[-1]
    assert (last.before, last.after, last.recent, last.usual, last.flagged) == (None, 5, None, None, True)


def test_what_was_resolved_is_flagged_no_more(cast, bend):
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "New work.", START + 33 * DAY)
    make.report(bend, 7, at=START + 34 * DAY)
    assert not points(bend)[-1].flagged


def test_nothing_is_written(bend):
    before = every_row()
    points(bend, smallest_rise=2.0)
    assert every_row() == before

"""Fifty reports of one client at the same moment: none is lost, one flag of each kind is raised, one hold, one mail."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.utils import timezone

from clinic.flags import engine, rule_settings
from clinic.models import Flag, FlagEvent, Notice, PainReport, PainTrend
from tests import make

AT_ONCE = 50


@pytest.fixture
def bend(transactional_db):
    return make.prescription(make.client(make.practitioner(make.clinic())))


def all_at_once(say):
    """Call ``say`` with 0 to 49, by as many hands as the database can keep apart."""

    def one(number):
        try:
            return say(number)
        finally:
            connections["default"].close()

    workers = 16 if connection.vendor == "postgresql" else 4
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def replayed(row):
    """The two states as a replay of all that is stored gives them."""
    rules = engine.RuleEngine.new(rule_settings.config_of(row.prescription.client_id))
    for report in row.prescription.reports.in_order():
        rules.update(report)
    return rules.detector.state, rules.response.state


def test_reports_at_once_lose_nothing_and_raise_one_flag(bend):
    start = timezone.now() - dt.timedelta(hours=1)

    def say(number):  # seven seconds, so that many fall on the same one
        return make.report(bend, 3, 8, at=start + dt.timedelta(seconds=number % 7)).report.pk

    stored = set(all_at_once(say))

    assert len(stored) == AT_ONCE == PainReport.objects.count()
    flag = Flag.objects.get(kind="exercise_hurts")
    assert flag.evidence.count() == AT_ONCE
    assert [event.verb for event in flag.events.all()] == ["raised"]
    assert Notice.objects.filter(flag=flag).count() == 1
    assert bend.changes.count() == 1
    row = PainTrend.objects.get()
    assert row.report_count == AT_ONCE
    assert (row.state, row.response) == replayed(row)


def test_a_backlog_sent_at_once_in_any_order_shows_the_rise_once(bend):
    """A phone that was away for seven weeks sends all it kept, over several lines."""
    today = timezone.now() - dt.timedelta(hours=1)

    def say(number):
        day = (number * 17) % AT_ONCE  # each day once, in no order
        return make.report(bend, 7 if day >= AT_ONCE - 8 else 3, at=today - dt.timedelta(days=AT_ONCE - 1 - day))

    all_at_once(say)

    assert PainReport.objects.count() == AT_ONCE
    assert Flag.objects.filter(kind="worsening").count() == 1
    assert FlagEvent.objects.filter(flag__kind="worsening", verb="raised").count() == 1
    row = PainTrend.objects.get()
    assert engine.is_still_rising(row)
    assert (row.state, row.response) == replayed(row)

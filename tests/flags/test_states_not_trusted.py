"""A stored state of an older rule or a damaged one: replayed and logged, nothing lost, nothing flagged for the past."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from clinic.flags import engine, lifecycle
from clinic.models import Flag, PainTrend
from tests import make

DAY = dt.timedelta(days=1)
START = timezone.now() - 40 * DAY


def keep_diary(prescription, scores, first_day=0):
    for day, score in enumerate(scores, first_day):
        make.report(prescription, score, at=START + day * DAY)


@pytest.fixture
def bend(cast):
    prescription = make.prescription(cast.dana)
    keep_diary(prescription, [3, 4, 2, 3, 3])
    return prescription


def good():
    return PainTrend.objects.get().state


def spoil(**changes):
    row = PainTrend.objects.get()
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=[*changes])


DAMAGED = {
    "empty": {},
    "a list": [],
    "a word": "7",
    "another rule": {"rule": "trend-0"},
    "parts missing": {"rule": engine.rule_settings.trend.RULE_VERSION},
}


@pytest.mark.parametrize("which", ["state", "response"])
@pytest.mark.parametrize("damaged", DAMAGED)
def test_a_damaged_state_is_replayed_and_nothing_is_lost(cast, bend, damaged, which, caplog):
    spoil(**{which: DAMAGED[damaged]})
    keep_diary(bend, [3], first_day=5)
    twin = make.prescription(cast.erin)
    keep_diary(twin, [3, 4, 2, 3, 3, 3])
    mended, whole = (PainTrend.objects.get(prescription=one) for one in (bend, twin))
    assert (mended.state, mended.response, mended.report_count) == (whole.state, whole.response, 6)
    assert f"trend {mended.pk} replayed" in caplog.text


@pytest.mark.parametrize("value", ["seven", None, [], {}, True])
@pytest.mark.parametrize("name", ["f", "w", "nu", "ss", "v", "reports", "last", "waiting"])
def test_a_state_with_one_wrong_part_never_stops_a_report(bend, name, value):
    spoil(state={**good(), name: value})
    keep_diary(bend, [4], first_day=5)
    row = PainTrend.objects.get()
    assert row.report_count == 6
    assert json.loads(json.dumps(row.state)) == row.state


def test_the_log_names_the_row_and_no_health_data(bend, caplog):
    spoil(state={**good(), "nu": "pain of 7 in the low back"})
    keep_diary(bend, [3], first_day=5)
    assert "replayed" in caplog.text
    assert "pain" not in caplog.text
    assert "low back" not in caplog.text


def test_a_new_rule_on_a_stored_history_flags_nothing_by_itself(bend):
    """After an upgrade the rows hold the old rule's states; the history may hold what only the new rule sees."""
    keep_diary(bend, [3, 4, 2, 3] * 5 + [7] * 6, first_day=5)
    Flag.objects.all().delete()  # the old rule had not seen it
    spoil(rule_version="trend-1/response-1", state={**good(), "rule": "trend-1", "flag": False})
    make.report(bend, None, 4)  # no score before: the trend rule has nothing to judge
    assert not Flag.objects.exists()
    assert PainTrend.objects.get().rule_version == engine.rule_settings.RULE_VERSION
    make.report(bend, 7)
    flag = Flag.objects.get()
    assert (flag.kind, flag.due_at) == ("worsening", None)


def test_a_new_rule_does_not_bring_back_what_was_resolved(cast, bend):
    keep_diary(bend, [3, 4, 2, 3] * 5 + [7] * 6, first_day=5)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "New work.", START + 32 * DAY)
    spoil(rule_version="trend-1/response-1", state={"rule": "trend-1"})
    keep_diary(bend, [7], first_day=33)
    assert not Flag.objects.unresolved().exists()


def test_a_new_rule_does_not_hold_for_sessions_that_were_answered_for(cast):
    prescription = make.prescription(cast.dana)
    for day in range(3):
        make.report(prescription, 3, 5, at=START + day * DAY)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Chair from now on.", START + 4 * DAY)
    spoil(rule_version="", state={}, response={})
    assert make.report(prescription, 3, 3, at=START + 5 * DAY).flags == []

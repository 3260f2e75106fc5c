"""A rise is "new, may be a flare-up" for seven days, then "persisting" while the rule still holds it."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from clinic.flags import lifecycle, phase
from clinic.models import Flag
from tests import make

DAY = dt.timedelta(days=1)
START = timezone.now() - 40 * DAY


def keep_diary(prescription, scores, first_day=0):
    for day, score in enumerate(scores, first_day):
        make.report(prescription, score, at=START + day * DAY)


@pytest.fixture
def rising(cast):
    prescription = make.prescription(cast.dana)
    keep_diary(prescription, [3, 4, 2, 3] * 7 + [7, 6, 7, 7])
    Flag.objects.update(raised_at=START + 30 * DAY, due_at=None)
    return Flag.objects.get()


def at(flag, days):
    return phase.phase_of(Flag.objects.get(pk=flag.pk), flag.raised_at + days * DAY)


def test_new_for_seven_days_then_persisting(rising):
    assert [at(rising, days) for days in (0, 6.9, 7, 20)] == ["new", "new", "persisting", "persisting"]


def test_counted_from_the_day_it_would_have_been_raised(rising):
    Flag.objects.update(due_at=rising.raised_at - 3 * DAY)
    assert (at(rising, 3.9), at(rising, 4)) == ("new", "persisting")


def test_once_the_rule_has_taken_it_back_it_does_not_persist(rising):
    keep_diary(rising.prescription, [2, 2, 1, 2, 2, 1, 2], first_day=32)
    assert Flag.objects.get().state == "open"
    assert at(rising, 8) == ""


def test_acknowledged_it_still_has_a_phase_and_resolved_none(cast, rising):
    lifecycle.acknowledge_flag(rising, cast.alice.user)
    assert at(rising, 1) == "new"
    lifecycle.resolve_flag(rising, cast.alice.user, "New work.")
    assert at(rising, 1) == ""


def test_other_kinds_have_none(cast):
    make.report(make.prescription(cast.dana), 3, 7)
    assert at(Flag.objects.get(), 1) == ""


def test_in_words(rising):
    assert [phase.phase_label(one) for one in ("new", "persisting", "")] == ["new, may be a flare-up", "persisting", ""]


def test_a_damaged_state_persists_in_nothing(rising):
    for damaged in ([], {}, {"flag": 1}, {"flag": "yes"}):
        type(rising.prescription.trend).objects.update(state=damaged)
        assert at(rising, 8) == ""


def test_the_readers_language_is_used_and_does_no_harm(rising):
    Flag.objects.update(due_at=START)
    with translation.override("es"):
        assert phase.describe_delay(Flag.objects.get())

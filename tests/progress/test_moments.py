"""A client sees the facts of the own story, and none of the practitioners' flags."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import lifecycle
from clinic.models import Flag, Notice
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from clinic.progress import progress
from clinic.reminders import planning
from tests import make

DAY = dt.timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def plan(cast, now):
    return make.prescription(cast.dana, now=now - 30 * DAY, starts_on=(now - 30 * DAY).date())


def moments(plan, now):
    return [list(moment.texts) for moment in progress.read_progress(plan, [], now).events]


def test_a_quiet_story_has_no_moments(plan, now):
    make.report(plan, 4, 3)
    assert moments(plan, now) == []


def test_holds_resumptions_changes_and_the_end_are_told_in_order(plan, cast, now):
    by = cast.alice.user
    prescribing.hold_prescription(plan, by=by, reason="Private reason.", now=now - 9 * DAY)
    prescribing.resume_prescription(plan, by=by, reason="Private reason.", now=now - 8 * DAY)
    prescribing.amend_prescription(plan, make.dose(sets=3), by=cast.alice, reason="Private reason.", now=now - 7 * DAY)
    prescribing.end_prescription(plan, by=by, reason="Private reason.", now=now - 6 * DAY)
    assert moments(plan, now) == [
        ["The exercise was paused."],
        ["The exercise went on."],
        ["Your plan changed. Every day at 18:00. 3 rounds. Hold each for 30 seconds. Rest 30 seconds between."],
        ["The plan ended."],
    ]


def test_a_warning_sign_and_who_was_told_of_it_are_one_moment_of_that_day(plan, cast, now):
    make.report(plan, 6, at=now, warning_signs=("leg_weakness",))
    notice = Notice.objects.get()
    before_it_went = moments(plan, now)
    Notice.objects.filter(pk=notice.pk).update(state="sent", sent_at=now, settled_at=now)
    assert before_it_went == [["You told us of a warning sign.", "The exercise was paused."]]
    assert set(moments(plan, now)[0]) == {*before_it_went[0], "Alice was told what you had reported."}


def test_one_mail_for_several_flags_told_of_each_when_it_went(plan, cast, now):
    make.report(plan, 4, 8, at=now, warning_signs=("leg_weakness",))
    first, *others = Notice.objects.order_by("pk")
    Notice.objects.filter(pk__in=[row.pk for row in others]).update(
        state="skipped", status_detail="together", settled_at=now
    )
    assert "Alice was told what you had reported." not in moments(plan, now)[0]
    Notice.objects.filter(pk=first.pk).update(state="sent", sent_at=now, settled_at=now)
    assert moments(plan, now)[0].count("Alice was told what you had reported.") == 1
    Notice.objects.filter(pk=first.pk).update(practitioner=cast.bob)
    assert others
    assert moments(plan, now)[0].count("Alice was told what you had reported.") == 0


@pytest.mark.parametrize("kind", [Flag.Kind.SILENT, Flag.Kind.UNDELIVERABLE])
def test_flags_of_silence_and_of_mail_that_comes_back_are_not_the_clients_to_read(plan, now, kind):
    lifecycle.raise_flag(None, kind, Flag.Severity.HIGH, "Private reason.", now, prescription=plan)
    assert Notice.objects.update(state="sent", sent_at=now, settled_at=now) == 1
    assert moments(plan, now) == []


def test_the_clients_own_pause_is_read_from_the_ledger_and_from_the_wish(plan, cast, now):
    schedule = plan.schedules.get()
    planning.create_due_reminders(schedule.next_due_at + DAY)
    slot = schedule.reminders.order_by("slot").first()
    type(slot).objects.filter(pk=slot.pk).update(state="skipped", status_detail="paused", settled_at=now)
    plan.client.paused_until = now.date() + 3 * DAY
    paused = progress.read_progress(plan, [], now).diary.paused
    assert {slot.slot, now.date(), now.date() + 2 * DAY} <= set(paused)
    assert now.date() + 3 * DAY not in paused


def test_a_corrected_report_is_marked(plan, now):
    stored = make.report(plan, 4, 3, at=now - DAY).report
    make.report(plan, 4, 3, at=now)
    reporting.correct_report(stored, {"after": 5}, reason="A slip", by=plan.client.user)
    assert progress.read_progress(plan, [], now).corrected == {stored.occurred_at}


def test_the_queries_do_not_grow_with_the_story(plan, cast, now, django_assert_num_queries):
    for ago in range(1, 12):
        stored = make.report(plan, 4, 3, at=now - ago * DAY, areas=("low_back",)).report
        reporting.correct_report(stored, {"after": 2}, reason="A slip", by=cast.alice.user)
        prescribing.amend_prescription(plan, make.dose(sets=ago), by=cast.alice, reason="x", now=now - ago * DAY)
    plan.exercise.rest_seconds  # noqa: B018  read before, as pages do
    with django_assert_num_queries(8):
        seen = progress.read_progress(plan, [], now)
        assert len(seen.corrected) == 11

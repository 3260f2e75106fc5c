"""A notice that waits when an absence begins, ends or changes goes to whoever treats the client as it is sent."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.clients import handover
from clinic.flags import escalation, notice_mail as notices
from clinic.models import Absence, Flag, Notice, Practitioner
from clinic.team import absences
from tests import make
from tests.flags.waiting_notices import DAY, HOUR, MINUTE, MOMENT, away, back, ends, had_a_mail_just_now, sent, waits


@pytest.fixture
def carol(cast):
    return make.practitioner(cast.alice.clinic, "Carol")


@pytest.fixture
def now():
    return timezone.now() + HOUR


def test_it_goes_to_the_cover_and_not_to_who_is_away(cast, now):
    notice = waits(cast.dana)
    away(cast.alice, cast.bob, now - MOMENT, now + DAY)
    assert sent(now) == ["Bob"]
    assert ends(notice.flag) == [("Alice", "skipped", "absent"), ("Bob", "sent", "")]


def test_an_absence_still_to_come_changes_nothing(cast, now):
    waits(cast.dana)
    away(cast.alice, cast.bob, now + MOMENT, now + DAY)
    assert sent(now) == ["Alice"]


def test_one_that_was_over_before_changes_nothing(cast, now):
    away(cast.alice, cast.bob, now - 9 * DAY, now - 2 * DAY)
    waits(cast.dana)
    assert sent(now) == ["Alice"]


def test_the_cover_has_ended_so_it_goes_to_who_is_back(cast, now):
    absence = away(cast.alice, cast.bob, now - DAY, now + DAY)
    notice = waits(cast.dana)
    assert notice.practitioner == cast.bob
    Absence.objects.filter(pk=absence.pk).update(ends_at=now - MOMENT)
    assert sent(now) == ["Alice"]
    assert ends(notice.flag) == [("Alice", "sent", ""), ("Bob", "skipped", "withdrawn")]


def test_the_cover_was_an_owner_so_both_hear_of_it(cast, now):
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    absence = away(cast.alice, olga, now - DAY, now + DAY)
    waits(cast.dana)
    Absence.objects.filter(pk=absence.pk).update(ends_at=now - MOMENT)
    assert sent(now) == ["Alice", "Olga"]


def test_the_cover_left_the_clinic_so_the_owners_are_told(cast, now):
    make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    away(cast.alice, cast.bob, now - DAY, now + DAY)
    notice = waits(cast.dana)
    Practitioner.objects.filter(pk=cast.bob.pk).update(active=False)
    assert sent(now) == ["Olga"]
    assert ends(notice.flag)[0] == ("Bob", "skipped", "inactive")


def test_the_cover_went_to_the_front_desk_so_the_owners_are_told(cast, now):
    make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    away(cast.alice, cast.bob, now - DAY, now + DAY)
    waits(cast.dana)
    Practitioner.objects.filter(pk=cast.bob.pk).update(role=Practitioner.Role.FRONT_DESK)
    assert sent(now) == ["Olga"]


def test_another_cover_was_named_meanwhile(cast, carol, now):
    absence = away(cast.alice, cast.bob, now - DAY, now + DAY)
    notice = waits(cast.dana)
    Absence.objects.filter(pk=absence.pk).update(cover=carol)
    assert sent(now) == ["Carol"]
    assert ends(notice.flag) == [("Bob", "skipped", "withdrawn"), ("Carol", "sent", "")]


def test_of_two_absences_the_one_that_lasts_decides(cast, carol, now):
    away(cast.alice, cast.bob, now - DAY, now - MOMENT)
    away(cast.alice, carol, now - MOMENT, now + DAY)
    notice = waits(cast.dana)
    assert notice.practitioner == cast.bob
    assert sent(now) == ["Carol"]


def test_two_who_are_away_each_have_their_own_cover(cast, carol, now):
    waits(cast.dana)
    waits(cast.erin)
    away(cast.alice, carol, now - MOMENT, now + DAY)
    away(cast.bob, carol, now - MOMENT, now + DAY)
    assert sent(now) == ["Carol"]  # one mail for both
    assert set(Notice.objects.filter(practitioner=carol).values_list("state", "status_detail")) == {
        ("sent", ""),
        ("skipped", "together"),
    }


def test_without_a_cover_the_owners_are_told(cast, now):
    make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    waits(cast.dana)
    away(cast.alice, None, now - MOMENT, now + DAY)
    assert sent(now) == ["Olga"]


def test_where_nobody_else_is_there_it_goes_to_who_is_away_all_the_same(cast, now):
    waits(cast.dana)
    Practitioner.objects.filter(pk=cast.bob.pk).update(active=False)
    away(cast.alice, None, now - MOMENT, now + DAY)
    assert sent(now) == ["Alice"]


def test_the_cover_who_was_told_already_is_not_told_twice(cast, now):
    notice = waits(cast.dana)
    Notice.objects.create(
        practitioner=cast.bob, flag=notice.flag, due_at=notice.due_at, try_at=notice.due_at,
        expires_at=notice.expires_at, message_id="told.already@clinic.test",
    )  # fmt: skip
    away(cast.alice, cast.bob, now - MOMENT, now + DAY)
    assert sent(now) == ["Bob"]
    assert Notice.objects.filter(practitioner=cast.bob).count() == 1


def test_what_was_seen_meanwhile_is_told_to_nobody(cast, now):
    notice = waits(cast.dana)
    away(cast.alice, cast.bob, now - MOMENT, now + DAY)
    Flag.objects.filter(pk=notice.flag_id).update(state=Flag.State.ACKNOWLEDGED)
    assert sent(now) == []
    assert ends(notice.flag) == [("Alice", "skipped", "settled")]


def test_an_owner_who_goes_away_before_a_risen_flag_is_mailed_has_a_cover_too(cast, carol, now):
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    notice = waits(cast.dana)
    sent(now)
    later = notice.flag.raised_at + DAY + HOUR
    assert escalation.escalate_flags(later) == 1
    away(olga, carol, later, later + DAY)
    assert sent(later + MOMENT) == ["Carol"]


def test_those_left_over_from_a_mail_that_failed_go_along(cast, now):
    """Two flags, one mail for both, which failed; before it is tried again its reader goes away."""
    first = waits(cast.dana)
    second = make.report(make.prescription(make.client(cast.alice, "Hal")), 4, 8).flags[0].notices.get()
    Notice.objects.filter(pk=second.pk).update(state="skipped", status_detail="together", settled_at=now - 2 * MOMENT)
    away(cast.alice, cast.bob, now - MOMENT, now + DAY)
    assert sent(now) == ["Bob"]
    assert {row.flag_id for row in Notice.objects.filter(practitioner=cast.bob)} == {first.flag_id, second.flag_id}


def test_a_second_worker_writes_nothing_twice(cast, now):
    notice = waits(cast.dana)
    away(cast.alice, cast.bob, now - MOMENT, now + DAY)
    for _worker in range(2):
        assert notices.guard([notice], now) == {notice.pk: "absent"}
    assert Notice.objects.filter(practitioner=cast.bob).count() == 1


def test_where_nobody_is_away_it_costs_one_query_for_all(cast, now):
    def asked(rows):
        with CaptureQueriesContext(connection) as seen:
            notices.guard(rows, now)
        return len(seen)

    one = [waits(cast.dana)]
    assert asked(one) == asked([*one, waits(cast.erin), waits(make.client(cast.alice, "Hal"))])


def test_a_real_absence_by_the_verb_does_the_same(cast):
    notice = waits(cast.dana)
    today = timezone.now().date()
    absences.add_absence(cast.alice, starts_on=today, ends_on=today + DAY, cover=cast.bob, by=cast.alice.user)
    assert sent(timezone.now()) == ["Bob"]
    assert ends(notice.flag)[0] == ("Alice", "skipped", "absent")


def test_back_before_the_cover_was_told_so_who_is_back_is_told_after_all(cast, now):
    notice = waits(cast.dana)
    had_a_mail_just_now(cast.bob, now)
    absence = away(cast.alice, cast.bob, now - MOMENT, now + DAY)
    assert sent(now) == []
    back(absence, now + 10 * MOMENT)
    assert sent(now + 4 * MINUTE) == ["Alice"]
    assert ends(notice.flag) == [
        ("Alice", "skipped", "absent"),
        ("Alice", "sent", ""),
        ("Bob", "skipped", "withdrawn"),
    ]


def test_the_cover_changed_and_changed_back_so_the_first_one_is_told_after_all(cast, carol, now):
    absence = away(cast.alice, cast.bob, now - DAY, now + DAY)
    waits(cast.dana)
    had_a_mail_just_now(carol, now)
    Absence.objects.filter(pk=absence.pk).update(cover=carol)
    assert sent(now) == []
    Absence.objects.filter(pk=absence.pk).update(cover=cast.bob)
    assert sent(now + 4 * MINUTE) == ["Bob"]


def test_handed_over_to_somebody_whom_the_former_one_then_covers(cast, now):
    notice = waits(cast.dana)
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    handover.hand_over_client(cast.dana, cast.bob, by=olga, reason="Knows knees", now=now)
    away(cast.bob, cast.alice, now, now + DAY)
    assert sent(now + MOMENT) == ["Alice"]
    assert ends(notice.flag)[-1] == ("Bob", "skipped", "absent")


def test_an_absence_moved_to_the_future_leaves_the_cover_without_mail_and_tells_who_is_here(cast, now):
    absence = away(cast.alice, cast.bob, now - DAY, now + DAY)
    notice = waits(cast.dana)
    Absence.objects.filter(pk=absence.pk).update(begins_at=now + DAY, ends_at=now + 2 * DAY)
    assert sent(now) == ["Alice"]
    assert ends(notice.flag) == [("Alice", "sent", ""), ("Bob", "skipped", "withdrawn")]


def test_it_stays_with_its_reader_where_mail_to_everybody_else_was_refused(cast, now):
    notice = waits(cast.dana)
    Notice.objects.create(
        practitioner=cast.bob, flag=notice.flag, due_at=notice.due_at, try_at=notice.due_at, state="failed",
        status_detail="554 no", expires_at=notice.expires_at, message_id="refused@clinic.test",
    )  # fmt: skip
    away(cast.alice, cast.bob, now - MOMENT, now + DAY)
    assert sent(now) == ["Alice"]


def test_what_was_left_over_and_went_to_the_cover_comes_back_with_who_is_back(cast, now):
    """Of two flags the mail for both failed, then its reader was away for a moment."""
    first = waits(cast.dana)
    second = waits(make.client(cast.alice, "Hal"))
    Notice.objects.filter(pk=second.pk).update(state="skipped", status_detail="together", settled_at=now - 2 * MOMENT)
    had_a_mail_just_now(cast.bob, now)
    absence = away(cast.alice, cast.bob, now - MOMENT, now + DAY)
    assert sent(now) == []
    back(absence, now + 10 * MOMENT)
    Flag.objects.filter(pk=first.flag_id).update(state=Flag.State.ACKNOWLEDGED)
    assert sent(now + 4 * MINUTE) == ["Alice"]
    assert ends(second.flag)[0] == ("Alice", "skipped", "absent")


def test_one_cover_no_more_still_gets_what_was_left_over_about_clients_of_their_own(cast, now):
    absence = away(cast.alice, cast.bob, now - DAY, now + DAY)
    waits(cast.dana)
    own = waits(cast.erin)
    Notice.objects.filter(pk=own.pk).update(state="skipped", status_detail="together", settled_at=now - 2 * MOMENT)
    back(absence, now - MOMENT)
    assert sent(now) == ["Alice", "Bob"]

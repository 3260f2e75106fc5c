"""A row belongs to one worker at a time, and comes back when that worker dies."""

import datetime as dt

import pytest

from clinic.mail.outbox import send_due
from clinic.models import Invitation
from clinic.models.outbox import State
from tests.mail import post

LEASE = dt.timedelta(minutes=2)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def rows(db):
    return post.invitations(3)


@pytest.fixture
def due(rows):
    return rows[0].due_at


def claim(now, most=50):
    return Invitation.objects.all().claim(now, LEASE, most)


def one(rows):
    return Invitation.objects.get(pk=rows[0].pk)


def test_a_second_claim_finds_nothing(rows, due):
    assert [row.pk for row in claim(due)] == [row.pk for row in rows]
    assert claim(due) == []


def test_two_claims_share_the_rows_out_oldest_first(rows, due):
    Invitation.objects.filter(pk=rows[2].pk).update(due_at=due - SECOND, try_at=due - SECOND)
    assert [row.pk for row in claim(due, most=2)] == [rows[2].pk, rows[0].pk]
    assert [row.pk for row in claim(due, most=2)] == [rows[1].pk]


def test_those_that_met_trouble_before_come_last(rows, due):
    Invitation.objects.filter(pk=rows[0].pk).update(attempts=1)
    assert [row.pk for row in claim(due)] == [rows[1].pk, rows[2].pk, rows[0].pk]


def test_what_is_not_due_yet_is_not_claimed(rows, due):
    assert claim(due - SECOND) == []


def test_while_the_lease_lasts_nothing_is_given_back(rows, due):
    claim(due)
    assert Invitation.objects.release_expired(due + LEASE - SECOND) == 0
    assert claim(due + LEASE - SECOND) == []


def test_what_a_dead_worker_had_only_claimed_goes_out_as_if_nothing_had_been(rows, due):
    claim(due)
    assert Invitation.objects.release_expired(due + LEASE) == 3
    assert send_due(Invitation, due + LEASE) == {"sent": 3}
    assert set(Invitation.objects.values_list("attempts", "doubtful_attempts")) == {(1, 0)}


def test_what_it_was_sending_is_in_doubt_and_goes_once_more(rows, due):
    first = claim(due)[0]
    assert Invitation.objects.begin(first)
    assert Invitation.objects.release_expired(due + LEASE) == 3
    assert (one(rows).state, one(rows).attempts, one(rows).doubtful_attempts) == ("ready", 1, 1)
    assert send_due(Invitation, due + LEASE) == {"sent": 3}


def test_the_second_time_it_is_left_as_unknown(rows, due):
    for now in (due, due + LEASE):
        mine = next(row for row in claim(now) if row.pk == rows[0].pk)
        assert Invitation.objects.begin(mine)
        assert Invitation.objects.release_expired(now + LEASE) == 3
    assert (one(rows).state, one(rows).doubtful_attempts, one(rows).settled_at) == ("unknown", 2, due + 2 * LEASE)
    assert send_due(Invitation, due + 2 * LEASE) == {"sent": 2}


def test_a_worker_that_was_thought_dead_changes_nothing_any_more(rows, due):
    slow = claim(due)[0]
    assert Invitation.objects.begin(slow)
    Invitation.objects.release_expired(due + LEASE)
    quick = claim(due + LEASE)[0]
    assert not Invitation.objects.begin(slow)
    assert not Invitation.objects.settle(slow, State.SENDING, State.SENT, due + LEASE)
    assert not Invitation.objects.release(slow, State.SENDING, due + LEASE)
    assert Invitation.objects.mark_doubtful(slow, due + LEASE, due + LEASE) == []
    assert (one(rows).state, one(rows).lease) == ("claimed", quick.lease)
    assert Invitation.objects.begin(quick)
    assert Invitation.objects.settle(quick, State.SENDING, State.SENT, due + LEASE)


def test_its_yes_still_counts_while_nobody_has_begun_that_mail_again(rows, due):
    slow = claim(due)[0]
    assert Invitation.objects.begin(slow)
    Invitation.objects.release_expired(due + LEASE)
    again = next(row for row in claim(due + LEASE) if row.pk == slow.pk)
    assert Invitation.objects.mark_sent(slow, due + LEASE)
    assert not Invitation.objects.begin(again)
    assert (one(rows).state, one(rows).sent_at, one(rows).doubtful_attempts) == ("sent", due + LEASE, 1)


def test_and_no_more_once_somebody_has(rows, due):
    slow = claim(due)[0]
    assert Invitation.objects.begin(slow)
    Invitation.objects.release_expired(due + LEASE)
    again = next(row for row in claim(due + LEASE) if row.pk == slow.pk)
    assert Invitation.objects.begin(again)
    assert not Invitation.objects.mark_sent(slow, due + LEASE)
    assert one(rows).state == "sending"


def test_one_that_was_given_up_is_known_after_all(rows, due):
    for now in (due, due + LEASE):
        mine = next(row for row in claim(now) if row.pk == rows[0].pk)
        assert Invitation.objects.begin(mine)
        Invitation.objects.release_expired(now + LEASE)
    assert one(rows).state == "unknown"
    assert Invitation.objects.mark_sent(mine, due + 3 * LEASE)
    assert one(rows).state == "sent"


def test_one_in_doubt_waits_for_its_worker_to_tell(rows, due):
    assert Invitation.objects.begin(claim(due)[0])
    Invitation.objects.release_expired(due + LEASE, patience=LEASE)
    assert send_due(Invitation, due + LEASE) == {"sent": 2}
    assert send_due(Invitation, due + 2 * LEASE) == {"sent": 1}


def test_from_mail_to_mail_a_late_yes_counts_too(rows, due):
    before, after, _ = claim(due)
    assert Invitation.objects.begin(before)
    Invitation.objects.filter(pk=before.pk).update(state=State.READY, lease=None, doubtful_attempts=1)
    assert Invitation.objects.mark_sent_and_begin_next(before, after, due, due + LEASE) == (True, True)
    assert Invitation.objects.get(pk=before.pk).state == "sent"


def test_from_mail_to_mail_both_rows_move_at_once(rows, due):
    before, after, _ = claim(due)
    assert Invitation.objects.begin(before)
    assert Invitation.objects.mark_sent_and_begin_next(before, after, due, due + LEASE) == (True, True)
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.state, before.sent_at, before.settled_at, before.lease, before.attempts) == (
        "sent",
        due,
        due,
        None,
        1,
    )
    assert (after.state, after.sent_at, after.settled_at, after.attempts) == ("sending", None, None, 1)


def test_of_two_rows_the_one_that_is_not_ours_any_more_is_left_alone(rows, due):
    before, after, _ = claim(due)
    assert Invitation.objects.begin(before)
    Invitation.objects.filter(pk=before.pk).update(state=State.BOUNCED, lease=None, status_detail="came back")
    assert Invitation.objects.mark_sent_and_begin_next(before, after, due, due + LEASE) == (False, True)
    assert Invitation.objects.get(pk=before.pk).state == "bounced"
    third = Invitation.objects.get(state=State.CLAIMED)
    after.refresh_from_db()
    Invitation.objects.filter(pk=third.pk).update(lease=None)
    assert Invitation.objects.mark_sent_and_begin_next(after, third, due, due + LEASE) == (True, False)
    assert set(Invitation.objects.values_list("state", flat=True)) == {"bounced", "sent", "claimed"}


def test_settled_rows_stay_settled(rows, due):
    send_due(Invitation, due)
    assert Invitation.objects.release_expired(due + dt.timedelta(days=30)) == 0
    assert claim(due + dt.timedelta(days=30)) == []

"""What the mail server refuses, for now or for good, and what becomes of the rows."""

import datetime as dt

import pytest

from clinic.mail.outbox import send_due
from clinic.models import Invitation
from clinic.models.outbox import REFUSED_RECIPIENT
from tests.mail import post
from tests.mail.servers import about, always, once

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def rows(db):
    return post.invitations(3)


@pytest.fixture
def due(rows):
    return rows[0].due_at


def fresh():
    return list(Invitation.objects.order_by("pk"))


def fates():
    return [(row.state, row.attempts) for row in fresh()]


def sent_to(server):
    return [mail["To"].addresses[0].addr_spec.partition("@")[0] for mail in server.taken]


def test_a_refused_connection_costs_no_attempt_and_all_wait_a_minute(rows, due, nobody_listens):
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 0)] * 3
    assert {row.try_at - due for row in fresh()} == {MINUTE}
    assert {row.lease for row in fresh()} == {None}


def test_421_at_the_door_costs_no_attempt_and_all_wait_a_minute(rows, due, odd_server):
    odd_server.says["connect"] = once("421 too busy")
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 0)] * 3
    assert send_due(Invitation, due + MINUTE) == {"sent": 3}
    assert [row.attempts for row in fresh()] == [1, 1, 1]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "."])
def test_421_on_the_way_costs_no_attempt_and_ends_the_batch(rows, due, odd_server, stage):
    odd_server.says[stage] = once("421 closing down")
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 0)] * 3
    assert [row.doubtful_attempts for row in fresh()] == [0, 0, 0]
    assert odd_server.taken == []


def test_a_mail_that_meets_421_each_time_does_not_hold_up_those_behind_it(rows, due, odd_server):
    odd_server.says["RCPT"] = about("name0@", "421 not this one")
    send_due(Invitation, due)
    assert send_due(Invitation, due + MINUTE) == {"sent": 2}
    assert sent_to(odd_server) == ["name1", "name2"]
    assert send_due(Invitation, due + 2 * MINUTE) == {}
    assert fates() == [("ready", 0), ("sent", 1), ("sent", 1)]


def test_a_greeting_refused_is_nobody_s_fault(rows, due, odd_server):
    odd_server.says["EHLO"] = odd_server.says["HELO"] = always("550 who are you")
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 0)] * 3


def test_a_sender_refused_is_our_own_fault_and_loses_no_mail(rows, due, odd_server):
    odd_server.says["MAIL"] = always("550 5.7.1 sender not allowed")
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 0)] * 3
    odd_server.says.clear()
    assert send_due(Invitation, due + 2 * MINUTE) == {"sent": 3}


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "."])
def test_451_keeps_the_row_for_later_and_the_rest_goes_out(rows, due, odd_server, stage):
    odd_server.says[stage] = once("451 try again later")
    assert send_due(Invitation, due) == {"sent": 2}
    assert fates() == [("ready", 1), ("sent", 1), ("sent", 1)]
    assert send_due(Invitation, due + MINUTE) == {"sent": 1}
    assert sorted(sent_to(odd_server)) == ["name0", "name1", "name2"]


def test_each_451_doubles_the_wait_up_to_an_hour_until_the_mail_is_of_no_use(rows, due, odd_server):
    odd_server.says["RCPT"] = about("name1@", "451 4.2.1 mailbox busy")
    Invitation.objects.update(expires_at=due + 6 * 60 * MINUTE)
    waits, now = [], due
    while (tally := send_due(Invitation, now)) != {"failed": 1}:
        assert tally["failed"] == 0
        row = fresh()[1]
        assert row.state == "ready"
        waits.append((row.try_at - now) / MINUTE)
        now = row.try_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, 64, 64]
    words = f"{REFUSED_RECIPIENT}451 4.2.1 mailbox busy"
    assert (fresh()[1].state, fresh()[1].attempts, fresh()[1].status_detail) == ("failed", 11, words)


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "."])
def test_550_settles_the_row_with_the_server_s_words_and_the_rest_goes_out(rows, due, odd_server, stage):
    odd_server.says[stage] = once("550 5.1.1 no such mailbox")
    assert send_due(Invitation, due) == {"failed": 1, "sent": 2}
    row = fresh()[0]
    words = f"{REFUSED_RECIPIENT if stage == 'RCPT' else ''}550 5.1.1 no such mailbox"
    assert (row.state, row.status_detail, row.attempts, row.sent_at) == ("failed", words, 1, None)
    assert row.settled_at == due
    assert send_due(Invitation, due + dt.timedelta(days=1)) == {}


def test_words_longer_than_the_ledger_are_cut(rows, due, odd_server):
    odd_server.says["RCPT"] = always("550 " + "no " * 200)
    assert send_due(Invitation, due) == {"failed": 3}
    assert {len(row.status_detail) for row in fresh()} == {300}


def test_what_nobody_took_until_it_was_of_no_use_is_skipped_as_late(rows, due, odd_server):
    odd_server.says["RCPT"] = always("451 later")
    send_due(Invitation, due)
    odd_server.says.clear()
    assert send_due(Invitation, rows[-1].expires_at) == {"skipped": 3}
    assert {(row.state, row.status_detail) for row in fresh()} == {("skipped", "late")}
    assert odd_server.taken == []

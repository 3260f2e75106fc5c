"""A connection lost before the final dot is tried again; after it the mail is in doubt: once more, then unknown."""

import datetime as dt

import pytest

from clinic.mail.outbox import ATTEMPTS_AT_MOST, send_due
from clinic.models import Invitation
from tests.mail import post
from tests.mail.servers import DROP, SILENCE, about, always, once

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def rows(db):
    return post.invitations(3)


@pytest.fixture
def due(rows):
    return rows[0].due_at


def fates():
    return list(Invitation.objects.order_by("pk").values_list("state", "attempts", "doubtful_attempts"))


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_dropped_before_the_final_dot_nothing_is_in_doubt(rows, due, odd_server, stage):
    odd_server.says[stage] = once(DROP)
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 1, 0), ("ready", 0, 0), ("ready", 0, 0)]
    assert send_due(Invitation, due + MINUTE) == {"sent": 3}
    assert len(odd_server.handed_over) == 3


def test_dropped_after_the_final_dot_the_mail_goes_once_more_under_the_same_message_id(rows, due, odd_server):
    odd_server.says["."] = once(DROP)
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 1, 1), ("ready", 0, 0), ("ready", 0, 0)]
    assert send_due(Invitation, due + MINUTE) == {"sent": 3}
    assert fates() == [("sent", 2, 1), ("sent", 1, 0), ("sent", 1, 0)]
    first, again = [mail for mail in odd_server.handed_over if "name0@" in mail["To"]]
    assert first["Message-ID"] == again["Message-ID"] == f"<{rows[0].message_id}>"


def test_dropped_twice_after_the_final_dot_it_is_left_as_unknown_and_never_sent_again(rows, due, odd_server):
    odd_server.says["."] = about("name0@", DROP)
    send_due(Invitation, due)
    assert send_due(Invitation, due + MINUTE)["unknown"] == 1
    send_due(Invitation, due + 3 * MINUTE)
    assert fates() == [("unknown", 2, 2), ("sent", 1, 0), ("sent", 1, 0)]
    assert send_due(Invitation, due + HOUR) == {}
    assert sum("name0@" in mail["To"] for mail in odd_server.handed_over) == 2


def test_silence_after_the_final_dot_is_a_doubt_too(rows, due, odd_server, settings):
    settings.EMAIL_TIMEOUT = 0.5
    odd_server.says["."] = once(SILENCE)
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 1, 1), ("ready", 0, 0), ("ready", 0, 0)]


def test_silence_before_it_is_none(rows, due, odd_server, settings):
    settings.EMAIL_TIMEOUT = 0.5
    odd_server.says["RCPT"] = once(SILENCE)
    assert send_due(Invitation, due) == {}
    assert fates() == [("ready", 1, 0), ("ready", 0, 0), ("ready", 0, 0)]


def test_an_answer_that_makes_no_sense_after_the_final_dot_is_a_doubt(rows, due, odd_server):
    odd_server.says["."] = once("hm?")
    send_due(Invitation, due)
    assert fates()[0] == ("ready", 1, 1)


def test_those_sent_before_the_break_stay_sent(rows, due, odd_server):
    odd_server.says["."] = about("name2@", DROP)
    assert send_due(Invitation, due) == {"sent": 2}
    assert fates() == [("sent", 1, 0), ("sent", 1, 0), ("ready", 1, 1)]


def test_a_mail_at_which_the_server_always_breaks_off_fails_in_the_end_and_blocks_nobody(rows, due, odd_server):
    odd_server.says["RCPT"] = about("name0@", DROP)
    send_due(Invitation, due)
    assert send_due(Invitation, due + MINUTE) == {"sent": 2}
    for _attempt in range(ATTEMPTS_AT_MOST - 2):
        send_due(Invitation, Invitation.objects.get(pk=rows[0].pk).try_at)
    assert fates() == [("failed", ATTEMPTS_AT_MOST, 0), ("sent", 1, 0), ("sent", 1, 0)]
    assert Invitation.objects.get(pk=rows[0].pk).status_detail.startswith("the mail server broke off each time")


def test_a_server_that_takes_a_mail_and_then_hangs_up_loses_none(rows, due, odd_server):
    odd_server.says["QUIT"] = always(DROP)
    assert send_due(Invitation, due) == {"sent": 3}

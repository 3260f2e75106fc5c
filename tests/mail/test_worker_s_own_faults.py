"""One row that cannot be written, a wrong clock, a slow batch: the others still go, each once."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError

from clinic.clients import invitation_mail
from clinic.mail import outbox
from clinic.mail.outbox import send_due
from clinic.models import Clinic, Invitation
from tests import make
from tests.mail import post
from tests.mail.servers import once

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def rows(db):
    return post.invitations(3)


@pytest.fixture
def due(rows):
    return rows[0].due_at


def fates():
    return list(Invitation.objects.order_by("pk").values_list("state", "attempts"))


class Deaf(BaseEmailBackend):
    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        return 0


def test_a_row_that_cannot_be_written_fails_and_the_others_go(rows, due, odd_server):
    nowhere = make.clinic("Hilltop Rehab")
    elsewhere = make.invited(make.practitioner(nowhere), "Zoe").invitations.get()
    Invitation.objects.filter(pk=elsewhere.pk).update(due_at=due, try_at=due)
    Clinic.objects.filter(pk=nowhere.pk).update(email="")
    assert send_due(Invitation, due) == {"sent": 3, "failed": 1}
    elsewhere.refresh_from_db()
    assert (elsewhere.status_detail, elsewhere.attempts) == ("cannot be written: ValueError", 0)


def test_a_header_that_cannot_be_written_fails_before_the_row_counts_as_being_sent(rows, due, odd_server, monkeypatch):
    build_email = invitation_mail.build_email

    def with_a_broken_header(*args, **given):
        mail = build_email(*args, **given)
        if given["to"][0] == "Name1":
            mail.extra_headers["X-Broken"] = "one\ntwo"
        return mail

    monkeypatch.setattr(invitation_mail, "build_email", with_a_broken_header)
    assert send_due(Invitation, due) == {"sent": 2, "failed": 1}
    assert fates() == [("sent", 1), ("failed", 0), ("sent", 1)]


def test_trouble_of_the_database_while_writing_is_not_the_row_s_fault(rows, due, odd_server, monkeypatch):
    def breaks(*args, **given):
        raise DatabaseError("gone")

    monkeypatch.setattr(invitation_mail, "build_email", breaks)
    with pytest.raises(DatabaseError):
        send_due(Invitation, due)
    assert fates() == [("claimed", 0)] * 3
    monkeypatch.undo()
    Invitation.objects.release_expired(due + dt.timedelta(hours=1))
    assert send_due(Invitation, due + dt.timedelta(hours=1)) == {"sent": 3}


def test_a_backend_that_takes_nothing_has_not_sent_it(rows, due, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Deaf"
    assert send_due(Invitation, due) == {"failed": 3}


def test_a_worker_whose_clock_is_wrong_waits_and_settles_by_the_database_s(rows, due, odd_server, monkeypatch):
    there = due + dt.timedelta(minutes=10)  # where the database is; this worker believes it is ``due``
    monkeypatch.setattr(outbox, "database_now", lambda: there)
    odd_server.says["RCPT"] = once("451 later")
    assert send_due(Invitation) == {"sent": 2}
    first, second, _third = Invitation.objects.order_by("pk")
    assert MINUTE <= first.try_at - there < 2 * MINUTE
    assert there <= second.sent_at < there + MINUTE


def test_a_slow_batch_hands_back_the_rest_before_the_lease_ends(rows, due, odd_server, monkeypatch, settings):
    settings.PLUMBLINE_LEASE_SECONDS = 120
    seconds = iter(range(0, 10_000, 25))
    claims = []
    claim = Invitation.objects.none().claim.__func__
    monkeypatch.setattr(outbox, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    monkeypatch.setattr(
        type(Invitation.objects.none()), "claim", lambda self, *given: claims.append(1) or claim(self, *given)
    )
    assert send_due(Invitation, due) == {"sent": 3}
    assert len(claims) > 2
    assert fates() == [("sent", 1)] * 3
    assert len(odd_server.taken) == 3

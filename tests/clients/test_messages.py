"""A message waits in the portal; the mail about it goes once, to whoever can and should get it."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from clinic.bounces import handling
from clinic.clients import departure, messages as client_messages
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Invitation, Message, Practitioner
from clinic.models.outbox import database_now
from tests import make

WORDS = "Bring your walking shoes on Friday."


@pytest.fixture
def message(cast):
    make.prescription(cast.dana)
    send_due(Invitation)  # so that nothing else is in the post
    mail.outbox.clear()
    return client_messages.send_message(cast.dana, WORDS, by=cast.alice)


def ended(message):
    send_due(Message)
    message.refresh_from_db()
    return message.state, message.status_detail


def refused(call):
    with pytest.raises(ValidationError) as caught:
        call()
    assert not Message.objects.exists()
    return list(caught.value.message_dict)


def test_the_mail_says_that_there_is_one_and_not_a_word_of_it(message):
    assert ended(message) == ("sent", "")
    (sent,) = mail.outbox
    assert sent.to == ["Dana <dana@home.example>"]
    whole = sent.message().as_string()
    assert "/portal/messages/" in whole
    assert not {"walking", "shoes", "Friday"} & set(whole.replace(".", " ").split())
    assert sent.message()["Auto-Submitted"] == "auto-generated"


def test_a_second_tick_mails_nothing_twice(message):
    send_due(Message)
    send_due(Message)
    assert len(mail.outbox) == 1


def test_it_is_audited_when_sent_and_when_read(cast, message):
    assert client_messages.mark_read(message, by=cast.dana.user)
    assert not client_messages.mark_read(message, by=cast.dana.user)
    acts = AuditEntry.objects.filter(target_kind="message", target_id=message.pk).order_by("pk")
    assert [(row.verb, row.actor_id) for row in acts] == [
        ("message_sent", cast.alice.user_id), ("message_read", cast.dana.user_id),
    ]  # fmt: skip


def test_who_has_read_it_gets_no_mail(cast, message):
    client_messages.mark_read(message, by=cast.dana.user)
    assert ended(message) == ("skipped", "settled")


def test_who_has_left_gets_no_mail(cast, message):
    departure.leave_clinic(cast.dana, by=None)
    assert ended(message) == ("skipped", "withdrawn")


def test_whom_mail_does_not_reach_gets_none_and_still_reads_it(cast, message):
    Client.objects.filter(pk=cast.dana.pk).update(undeliverable_since=database_now())
    assert ended(message) == ("skipped", "undeliverable")
    assert list(Message.objects.visible_to(cast.dana.user)) == [message]


def test_who_wants_no_reminders_still_hears_of_a_message(cast, message):
    Client.objects.filter(pk=cast.dana.pk).update(reminders_wanted=False)
    assert ended(message)[0] == "sent"


def test_who_called_such_a_mail_unwanted_gets_no_more_of_them(cast, message):
    send_due(Message)
    message.refresh_from_db()
    assert handling.record_complaint(message, now=database_now())
    assert ended(client_messages.send_message(cast.dana, "One more.", by=cast.alice)) == ("skipped", "complained")


def test_a_mail_that_waited_for_two_days_is_of_no_use(message):
    send_due(Message, message.due_at + dt.timedelta(days=2))
    message.refresh_from_db()
    assert (message.state, message.status_detail) == ("skipped", "late")


def test_a_mail_that_comes_back_marks_the_client(cast, message):
    send_due(Message)
    message.refresh_from_db()
    assert handling.find_message([message.message_id], now=database_now()) == message
    assert handling.record_bounce(message, "550 5.1.1 no such user", hard=True, now=database_now())
    cast.dana.refresh_from_db()
    assert cast.dana.undeliverable_since is not None


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_nothing_and_too_much_are_refused(cast, text):
    assert refused(lambda: client_messages.send_message(cast.dana, text, by=cast.alice)) == ["text"]


def test_whoever_cannot_read_it_is_not_written_to(cast):
    frida = make.invited(cast.alice, "Frida")
    assert refused(lambda: client_messages.send_message(frida, WORDS, by=cast.alice)) == ["client"]
    departure.leave_clinic(cast.dana, by=None)
    assert refused(lambda: client_messages.send_message(cast.dana, WORDS, by=cast.alice)) == ["client"]


def test_only_who_treats_clients_at_this_clinic_writes(cast):
    desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
    for person in (cast.charlie, desk):
        assert refused(lambda by=person: client_messages.send_message(cast.dana, WORDS, by=by)) == ["practitioner"]

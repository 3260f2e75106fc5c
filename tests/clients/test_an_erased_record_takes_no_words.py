"""Whoever was writing about a client while the record was erased leaves no word in it."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.bounces import handling
from clinic.clients import departure, handover, invitations, preferences
from clinic.clients.messages import send_message
from clinic.clients.notes import add_note, correct_note
from clinic.flags import lifecycle, rule_tuning
from clinic.models import AuditEntry, Client, Flag, Message, Note
from clinic.models.outbox import State
from clinic.pain import reporting
from clinic.prescriptions import bulk, prescribing
from clinic.prescriptions.screening import ScreenedPrecaution
from clinic.reminders import push_subscriptions
from tests import make
from tests.clients.stored_text import all_stored_text
from tests.reminders.push_service import Browser

WORD = "Zebrafish"  # in every text that somebody writes, after the erasure


def screening():
    answers = make.nothing_found()
    return {**answers, next(iter(answers)): ScreenedPrecaution(True, WORD)}


def prescribe_to_several(at):
    order = bulk.ScreenedClient(at.client, screening())
    return bulk.prescribe_to_clients([order], make.exercise(), make.dose(), by=at.alice)


def set_rules(at):
    given = {"sensitivity": "few", "smallest_rise": 1.0, "reason": WORD}
    return rule_tuning.set_client_rule_settings(at.client, **given, by=at.alice)


def set_hours(at):
    given = {"time_zone": "Pacific/Chatham", "wakes_at": dt.time(6), "quiet": None}
    return preferences.set_hours(at.client, **given, by=at.user)


def add_phone(at):
    return push_subscriptions.add_subscription(
        at.client, **Browser("https://fcm.googleapis.com/fcm/send/a").subscription_keys(), label=WORD, by=at.user
    )


def choose_reminders(at):
    return preferences.choose_reminders(at.plan, days=["mon"], times=["18:00"], by=at.user)


def correct_report(at):
    return reporting.correct_report(at.report, {"note": WORD}, reason=WORD, by=at.alice.user)


REFUSED = {
    "a note": lambda at: add_note(at.client, WORD, by=at.alice),
    "a corrected note": lambda at: correct_note(at.note, WORD, by=at.alice),
    "a message": lambda at: send_message(at.client, WORD, by=at.alice),
    "a report": lambda at: make.report(at.plan, 4, note=WORD),
    "a corrected report": correct_report,
    "a new plan": lambda at: prescribing.prescribe_exercise(
        at.client, make.exercise(), make.dose(), screening(), by=at.alice
    ),
    "a plan for several": prescribe_to_several,
    "a changed dose": lambda at: prescribing.amend_prescription(at.plan, make.dose(sets=2), by=at.alice, reason=WORD),
    "a hold": lambda at: prescribing.hold_prescription(at.plan, by=at.alice.user, reason=WORD),
    "a plan resumed": lambda at: prescribing.resume_prescription(at.plan, by=at.alice.user, reason=WORD),
    "an ended plan": lambda at: prescribing.end_prescription(at.plan, by=at.alice.user, reason=WORD),
    "a flag acknowledged": lambda at: lifecycle.acknowledge_flag(at.flag, at.alice.user, WORD),
    "a flag resolved": lambda at: lifecycle.resolve_flag(at.flag, at.alice.user, WORD),
    "a hand-over": lambda at: handover.hand_over_client(at.client, at.bob, by=at.alice, reason=WORD),
    "rule settings": set_rules,
    "a language": lambda at: preferences.set_language(at.client, "es", by=at.user),
    "hours": set_hours,
    "a pause": lambda at: preferences.pause_reminders(
        at.client, timezone.now().date() + dt.timedelta(days=9), by=at.user
    ),
    "a calendar link": lambda at: preferences.create_calendar_link(at.client, by=at.user),
    "chosen reminders": choose_reminders,
    "one exercise's reminders": lambda at: preferences.set_exercise_reminders(at.plan, False, by=at.user),
    "a phone": add_phone,
    "an invitation": lambda at: invitations.resend_invitation(at.client, by=at.alice),
}


@pytest.fixture
def before(cast):
    """Everything as a request read it a moment before the record was erased."""
    plan, note = make.prescription(cast.dana), add_note(cast.dana, "Left knee.", by=cast.alice)
    result = make.report(plan, 4, 9)
    send_message(cast.dana, "See you.", by=cast.alice)
    flag = Flag.objects.select_related("prescription__client").get(pk=result.flags[0].pk)
    read = SimpleNamespace(
        client=cast.dana, plan=plan, note=note, report=result.report, flag=flag, mail=Message.objects.get(),
        alice=cast.alice, bob=cast.bob, user=cast.dana.user,
    )  # fmt: skip
    departure.erase_client(Client.objects.get(pk=cast.dana.pk))
    return read


@pytest.mark.parametrize("service", REFUSED.values(), ids=REFUSED.keys())
def test_nothing_is_stored_and_the_writer_is_told(before, service):
    stored, entries = all_stored_text(), AuditEntry.objects.count()
    with pytest.raises(ValidationError):
        service(before)
    assert AuditEntry.objects.count() == entries
    assert all_stored_text() == stored


def test_a_mail_that_comes_back_keeps_no_words_of_the_server(before):
    Message.objects.update(state=State.SENT, sent_at=timezone.now(), settled_at=timezone.now())
    assert handling.record_bounce(before.mail, f"550 no such user {WORD}", hard=True, now=timezone.now())
    assert (Message.objects.get().state, Message.objects.get().status_detail) == (State.BOUNCED, "came back")
    assert WORD not in all_stored_text()


@pytest.mark.parametrize("state", [State.CLAIMED, State.SENDING])
def test_a_worker_that_was_sending_keeps_no_words_of_the_server(cast, state):
    send_message(cast.dana, "See you.", by=cast.alice)
    (claimed,) = Message.objects.claim(timezone.now(), dt.timedelta(minutes=5), 1)
    Message.objects.update(state=state)
    departure.erase_client(Client.objects.get(pk=cast.dana.pk))
    assert not Message.objects.settle(claimed, state, State.FAILED, timezone.now(), f"550 no such user {WORD}")
    assert WORD not in all_stored_text()


def test_a_flag_can_be_acknowledged_without_words(before):
    assert lifecycle.acknowledge_flag(before.flag, before.alice.user)


def test_erasing_again_removes_what_slipped_in(before):
    first = Client.objects.get(pk=before.client.pk).erased_at
    Note.objects.create(client=before.client, text=WORD, by=before.alice, at=timezone.now())
    Client.objects.filter(pk=before.client.pk).update(name=WORD, email=f"{WORD}@home.example")
    assert not departure.erase_client(before.client)
    assert WORD not in all_stored_text()
    assert Client.objects.get(pk=before.client.pk).erased_at == first

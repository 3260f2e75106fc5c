"""A mail comes back, or is complained about: what becomes of its row, and of the person it was for."""

import datetime as dt

import pytest
from django.core import mail as post_office
from django.utils import timezone

from clinic.bounces import handling
from clinic.clients import acceptance, invitations, preferences as client_preferences
from clinic.flags import lifecycle, undeliverable
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Flag, Invitation, Notice, Practitioner, Reminder
from clinic.models.outbox import REFUSED_RECIPIENT, SkipReason, State
from clinic.reminders import planning
from tests import make
from tests.mail import post
from tests.mail.servers import always

NOW = timezone.now()
DAY = dt.timedelta(days=1)
GONE = "550 5.1.1 no such mailbox"
FULL = "552 5.2.2 mailbox full"


def sent(to, days=0):
    """A reminder that went out so many days ago."""
    prescription = to.prescriptions.first() or make.prescription(to)
    at = NOW - days * DAY
    return Reminder.objects.create(
        schedule=prescription.schedules.get(), slot=at.date(), due_at=at, try_at=at, expires_at=at + DAY,
        state=State.SENT, sent_at=at, settled_at=at, message_id=f"reminder.{to.pk}.{days}@clinic.example",
    )  # fmt: skip


def back(row, words=GONE, hard=True, now=NOW):
    return handling.record_bounce(row, words, hard=hard, now=now)


def fate(row):
    row.refresh_from_db()
    return row.state, row.status_detail


def marked(client):
    client.refresh_from_db()
    return client.undeliverable_since


def test_a_hard_bounce_settles_the_row_marks_the_client_and_raises_the_flag(cast):
    row = sent(cast.dana)
    assert back(row)
    assert fate(row) == ("bounced", GONE)
    assert marked(cast.dana) == NOW
    assert Flag.objects.get().reason == f"Mail to this client comes back: {GONE}"
    bend = row.schedule.prescription
    assert planning.next_reminder(bend, bend.dose, NOW) is None


def test_the_same_report_twice_changes_nothing_even_after_somebody_looked(cast):
    row = sent(cast.dana)
    back(row)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "It is right now.")
    assert not back(row, "other words", now=NOW + DAY)
    assert fate(row) == ("bounced", GONE)
    assert marked(cast.dana) is None
    assert Flag.objects.count() == 1


def test_a_full_mailbox_marks_the_client_with_the_third_in_a_row(cast):
    rows = [sent(cast.dana, days) for days in (2, 1, 0)]
    assert [back(row, FULL, hard=False) and marked(cast.dana) for row in rows] == [None, None, NOW]
    assert {fate(row) for row in rows} == {("bounced", FULL)}


def test_one_that_arrives_between_begins_the_count_anew(cast):
    rows = [sent(cast.dana, days) for days in (4, 3, 2, 1, 0)]
    for row in (rows[0], rows[1], rows[3], rows[4]):
        back(row, FULL, hard=False)
    assert marked(cast.dana) is None


def test_what_came_back_before_somebody_looked_does_not_count(cast):
    back(sent(cast.dana, 5))
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Emptied.", NOW - 4 * DAY)
    for days in (3, 2):
        back(sent(cast.dana, days), FULL, hard=False)
    assert marked(cast.dana) is None
    back(sent(cast.dana, 1), FULL, hard=False)
    assert marked(cast.dana) == NOW


def test_an_invitation_that_comes_back_marks_the_client_without_a_flag(cast):
    frida = make.invited(cast.alice, "Frida")
    row = frida.invitations.get()
    send_due(Invitation)
    assert back(row)
    assert marked(frida) == NOW
    assert not Flag.objects.exists()


def test_the_flag_follows_when_an_exercise_is_prescribed(cast):
    frida = make.invited(cast.alice, "Frida")
    send_due(Invitation)
    back(frida.invitations.get())
    make.prescription(frida)
    assert undeliverable.flag_undeliverable_clients(NOW) == 1
    assert undeliverable.flag_undeliverable_clients(NOW) == 0
    assert Flag.objects.get().reason == f"Mail to this client comes back: {GONE}"


def test_a_new_invitation_vouches_for_the_address(cast):
    frida = make.invited(cast.alice, "Frida")
    make.prescription(frida)
    send_due(Invitation)
    back(frida.invitations.get())
    frida.refresh_from_db()
    invitations.resend_invitation(frida, by=cast.alice)
    assert marked(frida) is None
    assert Flag.objects.get().state == "resolved"


def test_whoever_joins_by_the_link_of_a_mail_gets_mail(cast):
    frida = make.invited(cast.alice, "Frida")
    Client.objects.filter(pk=frida.pk).update(undeliverable_since=NOW)
    acceptance.accept_invitation(frida.invitations.get(), password=make.PASSWORD)
    assert marked(frida) is None


def test_a_mail_never_sent_cannot_come_back(cast):
    row = post.due_reminder(cast.dana)
    assert not back(row)
    assert fate(row) == ("ready", "")
    assert marked(cast.dana) is None


@pytest.mark.parametrize("state", [State.READY, State.CLAIMED, State.SENDING])
def test_one_in_doubt_that_comes_back_is_not_sent_again(cast, state):
    row = post.due_reminder(cast.dana)
    Reminder.objects.filter(pk=row.pk).update(state=state, doubtful_attempts=1, try_at=row.due_at)
    back(row)
    Client.objects.update(undeliverable_since=None)
    send_due(Reminder, row.due_at)
    assert fate(row) == ("bounced", GONE)
    assert post_office.outbox == []


def test_a_notice_that_comes_back_goes_to_the_owners(cast, caplog):
    owner = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    make.report(make.prescription(cast.dana), 3, 8)
    notice, later = Notice.objects.get(), timezone.now()
    Notice.objects.update(state=State.SENT, sent_at=later)
    assert back(notice, now=later)
    assert [row.practitioner for row in Notice.objects.exclude(pk=notice.pk)] == [owner]
    assert f"notice {notice.pk} did not reach" in caplog.text
    assert "@" not in caplog.text
    theirs = Notice.objects.get(practitioner=owner)
    Notice.objects.filter(pk=theirs.pk).update(state=State.SENT, sent_at=later)
    back(theirs, now=later)
    assert Notice.objects.count() == 2


def test_of_a_flag_that_somebody_saw_nobody_else_is_told(cast):
    make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    make.report(make.prescription(cast.dana), 3, 8)
    Notice.objects.update(state=State.SENT, sent_at=NOW)
    lifecycle.acknowledge_flag(Flag.objects.get(), cast.alice.user)
    back(Notice.objects.get())
    assert Notice.objects.count() == 1


def test_a_complaint_stops_the_reminders_and_the_row_says_why(cast):
    row = sent(cast.dana)
    assert handling.record_complaint(row, now=NOW)
    cast.dana.refresh_from_db()
    assert cast.dana.reminders_wanted is False
    assert fate(row) == ("sent", SkipReason.COMPLAINED)
    assert {"spam_reported", "reminders_turned_off"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_the_same_complaint_twice_does_not_undo_a_change_of_mind(cast):
    row = sent(cast.dana)
    handling.record_complaint(row, now=NOW)
    client_preferences.set_reminders_wanted(cast.dana, True, by=cast.dana.user)
    assert not handling.record_complaint(row, now=NOW)
    cast.dana.refresh_from_db()
    assert cast.dana.reminders_wanted is True


def test_a_mail_is_found_by_its_message_id_before_its_recipient(cast):
    older, newer = sent(cast.dana, 1), sent(cast.dana)
    assert handling.find_message(["x@elsewhere", older.message_id], "dana@home.example", now=NOW) == older
    assert handling.find_message([], "DANA@home.example", now=NOW) == newer
    assert handling.find_message(["x@elsewhere"], "stranger@home.example", now=NOW) is None
    assert handling.find_message([], "", now=NOW) is None


def test_a_report_that_names_the_recipient_alone_reaches_no_earlier_mail_when_told_twice(cast):
    older, newer = sent(cast.dana, 1), sent(cast.dana)
    for _time in range(2):
        back(handling.find_message([], "dana@home.example", now=NOW))
    assert [fate(row)[0] for row in (older, newer)] == ["sent", "bounced"]


@pytest.mark.parametrize(
    ("stage", "answer", "counts"),
    [
        ("RCPT", "550 5.1.1 no such mailbox", True),
        ("RCPT", "553 no such mailbox", True),
        ("RCPT", "550 5.7.1 not allowed", False),
        ("RCPT", "552 5.2.2 mailbox full", False),
        ("DATA", "550 5.1.1 no valid recipients", False),
        (".", "550 5.7.1 we do not like the words", False),
        (".", "552 5.3.4 too big", False),
    ],
)
def test_refused_while_sending_it_is_the_mailbox_or_this_one_mail(cast, odd_server, stage, answer, counts):
    row = post.due_reminder(cast.dana)
    odd_server.says[stage] = always(answer)
    assert send_due(Reminder, row.due_at) == {"failed": 1}
    assert fate(row) == ("failed", f"{REFUSED_RECIPIENT if stage == 'RCPT' else ''}{answer}")
    assert (marked(cast.dana) is not None) is counts
    assert undeliverable.flag_undeliverable_clients(row.due_at) == int(counts)
    assert undeliverable.flag_undeliverable_clients(row.due_at) == 0
    if counts:
        assert Flag.objects.get().reason == f"Mail to this client comes back: {answer}"


def test_an_invitation_refused_while_sending_marks_the_client(cast, odd_server):
    frida = make.invited(cast.alice, "Frida")
    odd_server.says["RCPT"] = always(GONE)
    send_due(Invitation)
    assert marked(frida) is not None


def test_a_flag_resolved_after_the_refusal_is_not_raised_again(cast, odd_server):
    row = post.due_reminder(cast.dana)
    odd_server.says["RCPT"] = always(GONE)
    send_due(Reminder, row.due_at)
    undeliverable.flag_undeliverable_clients(row.due_at)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "It is right now.")
    assert undeliverable.flag_undeliverable_clients(row.due_at + DAY) == 0

"""A reminder goes out by real SMTP and is read back as the client's mail program reads it."""

import email
import email.policy

from clinic.mail.outbox import send_due
from clinic.models import Invitation, Reminder
from clinic.reminders import sending as reminders
from tests.mail import post


def test_a_reminder_arrives_with_both_parts_and_all_its_headers(cast, honest_server, settings):
    settings.PLUMBLINE_MAIL_FROM = "no-reply@clinic.test"
    row = post.due_reminder(cast.dana)

    assert send_due(Reminder, row.due_at) == {"sent": 1}

    [(sender, recipients, source)] = honest_server.taken
    got = email.message_from_bytes(source, policy=email.policy.default)
    assert (sender, recipients) == ("no-reply@clinic.test", ["dana@home.example"])
    assert str(got["Subject"]) == "A moment for yourself, Dana?"
    assert got["Message-ID"] == f"<{row.message_id}>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(got["Reply-To"]) == "Riverside Physio <desk@riverside-physio.example>"
    wrote = reminders.compose(Reminder.objects.select_related(*Reminder.related_paths).get())
    plain, html = got.get_body(("plain",)), got.get_body(("html",))
    assert post.without_tokens(plain.get_content().replace("\r\n", "\n")) == post.without_tokens(wrote.body)
    assert post.shown(html.get_content()) == post.shown(post.html(wrote))


def test_odd_names_arrive_unharmed(cast, honest_server):
    name = 'D\'Ärcy "😀" דנה, ' + "x" * 90
    cast.dana.name = name
    cast.dana.save()
    row = post.due_reminder(cast.dana)

    assert send_due(Reminder, row.due_at) == {"sent": 1}

    [(_sender, recipients, source)] = honest_server.taken
    got = email.message_from_bytes(source, policy=email.policy.default)
    assert recipients == ["dana@home.example"]
    assert str(got["Subject"]).strip() == "A moment for yourself, D'Ärcy?"
    assert "Hello D'Ärcy," in got.get_body(("plain",)).get_content()


def test_the_row_says_when_it_was_sent(cast, honest_server):
    row = post.due_reminder(cast.dana)
    send_due(Reminder, row.due_at)
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.settled_at, row.attempts) == ("sent", row.due_at, row.due_at, 1)
    assert (row.lease, row.status_detail, row.doubtful_attempts) == (None, "", 0)


def test_a_batch_goes_over_one_connection(db, odd_server):
    rows = post.invitations(5)
    assert send_due(Invitation, rows[0].due_at) == {"sent": 5}
    assert odd_server.connections == 1
    assert [str(mail["To"].addresses[0].addr_spec) for mail in odd_server.taken] == [
        f"name{number}@home.example" for number in range(5)
    ]

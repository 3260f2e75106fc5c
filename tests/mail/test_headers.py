"""Where answers go, how reminders are stopped with one click, and that no machine answers a machine."""

import email
import email.policy

from clinic.clients import invitation_mail, invitations
from clinic.mail import signed_links
from clinic.models import Invitation, Reminder
from clinic.reminders import sending as reminders
from tests import make
from tests.mail import post


def read(mail):
    """The mail as a mail program reads it."""
    return email.message_from_bytes(mail.message().as_bytes(), policy=email.policy.default)


def test_it_comes_from_the_clinic_and_answers_reach_the_clinic(cast, settings):
    settings.PLUMBLINE_MAIL_FROM = "Plumbline <no-reply@mail.test>"
    got = read(post.reminder(cast.dana))
    assert str(got["From"]) == "Riverside Physio <no-reply@mail.test>"
    assert str(got["To"]) == "Dana <dana@home.example>"
    assert str(got["Reply-To"]) == "Riverside Physio <desk@riverside-physio.example>"


def test_without_a_setting_it_comes_from_the_address_of_the_project(cast, settings):
    settings.DEFAULT_FROM_EMAIL = "Some Host <post@host.test>"
    assert str(read(post.reminder(cast.dana))["From"]) == "Riverside Physio <post@host.test>"


def test_a_machine_wrote_it_and_no_machine_need_answer(cast):
    for mail in post.each_mail(cast).values():
        assert read(mail)["Auto-Submitted"] == "auto-generated"
        assert read(mail)["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_a_reminder_can_be_stopped_with_one_click(cast, settings):
    settings.PLUMBLINE_BASE_URL = "https://clinic.test"
    got = read(post.reminder(cast.dana))
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = got["List-Unsubscribe"].strip(" <>")  # folded before the address, as it is long
    assert address.startswith("https://clinic.test/m/")
    assert signed_links.read_link(address.rstrip("/").rpartition("/")[2]) == signed_links.Link(
        signed_links.Purpose.STOP_REMINDERS, cast.dana.pk
    )
    assert got["List-Id"] == "<reminders.riverside-physio.clinic.test>"


def test_what_is_sent_but_once_is_no_list(cast):
    mails = post.each_mail(cast)
    assert read(mails.pop("reminder"))["List-Id"]
    assert read(mails.pop("digest"))["List-Id"]
    for kind, mail in mails.items():
        assert [name for name in read(mail) if name.startswith("List-")] == [], kind


def test_nobody_counts_who_opens_them(cast):
    """A Feedback-ID sorts complaints by campaign and client at the big mailbox providers: not theirs to know."""
    for kind, mail in post.each_mail(cast).items():
        names = {name.lower() for name in read(mail)}
        assert names <= {
            *("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type"),
            *("content-language", "auto-submitted", "x-auto-response-suppress"),
            *("list-id", "list-unsubscribe", "list-unsubscribe-post"),
        }, kind


def test_the_message_id_is_the_row_s_and_stays_the_same_on_a_second_attempt(cast):
    row = post.due_reminder(cast.dana)
    first, second = reminders.compose(row), reminders.compose(Reminder.objects.get(pk=row.pk))
    assert read(first)["Message-ID"] == read(second)["Message-ID"] == f"<{row.message_id}>"


def test_an_answer_to_any_of_them_reaches_the_clinic(cast):
    for kind, mail in post.each_mail(cast).items():
        assert str(read(mail)["Reply-To"]) == "Riverside Physio <desk@riverside-physio.example>", kind


def test_every_mail_says_where_the_clinic_is(cast):
    for kind, mail in post.each_mail(cast).items():
        assert "1 River Street, Springfield" in mail.body, kind
        assert "1 River Street, Springfield" in post.shown(post.html(mail)), kind


def test_each_is_in_the_language_of_its_reader(cast):
    for kind, mail in post.each_mail(cast, "es").items():
        assert read(mail)["Content-Language"] == "es", kind
        assert '<html lang="es"' in post.html(mail), kind


def test_two_invitations_of_one_client_have_two_message_ids(cast):
    frida = make.invited(cast.alice, "Frida")
    invitations.resend_invitation(frida, by=cast.alice)
    ids = {read(invitation_mail.compose(row))["Message-ID"] for row in Invitation.objects.filter(client=frida)}
    assert len(ids) == 2


def test_it_says_its_language_and_has_plain_text_before_html(cast):
    got = read(post.reminder(cast.dana))
    assert got["Content-Language"] == "en"
    assert [part.get_content_type() for part in got.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in got.iter_parts()} == {"utf-8"}

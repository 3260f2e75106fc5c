"""Numbers of one's own and covered clients, and nothing about whom; and none when there is nothing."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from clinic.clients import invitations
from clinic.flags import escalation, inactivity, lifecycle
from clinic.mail import signed_links
from clinic.mail.outbox import send_due
from clinic.models import Client, Digest, Flag, Invitation, Practitioner
from clinic.team import absences
from clinic.team.digest import counts as digest_counts, mail as digest_mail
from tests import make

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


def make_due_digest(who, now, day=None):
    return Digest.objects.create(
        practitioner=who, day=day or now.date(), due_at=now, try_at=now, expires_at=now + 3 * HOUR,
        message_id=f"{who.pk}.{day or now.date()}@test",
    )  # fmt: skip


def count(who, since=None, now=None):
    return digest_counts.count_for(who, since, now or timezone.now())


def test_nothing_to_tell_no_mail(cast, now):
    row = make_due_digest(cast.alice, now)
    assert send_due(Digest, now) == {"skipped": 1}
    row.refresh_from_db()
    assert (row.status_detail, mail.outbox) == ("nothing", [])


def test_clients_are_counted_by_their_worst_flag_that_nobody_looked_at(cast):
    bend = make.prescription(cast.dana)
    make.report(bend, 4, 8)
    make.report(bend, 4, warning_signs=("leg_weakness",))
    assert Flag.objects.count() == 2
    counts = count(cast.alice)
    assert (counts.urgent, counts.high, counts.routine, counts.flagged_clients) == (1, 0, 0, 1)
    for flag in Flag.objects.all():
        lifecycle.acknowledge_flag(flag, cast.alice.user)
    assert count(cast.alice).flagged_clients == 0


def test_a_colleagues_clients_do_not_count(cast):
    make.report(make.prescription(cast.erin), 4, 8)
    assert not count(cast.alice)
    assert count(cast.bob).high == 1


def test_the_silent_are_told_apart(cast):
    make.prescription(cast.dana)
    later = timezone.now() + 5 * DAY
    inactivity.flag_silent_clients(later)
    counts = count(cast.alice, now=later)
    assert (counts.routine, counts.silent) == (1, 1)


def test_reports_count_since_the_last_mail(cast, now):
    bend = make.prescription(cast.dana)
    for days in (9, 3, 1):
        make.report(bend, 3, at=now - days * DAY)
    from clinic.models import PainReport

    for report in PainReport.objects.all():
        PainReport.objects.filter(pk=report.pk).update(received_at=report.occurred_at)
    assert [count(cast.alice, since, now).reports for since in (now - 2 * DAY, now - 4 * DAY, None)] == [1, 2, 2]


def test_since_the_last_one_that_went_out_and_not_the_last_that_was_skipped(cast, now):
    sent, skipped, row = (make_due_digest(cast.alice, now, now.date() - days * DAY) for days in (2, 1, 0))
    Digest.objects.filter(pk=sent.pk).update(state="sent", sent_at=now - 2 * DAY)
    Digest.objects.filter(pk=skipped.pk).update(state="skipped", status_detail="nothing")
    assert digest_mail.last_sent(row) == now - 2 * DAY


def test_registrants_who_wait(cast):
    make.registrant(cast.alice.clinic)
    assert count(cast.alice).registrants == count(cast.bob).registrants == 1
    assert not count(cast.charlie)


@pytest.mark.parametrize(("days", "counts_as"), [(2, 0), (4, 1), (29, 1), (31, 0)])
def test_an_invitation_that_is_not_taken(cast, now, days, counts_as):
    frida = make.invited(cast.alice, "Frida")
    send_due(Invitation)
    Invitation.objects.filter(client=frida).update(sent_at=now - days * DAY)
    assert count(cast.alice, now=now).invitations == counts_as


def test_one_sent_again_is_new(cast, now):
    frida = make.invited(cast.alice, "Frida")
    send_due(Invitation)
    Invitation.objects.filter(client=frida).update(sent_at=now - 9 * DAY)
    invitations.resend_invitation(frida, by=cast.alice)
    send_due(Invitation)
    assert count(cast.alice).invitations == 0


def test_owners_hear_what_nobody_looked_at(cast):
    olivia = make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)
    make.report(make.prescription(cast.erin), 4, 8)
    assert not count(olivia)
    escalation.escalate_flags(Flag.objects.get().raised_at + DAY)
    assert count(olivia) == digest_counts.DigestCounts(escalated=1)
    assert count(cast.alice).escalated == 0


def test_the_cover_counts_the_covered_clients_and_who_is_away_gets_none(cast, now):
    make.report(make.prescription(cast.dana), 4, 8)
    today = now.date()
    absences.add_absence(cast.alice, starts_on=today, ends_on=today, cover=cast.bob, by=cast.alice.user, now=now)
    assert count(cast.bob).high == 1
    rows = [make_due_digest(who, now) for who in (cast.alice, cast.bob)]
    assert send_due(Digest, now) == {"skipped": 1, "sent": 1}
    assert [Digest.objects.get(pk=row.pk).status_detail for row in rows] == ["absent", ""]
    (letter,) = mail.outbox
    assert letter.to == ["Bob <bob@riverside-physio.example>"]


def test_an_owner_counts_the_clients_of_who_is_away_without_a_cover(cast, now):
    olivia = make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)
    make.report(make.prescription(cast.dana), 4, 8)
    today = now.date()
    absences.add_absence(cast.alice, starts_on=today, ends_on=today, cover=None, by=cast.alice.user, now=now)
    assert (count(olivia).high, count(cast.bob).high) == (1, 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"active": False}, "inactive"),
        ({"role": Practitioner.Role.FRONT_DESK}, "inactive"),
        ({"digest_wanted": False}, "unsubscribed"),
        ({"undeliverable_since": timezone.now()}, "undeliverable"),
    ],
)
def test_who_must_not_get_it_after_all(cast, now, change, why):
    make.report(make.prescription(cast.dana), 4, 8)
    row = make_due_digest(cast.alice, now)
    Practitioner.objects.filter(pk=cast.alice.pk).update(**change)
    send_due(Digest, now)
    row.refresh_from_db()
    assert (row.state, row.status_detail) == ("skipped", why)


def test_it_says_what_is_true_when_it_is_sent(cast, now):
    bend = make.prescription(cast.dana)
    row = make_due_digest(cast.alice, now)
    make.report(bend, 4, 8)
    send_due(Digest, timezone.now())
    (letter,) = mail.outbox
    assert letter.subject == "1 client needs you to look"
    assert "1 client needs you to look.\n" in letter.body
    assert "High: 1\nhttp" in letter.body
    assert "Dana" not in letter.message().as_string()
    row.refresh_from_db()
    assert row.state == "sent"


def test_it_can_be_stopped_with_one_click(cast, now):
    make.report(make.prescription(cast.dana), 4, 8)
    letter = digest_mail.compose(make_due_digest(cast.alice, now)).message()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = letter["List-Unsubscribe"].strip(" <>\n").rstrip("/").rpartition("/")[2]
    assert signed_links.read_link(token) == signed_links.Link(signed_links.Purpose.STOP_DIGEST, cast.alice.pk)


def test_it_speaks_the_practitioners_language(cast, now):
    make.report(make.prescription(cast.dana), 4, 8)
    Practitioner.objects.filter(pk=cast.alice.pk).update(language="es")
    cast.alice.refresh_from_db()
    assert digest_mail.compose(make_due_digest(cast.alice, now)).message()["Content-Language"] == "es"


def test_it_asks_as_many_questions_for_ten_clients_as_for_one(cast, now, django_assert_num_queries):
    for number in range(10):
        if number in (1, 9):
            with django_assert_num_queries(5):
                count(cast.alice)
        make.report(make.prescription(make.client(cast.alice, f"Name{number}")), 4, 8)


def test_who_left_is_nobodys_count_but_for_a_warning_sign(cast):
    make.report(make.prescription(cast.dana), 4, 8)
    Client.objects.filter(pk=cast.dana.pk).update(state=Client.State.LEFT)
    assert count(cast.alice).flagged_clients == 0

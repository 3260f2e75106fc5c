"""A practitioner to whom everything happens at once gets one mail with a number, and no flag is lost by it."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from clinic.bounces import handling
from clinic.flags import lifecycle, notice_mail
from clinic.mail.outbox import send_due
from clinic.models import Flag, Notice, Practitioner
from clinic.team import absences
from tests import make

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


def flagged(by, count, start=0):
    """As many clients of one practitioner, each with a fresh flag."""
    clients = [make.client(by, f"Name{start + number}") for number in range(count)]
    for client in clients:
        make.report(make.prescription(client), 4, 8)
    return clients


def ends(who):
    return sorted(Notice.objects.filter(practitioner=who).values_list("state", "status_detail"))


def test_thirty_flags_in_one_tick_are_one_mail(cast):
    flagged(cast.alice, 30)
    assert send_due(Notice) == {"sent": 1, "skipped": 29}
    (letter,) = mail.outbox
    assert letter.subject == "30 clients need you to look"
    assert "30 of your clients at Riverside Physio need you to look." in letter.body.replace("\n", " ")
    assert ends(cast.alice) == [("sent", ""), *[("skipped", "together")] * 29]


def test_each_practitioner_gets_an_own_one(cast):
    flagged(cast.alice, 2)
    flagged(cast.bob, 1, start=5)
    send_due(Notice)
    assert sorted(letter.subject for letter in mail.outbox) == [
        "2 clients need you to look",
        "A client needs you to look",
    ]


def test_two_flags_of_one_client_count_as_one_client(cast):
    bend = make.prescription(cast.dana)
    make.report(bend, 4, 8)
    make.report(bend, 4, warning_signs=("leg_weakness",))
    send_due(Notice)
    assert [letter.subject for letter in mail.outbox] == ["A client needs you to look"]


def test_what_comes_within_three_minutes_after_a_mail_waits_and_goes_together(cast):
    flagged(cast.alice, 1)
    send_due(Notice)
    flagged(cast.alice, 3, start=1)
    now = timezone.now()
    assert send_due(Notice, now + MINUTE) == {}
    assert send_due(Notice, now + 3 * MINUTE) == {"sent": 1, "skipped": 2}
    assert [letter.subject for letter in mail.outbox] == ["A client needs you to look", "3 clients need you to look"]


def test_after_that_the_next_one_goes_at_once(cast):
    flagged(cast.alice, 1)
    send_due(Notice)
    Notice.objects.update(sent_at=timezone.now() - 4 * MINUTE, settled_at=timezone.now() - 4 * MINUTE)
    flagged(cast.alice, 1, start=1)
    assert send_due(Notice) == {"sent": 1}


def test_the_one_that_speaks_for_all_still_goes_when_its_own_flag_was_seen(cast):
    """It could not be sent the first time; meanwhile its flag was seen, and those behind it were not."""
    flagged(cast.alice, 3)
    first, *others = Notice.objects.order_by("pk")
    assert notice_mail.guard([first, *others], timezone.now()) == dict.fromkeys([row.pk for row in others], "together")
    Notice.objects.filter(pk__in=[row.pk for row in others]).update(
        state="skipped", status_detail="together", settled_at=timezone.now()
    )
    lifecycle.acknowledge_flag(Flag.objects.get(notices=first), cast.alice.user)
    assert send_due(Notice) == {"sent": 1}
    assert [letter.subject for letter in mail.outbox] == ["2 clients need you to look"]


def test_once_told_they_are_not_told_again(cast):
    flagged(cast.alice, 2)
    send_due(Notice)
    flagged(cast.alice, 1, start=7)
    send_due(Notice, timezone.now() + 4 * MINUTE)
    assert [letter.subject for letter in mail.outbox] == ["2 clients need you to look", "A client needs you to look"]


def test_one_seen_before_is_settled_and_not_together(cast):
    flagged(cast.alice, 2)
    first = Notice.objects.order_by("pk").first()
    lifecycle.acknowledge_flag(Flag.objects.get(notices=first), cast.alice.user)
    assert send_due(Notice) == {"sent": 1, "skipped": 1}
    first.refresh_from_db()
    assert (first.state, first.status_detail) == ("skipped", "settled")


def test_who_takes_no_mail_at_once_leaves_it_to_the_owner(cast):
    olivia = make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)
    Practitioner.objects.filter(pk=cast.alice.pk).update(urgent_mail=False)
    flagged(cast.alice, 1)
    assert [row.practitioner for row in Notice.objects.all()] == [olivia]


def test_when_nobody_takes_it_at_once_the_practitioner_gets_it_all_the_same(cast):
    Practitioner.objects.update(urgent_mail=False)
    flagged(cast.alice, 1)
    assert [row.practitioner for row in Notice.objects.all()] == [cast.alice]


def test_after_a_mail_that_came_back_the_next_goes_to_the_owner(cast):
    olivia = make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)
    flagged(cast.alice, 1)
    send_due(Notice)
    assert handling.record_bounce(Notice.objects.get(), "550 5.1.1 no such user", hard=True, now=timezone.now())
    assert [row.practitioner for row in Notice.objects.filter(state="ready")] == [olivia]
    flagged(cast.alice, 1, start=3)
    assert Notice.objects.filter(practitioner=cast.alice).count() == 1
    assert Notice.objects.filter(practitioner=olivia).count() == 2


def test_it_speaks_the_language_of_its_reader(cast):
    Practitioner.objects.filter(pk=cast.alice.pk).update(language="es")
    flagged(cast.alice, 1)
    send_due(Notice)
    assert mail.outbox[0].message()["Content-Language"] == "es"


def test_the_cover_is_told_of_own_and_covered_clients_in_one_mail(cast, now):
    absences.add_absence(
        cast.alice, starts_on=now.date(), ends_on=now.date(), cover=cast.bob, by=cast.alice.user, now=now
    )
    flagged(cast.alice, 1)
    flagged(cast.bob, 1, start=5)
    send_due(Notice)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["Bob <bob@riverside-physio.example>"], "2 clients need you to look")

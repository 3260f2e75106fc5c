"""The practitioner sees every reminder of a client; the front desk the times alone."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.bounces import handling
from clinic.mail.outbox import send_due
from clinic.models import Client, Invitation, Practitioner, Reminder, SkipReason
from clinic.models.outbox import REFUSED_RECIPIENT, State
from tests import make
from tests.admin.browsing import page_text, signed_in, url

NOW = timezone.now().replace(hour=12, minute=0)
ENDS = [
    (State.SENT, ""), (State.SKIPPED, SkipReason.ALREADY_REPORTED), (State.SKIPPED, SkipReason.HELD),
    (State.FAILED, f"{REFUSED_RECIPIENT}550 5.1.1 no such mailbox"), (State.BOUNCED, "552 5.2.2 full"),
    (State.UNKNOWN, ""), (State.READY, ""),
]  # fmt: skip


def fill(client, count):
    schedule = client.prescriptions.get().schedules.get()
    for number in range(count):
        at, (state, why) = NOW - dt.timedelta(days=number), ENDS[number % len(ENDS)]
        sent_at = at if state in {State.SENT, State.BOUNCED} else None
        Reminder.objects.create(
            schedule=schedule, slot=at.date(), due_at=at, try_at=at, expires_at=at, settled_at=at, state=state,
            status_detail=why, sent_at=sent_at, message_id=f"reminder.{client.pk}.{number}@clinic.example",
        )  # fmt: skip


@pytest.fixture
def dana(cast):
    make.prescription(cast.dana)
    fill(cast.dana, len(ENDS))
    return cast.dana


def ledger(person, client, **asked):
    return signed_in(person).get(url("reminders", client.pk), asked)


def test_every_reminder_says_when_it_was_due_what_became_of_it_and_why(cast, dana):
    page = page_text(ledger(cast.alice, dana))
    assert "Sent" in page
    assert f"reminder.{dana.pk}.0@clinic.example" in page
    assert "Not sent: the client had already reported that day" in page
    assert "Not sent: the exercise is held" in page
    assert "Refused: the mail server does not take this address: 550 5.1.1 no such mailbox" in page
    assert "Came back: 552 5.2.2 full" in page
    assert page.count("Forward bend") == len(ENDS)


def test_the_plan_and_the_client_page_lead_there(cast, dana):
    page = signed_in(cast.alice).get(url("client", dana.pk)).content.decode()
    assert page.count(f'href="{url("reminders", dana.pk)}"') == 2


@pytest.mark.parametrize(
    ("state", "rows"), [("", 7), ("skipped", 2), ("bounced", 1), ("waiting", 1), ("sent", 1), ("rubbish", 7)]
)
def test_it_is_narrowed_by_end(cast, dana, state, rows):
    assert len(ledger(cast.alice, dana, state=state).context_data["rows"]) == rows


def test_fifty_a_page_newest_first_and_the_filter_stays(cast):
    make.prescription(cast.dana)
    fill(cast.dana, 120)
    first, third = (ledger(cast.alice, cast.dana, page=number).context_data["rows"] for number in (1, 3))
    assert (len(first), len(third)) == (50, 20)
    assert first[0].reminder.due_at > first[-1].reminder.due_at > third[0].reminder.due_at


def test_the_queries_do_not_grow(cast, dana, django_assert_num_queries, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        ledger(cast.alice, dana)
    make.prescription(cast.erin)
    fill(cast.erin, 60)
    with django_assert_num_queries(len(few)):
        ledger(cast.bob, cast.erin)


def test_the_front_desk_sees_times_and_no_reason_that_tells_of_health(cast, dana):
    desk = make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK)
    page = page_text(ledger(desk, dana))
    assert "Not sent" in page
    assert "Came back: 552 5.2.2 full" in page
    assert [word for word in ("Forward bend", "held", "reported") if word in page] == []


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_for_a_stranger_there_is_no_such_page(cast, dana, who):
    assert ledger(getattr(cast, who), dana).status_code == 404


def test_nothing_can_be_posted(cast, dana):
    assert signed_in(cast.alice).post(url("reminders", dana.pk)).status_code == 405


def test_before_the_first_it_says_so(cast):
    assert "No reminder yet" in page_text(ledger(cast.alice, cast.dana))


def test_an_invitation_that_came_back_shows_on_the_page_and_in_the_list(cast):
    frida = make.invited(cast.alice, "Frida")
    send_due(Invitation)
    handling.record_bounce(frida.invitations.get(), "550 5.1.1 no such mailbox", hard=True, now=NOW)
    page = page_text(signed_in(cast.alice).get(url("client", frida.pk)))
    assert "mail comes back since" in page
    assert "Came back: 550 5.1.1 no such mailbox" in page
    assert "frida@home.example mail comes back" in page_text(signed_in(cast.alice).get(url("clients")))


def test_a_complaint_is_told_where_the_wishes_stand(cast, dana):
    handling.record_complaint(Reminder.objects.get(state=State.SENT), now=NOW)
    assert not Client.objects.get(pk=dana.pk).reminders_wanted
    page = page_text(signed_in(cast.alice).get(url("client", dana.pk)))
    assert "Their mail program reported a mail of ours as unwanted" in page
    assert "Sent: the client's mail program reported it as unwanted" in page_text(ledger(cast.alice, dana))

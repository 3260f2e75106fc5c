"""One client's page: plans, flags, reports, reminders, all in the client's own time."""

import datetime as dt

import pytest

from clinic.mail.outbox import send_due
from clinic.models import Client, Invitation, Reminder
from clinic.pain import reporting
from clinic.reminders import planning
from tests import make
from tests.admin.browsing import page_text, signed_in, url


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def dana(cast):
    """In Tokyo, nine hours ahead."""
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Asia/Tokyo")
    cast.dana.refresh_from_db()
    return cast.dana


def shown(alice, client):
    return page_text(alice.get(url("client", client.pk)))


def test_reports_are_told_in_the_clients_own_time(alice, dana):
    at = dt.datetime(2026, 3, 2, 20, 30, tzinfo=dt.UTC)
    make.report(make.prescription(dana, starts_on=dt.date(2026, 1, 1)), 4, 3, at=at)
    page = shown(alice, dana)
    assert "3 Mar 2026, 05:30" in page
    assert "2 Mar 2026, 20:30" not in page


def test_the_ledger_says_what_became_of_each_reminder_and_why(alice, dana):
    prescription = make.prescription(dana)
    first = prescription.schedules.get().next_due_at
    planning.create_due_reminders(first)
    send_due(Reminder, first)
    make.report(prescription, 4, at=first + dt.timedelta(days=1, hours=-1))
    second = prescription.schedules.get().next_due_at
    planning.create_due_reminders(second)
    send_due(Reminder, second)
    assert [row.state for row in Reminder.objects.order_by("due_at")] == ["sent", "skipped"]

    page = shown(alice, dana)
    assert page.count(", 18:00 sent, ") == 1
    assert "18:00 not sent: the client had already reported that day" in page
    assert "Next reminder: " in page


def test_a_correction_is_shown_with_the_old_answer_and_who_made_it(alice, dana):
    outcome = make.report(make.prescription(dana), 4)
    reporting.correct_report(outcome.report, {"before": 6}, reason="Typed the wrong one.", by=dana.user)
    assert "Dana corrected pain before: 4, now 6. Typed the wrong one." in shown(alice, dana)


def test_a_report_tells_all_that_was_said(alice, dana):
    make.report(
        make.prescription(dana), 4, 6, next_morning=5, areas=("low_back", "hip"), moved_down_leg=True,
        warning_signs=("leg_weakness",), note="It <b>stings</b>.",
    )  # fmt: skip
    page = alice.get(url("client", dana.pk))
    assert "4 → to 6 up 2 next morning 5" in page_text(page)
    assert "Is one of your legs getting weaker? Yes. moved further down the leg low back, hip" in page_text(page)
    assert "It &lt;b&gt;stings&lt;/b&gt;." in page.content.decode()


def test_a_missing_answer_is_a_dash_and_never_a_zero(alice, dana):
    make.report(make.prescription(dana), None, 3)
    assert "– → to 3" in shown(alice, dana)


def test_flags_stand_open_above_and_resolved_below_with_their_steps(alice, dana):
    flag = make.report(make.prescription(dana), 4, 8).flags[0]
    assert "Needs a look Flag 1 high Pain went from 4 to 8 with one session." in shown(alice, dana)
    alice.post(url("resolve", flag.pk), {"note": "Called her.", "verdict": "real"})
    page = shown(alice, dana)
    assert "Needs a look" not in page
    assert "Resolved before Flag 1 high Pain went from 4 to 8" in page
    assert "raised by the rules" in page
    assert "resolved by Alice: Called her." in page


def test_an_invitation_says_how_far_it_got(cast, alice):
    frida = make.invited(cast.alice, "Frida")
    assert "Invitation Waiting. Its link works until" in shown(alice, frida)
    send_due(Invitation)
    assert "not accepted yet. Its link works until" in shown(alice, frida)
    frida.invitations.update(valid_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert "Its link works no more." in shown(alice, frida)
    assert "Send again" in shown(alice, frida)


def test_who_has_joined_has_no_invitation_any_more(alice, dana):
    assert "Send again" not in shown(alice, dana)


def test_twenty_reports_fill_a_page(alice, dana):
    prescription, now = make.prescription(dana), dt.datetime.now(dt.UTC)
    for days in range(25):
        make.report(prescription, 3, at=now - dt.timedelta(days=days))
    first = alice.get(url("client", dana.pk))
    second = alice.get(url("client", dana.pk), {"page": 2})
    assert [page.content.decode().count('id="report-') for page in (first, second)] == [20, 5]


def test_the_queries_do_not_grow_with_the_history(alice, dana, django_assert_max_num_queries):
    prescription, now, counts = make.prescription(dana), dt.datetime.now(dt.UTC), []
    for days in (range(2), range(2, 18)):
        for day in days:
            outcome = make.report(prescription, 3, 3, at=now - dt.timedelta(days=day), areas=("hip",))
            reporting.correct_report(outcome.report, {"before": 4}, reason="Mistyped.", by=dana.user)
        with django_assert_max_num_queries(30) as asked:
            alice.get(url("client", dana.pk))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_client_who_left_is_not_prescribed_for(cast, alice):
    Client.objects.filter(pk=cast.dana.pk).update(state=Client.State.LEFT)
    page = alice.get(url("client", cast.dana.pk))
    assert url("prescribe", cast.dana.pk) not in page.content.decode()

"""The settings page tells the next reminder and what became of the last, for every way it can end."""

import datetime as dt

import pytest
import time_machine

from clinic.clients import preferences as client_preferences
from clinic.conf import conf
from clinic.models import Client, Reminder, SkipReason
from clinic.models.outbox import State
from clinic.portal.settings.reminder_status import SKIP_TEXTS, reminder_status
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import send, signed_in, url, words

PAGE = url("settings")
MONDAY_NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
NEVER_OF_A_REMINDER = {
    SkipReason.WITHDRAWN,
    SkipReason.SETTLED,
    SkipReason.COMPLAINED,
    SkipReason.ABSENT,
    SkipReason.INACTIVE,
    SkipReason.NOTHING,
}


@pytest.fixture
def dana(cast):
    with time_machine.travel(MONDAY_NOON, tick=False):
        make.prescription(cast.dana)
        yield cast.dana


def was(client, state, status_detail="", days=0, hour=11):
    schedule = client.prescriptions.get().schedules.get()
    at = MONDAY_NOON.replace(hour=hour) - dt.timedelta(days=days)
    sent_at = at if state in {State.SENT, State.BOUNCED} else None
    return Reminder.objects.create(
        schedule=schedule, slot=at.date(), due_at=at, try_at=at, expires_at=at, settled_at=at,
        state=state, status_detail=status_detail, sent_at=sent_at, message_id=f"reminder.{at:%Y%m%d}@clinic.example",
    )  # fmt: skip


def told(client):
    client.refresh_from_db()
    return reminder_status(client, MONDAY_NOON)


def test_the_page_says_the_next_and_the_last(dana):
    was(dana, State.SENT)
    assert "Next: today at 18:00. Last: sent today at 11:00." in words(signed_in(dana).get(PAGE))


def test_before_the_first_there_is_no_last(dana):
    assert told(dana).last == ""


@pytest.mark.parametrize(
    ("state", "why", "text"),
    [
        (State.SENT, "", "Last: sent yesterday at 11:00."),
        (State.SENT, SkipReason.COMPLAINED, "Last: sent yesterday at 11:00."),
        (State.BOUNCED, "550 5.1.1 no", "Last: yesterday at 11:00. It came back to us."),
        (State.FAILED, "550 no", "Last: yesterday at 11:00. The mail could not be delivered."),
        (State.UNKNOWN, "", "Last: yesterday at 11:00. We do not know whether it reached you."),
        (State.READY, "", "Last: yesterday at 11:00, on its way."),
        (State.SENDING, "", "Last: yesterday at 11:00, on its way."),
        (
            State.SKIPPED, SkipReason.ALREADY_REPORTED,
            "Last: yesterday at 11:00, not sent, because you had already reported that day.",
        ),
    ],
)  # fmt: skip
def test_each_end_in_plain_words(dana, state, why, text):
    was(dana, state, why, days=1)
    assert told(dana).last == text


@pytest.mark.parametrize("why", sorted(set(SkipReason) - NEVER_OF_A_REMINDER))
def test_every_reason_has_its_words(dana, why):
    was(dana, State.SKIPPED, why, days=1)
    assert told(dana).last == f"Last: yesterday at 11:00, not sent, {SKIP_TEXTS[why]}."


def test_after_too_many_unanswered_it_says_so_and_the_button_starts_them_again(dana, settings):
    settings.PLUMBLINE_IGNORED_AT_MOST = 3
    Client.objects.filter(pk=dana.pk).update(consented_at=MONDAY_NOON - dt.timedelta(days=20))
    dana.prescriptions.update(state_since=MONDAY_NOON - dt.timedelta(days=20))
    for days in (3, 2, 1):
        was(dana, State.SENT, days=days)
    page = signed_in(dana).get(PAGE)
    assert "We stopped, as 3 were not answered." in words(page)
    assert "Send me reminders again" in words(page)
    assert send(signed_in(dana), PAGE, card="reminders", wanted="yes").status_code == 302
    page = words(signed_in(dana).get(PAGE))
    assert "Next: today at 18:00." in page
    assert "We stopped" not in page
    assert conf.max_ignored_reminders == 3


def test_a_time_in_the_morning_is_named(cast):
    with time_machine.travel(MONDAY_NOON, tick=False):
        make.prescription(cast.dana, times=["17:00"])
        client_preferences.set_hours(cast.dana, time_zone="UTC", wakes_at=dt.time(16), quiet=None, by=cast.dana.user)
        assert told(cast.dana).next == "Next: none. 17:00 falls in the two hours after you get up."


def test_quiet_hours_are_named(dana):
    client_preferences.set_hours(
        dana, time_zone="UTC", wakes_at=dt.time(7), quiet=(dt.time(17), dt.time(20)), by=dana.user, now=MONDAY_NOON
    )
    assert told(dana).next == "Next: none. 18:00 falls in the hours when you want no mail."


def test_mail_that_comes_back_says_whom_to_tell(dana):
    Client.objects.filter(pk=dana.pk).update(undeliverable_since=MONDAY_NOON)
    assert told(dana).next == ("Next: none. Mail to you comes back. Tell Riverside Physio your right address: 555 0100")


def test_held_over_and_ended_are_told_apart(cast, dana):
    bend = dana.prescriptions.get()
    prescribing.hold_prescription(bend, by=cast.alice.user, reason="Wait.")
    assert told(dana).next == "Next: none. Your practitioner has paused the exercise."
    prescribing.end_prescription(bend, by=cast.alice.user, reason="Done.")
    assert told(dana).next == "Next: none. No exercise is planned for you now."


def test_whoever_wants_none_still_sees_the_last(dana):
    was(dana, State.SENT)
    client_preferences.set_reminders_wanted(dana, False, by=dana.user)
    assert "You get no reminders. Last: sent today at 11:00." in words(signed_in(dana).get(PAGE))

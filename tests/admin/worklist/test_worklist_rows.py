"""What a row of the worklist says besides the reason: the tendency, what was done, and what comes next."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.clients import preferences as client_preferences
from clinic.conf import conf
from clinic.flags.undeliverable import mark_undeliverable
from clinic.models import Client, Clinic, PainTrend, Reminder
from clinic.models.outbox import State
from clinic.prescriptions import prescribing
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import page_text, signed_in, url

DAY = dt.timedelta(days=1)


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def bend(cast):
    """Dana's, every day at 18:00 for two months; she lives in UTC."""
    return flagged_clients.plan(cast.dana)


def row(browser, client):
    page = browser.get(url("index"))
    return next(row for row in page.context["rows"] if row.client == client)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ([-2, -1, -2, -1], "mostly falls with it"),
        ([0, 0, 1, -1, 0, 0], "mostly stays the same"),
        ([1, 1, 0, 1], "mostly rises with it"),
        ([-2], None),  # one session says nothing
    ],
)
def test_the_tendency_is_that_of_the_rules_stored_state(cast, alice, bend, changes, text):
    for number, change in enumerate(changes):
        flagged_clients.says(bend, len(changes) - number, 4, 4 + change)
    page = page_text(alice.get(url("index")))
    for words_of in ("mostly falls with it", "mostly stays the same", "mostly rises with it"):
        assert (words_of in page) == (words_of == text)


def test_a_state_of_another_rule_says_nothing_and_breaks_nothing(cast, alice, bend):
    flagged_clients.says(bend, 1, 4, 2)
    PainTrend.objects.update(response={"rule": "response-0"})
    assert row(alice, cast.dana).tendency == ""


def test_adherence_counts_the_planned_days_of_the_last_fortnight(cast, alice, bend):
    """Today is not over; yesterday and the day before it was done, ten days ago it was told without doing it."""
    for ago in (1, 2, 20):
        flagged_clients.says(bend, ago, 4, 3)
    flagged_clients.says(bend, 10, 4)
    assert row(alice, cast.dana).adherence == "2 of 13 days"
    flagged_clients.says(bend, 0.0, 4, 3)
    assert row(alice, cast.dana).adherence == "3 of 14 days"


def test_days_on_hold_are_not_asked_for(cast, alice, bend):
    now = timezone.now()
    prescribing.hold_prescription(bend, by=cast.alice.user, reason="Away.", now=now - 9 * DAY)
    prescribing.resume_prescription(bend, by=cast.alice.user, reason="Back.", now=now - 4 * DAY)
    planned = int(row(alice, cast.dana).adherence.split()[2])
    assert planned in (8, 9)  # of 13; the edges depend on the hour of the day


def test_the_next_reminder_is_in_the_clients_own_zone(cast, alice):
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Asia/Kolkata")
    cast.dana.refresh_from_db()
    local = timezone.now().astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30)))
    soon = (local + dt.timedelta(hours=2)).replace(minute=0)
    make.prescription(cast.dana, times=[f"{soon:%H:%M}"], mornings_allowed=True)
    day = "today" if soon.date() == local.date() else "tomorrow"
    assert row(alice, cast.dana).reminder == f"Next: {day} {soon:%H:%M}"


def test_a_later_reminder_has_its_day(cast, alice):
    start = timezone.now().date() + dt.timedelta(days=3)
    make.prescription(cast.dana, starts_on=start)
    assert row(alice, cast.dana).reminder == f"Next: {start:%a} 18:00"
    far = make.client(cast.alice, "Farah")
    start += dt.timedelta(days=30)
    make.prescription(far, starts_on=start)
    assert row(alice, far).reminder == f"Next: {start.day} {start:%b}, 18:00"


def test_no_reminder_says_why(cast, alice, bend):
    prescribing.hold_prescription(bend, by=cast.alice.user, reason="Away.")
    assert row(alice, cast.dana).reminder == "No reminder: held"
    prescribing.resume_prescription(bend, by=cast.alice.user, reason="Back.")
    mark_undeliverable(cast.dana, "550", timezone.now())
    assert row(alice, cast.dana).reminder == "No reminder: mail comes back"
    Client.objects.update(undeliverable_since=None)
    client_preferences.set_reminders_wanted(cast.dana, False, by=cast.dana.user)
    assert row(alice, cast.dana).reminder == "No reminder: not wanted"
    invited = make.invited(cast.alice, "Finn")
    make.prescription(invited)
    assert row(alice, invited).reminder == "No reminder: not joined"
    over = make.client(cast.alice, "Gil")
    make.prescription(over, ends_on=timezone.now().date() - DAY)
    assert row(alice, over).reminder == "No reminder: none is planned"


def test_the_clinics_quiet_hours_are_a_reason_where_they_take_every_time(cast, alice, bend):
    Clinic.objects.filter(pk=cast.alice.clinic_id).update(quiet_from=dt.time(17), quiet_until=dt.time(20))
    assert row(alice, cast.dana).reminder == "No reminder: quiet hours"
    make.prescription(cast.dana, times=["20:00"])
    assert row(alice, cast.dana).reminder.startswith("Next: ")


def test_reminders_that_nobody_answers_are_counted(cast, alice, bend):
    schedule, now = bend.schedules.get(), timezone.now()
    for ago in range(conf.max_ignored_reminders, 0, -1):
        at = now - ago * DAY
        Reminder.objects.create(
            schedule=schedule, slot=at.date(), due_at=at, try_at=at, expires_at=at, message_id=f"{ago}@x",
            state=State.SENT, sent_at=at, settled_at=at,
        )  # fmt: skip
    assert row(alice, cast.dana).reminder == f"No reminder: {conf.max_ignored_reminders} not answered"
    make.report(bend, 3)
    assert row(alice, cast.dana).reminder.startswith("Next: ")


def test_who_has_no_exercise_has_nothing_to_say_about_one(cast, alice):
    shown = row(alice, cast.dana)
    assert (shown.tendency, shown.adherence, shown.reminder) == ("", "", "")

"""The client settles reminders, a pause, the hours and the language; each card saves by itself."""

import datetime as dt

import pytest
import time_machine

from clinic.models import AuditEntry, Schedule
from clinic.reminders.planning import next_reminder
from tests import make
from tests.portal.visit import send, signed_in, url, words

PAGE = url("settings")
MONDAY_NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def dana(cast):
    with time_machine.travel(MONDAY_NOON, tick=False):
        make.prescription(cast.dana)
        yield cast.dana


def save(client, card, **answers):
    response = send(signed_in(client), PAGE, card=card, **answers)
    client.refresh_from_db()
    return response


def booked(client):
    return list(AuditEntry.objects.filter(target_kind="client", target_id=client.pk).values_list("verb", "actor_id"))


def test_reminders_off_and_on_again(dana):
    assert save(dana, "reminders", wanted="no")["Location"] == PAGE
    assert dana.reminders_wanted is False
    assert "You get no reminders." in words(signed_in(dana).get(PAGE))
    save(dana, "reminders", wanted="yes")
    assert dana.reminders_wanted is True
    assert booked(dana)[:2] == [("reminders_turned_on", dana.user_id), ("reminders_turned_off", dana.user_id)]


def test_a_pause_and_its_end(dana):
    save(dana, "pause", until="2026-03-09")
    assert dana.paused_until == dt.date(2026, 3, 9)
    assert "No reminders until Monday 9 March." in words(signed_in(dana).get(PAGE))
    save(dana, "pause", until="")
    assert dana.paused_until is None
    assert [verb for verb, _who in booked(dana)[:2]] == ["reminder_pause_ended", "reminders_paused"]


def test_a_new_zone_moves_the_next_reminder(dana):
    before = Schedule.objects.get().next_due_at
    save(dana, "hours", time_zone="America/New_York", wakes_at="07:00")
    schedule = Schedule.objects.get()
    assert schedule.time_zone == "America/New_York"
    assert schedule.next_due_at - before == dt.timedelta(hours=5)


def test_a_later_morning_moves_no_reminder_into_it(dana):
    save(dana, "hours", time_zone="UTC", wakes_at="17:00")  # the plan says 18:00, an hour after
    assert dana.wakes_at == dt.time(17)
    bend = dana.prescriptions.get()
    assert next_reminder(bend, bend.dose, MONDAY_NOON) is None


def test_the_language_changes_the_page_at_once(dana):
    save(dana, "language", language="es")
    assert '<html lang="es" dir="ltr">' in signed_in(dana).get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("card", "answers", "place", "message"),
    [
        ("reminders", {"wanted": "perhaps"}, "reminders_wanted", "Choose yes or no."),
        ("pause", {"until": "2026-03-02"}, "pause_until", "Choose a day after today, at most a year away."),
        ("pause", {"until": "2028-01-01"}, "pause_until", "Choose a day after today, at most a year away."),
        ("pause", {"until": "soon"}, "pause_until", "This is not a day. Write it as 2030-12-31."),
        ("hours", {"time_zone": "Mars/Olympus", "wakes_at": "07:00"}, "hours_time_zone", "is not a time zone"),
        ("hours", {"time_zone": "UTC", "wakes_at": "25:00"}, "hours_wakes_at", "This is not a time of day."),
        ("hours", {"time_zone": "UTC"}, "hours_wakes_at", "Give a time such as 07:30."),
        ("language", {"language": "xx"}, "language_language", "“xx” is not a language here."),
    ],
)
def test_a_wrong_wish_is_named_and_changes_nothing(dana, card, answers, place, message):
    before = {name: value for name, value in vars(dana).items() if not name.startswith("_")}
    response = save(dana, card, **answers)
    assert response.status_code == 422
    assert message in words(response)
    assert f'<a href="#{place}">' in response.content.decode()
    assert {name: value for name, value in vars(dana).items() if not name.startswith("_")} == before


def test_an_unknown_card_changes_nothing(dana):
    entries = AuditEntry.objects.count()
    assert save(dana, "colour", colour="red").status_code == 200
    assert AuditEntry.objects.count() == entries

"""The calendar feed of a client: what stands in it, what never does, and what a change of the plan changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rrulestr
from django.utils import timezone

from clinic.clients import preferences as client_preferences
from clinic.models import Client, Prescription
from clinic.prescriptions import prescribing
from clinic.reminders import calendar_feed, planning
from clinic.reminders.schedule import slots
from tests import make

TODAY = timezone.now().date()
MONDAY = TODAY - dt.timedelta(days=TODAY.weekday())


def parse_feed(client):
    """The feed as a calendar program takes it in."""
    fresh = Client.objects.select_related("clinic").get(pk=client.pk)
    return icalendar.Calendar.from_ical(calendar_feed.build_feed(fresh).body)


def events(client):
    return list(parse_feed(client).walk("VEVENT"))


@pytest.fixture
def dana(cast):
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Europe/Madrid")
    cast.dana.refresh_from_db()
    return cast.dana


@pytest.fixture
def bend(dana):
    return make.prescription(dana, starts_on=MONDAY, days=["mon", "thu"], times=["08:30", "18:00"], sets=13)


def amend(bend, reason="easier", **over):
    given = {"starts_on": MONDAY, "days": ["mon", "thu"], "times": ["08:30", "18:00"], **over}
    prescribing.amend_prescription(bend, make.dose(**given), by=bend.prescribed_by, reason=reason)


def test_one_event_for_each_time_in_the_clients_zone(dana, bend):
    morning, evening = events(dana)
    for event, hour in ((morning, (8, 30)), (evening, (18, 0))):
        start = event["DTSTART"]
        assert (start.dt.date(), (start.dt.hour, start.dt.minute)) == (MONDAY, hour)
        assert start.params["TZID"] == "Europe/Madrid"
        assert event["RRULE"] == {"FREQ": ["WEEKLY"], "BYDAY": ["MO", "TH"]}
        assert event["DURATION"].dt == dt.timedelta(minutes=15)
        assert (event["TRANSP"], event["CLASS"]) == ("TRANSPARENT", "PRIVATE")
    assert morning["UID"] != evening["UID"]
    assert [zone["TZID"] for zone in parse_feed(dana).walk("VTIMEZONE")] == ["Europe/Madrid"]


@pytest.mark.parametrize("place", ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_a_year_read_from_the_feed_is_a_year_of_the_scheduler(dana, place):
    """Over every change of the clocks, at times that these jump over or show twice among others."""
    client_preferences.set_hours(dana, time_zone=place, wakes_at=dt.time(7), quiet=None, by=dana.user)
    client_preferences.pause_reminders(dana, TODAY + dt.timedelta(days=9), by=dana.user)
    ends_on = MONDAY + dt.timedelta(days=390)
    bend = make.prescription(dana, starts_on=MONDAY, ends_on=ends_on, days=["tue", "sun"], times=["01:30", "02:15"])
    instants = []
    for event in events(dana):
        start = event["DTSTART"].dt
        rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)
        instants += [instance.astimezone(dt.UTC) for instance in rule]
    plan = replace(planning.build_plan(bend.dose, dana).prescribed, paused_until=dana.paused_until)
    begin = timezone.now() - dt.timedelta(days=20)
    due = list(slots(plan, ZoneInfo(place), begin, begin + dt.timedelta(days=500)))
    assert sorted(instants) == due
    assert len(due) > 200


def test_the_end_of_the_plan_is_an_instant_in_utc(dana):
    make.prescription(dana, starts_on=dt.date(2030, 3, 1), ends_on=dt.date(2030, 4, 1), times=["18:00"])
    (event,) = events(dana)
    assert event["RRULE"]["UNTIL"] == [dt.datetime(2030, 4, 1, 16, 0, tzinfo=dt.UTC)]


def test_it_says_a_moment_and_the_clinic_and_nothing_of_health(dana, bend):
    (event, _evening) = events(dana)
    assert event["SUMMARY"] == "A moment for yourself – Riverside Physio"
    assert event["URL"].endswith("/portal/")
    text = calendar_feed.build_feed(dana).body.decode().replace("\r\n ", "").lower()
    private = ["bend", "exercise", "pain", "sets", "hold", "dana", "alice", "home.example", "13", "forward"]
    quiet = [line for line in text.splitlines() if not line.startswith(("dt", "last-mod", "rdate", "uid", "tz"))]
    assert [word for word in private if any(word in line for line in quiet)] == []


def test_the_clients_language(dana, bend):
    before = calendar_feed.build_feed(dana).body
    client_preferences.set_language(dana, "es", by=dana.user)
    assert events(dana)[0]["SUMMARY"].endswith(" – Riverside Physio")
    assert calendar_feed.build_feed(dana).body != before


def test_programs_are_told_when_to_ask_again(dana, bend):
    feed = parse_feed(dana)
    assert (feed["REFRESH-INTERVAL"].dt, feed["REFRESH-INTERVAL"].params["VALUE"]) == (
        dt.timedelta(hours=6),
        "DURATION",
    )
    assert feed["X-PUBLISHED-TTL"] == "PT6H"
    assert feed["X-WR-TIMEZONE"] == "Europe/Madrid"


def test_another_dose_at_the_same_time_is_the_same_event_with_a_higher_sequence(dana, bend):
    before = {event["UID"]: event for event in events(dana)}
    amend(bend, sets=2)
    after = {event["UID"]: event for event in events(dana)}
    assert after.keys() == before.keys()
    for uid, event in after.items():
        assert event["SEQUENCE"] == before[uid]["SEQUENCE"] + 1
        assert event["LAST-MODIFIED"].dt >= before[uid]["LAST-MODIFIED"].dt
        assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == bend.dose.created_at.replace(microsecond=0)


def test_a_time_that_comes_back_is_the_event_it_was(dana, bend):
    morning, evening = (event["UID"] for event in events(dana))
    amend(bend, times=["18:00"])
    assert [event["UID"] for event in events(dana)] == [evening]
    amend(bend, times=["08:30", "18:00"])
    assert [event["UID"] for event in events(dana)] == [morning, evening]


@pytest.mark.parametrize(
    "wish",
    [
        lambda dana: client_preferences.pause_reminders(dana, TODAY + dt.timedelta(days=9), by=dana.user),
        lambda dana: client_preferences.set_language(dana, "es", by=dana.user),
        lambda dana: client_preferences.set_hours(
            dana, time_zone="Asia/Tokyo", wakes_at=dt.time(7), quiet=None, by=dana.user
        ),
    ],
    ids=["a pause", "a language", "a zone"],
)
def test_what_the_client_changes_counts_as_a_change(dana, bend, wish):
    before, feed_before = events(dana)[0], calendar_feed.build_feed(dana)
    wish(dana)
    after = events(dana)[0]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt
    assert calendar_feed.build_feed(dana).changed_at > feed_before.changed_at


def test_a_pause_begins_the_events_on_its_last_day(dana, bend):
    until = MONDAY + dt.timedelta(days=9)  # a Wednesday
    client_preferences.pause_reminders(dana, until, by=dana.user)
    assert {event["DTSTART"].dt.date() for event in events(dana)} == {until + dt.timedelta(days=1)}


def test_nothing_while_held_and_all_of_it_again_after(dana, bend):
    before, changed_at = {event["UID"] for event in events(dana)}, calendar_feed.build_feed(dana).changed_at
    prescribing.hold_prescription(bend, by=bend.prescribed_by.user, reason="rest")
    assert events(dana) == []
    assert parse_feed(dana).walk("VTIMEZONE")  # a calendar with nothing in it would be none
    assert calendar_feed.build_feed(dana).changed_at > changed_at
    prescribing.resume_prescription(bend, by=bend.prescribed_by.user, reason="better")
    after = events(dana)
    assert {event["UID"] for event in after} == before
    assert {event["SEQUENCE"] for event in after} == {2}


def test_nothing_once_it_has_ended(dana, bend):
    prescribing.end_prescription(bend, by=bend.prescribed_by.user, reason="well")
    assert events(dana) == []


def test_it_is_the_plan_and_not_the_mails(dana, bend):
    """Quiet hours, an early time, no reminders, mail that comes back: the plan goes on."""
    before = [event["DTSTART"].dt for event in events(dana)]
    client_preferences.set_hours(
        dana, time_zone="Europe/Madrid", wakes_at=dt.time(8), quiet=(dt.time(17), dt.time(9)), by=dana.user
    )
    client_preferences.set_reminders_wanted(dana, False, by=dana.user)
    Client.objects.filter(pk=dana.pk).update(undeliverable_since=timezone.now())
    assert [event["DTSTART"].dt for event in events(dana)] == before


def test_only_this_clients_plans(cast, dana, bend):
    make.prescription(cast.erin)
    assert len(events(dana)) == 2


def test_an_unchanged_plan_is_the_same_bytes(dana, bend):
    assert calendar_feed.build_feed(dana) == calendar_feed.build_feed(dana)


def test_two_plans_cost_no_more_queries_than_one(dana, bend, django_assert_num_queries):
    make.prescription(dana, times=["12:00"])
    client = Client.objects.select_related("clinic").get(pk=dana.pk)
    with django_assert_num_queries(5):
        calendar_feed.build_feed(client)
    assert Prescription.objects.count() == 2

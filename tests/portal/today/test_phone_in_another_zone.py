"""The phone says it is elsewhere: the first page can move the reminders there, and nothing else of the day."""

import datetime as dt

from clinic.models import Client
from tests.portal.visit import send, signed_in, url, words


def test_yes_moves_the_zone_alone_and_leads_back(cast):
    Client.objects.filter(pk=cast.dana.pk).update(
        wakes_at=dt.time(6, 30), quiet_from=dt.time(22), quiet_until=dt.time(7)
    )
    response = send(signed_in(cast.dana), url("settings"), card="time_zone", time_zone="Europe/Lisbon")
    assert response["Location"] == url("today")
    cast.dana.refresh_from_db()
    day = (cast.dana.time_zone, cast.dana.wakes_at, cast.dana.quiet_from, cast.dana.quiet_until)
    assert day == ("Europe/Lisbon", dt.time(6, 30), dt.time(22), dt.time(7))


def test_a_zone_off_the_list_is_taken_as_phones_say_it(cast):
    send(signed_in(cast.dana), url("settings"), card="time_zone", time_zone="Asia/Calcutta")
    cast.dana.refresh_from_db()
    assert cast.dana.time_zone == "Asia/Calcutta"


def test_a_zone_that_is_none_changes_nothing(cast):
    response = send(signed_in(cast.dana), url("settings"), card="time_zone", time_zone="Mars/Olympus")
    assert response.status_code == 422
    assert "is not a time zone" in words(response)
    cast.dana.refresh_from_db()
    assert cast.dana.time_zone == "UTC"


def test_without_scripts_there_is_no_question(cast):
    page = signed_in(cast.dana).get(url("today")).content.decode()
    assert 'data-zone="UTC" hidden>' in page

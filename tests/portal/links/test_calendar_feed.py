"""The calendar's address: made on request, asked again and again by programs, ended by its holder."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import icalendar
import pytest
from django.core import signing
from django.utils import timezone

from clinic.clients import preferences as client_preferences
from clinic.mail import signed_links
from clinic.models import AuditEntry, Client
from config.log_format import redact
from tests import make
from tests.portal.visit import send, signed_in, stranger, url, words, writes

PAGE = url("settings")


@pytest.fixture
def dana(cast):
    make.prescription(cast.dana)
    return cast.dana


def press(client, act):
    response = send(signed_in(client), PAGE, card="calendar", act=act)
    client.refresh_from_db()
    return response


def path(client):
    return urlsplit(signed_links.build_calendar_url(client.calendar_key)).path


@pytest.fixture
def address(dana):
    client_preferences.create_calendar_link(dana, by=dana.user)
    return path(dana)


def booked(client):
    mine = AuditEntry.objects.filter(target_kind="client", target_id=client.pk, verb__startswith="calendar")
    return list(mine.order_by("pk").values_list("verb", "actor_id"))


def test_there_is_no_link_before_it_is_asked_for(dana):
    assert dana.calendar_key is None
    page = signed_in(dana).get(PAGE)
    assert "Make a calendar link" in words(page)
    assert "/calendar/" not in page.content.decode()


def test_the_card_makes_a_link_to_subscribe_to_or_to_copy(dana):
    press(dana, "open")
    page = signed_in(dana).get(PAGE).content.decode()
    address = signed_links.build_calendar_url(dana.calendar_key)
    assert f'value="{address}" readonly' in page
    assert f'href="webcal:{address.partition(":")[2]}"' in page
    answer = stranger().get(path(dana))
    assert len(list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))) == 1


def test_a_new_link_ends_the_old_one_and_switching_off_ends_both(dana, address):
    press(dana, "open")
    renewed = path(dana)
    assert [stranger().get(each).status_code for each in (address, renewed)] == [404, 200]
    press(dana, "close")
    assert [stranger().get(each).status_code for each in (address, renewed)] == [404, 404]
    me = dana.user_id
    assert booked(dana) == [("calendar_opened", me), ("calendar_renewed", me), ("calendar_closed", me)]


def test_switching_off_twice_is_one_act(dana, address):
    assert client_preferences.delete_calendar_link(dana, by=dana.user) is True
    assert client_preferences.delete_calendar_link(dana, by=dana.user) is False
    assert len(booked(dana)) == 2


def test_another_act_is_refused_and_changes_nothing(dana):
    response = press(dana, "keep")
    assert response.status_code == 422
    assert "Choose one of the two buttons." in words(response)
    assert dana.calendar_key is None


def test_who_reads_the_database_has_no_link(dana, address):
    key = dana.calendar_key
    forged = [key, f"{key}.", f"{key}.x", signing.Signer(key="guess", salt="clinic.links.calendar", sep=".").sign(key)]
    assert [stranger().get(url("calendar_feed", token)).status_code for token in forged] == [404] * 4
    assert key in address


@pytest.mark.parametrize("at", [0, 5, -1], ids=["key", "within the key", "signature"])
def test_an_altered_link_is_not_found(dana, address, at):
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    letters = list(token)
    letters[at] = "A" if letters[at] != "A" else "B"
    answer = stranger().get(url("calendar_feed", "".join(letters)))
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "A new one is made in your settings" in answer.content.decode()


def test_a_link_of_another_kind_opens_no_calendar(dana):
    token = signed_links.build_path(signed_links.Purpose.REPORT, dana.pk).split("/")[-2]
    assert stranger().get(url("calendar_feed", token)).status_code == 404


def test_who_has_left_has_no_calendar(dana, address):
    Client.objects.filter(pk=dana.pk).update(state=Client.State.LEFT)
    assert stranger().get(address).status_code == 404


def test_a_sign_in_that_was_closed_has_no_calendar(dana, address):
    dana.user.is_active = False
    dana.user.save()
    assert stranger().get(address).status_code == 404


def test_a_changed_secret_key_keeps_links_as_long_as_the_old_one_is_named(dana, address, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another key, long enough for a test"
    assert stranger().get(address).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [old]
    assert stranger().get(address).status_code == 200


@pytest.mark.parametrize("good", [True, False])
def test_the_answer_stays_private_and_names_nobody_to_others(dana, address, good):
    answer = stranger().get(address if good else "/calendar/x.ics")
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer.cookies == {}
    assert "Cookie" not in answer.get("Vary", "")


def test_it_is_a_calendar_file(dana, address):
    answer = stranger().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'inline; filename="calendar.ics"'


def test_head_tells_the_same_without_the_body_and_nothing_else_is_taken(dana, address):
    look, answer = stranger().head(address), stranger().get(address)
    assert look.content == b""
    assert [look[name] for name in ("ETag", "Last-Modified", "Content-Type")] == [
        answer[name] for name in ("ETag", "Last-Modified", "Content-Type")
    ]
    assert stranger().post(address).status_code in {403, 405}
    assert writes(stranger(), address) == []


def test_who_has_it_already_is_told_so(dana, address):
    first = stranger().get(address)
    again = stranger().get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, no-cache"
    since = stranger().get(address, headers={"if-modified-since": first["Last-Modified"]})
    assert since.status_code == 304


def test_a_change_of_the_plan_is_sent_at_the_next_asking(dana, address):
    first = stranger().get(address)
    client_preferences.pause_reminders(dana, timezone.now().date() + dt.timedelta(days=9), by=dana.user)
    answer = stranger().get(address, headers={"if-none-match": first["ETag"]})
    assert answer.status_code == 200
    assert answer["ETag"] != first["ETag"]


def test_the_log_keeps_no_token(address):
    assert redact(f'"GET {address} HTTP/1.1" 200') == '"GET /calendar/… HTTP/1.1" 200'
    assert redact(f"Not Found: {address}") == "Not Found: /calendar/…"

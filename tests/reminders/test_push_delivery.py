"""What becomes of a reminder that is meant for a phone, for each answer of a push service; mail always remains."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from django.core import mail

from clinic.clients import preferences as client_preferences
from clinic.mail.outbox import send_due
from clinic.models import Client, PushSubscription, Reminder
from clinic.prescriptions import prescribing
from clinic.reminders import planning, push_delivery, push_subscriptions
from tests import make
from tests.reminders.push_service import service, subscribe  # noqa: F401  fixture

DUE = dt.datetime(2030, 3, 4, 18, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def plan(cast, settings):
    settings.PLUMBLINE_LATENESS_HOURS = 3
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="UTC", language="en")
    cast.dana.refresh_from_db()
    return make.prescription(cast.dana, now=DUE - 60 * MINUTE, starts_on=DUE.date())


def tick(now=DUE):
    """One tick of the beat: plan, phones, mail."""
    planning.create_due_reminders(now)
    return push_delivery.send_due(now), send_due(Reminder, now)


def row() -> Reminder:
    return Reminder.objects.get()


def test_it_shows_on_the_phone_and_no_mail_comes(service, plan, cast):  # noqa: F811
    browser = service.browser()
    phone = subscribe(cast.dana, browser)
    assert tick() == ({"sent": 1}, {})
    assert (row().state, row().channel, row().sent_at) == ("sent", "phone", DUE)
    assert mail.outbox == []
    phone.refresh_from_db()
    assert phone.last_sent_at is not None
    assert tick(DUE + MINUTE) == ({}, {})
    assert len(service.posted) == 1


def test_the_message_is_signed_encrypted_and_names_no_health(service, plan, cast, settings):  # noqa: F811
    browser = service.browser()
    subscribe(cast.dana, browser)
    tick()
    ((_path, headers, body),) = service.posted
    assert service.is_signed(headers, settings.PLUMBLINE_VAPID_PUBLIC_KEY)
    token = headers["Authorization"].split("t=")[1].split(",")[0].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    assert claims["aud"] == service.origin
    assert claims["sub"].startswith("mailto:")
    assert (headers["TTL"], headers["Urgency"], headers["Content-Encoding"]) == ("10800", "normal", "aes128gcm")
    read = browser.read(body)
    assert read == {
        "title": "Riverside Physio",
        "body": "A moment for yourself, Dana?",
        "tag": headers["Topic"],
        "url": "/portal/",
    }
    assert len(read["tag"]) == 32
    assert str(row().message_id) not in json.dumps(read)


def test_a_changed_plan_is_told_on_the_phone_and_nothing_of_how(service, plan, cast):  # noqa: F811
    browser = service.browser()
    subscribe(cast.dana, browser)
    dose = make.dose(starts_on=DUE.date(), sets=7, hold_seconds=13)
    prescribing.amend_prescription(plan, dose, by=cast.alice, reason="Sciatica?", now=DUE - MINUTE)
    tick()
    ((_path, _headers, body),) = service.posted
    assert browser.read(body)["body"] == "A moment for yourself, Dana? Your plan has changed since the last reminder."


def test_who_wants_both_gets_both_in_one_row(service, plan, cast):  # noqa: F811
    subscribe(cast.dana, service.browser(), Client.ReminderChannel.BOTH)
    assert tick() == ({"by mail": 1}, {"sent": 1})
    assert (row().state, row().channel) == ("sent", "both")
    assert (len(mail.outbox), len(service.posted)) == (1, 1)


def test_two_phones_both_show_it_and_one_is_enough(service, plan, cast):  # noqa: F811
    subscribe(cast.dana, service.browser("one"))
    subscribe(cast.dana, service.browser("two"))
    service.set_response(service.browser("one"), 410)
    assert tick() == ({"sent": 1}, {})
    assert len(service.posted) == 2
    assert PushSubscription.objects.get().endpoint.endswith("/two")


@pytest.mark.parametrize("status", [404, 410])
def test_a_phone_that_is_no_more_is_forgotten_at_once_and_mail_comes(service, plan, cast, status):  # noqa: F811
    subscribe(cast.dana, browser := service.browser())
    service.set_response(browser, status)
    assert tick() == ({"by mail": 1}, {"sent": 1})
    assert not PushSubscription.objects.exists()
    assert (row().channel, row().get_channel_display()) == ("fallback", "by mail, as no phone could be reached")
    assert row().push_response == f"{status} words"
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_again_later_and_later(service, plan, cast, status):  # noqa: F811
    subscribe(cast.dana, browser := service.browser())
    service.set_response(browser, status)
    assert tick() == ({}, {})
    assert (row().state, row().try_at, row().attempts) == ("ready", DUE + MINUTE, 1)
    assert tick(DUE + MINUTE) == ({}, {})
    assert row().try_at == DUE + 3 * MINUTE
    service.set_response(browser, 201)
    assert tick(DUE + 3 * MINUTE) == ({"sent": 1}, {})
    assert mail.outbox == []


def test_a_service_may_say_when_to_come_again(service, plan, cast):  # noqa: F811
    subscribe(cast.dana, browser := service.browser())
    service.set_response(browser, 429, Retry_After="600")
    tick()
    assert row().try_at == DUE + 10 * MINUTE


def test_before_it_is_too_late_it_goes_by_mail(service, plan, cast):  # noqa: F811
    subscribe(cast.dana, browser := service.browser())
    service.set_response(browser, 500)
    now = DUE
    while not mail.outbox:
        assert now < DUE + dt.timedelta(hours=3)
        tick(now)
        now = row().try_at
    assert (row().state, row().channel, row().push_response) == ("sent", "fallback", "500 words")


def test_nobody_waits_for_a_service_twice_in_one_tick(service, plan, cast):  # noqa: F811
    make.prescription(cast.erin, now=DUE - 60 * MINUTE, starts_on=DUE.date())
    Client.objects.filter(pk=cast.erin.pk).update(time_zone="UTC")
    for client, name in ((cast.dana, "one"), (cast.erin, "two")):
        subscribe(client, service.browser(name), Client.ReminderChannel.BOTH)
    service.server.shutdown()
    service.server.server_close()
    assert tick() == ({"by mail": 2}, {"sent": 2})
    assert sorted(Reminder.objects.values_list("push_response", flat=True)) == [
        "no answer",
        "no answer: ConnectionError",
    ]


@pytest.mark.parametrize("status", [400, 403, 413, 301])
def test_what_a_service_refuses_goes_by_mail_with_its_words(service, plan, cast, status):  # noqa: F811
    phone = subscribe(cast.dana, browser := service.browser())
    service.set_response(browser, status, Location="http://127.0.0.1:1/elsewhere")
    assert tick() == ({"by mail": 1}, {"sent": 1})
    assert row().push_response == ("redirects" if status == 301 else f"{status} words")
    phone.refresh_from_db()
    assert phone.failures == 1
    assert len(service.posted) == 1


def test_a_phone_refused_five_times_in_a_row_is_forgotten(service, plan, cast):  # noqa: F811
    phone = subscribe(cast.dana, browser := service.browser())
    PushSubscription.objects.filter(pk=phone.pk).update(failures=4)
    service.set_response(browser, 403)
    tick()
    assert not PushSubscription.objects.exists()


def test_the_rules_of_mail_hold_for_phones_too(service, plan, cast):  # noqa: F811
    subscribe(cast.dana, service.browser())
    prescribing.hold_prescription(plan, reason="a rest", by=cast.alice.user, now=DUE - MINUTE)
    assert tick() == ({"skipped": 1}, {})
    assert (row().status_detail, service.posted) == ("held", [])


def test_too_late_for_mail_is_too_late_for_a_phone(service, plan, cast):  # noqa: F811
    subscribe(cast.dana, service.browser())
    planning.create_due_reminders(DUE)
    assert push_delivery.send_due(DUE + dt.timedelta(hours=4)) == {"skipped": 1}
    assert row().status_detail == "late"


def test_what_a_phone_showed_was_sent_though_its_mail_was_not(service, plan, cast):  # noqa: F811
    subscribe(cast.dana, service.browser(), Client.ReminderChannel.BOTH)
    planning.create_due_reminders(DUE)
    push_delivery.send_due(DUE)
    client_preferences.set_reminders_wanted(cast.dana, False, by=cast.dana.user)
    send_due(Reminder, DUE)
    assert (row().state, row().channel, row().sent_at, mail.outbox) == ("sent", "phone", DUE, [])


def test_without_keys_a_phones_reminders_come_by_mail(service, plan, cast, settings):  # noqa: F811
    subscribe(cast.dana, service.browser())
    settings.PLUMBLINE_VAPID_PRIVATE_KEY = ""
    assert tick() == ({"by mail": 1}, {"sent": 1})
    assert service.posted == []


def test_the_last_phone_taken_away_brings_mail_back(service, plan, cast):  # noqa: F811
    phone = subscribe(cast.dana, service.browser())
    push_subscriptions.remove_subscription(cast.dana, phone=phone.pk, by=cast.dana.user)
    assert cast.dana.reminder_channel == "mail"
    assert tick() == ({}, {"sent": 1})
    assert row().channel == "mail"


def test_a_worker_that_died_while_it_posted_is_made_good(service, plan, cast):  # noqa: F811
    subscribe(cast.dana, service.browser())
    planning.create_due_reminders(DUE)
    queue = Reminder.objects.filter(channel="phone")
    (held,) = queue.claim(DUE, 2 * MINUTE, 5)
    queue.begin(held, DUE + 2 * MINUTE)
    Reminder.objects.release_expired(DUE + 3 * MINUTE)
    assert tick(DUE + 3 * MINUTE) == ({"sent": 1}, {})

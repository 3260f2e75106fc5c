"""A phone shows the reminders of the one who turned them on, and of nobody after."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from clinic.clients import departure
from clinic.models import AuditEntry, Client, PushSubscription
from clinic.reminders import push_subscriptions, web_push
from tests.portal.visit import send, signed_in, stranger, url, words
from tests.reminders.push_service import service, subscribe  # noqa: F401  fixture

CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
)


def post(visitor, **fields):
    token = visitor.get(url("push_subscription")).json()["token"]
    return visitor.post(url("push_subscription"), fields, headers={"X-CSRFToken": token, "User-Agent": CHROME})


def test_turned_on_from_the_phone_it_has_both_ways(service, cast):  # noqa: F811
    response = post(signed_in(cast.dana), act="keep", **service.browser().subscription_keys())
    assert response.status_code == 201
    kept = PushSubscription.objects.get(pk=response.json()["subscription"])
    assert (kept.client, kept.label) == (cast.dana, "Chrome on Android")
    cast.dana.refresh_from_db()
    assert cast.dana.reminder_channel == "both"
    assert AuditEntry.objects.filter(verb="push_subscription_added", target_id=cast.dana.pk).count() == 1


def test_signing_out_ends_it_there_without_any_script_and_nowhere_else(service, cast):  # noqa: F811
    subscribe(cast.dana, elsewhere := service.browser("two"))
    here = signed_in(cast.dana)
    post(here, act="keep", **service.browser().subscription_keys())
    assert cast.dana.push_subscriptions.count() == 2
    token = here.get(url("push_subscription")).json()["token"]
    here.post(url("sign_out"), headers={"X-CSRFToken": token})
    assert [phone.endpoint for phone in cast.dana.push_subscriptions.all()] == [elsewhere.endpoint]


def test_a_stranger_turns_nothing_on(service, cast):  # noqa: F811
    assert stranger().get(url("push_subscription")).status_code == 401


def test_the_next_who_turns_it_on_takes_it_over(service, cast):  # noqa: F811
    subscribe(cast.dana, browser := service.browser())
    post(signed_in(cast.erin), act="keep", **browser.subscription_keys())
    assert PushSubscription.objects.get().client == cast.erin


def test_the_browser_that_signs_out_is_forgotten_whoever_says_so(service, cast):  # noqa: F811
    subscribe(cast.dana, browser := service.browser())
    assert post(signed_in(cast.erin), act="forget", endpoint=browser.endpoint).json() == {"gone": True}
    cast.dana.refresh_from_db()
    assert (cast.dana.reminder_channel, PushSubscription.objects.exists()) == ("mail", False)


def test_a_renewed_endpoint_takes_the_place_of_the_old_one(service, cast):  # noqa: F811
    subscribe(cast.dana, old := service.browser("old"))
    new = service.browser("new")
    assert post(signed_in(cast.erin), act="keep", replaces=old.endpoint, **new.subscription_keys()).status_code == 400
    assert post(signed_in(cast.dana), act="keep", replaces=old.endpoint, **new.subscription_keys()).status_code == 201
    assert PushSubscription.objects.get().endpoint == new.endpoint
    cast.dana.refresh_from_db()
    assert cast.dana.reminder_channel == "phone"


def test_the_card_lists_phones_removes_them_and_keeps_the_way(service, cast):  # noqa: F811
    phone = subscribe(cast.dana, service.browser(), Client.ReminderChannel.BOTH)
    visitor = signed_in(cast.dana)
    assert "Chrome on Android" in words(visitor.get(url("settings")))
    assert send(visitor, url("settings"), card="channel", reminder_channel="phone").status_code == 302
    cast.dana.refresh_from_db()
    assert cast.dana.reminder_channel == "phone"
    theirs = subscribe(cast.erin, service.browser("erin"))
    send(visitor, url("settings"), card="push_subscription", push_subscription=theirs.pk)
    assert PushSubscription.objects.filter(pk=theirs.pk).exists()
    send(visitor, url("settings"), card="push_subscription", push_subscription=phone.pk)
    assert not PushSubscription.objects.filter(pk=phone.pk).exists()


def test_without_a_phone_there_is_no_way_but_mail(service, cast):  # noqa: F811
    refused = send(signed_in(cast.dana), url("settings"), card="channel", reminder_channel="phone")
    assert refused.status_code == 422
    assert "Turn reminders on on a phone first." in words(refused)


def test_a_site_without_keys_shows_no_card(cast, settings):
    settings.PLUMBLINE_VAPID_PRIVATE_KEY = ""
    assert "Reminders on this phone" not in words(signed_in(cast.dana).get(url("settings")))


def test_who_leaves_takes_every_phone_along(service, cast):  # noqa: F811
    subscribe(cast.dana, service.browser())
    departure.leave_clinic(cast.dana, by=cast.dana.user)
    assert (PushSubscription.objects.exists(), cast.dana.reminder_channel) == (False, "mail")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/x", "https://127.0.0.1/x", "https://fcm.googleapis.com.evil.example/x",
        "https://fcm.googleapis.com:8443/x", "https://me:word@fcm.googleapis.com/x", "https://[::1/x", "file:///etc/x",
        "https://notfcm.googleapis.com/x", "",
    ],
)  # fmt: skip
def test_only_push_services_are_posted_to(service, cast, settings, endpoint):  # noqa: F811
    given = {**service.browser().subscription_keys(), "endpoint": endpoint}
    with pytest.raises(ValidationError) as refused:
        push_subscriptions.add_subscription(cast.dana, **given, label="x", by=cast.dana.user)
    assert list(refused.value.message_dict) == ["endpoint"]


@pytest.mark.parametrize("beside", ["", "http://127.0.0.1:9"])
def test_a_service_that_leads_into_this_network_is_not_posted_to(settings, monkeypatch, beside):
    settings.PLUMBLINE_PUSH_TEST_SERVICE = beside
    settings.PLUMBLINE_VAPID_PRIVATE_KEY, settings.PLUMBLINE_VAPID_PUBLIC_KEY = web_push.generate_keys()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kw: [(2, 1, 6, "", ("10.0.0.7", 443))])
    response = web_push.post_message("https://fcm.googleapis.com/x", {}, b"x", ttl=web_push.MAX_RETRY_AFTER, topic="t")
    assert (response.outcome, response.text) == (
        web_push.PushOutcome.REJECTED,
        "leads to an address that is not public",
    )


@pytest.mark.parametrize(("field", "value"), [("p256dh", "AAAA"), ("p256dh", "é"), ("auth", "AAAA"), ("auth", "")])
def test_keys_that_cannot_be_used_are_refused(service, cast, field, value):  # noqa: F811
    with pytest.raises(ValidationError):
        push_subscriptions.add_subscription(
            cast.dana, **{**service.browser().subscription_keys(), field: value}, label="x", by=cast.dana.user
        )


def test_the_command_prints_a_pair_of_keys(capsys, settings):
    from django.core.management import call_command

    call_command("vapid_keys")
    lines = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    private, public = lines["PLUMBLINE_VAPID_PRIVATE_KEY"], lines["PLUMBLINE_VAPID_PUBLIC_KEY"]
    assert web_push.derive_public_key(private) == public
    assert web_push.is_public_key(public)

"""The card and the worker in Debian's Chromium. The real push services are elsewhere: PushManager stands in."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from clinic.models import PushSubscription
from tests import make
from tests.portal.pwa.browser_phone import phone  # noqa: F401  fixture
from tests.portal.visit import url
from tests.reminders.push_service import service, subscribe  # noqa: F401  fixture

pytestmark = [pytest.mark.browser, pytest.mark.notifies]

# A push service's part of the browser: keeps one subscription over reloads.
FAKE_PUSH_MANAGER = """(given) => {
  const KEPT = "test-subscription";
  const subscription = () => localStorage.getItem(KEPT) && {
    endpoint: given.endpoint, options: { applicationServerKey: null },
    toJSON: () => ({ endpoint: given.endpoint, keys: { p256dh: given.p256dh, auth: given.auth } }),
    unsubscribe: async () => { localStorage.removeItem(KEPT); return true; },
  };
  PushManager.prototype.getSubscription = async () => subscription() || null;
  PushManager.prototype.subscribe = async (how) => {
    if (!how.userVisibleOnly || how.applicationServerKey.length !== 65) throw new Error("not as asked");
    localStorage.setItem(KEPT, "1");
    return subscription();
  };
}"""


def fake_push_manager(dana, browser):
    dana.context.grant_permissions(["notifications"], origin=dana.address)
    dana.page.add_init_script(f"({FAKE_PUSH_MANAGER})({json.dumps(browser.subscription_keys())})")


def test_one_tap_turns_it_on_another_off(service, phone, cast):  # noqa: F811
    dana = phone(cast.dana)
    fake_push_manager(dana, service.browser())
    dana.open("settings")
    dana.page.get_by_role("button", name="Turn on").click()
    expect(dana.page.get_by_text("This phone:")).to_be_visible()
    assert PushSubscription.objects.get().client == cast.dana
    expect(dana.page.get_by_label("How reminders come")).to_have_value("both")
    dana.page.get_by_role("button", name="Turn off on this phone").click()
    expect(dana.page.get_by_role("button", name="Turn on")).to_be_visible()
    assert not PushSubscription.objects.exists()


def test_signing_out_ends_it_on_this_phone(service, phone, cast):  # noqa: F811
    dana = phone(cast.dana)
    fake_push_manager(dana, service.browser())
    dana.open("settings")
    dana.page.get_by_role("button", name="Turn on").click()
    expect(dana.page.get_by_text("This phone:")).to_be_visible()
    dana.page.get_by_role("button", name="Sign out").click()
    dana.page.wait_for_url(f"{dana.address}/")
    assert not PushSubscription.objects.exists()
    assert dana.page.evaluate("localStorage.getItem('test-subscription')") is None


def test_the_next_person_on_this_phone_ends_it(service, phone, cast):  # noqa: F811
    dana = phone(cast.dana)
    fake_push_manager(dana, service.browser())
    dana.open("settings")
    dana.page.get_by_role("button", name="Turn on").click()
    expect(dana.page.get_by_text("This phone:")).to_be_visible()
    dana.sign_in(cast.erin)  # her session had run out: nobody signed out
    with dana.page.expect_response(
        lambda response: response.request.method == "POST" and url("push_subscription") in response.url
    ):
        dana.open("today")
    assert not PushSubscription.objects.exists()
    assert dana.page.evaluate("localStorage.getItem('test-subscription')") is None


def test_a_browser_that_says_no_is_told_how_to_change_it(service, phone, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    dana.open("settings")
    expect(dana.page.get_by_text("This phone does not allow messages from us.")).to_be_visible()
    expect(dana.page.get_by_role("button", name="Turn on")).to_be_hidden()


def test_the_worker_shows_the_newest_reminder_alone(service, phone, cast):  # noqa: F811
    make.prescription(cast.dana)
    dana = phone(cast.dana)
    dana.context.grant_permissions(["notifications"], origin=dana.address)
    dana.keeps()
    session = dana.context.new_cdp_session(dana.page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(row["registrationId"] for row in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    while not found:
        dana.page.wait_for_timeout(20)
    for tag in ("first", "second"):
        message = {"title": "Riverside Physio", "body": "A moment for yourself, Dana?", "tag": tag, "url": "/portal/"}
        params = {"origin": dana.address, "registrationId": found[0], "data": json.dumps(message)}
        session.send("ServiceWorker.deliverPushMessage", params)
    shown = """async (tag) => {
      const registration = await navigator.serviceWorker.ready;
      for (;;) {
        const all = await registration.getNotifications();
        if (all.length === 1 && all[0].tag === tag) return all.map(({ title, body, tag }) => [title, body, tag]);
        await new Promise((again) => setTimeout(again, 20));
      }
    }"""
    assert dana.page.evaluate(shown, "second") == [["Riverside Physio", "A moment for yourself, Dana?", "second"]]


# Only a real tap may open or focus a window, so both stand in; the notification and the worker's answer to it are real.
TAP_NOTIFICATION = """async ([tag, url]) => {
  const did = [];
  Clients.prototype.openWindow = async (address) => { did.push(["opened", address]); };
  WindowClient.prototype.focus = async function () { did.push(["focused", new URL(this.url).pathname]); };
  await self.registration.showNotification("Riverside Physio", { tag, data: { url } });
  const [notification] = await self.registration.getNotifications({ tag });
  const tap = new NotificationEvent("notificationclick", { notification });
  const waited = [];
  tap.waitUntil = (work) => waited.push(work);
  self.dispatchEvent(tap);
  await Promise.all(waited);
  const left = await self.registration.getNotifications({ tag });
  return [did, left.length];
}"""


def tap_notification(dana, address):
    (worker,) = dana.context.service_workers
    return worker.evaluate(TAP_NOTIFICATION, ["reminder", address])


def test_a_tap_on_a_reminder_goes_to_the_portal_that_is_open(service, phone, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.context.grant_permissions(["notifications"], origin=dana.address)
    dana.keeps()
    dana.open("history")
    assert tap_notification(dana, url("today")) == [[["focused", url("history")]], 0]


@pytest.mark.parametrize("path", ["/portal/", "/portal/report/"])
def test_a_tap_opens_what_the_reminder_names_where_no_portal_is_open(service, phone, cast, path):  # noqa: F811
    dana = phone(cast.dana)
    dana.context.grant_permissions(["notifications"], origin=dana.address)
    dana.keeps()
    dana.page.goto("about:blank")
    assert tap_notification(dana, path) == [[["opened", path]], 0]


def test_a_tap_opens_nothing_but_the_portal(service, phone, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.context.grant_permissions(["notifications"], origin=dana.address)
    dana.keeps()
    dana.page.goto("about:blank")
    assert tap_notification(dana, "https://elsewhere.example/") == [[["opened", url("today")]], 0]

"""Whose the phone is: signed out, signed in again, somebody else; no other sees it, nothing is lost in silence."""

import pytest
from playwright.sync_api import expect

from clinic.models import PainReport
from tests import axe, make
from tests.portal.pwa.browser_phone import phone  # noqa: F401  fixture
from tests.portal.visit import url

pytestmark = pytest.mark.browser


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, sets=1, hold_seconds=30)


def test_signed_out_meanwhile_the_answers_wait_for_the_next_sign_in(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    dana.open("report")
    dana.context.clear_cookies(name="sessionid")
    dana.report(4)
    dana.says("You are signed out. Sign in, and your answers are sent.")
    dana.open()
    assert "/accounts/login/" in dana.page.url
    assert dana.page.evaluate("caches.keys().then((names) => names.filter((name) => name.includes('-pages-')))") == []
    dana.sign_in(cast.dana)
    dana.open()
    expect(dana.page.get_by_role("link", name="What it means")).to_be_visible()
    assert PainReport.objects.get().before == 4


def test_somebody_else_on_the_same_phone_sees_and_sends_nothing_of_it(phone, plan, cast):  # noqa: F811
    make.prescription(cast.erin)
    dana = phone(cast.dana)
    dana.answers_offline()
    dana.offline(False)
    dana.context.clear_cookies(name="sessionid")
    dana.sign_in(cast.erin)
    dana.open()
    dana.says("Hello, Erin")
    expect(dana.page.locator("[data-waiting]")).to_be_hidden()
    dana.keeps()
    dana.offline()
    dana.open()
    dana.says("Hello, Erin")
    dana.page.goto(url("player", plan.pk))
    dana.says("This page is not kept on your phone.")
    dana.offline(False)
    dana.open()
    dana.page.get_by_role("button", name="Sign out").click()
    dana.page.wait_for_url(lambda there: "/portal/" not in there)
    assert not PainReport.objects.exists()
    assert len(dana.waiting()) == 1, "it stays for its owner"
    dana.sign_in(cast.dana)
    dana.open()
    expect(dana.page.get_by_role("link", name="What it means")).to_be_visible()


def test_signing_out_sends_first_and_leaves_nothing_behind(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana, service_workers="block")  # the worker would send it behind the test's back
    answer = {"status": 503, "body": ""}
    dana.page.route(f"**{url('offline_submission')}", lambda route: route.fulfill(**answer))
    dana.open("report")
    dana.report(4)
    dana.says("That did not work.")
    dana.page.get_by_role("button", name="Sign out").click()
    dialog = dana.page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 answer is not sent yet.")
    dialog.get_by_role("button", name="No, go back").click()
    assert len(dana.waiting()) == 1
    dana.page.unroute(f"**{url('offline_submission')}")
    dana.page.get_by_role("button", name="Sign out").click()
    dana.page.wait_for_url(lambda there: "/portal/" not in there)
    assert PainReport.objects.count() == 1
    assert dana.waiting() == []


def test_signing_out_takes_the_copies_of_pages_along(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    dana.page.get_by_role("button", name="Sign out").click()
    dana.page.wait_for_url(lambda there: "/portal/" not in there)
    assert dana.page.evaluate("caches.keys()") == []


def test_signing_out_with_what_cannot_be_sent_deletes_it_when_told_so(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana, service_workers="block")  # the worker would send it behind the test's back
    dana.page.route(f"**{url('offline_submission')}", lambda route: route.fulfill(status=503, body=""))
    dana.open("report")
    dana.report(4)
    dana.says("That did not work.")
    dana.page.get_by_role("button", name="Sign out").click()
    dana.page.get_by_role("dialog").get_by_role("button", name="Sign out and delete").click()
    dana.page.wait_for_url(lambda there: "/portal/" not in there)
    assert dana.waiting() == []
    assert not PainReport.objects.exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_waits_is_told_without_a_fault_of_access(phone, plan, cast, scheme):  # noqa: F811
    dana = phone(cast.dana, color_scheme=scheme)
    dana.keeps()
    dana.offline()
    dana.open("report")
    dana.report(4, sign="numbness")
    dana.says("Your answer is kept on this phone")
    found = axe.violations(dana.page)
    dana.open()
    dana.page.locator("[data-waiting] summary").click()
    found += axe.violations(dana.page)
    dana.page.get_by_role("button", name="Sign out").click()
    expect(dana.page.get_by_role("dialog")).to_be_visible()
    found += axe.violations(dana.page)
    assert found == []
    assert dana.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

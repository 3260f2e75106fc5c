"""From the front page to the first page of a client in Debian's Chromium, and every page on the way without a fault."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from clinic.clients import invitations, registration
from clinic.mail import signed_links
from clinic.mail.outbox import send_due
from clinic.models import Client, Confirmation, Practitioner, Registrant
from tests import make
from tests.axe import faults
from tests.portal.test_in_a_browser import SMALL_TARGETS
from tests.portal.visit import signed_in

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


def mailed_path(address):
    """The path of the link in the newest mail to that address."""
    body = [letter.body for letter in mail.outbox if address in letter.to[0]][-1]
    return re.search(r"https?://[^/\s]+(/m/\S+/)", body)[1]


def sign_in(context, live_server, user):
    session = signed_in(user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


@pytest.fixture
def open_page(browser, live_server):
    contexts = []

    def opened(path, who=None, viewport=PHONE, scheme="light"):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, reduced_motion="reduce", base_url=live_server.url
        )
        contexts.append(context)
        if who is not None:
            sign_in(context, live_server, who)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_from_the_front_page_to_the_first_page_of_a_client(cast, live_server, open_page):
    make.exercise()
    visitor = open_page("/")
    visitor.get_by_role("link", name="Register", exact=True).click()
    visitor.get_by_label("Your name").fill("Nora Ellis")
    visitor.get_by_label("Your mail address").fill("nora@home.example")
    visitor.get_by_label("I agree").check()
    visitor.get_by_role("button", name="Register").click()
    visitor.get_by_text("We have sent a mail to nora@home.example.").wait_for()

    send_due(Confirmation)
    visitor.goto(mailed_path("nora@home.example"))
    assert Registrant.objects.get().state == Registrant.State.UNCONFIRMED
    visitor.get_by_role("button", name="Confirm").click()
    visitor.wait_for_url("**/portal/library/")
    assert "Welcome, Nora." in visitor.inner_text("main")
    assert "Forward bend" in visitor.inner_text("main")

    alice = open_page("/admin/", cast.alice.user, DESK)
    alice.get_by_role("link", name="Registrants").click()
    alice.get_by_role("button", name="Accept as client (Nora Ellis)").click()
    alice.wait_for_url("**/admin/clients/*/")
    assert "The invitation to Nora Ellis is on its way." in alice.inner_text("main")

    visitor.reload()
    visitor.get_by_role("link", name="Open the invitation").click()
    visitor.get_by_label("I agree").check()
    visitor.get_by_role("button", name="Agree and go on").click()
    visitor.wait_for_url("**/portal/")
    assert visitor.locator(".greeting").inner_text().startswith("Hello, Nora")
    assert Client.objects.get(name="Nora Ellis").state == Client.State.JOINED


def test_the_form_goes_by_keyboard_and_past_the_field_for_programs(cast, open_page):
    page = open_page("/portal/register/")
    page.focus("#id_name")
    page.keyboard.type("Nora")
    page.keyboard.press("Tab")
    page.keyboard.type("nora@home.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("We have sent a mail to nora@home.example.").wait_for()
    assert Registrant.objects.get().name == "Nora"


def test_a_form_with_something_wrong_leads_to_its_field(cast, open_page):
    page = open_page("/portal/register/")
    page.click("main form button.primary")
    page.get_by_role("alert").wait_for()
    assert faults(page) == []
    page.click("[role=alert] a >> nth=1")
    assert page.evaluate("document.activeElement.id") == "id_email"


def test_every_page_is_free_of_faults_and_fits_a_small_phone(cast, live_server, open_page):
    make.exercise()
    waiting, declined, taken = (make.registrant(cast.alice.clinic, name) for name in ("Nora", "Paul", "Rosa"))
    registration.decline_registrant(declined, by=cast.alice)
    invitations.accept_registrant(taken, cast.alice, by=cast.alice)
    registration.register_visitor(cast.alice.clinic, name="Quim", email="quim@home.example", language="en")
    send_due(Confirmation)
    owner = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    make.registrant(cast.alice.clinic, "Sam")
    pages = {
        "front": ("/", None),
        "register": ("/portal/register/", None),
        "confirm": (mailed_path("quim@home.example"), None),
        "library, waiting": ("/portal/library/", waiting.user),
        "library, declined": ("/portal/library/", declined.user),
        "library, taken on": ("/portal/library/", taken.user),
        "for clients": ("/portal/history/", waiting.user),
        "delete": ("/portal/register/delete/", waiting.user),
        "used link": (signed_links.build_path(signed_links.Purpose.CONFIRMATION, waiting.confirmations.get().pk), None),
        "registrants": ("/admin/registrants/", owner.user),
    }
    errors = {}
    for name, (path, who) in pages.items():
        for viewport, scheme in ((PHONE, "light"), (DESK, "dark")):
            page = open_page(path, who, viewport, scheme)
            found = faults(page) + ([] if name == "registrants" else page.evaluate(SMALL_TARGETS))
            if found:
                errors[name, scheme] = found
            page.context.close()
    assert errors == {}

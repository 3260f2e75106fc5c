"""The client's page in Debian's Chromium: without a fault on each screen, and read on from where one is led."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.clients import departure, messages as client_messages, notes as client_notes
from clinic.models import Message, Note
from tests.admin import flagged_clients
from tests.admin.browsing import signed_in, url
from tests.axe import faults

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
LOOKS = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")]


@pytest.fixture
def open_page(browser, live_server, cast):
    contexts, trouble = [], []

    def opened(path, viewport=DESK, scheme="light", scripts=True):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, reduced_motion="reduce", base_url=live_server.url,
            java_script_enabled=scripts,
        )  # fmt: skip
        contexts.append(context)
        key = signed_in(cast.alice).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def dana(cast):
    """A story with something of everything, the exercise held."""
    plan = flagged_clients.plan(cast.dana)
    flagged_clients.calm(plan, 20, 2)
    flagged_clients.says(plan, 0.5, 4, 8, note="It stings.")
    now = timezone.now()
    note = client_notes.add_note(cast.dana, "Left knee.", by=cast.alice, about=plan, now=now - 5 * flagged_clients.DAY)
    client_notes.correct_note(note, "Right knee. " + "Unbroken" * 40, by=cast.alice)
    message = client_messages.send_message(cast.dana, "Come by.\n\nBring shoes.", by=cast.alice)
    client_messages.send_message(cast.dana, "On Friday.", by=cast.alice)
    client_messages.mark_read(message, by=cast.dana.user)
    return cast.dana


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_no_page_has_a_fault(dana, open_page, viewport, scheme):
    note = Note.objects.current().get()
    for path in (url("client", dana.pk), url("note", dana.pk), url("correct_note", note.pk), url("message", dana.pk)):
        assert faults(open_page(path, viewport, scheme)) == [], path


@pytest.mark.parametrize("erased", [False, True])
def test_of_who_is_gone_neither(dana, open_page, erased):
    departure.leave_clinic(dana, by=None)
    if erased:
        departure.erase_client(dana)
    assert faults(open_page(url("client", dana.pk), PHONE)) == []


def test_the_timeline_is_folded_on_a_phone_and_stands_open_on_a_desk(dana, open_page):
    line = "Alice invited the client"
    expect(open_page(url("client", dana.pk)).get_by_text(line)).to_be_visible()
    page = open_page(url("client", dana.pk), PHONE)
    expect(page.get_by_text(line)).to_be_hidden()
    page.get_by_text("Everything that was done").click()
    expect(page.get_by_text(line)).to_be_visible()


def test_who_is_led_to_the_timeline_finds_it_open_on_a_phone_too(dana, open_page):
    page = open_page(f"{url('client', dana.pk)}#timeline", PHONE)
    expect(page.get_by_text("Alice invited the client")).to_be_visible()


def test_without_scripts_it_stands_open(dana, open_page):
    page = open_page(url("client", dana.pk), PHONE, scripts=False)
    expect(page.get_by_text("Alice invited the client")).to_be_visible()


def test_the_way_down_the_page_stays_in_reach(dana, open_page):
    page = open_page(url("client", dana.pk))
    ways = page.get_by_role("navigation", name="On this page")
    ways.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", name="Reports")).to_be_in_viewport()
    expect(ways).to_be_in_viewport()


def test_a_note_and_a_message_are_written_in_place(dana, open_page):
    page = open_page(url("client", dana.pk))
    page.get_by_label("A new note").fill("Sleeps well.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("The note is kept.")).to_be_visible()
    page.get_by_label("A message to Dana").fill("See you.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Dana: the message is sent.")).to_be_visible()
    assert Message.objects.filter(text="See you.").exists()

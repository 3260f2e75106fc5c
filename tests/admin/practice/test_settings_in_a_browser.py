"""Clinic settings, first steps and the owner’s book in Chromium: no accessibility fault; a colour seen at once."""

from __future__ import annotations

import pytest

from clinic.models import Clinic, Practitioner
from tests import make
from tests.admin.browsing import signed_in, url
from tests.axe import faults

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture
def open_page(browser, live_server):
    contexts = []

    def opened(path, who, viewport=DESK, scheme="light", scripts=True):
        context = browser.new_context(
            viewport=viewport,
            color_scheme=scheme,
            reduced_motion="reduce",
            base_url=live_server.url,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        cookie = signed_in(who).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def olga(transactional_db):
    make.exercise()
    return make.practitioner(make.clinic("Bank Street"), "Olga", Practitioner.Role.OWNER)


def pages(olga):
    return {
        "first steps": url("index"),
        "settings": url("clinic"),
        "knobs": url("clinic_rule_settings", olga.clinic_id),
        "words": url("advice_text", olga.clinic_id, "call_now", "en"),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_has_an_accessibility_fault_or_runs_off_the_screen(open_page, olga, viewport, scheme):
    for name, path in pages(olga).items():
        page = open_page(path, olga, viewport, scheme)
        assert faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_who_did_what_has_no_fault_and_does_not_run_off_the_screen_either(open_page, olga, viewport, scheme):
    long = make.client(olga, "Wilhelmina-Alexandra Featherstonehaugh", email="wilhelmina@home.example")
    make.report(make.prescription(long), 4, 8)
    for number in range(55):
        make.invited(olga, f"Erin{number}")
    for query in (
        "",
        "?page=2",
        "?verb=client_invited",
        "?verb=" + "danced" * 30,
        f"?actor={olga.pk}&verb=client_erased",
    ):
        page = open_page(url("audit_log") + query, olga, viewport, scheme)
        assert faults(page) == [], query
        heights = page.locator("main select, main button, main a.pl-button").evaluate_all(
            "found => found.map(it => it.getBoundingClientRect().height)"
        )
        assert viewport == DESK or min(heights) >= 44, query


def test_what_is_to_be_pressed_on_a_phone_is_large_enough(open_page, olga):
    for name, path in pages(olga).items():
        page = open_page(path, olga, PHONE)
        heights = page.locator("main button:visible, main a.pl-button:visible").evaluate_all(
            "found => found.map(it => [it.textContent.trim(), it.getBoundingClientRect().height])"
        )
        assert [one for one in heights if one[1] < 44] == [], name


def test_a_colour_is_drawn_while_one_chooses_and_stored_by_the_button_alone(open_page, olga):
    page = open_page(url("clinic"), olga)
    page.locator("[name=accent]").fill("#aa2200")
    page.locator('[data-accent] [fill="#aa2200"]').first.wait_for()
    assert "can be read" in page.locator("[data-accent]").inner_text()
    page.locator("[name=accent]").fill("#808080")
    page.get_by_text("Neither light nor dark text can be read well on it.").wait_for()
    assert Clinic.objects.get().accent == "#1F6F78"
    page.locator("[name=accent]").fill("#aa2200")
    page.locator("#color button").click()
    page.get_by_text("Colour: saved.").wait_for()
    assert Clinic.objects.get().accent == "#aa2200"


def test_without_scripts_a_card_is_saved_too(open_page, olga):
    page = open_page(url("clinic"), olga, scripts=False)
    page.locator("[name=postal_line]").fill("1 Bank Street")
    page.locator("#name button").click()
    assert Clinic.objects.get().postal_line == "1 Bank Street"
    assert page.get_by_text("Name and address: saved.").count() == 1

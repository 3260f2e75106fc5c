"""What a client decides: reminders, hours, language, how to sign in, what happens to the data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client as Browser
from django.utils import timezone
from playwright.sync_api import Locator

from tests import make
from tests.accounts.people import ask_for_code
from tests.accounts.test_devices import PIXEL as PHONE
from tests.portal.visit import url
from tests.walks.story import Story
from tests.walks.walker import Walker


def card(walk: Walker, name: str) -> Locator:
    return walk.page.locator(f"main form:has([name=card][value={name}])")


def save(walk: Walker, name: str, **given: Any) -> None:
    for field, value in given.items():
        control = card(walk, name).locator(f"[name={field}]")
        act = control.select_option if control.evaluate("e => e.tagName") == "SELECT" else control.fill
        act(value)
    card(walk, name).get_by_role("button").first.click()


def choose_reminders(walk: Walker, story: Story) -> None:
    walk.room("Settings")
    walk.look("settings", "Settings", "the page")
    walk.follow("Choose days and times")
    walk.look("which reminders", "Which reminders")
    for day in ("mon", "tue"):
        walk.choose("days", day)
    walk.press("Save")
    walk.says("Saved.")
    walk.follow("Choose days and times")
    walk.press("No reminders of this exercise")
    walk.says("Saved.")
    walk.follow("Choose days and times")
    walk.glance("no reminders of it", "Which reminders")
    walk.press("Remind me again")
    walk.says("Saved.")


def set_the_hours(walk: Walker, story: Story) -> None:
    save(walk, "pause", until="2020-01-01")
    walk.page.get_by_role("alert").wait_for()
    walk.glance("settings pause in the past", "Settings", "the page")
    save(walk, "pause", until=f"{timezone.now() + dt.timedelta(days=9):%Y-%m-%d}")
    walk.says("Saved.")
    save(walk, "hours", time_zone=story.dana.time_zone, wakes_at="06:30", quiet_from="21:00", quiet_until="07:00")
    walk.says("Saved.")
    save(walk, "calendar")
    walk.says("Saved.")
    walk.look("settings paused with a calendar", "Settings", "the page")
    save(walk, "reminders")
    walk.says("You get no reminders.")
    walk.glance("settings no reminders", "Settings", "the page")
    save(walk, "reminders")
    walk.says("Saved.")


def speak_another_language(walk: Walker, story: Story) -> None:
    """There and back: the page after the button speaks it already."""
    own = walk.language
    for language in ("es" if own == "en" else "en", own):
        save(walk, "language", language=language)
        walk.language = language
        walk.says("Saved.")
        walk.glance(f"settings in {language}", "Settings", "the page")


def change_how_to_sign_in(walk: Walker, story: Story) -> None:
    """A session of another day: who it is must be shown once more."""
    ask_for_code(Browser(headers={"user-agent": PHONE}), story.dana.email, password=make.PASSWORD)
    walk.follow("Where you are signed in")
    walk.glance("devices", "Where you are signed in")
    walk.press("Sign out there")
    walk.says("That device is signed out.")
    walk.sign_in(story.dana)
    walk.open("/accounts/password/change/")
    walk.look("password", "Change your password")
    walk.open("/accounts/2fa/webauthn/add/")
    walk.look("is it you", "Is it you?")
    walk.fill("password", "wrong")
    walk.press("Go on")
    walk.page.locator(".error").first.wait_for()
    walk.glance("is it you wrong password", "Is it you?")
    walk.fill("password", make.PASSWORD)
    walk.press("Go on")
    walk.glance("passkey new", "Next time with your fingerprint or face")
    for name, path, title in (
        ("mail address", "email/", "Your mail address"),
        ("passkeys", "2fa/webauthn/", "Fingerprint or face"),
        ("second step", "2fa/", "Second step"),
        ("second step app", "2fa/totp/activate/", ""),
        ("sign out page", "logout/", "Sign out"),
    ):
        walk.open(f"/accounts/{path}")
        walk.glance(name, title)


def take_the_data_and_leave(walk: Walker, story: Story) -> None:
    walk.open(url("settings"))
    walk.follow("To my data")
    walk.look("my data", "My data")
    walk.fetch("application/zip", "Get the file (zip)")
    walk.follow("I want to leave")
    walk.look("leave", "Leave %(clinic)s?", clinic=story.clinic.name)
    walk.press("Yes, leave %(clinic)s", clinic=story.clinic.name)
    walk.page.wait_for_url(f"{walk.address}/")
    walk.look("left", "Your exercise, at home")

"""Somebody who walks through the pages in one browser, by the words on them, and looks at each."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, ngettext, override, pgettext
from playwright.sync_api import Browser, BrowserContext, Locator, Response, expect

from clinic.models import Client, Person
from tests.portal.visit import signed_in
from tests.walks.matrix import LONG, SCREENS, Surroundings
from tests.walks.page_checks import inaccessible, wrong_with

PICTURES = Path(__file__).parents[2] / "var" / "walk"
# What floats at the foot of the screen lies at the foot of the picture.
UNFOLDED = """@media (max-width: 45rem) { body { position: relative } .rooms { position: absolute }
  .stays, .bar { position: static !important } }"""
UNFOLD = (
    """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet] }"""
)
SHOTS = LONG or bool(os.environ.get("SHOTS"))


class Walker:
    """English words in, the page's own words pressed and read: so a flow is told once for every language."""

    def __init__(self, context: BrowserContext, around: Surroundings, address: str, pictures: Path) -> None:
        self.context, self.around, self.address, self.pictures = context, around, address, pictures
        self.language = around.language
        self.page = context.new_page()
        self.devices = context.new_cdp_session(self.page)
        self.faults: dict[str, list[str]] = {}
        self.seen = 0
        self.page.on("pageerror", lambda error: self.complain(str(error)))
        self.page.on("console", lambda values: values.type == "error" and self.complain(values.text))
        self.page.on("request", lambda asked: self._own(asked.url))
        self.page.on("response", self._answered)

    # --- What is said

    def word(self, english: str, context: str = "", /, **values: Any) -> str:
        """A string of the source, as this walker's pages say it."""
        with override(self.language):
            return (pgettext(context, english) if context else gettext(english)) % (values or {})

    def count(self, one: str, many: str, number: int, **values: Any) -> str:
        """The same, of a string that counts."""
        with override(self.language):
            return ngettext(one, many, number) % values

    def complain(self, about: str) -> None:
        if not about.startswith("Failed to load resource"):  # of those the status is told by _answered
            self.faults.setdefault(self.page.url.removeprefix(self.address), []).append(about)

    def _own(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.complain(f"asks {url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.complain(f"{response.status} for {response.url}")

    # --- What is done

    def sign_in(self, who: Client | Person) -> None:
        """As if by the session of another day: whoever was signed in is not any more."""
        session = signed_in(who).cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.address}])

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def main(self, kind: str, english: str, context: str = "", /, **values: Any) -> Locator:
        return self.named(kind, self.word(english, context, **values))

    def named(self, kind: str, page_text: str) -> Locator:
        """By what the page itself says."""
        name = re.compile(f"^{re.escape(page_text)}")  # more may follow for screen readers
        role: Any = kind
        return self.page.get_by_role("main").get_by_role(role, name=name).first

    def press(self, english: str, context: str = "", /, **values: Any) -> None:
        self.main("button", english, context, **values).click()

    def follow(self, english: str, context: str = "", /, **values: Any) -> None:
        self.main("link", english, context, **values).click()

    def room(self, english: str) -> None:
        """One of the client's rooms."""
        self.page.locator(".navigation").get_by_role("link", name=self.word(english, "the page"), exact=True).click()

    def unfold(self, english: str) -> None:
        self.page.locator("summary:visible", has_text=self.word(english)).first.click()

    def fill(self, name: str, text: str) -> None:
        self.page.locator(f"main [name={name}]:visible").fill(text)

    def choose(self, name: str, value: object) -> None:
        """A number, a radio button or a tick box, by the label that a thumb would hit."""
        self.page.locator(f"label:visible:has([name={name}][value='{value}'])").first.click()

    def agree(self) -> None:
        self.page.locator("label:has([name=agree])").click()

    # --- What is looked at

    def says(self, english: str, context: str = "", /, **values: Any) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(self.word(english, context, **values))

    def look(self, name: str, title: str = "", context: str = "", /, **values: Any) -> None:
        """Wait for the page with that heading, then ask of it all that is asked."""
        self._look(name, title, context, axe=True, **values)

    def glance(self, name: str, title: str = "", context: str = "", /, **values: Any) -> None:
        """The same, for a page whose pieces are looked at elsewhere: `make test` spares it axe, which is slow."""
        self._look(name, title, context, axe=LONG, **values)

    def _look(self, name: str, title: str, context: str, /, axe: bool, **values: Any) -> None:
        heading = self.page.locator("h1:visible")
        if title:
            expect(heading).to_have_text(self.word(title, context, **values))
        else:
            expect(heading).to_have_count(1)
        self.page.wait_for_load_state()
        self.seen += 1
        if found := wrong_with(self.page, self.language, touched=self.around.screen == "phone"):
            self.faults[name] = found
        if axe and (found := inaccessible(self.page, self.devices, self.around.scripts)):
            self.faults[f"{name}, axe"] = found
        if SHOTS:
            self.page.evaluate(UNFOLD, UNFOLDED)  # a style of its own the page would refuse
            self.page.screenshot(path=self.pictures / f"{self.seen:02}-{name.replace(' ', '-')}.png", full_page=True)
            self.page.evaluate("document.adoptedStyleSheets = []")

    def fetch(self, kind: str, english: str) -> None:
        """A file behind a link, not opened in the page."""
        path = self.main("link", english).get_attribute("href")
        answer = self.context.request.get(self.address + str(path))
        assert answer.status == 200, path
        assert answer.headers["content-type"].startswith(kind), path


def walk_through(
    flows: Iterable[Callable[[Walker, Any], None]],
    story: Any,
    browser: Browser,
    around: Surroundings,
    address: str,
    pictures: str = "",
    **context: Any,
) -> None:
    """One after the other in one browser; fails with all that was wrong on the way.

    Args:
        pictures: what their folder's name begins with.
        context: further options of the browser.
    """
    folder = PICTURES / f"{pictures}{around.name}"
    if SHOTS:
        shutil.rmtree(folder, ignore_errors=True)
    opened = browser.new_context(
        viewport=SCREENS[around.screen], color_scheme=around.scheme, locale=around.language,
        java_script_enabled=around.scripts, reduced_motion="reduce", **context,
    )  # fmt: skip
    opened.set_default_timeout(10_000)
    walk = Walker(opened, around, address, folder)
    for flow in flows:
        flow(walk, story)
    opened.close()
    assert not walk.faults, "\n".join(f"{page}: {fault}" for page, found in walk.faults.items() for fault in found)

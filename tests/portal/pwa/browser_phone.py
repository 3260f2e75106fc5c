"""A client's phone in a real browser, with the portal's worker: it goes offline and on again, its clock can be set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from clinic.models import Client
from tests.portal.visit import signed_in, url

PHONE = {"width": 360, "height": 740}
KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.includes("-pages-"));
  const pages = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return pages.flat().map(({ url }) => new URL(url)).map(({ pathname, search }) => pathname + search).sort();
}"""
READY = f"""async () => {{
  for (let kept = []; ; await new Promise((again) => setTimeout(again, 50))) {{
    kept = await ({KEPT})();
    if (navigator.serviceWorker.controller && kept.some((path) => path.endsWith("/warmed"))) return kept;
  }}
}}"""
WAITING = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("plumbline", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("answers", { keyPath: "id" });
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const all = request.result.transaction("answers").objectStore("answers").getAll();
    all.onsuccess = () => { request.result.close(); resolve(all.result) };
  };
})"""


class Phone:
    """One browser with its storage; whoever holds it may sign in and out."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page = context.new_page()
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on(
            "console", lambda message: self.trouble.append(message.text) if "Security Policy" in message.text else None
        )

    def sign_in(self, who: Client) -> None:
        session = signed_in(who).cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.address}])

    def open(self, name: str = "today", *args: Any, page: Page | None = None) -> Page:
        (page or self.page).goto(url(name, *args))
        return page or self.page

    def keeps(self) -> list[str]:
        """The pages that are kept, once the worker has all of them."""
        kept: list[str] = self.page.evaluate(READY)
        return [path for path in kept if not path.endswith("/warmed")]

    def waiting(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.page.evaluate(WAITING)
        return entries

    def offline(self, away: bool = True) -> None:
        self.context.set_offline(away)

    def clock(self, at: dt.datetime) -> None:
        self.page.clock.set_fixed_time(at)

    def report(self, pain: int, sign: str = "") -> None:
        """The form of pain alone, filled in and saved."""
        self.page.locator(f"label[for=id_before_{pain}]").click()  # waits while the line of what waits moves the page
        if sign:
            self.page.get_by_role("checkbox", name=sign).check()
        self.page.get_by_role("button", name="Save my answer").click()

    def answers_offline(self, pain: int = 4) -> None:
        """Without a network, a report of pain alone, which waits here."""
        self.keeps()
        self.offline()
        self.open("report")
        self.report(pain)
        self.says("Your answer is kept on this phone")

    def says(self, text: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)


@pytest.fixture
def phone(browser: Browser, live_server: Any) -> Iterator[Callable[..., Phone]]:
    """A phone with the worker allowed, signed in as that client at Today; no page of it may have a script error."""
    phones: list[Phone] = []

    def got(who: Client | None = None, **browsing: Any) -> Phone:
        wishes = {
            "viewport": PHONE,
            "reduced_motion": "reduce",
            "service_workers": "allow",
            "timezone_id": "UTC",
            **browsing,
        }
        created = Phone(browser.new_context(base_url=live_server.url, **wishes), live_server.url)
        phones.append(created)
        if who is not None:
            created.sign_in(who)
            created.open()
        return created

    yield got
    for one in phones:
        one.context.close()
    assert [line for one in phones for line in one.trouble] == []

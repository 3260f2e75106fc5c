"""A client at the session's page in a real browser: what they press, and what they see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from clinic.models import Prescription
from tests.portal.visit import signed_in, url

PHONE = {"width": 360, "height": 740}
# Of yesterday: the server takes no answer that was given long ago.
NOON = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)


class Walker:
    """Somebody who walks one session."""

    def __init__(self, page: Page, plan: Prescription, scripts: bool) -> None:
        self.page = page
        self.plan = plan
        self.scripts = scripts
        self.trouble: list[str] = []
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("console", lambda message: self.trouble.append(message.text) if message.type == "error" else None)

    def open(self) -> Walker:
        self.page.goto(url("player", self.plan.pk))
        expect(self.heading).to_be_visible()
        if self.scripts:  # a press before the player is there would be the server's
            expect(self.page.locator("[data-kept]")).to_have_count(0)
        return self

    @property
    def heading(self) -> Any:
        return self.page.locator("h1:visible")

    @property
    def count(self) -> Any:
        return self.page.get_by_role("timer")

    def says(self, text: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def at(self, title: str) -> None:
        expect(self.heading).to_have_text(title)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def score(self, question: str, number: int) -> None:
        asked = self.page.get_by_role("group", name=question)
        asked.get_by_role("radio", name=str(number), exact=number not in (0, 5, 10)).check(force=True)

    def begin(self, pain: int = 5) -> None:
        """Pain before, no sign: the first step."""
        self.score("Pain before", pain)
        self.press("Next")
        self.press("Next")

    def walk_to(self, title: str) -> None:
        for _screen in range(30):
            if self.heading.inner_text() == title:
                return
            self.page.locator("[data-act=next]:visible").click()
        raise AssertionError(f"no screen is called {title}")

    def answer(self, pain: int, moved: str = "No") -> None:
        """Pain after, and away."""
        self.score("Pain after", pain)
        self.page.get_by_role("group", name="further down").get_by_role("radio", name=moved).check()
        self.press("Save my answers")
        self.page.wait_for_url("**/portal/history/*/")


@pytest.fixture
def walker(browser: Browser, live_server: Any) -> Iterator[Callable[..., Walker]]:
    """Bring a client to their session; in the end every page is closed, and none may have complained."""
    walkers: list[Walker] = []

    def brought(plan: Prescription, *, at: dt.datetime | None = None, **browsing: Any) -> Walker:
        """``at``: the page's clock stands there and goes on only when told."""
        wishes = {"viewport": PHONE, "reduced_motion": "reduce", **browsing}
        context = browser.new_context(base_url=live_server.url, **wishes)
        session = signed_in(plan.client).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        scripts = browsing.get("java_script_enabled", True)
        if at:
            page.clock.install(time=at)
        walkers.append(Walker(page, plan, scripts))
        return walkers[-1].open()

    yield brought
    for one in walkers:
        one.page.context.close()
    assert [line for one in walkers for line in one.trouble] == []

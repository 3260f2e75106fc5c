"""Debian's Chromium for tests marked `browser`: one process, a fresh page for each test, and no silent trouble."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # Playwright keeps an event loop in this thread, which makes Django suspect asynchronous code around the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as started:
        yield started
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def shell(playwright: Playwright, chromium_shell: str) -> Iterator[Browser]:
    """Chromium without its windows, where Debian's package of it is there: half the time."""
    yield from _started(playwright, chromium_shell)


@pytest.fixture(scope="session")
def whole_chromium(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    yield from _started(playwright, chromium)


def _started(playwright: Playwright, program: str) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    # A worker would go on fetching while a test ends: only the tests about it let one in (service_workers="allow").
    started.new_context = functools.partial(started.new_context, service_workers="block")  # type: ignore[method-assign]
    yield started
    started.close()


@pytest.fixture
def browser(request: pytest.FixtureRequest, playwright: Playwright) -> Iterator[Browser]:
    """The one browser, which nobody leaves open: a page that still asks would do so in the middle of the next test.

    Wants ``playwright``: its event loop stands before the test's database (Django's connection is another with it).
    """
    notifies = request.node.get_closest_marker("notifies")  # the shell asks nobody for the permission
    started: Browser = request.getfixturevalue("whole_chromium" if notifies else "shell")
    yield started
    for context in started.contexts:
        context.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:  # the live server's, on the same database in memory
            thread.join(timeout=5)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own; the test fails if a script or the Content-Security-Policy complained on the way."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert trouble == []

"""What axe finds on a page: only once the page has come, for a click may have asked for another one."""

from __future__ import annotations

from collections.abc import Collection

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDER = "document.documentElement.scrollWidth > innerWidth"


def violations(page: Page, only: Collection[str] = ()) -> list[str]:
    """Each broken rule with the tag that breaks it; ``only`` these rules or sets of rules ("wcag2aa"), or all."""
    page.wait_for_load_state()
    found = Axe().run(page, options={"runOnly": list(only)} if only else None).response
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]]


def faults(page: Page, only: Collection[str] = ()) -> list[str]:
    """The same, and whether the page is wider than the screen."""
    return violations(page, only) + (["wider than the screen"] if page.evaluate(WIDER) else [])

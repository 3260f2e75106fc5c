"""What axe finds on a page: only once the page has come, for a click may have asked for another one."""

from __future__ import annotations

import json
from collections.abc import Collection

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDER = "document.documentElement.scrollWidth > innerWidth"
# Only what is wrong comes back, as one string: Playwright takes longer to read all of axe's answer than axe to give it.
RUN = """only => axe.run({ resultTypes: ['violations'], preload: false, ...(only && { runOnly: only }) })
  .then(({ violations }) => JSON.stringify(
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))))"""


def violations(page: Page, only: Collection[str] = ()) -> list[str]:
    """Each broken rule with the tag that breaks it; ``only`` these rules or sets of rules ("wcag2aa"), or all."""
    page.wait_for_load_state()
    page.evaluate(Axe().axe_script)
    found: list[str] = json.loads(page.evaluate(RUN, list(only) or None))
    return found


def faults(page: Page, only: Collection[str] = ()) -> list[str]:
    """The same, and whether the page is wider than the screen."""
    return violations(page, only) + (["wider than the screen"] if page.evaluate(WIDER) else [])

"""What is asked of every page on the way; each answer is a list of what is wrong."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Page

from tests.axe import violations
from tests.portal.test_other_languages_in_a_browser import TROUBLE

# A link within a sentence is as high as its line; whatever stands alone is a target for a thumb.
SMALL = """() => {
  const inSentence = e => {
    if (!e.matches('a') || getComputedStyle(e).display !== 'inline') return false;
    const around = e.closest('p, li, dd, td, th, figcaption, .hint');
    return Boolean(around) && around.innerText.trim().length > e.innerText.trim().length };
  return [...document.querySelectorAll('a, button, select, textarea, input, summary, .score, .choice, .body-spot')]
    .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.not-for-people'))
    .filter(e => !e.matches('.skip, .score input, .choice input') && !inSentence(e))
    .filter(e => { const pressed = e.matches('[type=radio], [type=checkbox]') && e.closest('label') || e;
      const box = pressed.getBoundingClientRect();
      return box.width > 1 && (Math.round(box.height) < 44 || Math.round(box.width) < 44) })
    .map(e => 'small: ' + e.outerHTML.slice(0, 110)) }"""


def wrong_with(page: Page, language: str, touched: bool) -> list[str]:
    """The page's language, words that have no room and, where it is ``touched``, targets that a thumb misses."""
    spoken = page.get_attribute("html", "lang")
    found = [] if spoken == language else [f"its language is {spoken}"]
    found += page.evaluate(TROUBLE)
    found += page.evaluate(SMALL) if touched else []
    return found


def inaccessible(page: Page, devices: CDPSession, scripts: bool) -> list[str]:
    """axe is a script itself: where the page may run none they are let in for it, after the page has been built."""
    if not scripts:
        devices.send("Emulation.setScriptExecutionDisabled", {"value": True})  # what Playwright did is unknown here
        devices.send("Emulation.setScriptExecutionDisabled", {"value": False})
    try:
        return violations(page)
    finally:
        if not scripts:
            devices.send("Emulation.setScriptExecutionDisabled", {"value": True})

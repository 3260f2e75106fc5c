"""Every page holds words that are 40 % longer, and a language that is read from the right."""

from __future__ import annotations

import os
import re

import pytest
from django.utils.translation import trans_real

from clinic.models import Client
from tests import words
from tests.accounts.people import signed_in_browser
from tests.portal.test_in_a_browser import DESK, PHONE, SMALL_TARGETS, open_page, pages  # noqa: F401  fixtures

pytestmark = pytest.mark.browser

PLACE = re.compile(r"(%\(\w+\)[sd]|%%|\{\w+\}|<[^>]+>)")
ACCENTS = str.maketrans("aeiouyAEIOUn", "áéíóúýÁÉÍÓÚñ")
SHOTS = os.environ.get("SHOTS", "")  # a folder: look at what a person sees
ANYONE = ["login/", "login/code/", "password/reset/", "password/reset/done/", "password/reset/key/1-abc/"]
SIGNED_IN = ["logout/", "email/", "sessions/", "2fa/", "2fa/webauthn/"]
# Words that leave the screen or are cut off, and things to press that lie over each other. What floats may, and what is
# out of sight on purpose is not asked.
TROUBLE = """() => {
  const seen = e => { const s = getComputedStyle(e); const b = e.getBoundingClientRect();
    return b.width > 1 && b.height > 1 && s.visibility !== 'hidden' && s.clip === 'auto' && e.checkVisibility() };
  const rolls = e => { // sideways, by a thumb
    for (e = e.parentElement; e && e !== document.body; e = e.parentElement)
      if (/auto|scroll/.test(getComputedStyle(e).overflowX)) return e.getBoundingClientRect().right <= innerWidth + 1;
    return false };
  const texts = e => [...e.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim());
  const trouble = [];
  if (document.documentElement.scrollWidth > innerWidth) trouble.push('wider than the screen');
  for (const e of document.querySelectorAll('body *:not(svg *, script, style, option)')) {
    if (!texts(e).length || !seen(e)) continue;
    const boxes = texts(e).flatMap(text => { const range = document.createRange(); range.selectNode(text);
      return [...range.getClientRects()] });
    if (boxes.some(box => box.width > 1 && (box.left < -1 || box.right > innerWidth + 1))
        && !e.closest('.skip, .not-for-people, [tabindex="0"], table') && !rolls(e))
      trouble.push('off the screen: ' + e.outerHTML.slice(0, 100));
    for (let up = e; up; up = up.parentElement) {
      const s = getComputedStyle(up);
      if (s.overflowX === 'hidden' && up.scrollWidth > up.clientWidth + 1 && up.clientWidth > 1) {
        trouble.push('cut off: ' + up.outerHTML.slice(0, 100)); break } }
  }
  const floats = e => { for (; e; e = e.parentElement) {
    if (['sticky', 'fixed'].includes(getComputedStyle(e).position)) return true } return false };
  const pressed = [...document.querySelectorAll('a, button, .score, .choice, summary')]
    .filter(e => seen(e) && !floats(e) && !e.matches('.skip'));
  pressed.forEach((one, at) => pressed.slice(at + 1).forEach(other => {
    if (one.contains(other) || other.contains(one)) return;
    const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      trouble.push('one lies over the other: ' + one.outerHTML.slice(0, 70) + ' / ' + other.outerHTML.slice(0, 70)) }));
  return trouble }"""


def longer(text: str) -> str:
    """``text`` in brackets, with accents, and 40 % longer; what is put into it and its tags stay."""
    accented = "".join(part if place else part.translate(ACCENTS) for place, part in _parts(text))
    more = max(2, round(0.4 * len(PLACE.sub("", text))))
    return f"[{accented} {('lorém ipsúm ' * more)[: more - 1].strip()}]"


def _parts(text: str) -> list[tuple[bool, str]]:
    return [(bool(PLACE.fullmatch(part)), part) for part in PLACE.split(text)]


@pytest.fixture
def long_words(monkeypatch):
    """Spanish is English that is 40 % longer, for as long as a test runs; dates and numbers stay Spanish."""
    spoken = dict(trans_real.translation("es")._catalog.items())
    for home in words.HOMES:
        for page_text in words.found(home):
            if re.fullmatch(r"[lDjFMYHis,: ]+", page_text.text):
                continue
            key = f"{page_text.context}\x04{page_text.text}" if page_text.context else page_text.text
            if page_text.plural:
                spoken[key, 0], spoken[key, 1] = longer(page_text.text), longer(page_text.plural)
            else:
                spoken[key] = longer(page_text.text)
    for both in ("yes,no", "Yes,No"):
        spoken[both] = ",".join(longer(word) for word in both.split(","))
    monkeypatch.setattr(trans_real.translation("es"), "_catalog", trans_real.TranslationCatalog(_Catalogue(spoken)))


class _Catalogue:
    """What TranslationCatalog reads a language from."""

    def __init__(self, spoken):
        self._catalog, self.plural = spoken, lambda number: int(number != 1)


def walk(open_page, pages, screens):  # noqa: F811
    Client.objects.update(language="es")
    errors = {}
    for viewport in screens:
        for name, (path, who) in pages.items():
            page = open_page(path, who, viewport, language="es")
            page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
            if found := page.evaluate(TROUBLE) + page.evaluate(SMALL_TARGETS):
                errors[name, viewport["width"]] = found
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{re.sub(r'[^a-z]', '-', name)}-{viewport['width']}.png", full_page=True)
            page.context.close()
    return errors


@pytest.fixture
def every_page(pages, cast):  # noqa: F811
    """The client's pages and those of sign-in."""
    signed_in_browser(cast.dana.user)
    return (
        pages
        | {f"accounts/{path}": (f"/accounts/{path}", None) for path in ANYONE}
        | {f"accounts/{path}": (f"/accounts/{path}", cast.dana) for path in SIGNED_IN}
    )


def test_words_that_are_longer_have_room(long_words, every_page, open_page):  # noqa: F811
    assert walk(open_page, every_page, (PHONE, DESK)) == {}


def test_a_language_that_is_read_from_the_right_has_room_too(settings, every_page, open_page):  # noqa: F811
    settings.LANGUAGES_BIDI = ["es"]
    assert walk(open_page, every_page, (PHONE, DESK)) == {}
    page = open_page(*every_page["report"], language="es")
    assert page.get_attribute("html", "dir") == "rtl"
    first, last = (page.locator(".score").nth(number).bounding_box() for number in (0, 1))
    assert first["x"] > last["x"], "0 is where reading starts"
    assert page.evaluate("getComputedStyle(document.querySelector('svg')).direction") == "ltr"

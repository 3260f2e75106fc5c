"""Each mail as a mail program draws it: on a phone and on a desk, light and dark, readable and nothing cut off."""

from __future__ import annotations

import pytest

from clinic.models import Reminder
from tests import axe
from tests.mail import post

pytestmark = pytest.mark.browser

INK = """selector => { const style = getComputedStyle(document.querySelector(selector));
  return [style.color, style.backgroundColor] }"""


def faults(page):
    """Axe's, but for those about pages: a mail has neither landmarks nor a heading."""
    return axe.violations(page, only=("wcag2a", "wcag2aa"))


@pytest.fixture
def sources(cast):
    mails = {kind: post.html(mail) for kind, mail in post.each_mail(cast).items()}
    cast.dana.name = "x" * 120
    cast.dana.clinic.name, cast.dana.clinic.accent = "Klinik für Physiotherapie " * 4, "#F2D43D"
    cast.dana.clinic.save()
    cast.dana.save()
    prescription = cast.dana.prescriptions.get()
    row = prescription.schedules.get().reminders.select_related(*Reminder.related_paths).get()
    return {**mails, "long names, a light accent": post.html(post.reminders.compose(row))}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 640])
def test_a_mail_fits_and_can_be_read(page, sources, width, scheme):
    page.set_viewport_size({"width": width, "height": 640})
    page.emulate_media(color_scheme=scheme)
    for kind, source in sources.items():
        page.set_content(source)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), kind
        assert faults(page) == [], kind
        assert page.locator(".button").bounding_box()["height"] >= 44, kind


def test_it_is_dark_in_the_dark(page, sources):
    page.emulate_media(color_scheme="dark")
    page.set_content(sources["reminder"])
    assert page.evaluate(INK, ".content") == ["rgb(238, 242, 241)", "rgb(28, 34, 36)"]
    page.emulate_media(color_scheme="light")
    assert page.evaluate(INK, ".content") == ["rgb(29, 42, 46)", "rgb(255, 255, 255)"]

"""The reminder on the practitioner's screen, drawn by Debian's Chromium under the site's own content policy."""

import pytest

from tests import make
from tests.admin.browsing import url
from tests.admin.worklist.test_flags_in_a_browser import LOOKS, faults, open_page  # noqa: F401  a fixture

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def preview(cast, open_page, complaints):  # noqa: F811
    make.prescription(cast.dana)

    def opened(viewport, scheme):
        page = open_page(url("mail", cast.dana.pk), viewport, scheme)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.reload()
        page.frame_locator(".pl-mail-drawn").locator(".button").wait_for()
        return page

    return opened


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_it_is_drawn_whole_and_free_of_faults(preview, complaints, viewport, scheme):
    page = preview(viewport, scheme)
    frame = page.frame_locator(".pl-mail-drawn")
    assert frame.locator(".number").count() == 11
    assert frame.locator("body").evaluate("body => body.scrollWidth <= innerWidth")
    assert frame.locator(".number").first.bounding_box()["height"] == 44  # its own styles hold inside the frame
    assert faults(page) == []
    assert complaints == []


def test_a_press_on_it_leads_nowhere(preview):
    page = preview(*LOOKS[0])
    for place in (".button", ".number >> nth=4"):
        page.frame_locator(".pl-mail-drawn").locator(place).click()
    assert page.url.endswith("/mail/")
    assert page.frame_locator(".pl-mail-drawn").locator(".number").count() == 11

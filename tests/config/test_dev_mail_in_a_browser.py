"""/dev/mail/ as somebody trying the product uses it: from the list to the mail to the page that its button opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config.local_run.mail_files import FileBackend


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1000])
def test_the_button_in_a_mail_opens_its_page(
    page: Page, live_server: LiveServer, settings: Settings, tmp_path: Path, width: int
) -> None:
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "config.local_run.mail_files.FileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    link = f"{live_server.url}/healthz"
    made = EmailMultiAlternatives("A moment for yourself", f"Open {link} now.", "care@c.example", ["dana@home.example"])
    made.attach_alternative(f'<html><head></head><body><a href="{link}">Start</a></body></html>', "text/html")
    FileBackend().send_messages([made])

    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/dev/mail/")
    page.get_by_role("link", name="A moment for yourself").click()
    expect(page.get_by_role("link", name=link)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Start").click()
    expect(opened.value.locator("body")).to_contain_text("ok")

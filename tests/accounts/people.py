"""People at the door of /accounts/: who can sign in, and what the mail brought them."""

from __future__ import annotations

import datetime as dt
import re

import time_machine
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from clinic.models import Client
from config.accounts.adapter import verify_email

LOGIN, CODE = "/accounts/login/", "/accounts/login/code/confirm/"


def with_verified_email(client: Client) -> Client:
    """The client, whose mailbox the invitation has proven."""
    verify_email(client.user)
    return client


def signed_in_browser(person) -> Browser:
    """A browser in which this user is signed in."""
    browser = Browser()
    browser.force_login(person)
    return browser


def ask_for_code(browser: Browser, address: str, **more: str):
    return browser.post(LOGIN, {"login": address, **more}, follow=True)


def travel_by(seconds: int) -> time_machine.travel:
    """A block that happens so many seconds from now."""
    return time_machine.travel(timezone.now() + dt.timedelta(seconds=seconds))


def mailed_code() -> str:
    return re.search(r"^\d{4}-\d{4}$", mail.outbox[-1].body, re.MULTILINE)[0]


def page_text(answer) -> str:
    """What a page says, on one line."""
    body = re.sub(r"<(script|style|title)\b.*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())

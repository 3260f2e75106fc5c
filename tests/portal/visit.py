"""A visitor of the client's pages, and what the tests ask of a visit."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.mail import signed_links
from clinic.mail.signed_links import Purpose
from clinic.models import Client, Person, Prescription, Reminder


def signed_in(who: Client | Person) -> Browser:
    """A browser with a signed-in person behind it, CSRF checked as in real life."""
    browser = Browser(enforce_csrf_checks=True)
    user: Any = who.user if isinstance(who, Client) else who
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def stranger() -> Browser:
    """A browser without a session, CSRF checked."""
    return Browser(enforce_csrf_checks=True)


def send(browser: Browser, path: str, **answers: Any) -> HttpResponse:
    """Open the page as a person does, then post its form with the token that it gave."""
    page = browser.get(path)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    if token:
        answers["csrfmiddlewaretoken"] = token.group(1)
    return browser.post(path, answers)


def words(response: HttpResponse) -> str:
    """What a reader sees: tags off, entities and spaces plain."""
    body = re.sub(r"(?s)<(head|svg).*?</\1>", "", response.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def writes(browser: Browser, path: str) -> list[str]:
    """The statements by which a GET of ``path`` changes the database; there should be none."""
    with CaptureQueriesContext(connection) as queries:
        browser.get(path)
    return [row["sql"] for row in queries if re.match(r"\s*(INSERT|UPDATE|DELETE)", row["sql"], re.IGNORECASE)]


def reminder(prescription: Prescription, slot: dt.date | None = None) -> Reminder:
    """A reminder row, due now."""
    now = timezone.now()
    schedule = prescription.schedules.get()
    slot = slot or now.date()
    return Reminder.objects.create(
        schedule=schedule, slot=slot, due_at=now, try_at=now, expires_at=now,
        message_id=f"reminder.{schedule.pk}.{slot:%Y%m%d}@test.example",
    )  # fmt: skip


def report_link(row: Reminder) -> str:
    return signed_links.build_path(Purpose.REPORT, row.pk)


def stop_link(client: Client) -> str:
    return signed_links.build_path(Purpose.STOP_REMINDERS, client.pk)


def invitation_link(client: Client) -> str:
    return signed_links.build_path(Purpose.INVITATION, client.invitations.get().pk)


def url(name: str, *args: Any) -> str:
    return reverse(f"clinic:{name}", args=args)

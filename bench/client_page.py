"""One client's page: how often it asks the database, and what a long history costs.

Prints `client_page_queries` (29, and the same for both clients) and `client_page_growth`: the server's time for
a client with 600 reports, 60 notes and 60 messages over that for one with a single report, medians taken in turn.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from bench import databases

DAYS, WRITTEN, TURNS = 600, 60, 5
DAY = dt.timedelta(days=1)


def run() -> Iterator[tuple[str, float]]:
    """Yield (name, value), on PostgreSQL where it answers."""
    databases.ready()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)  # into the folder of this run
    with databases.fresh("page") as names:
        databases.use(names["page"])
        browser, pages = _clinic()
        queries = [_queries(browser, page) for page in pages]
        if len(set(queries)) != 1:
            raise AssertionError(f"a long history makes {queries[1]} queries, a short one {queries[0]}")
        turns = [[_seconds(browser, page) for page in pages] for _ in range(TURNS)]
    yield "client_page_queries", queries[0]
    yield "client_page_growth", median(long / short for short, long in turns)
    for place, name in enumerate(("short", "long")):
        yield f"client_page_{name}_ms", 1000 * median(turn[place] for turn in turns)


def _clinic() -> tuple[Any, list[str]]:
    """The practitioner's browser, and the addresses of a short and a long history."""
    from django.test import Client as Browser
    from django.urls import reverse
    from django.utils import timezone

    from clinic.clients import messages as client_messages, notes as client_notes
    from clinic.models import PainReport
    from clinic.models.report import Advice
    from tests import make

    now, by = timezone.now(), make.practitioner(make.clinic())
    brief, long = make.client(by, "Dana"), make.client(by, "Erin")
    for client in (brief, long):
        make.report(make.prescription(client), 3, 3, at=now)
    plan = long.prescriptions.get()
    PainReport.objects.bulk_create(
        PainReport(
            prescription=plan, occurred_at=now - day * DAY, received_at=now - day * DAY, did_exercise=True,
            before=3 + day % 3, after=2 + day % 3, advice=Advice.GO_ON, source=PainReport.Source.PORTAL, by=long.user,
        )
        for day in range(1, DAYS)
    )  # fmt: skip
    for number in range(WRITTEN):
        client_notes.add_note(long, f"Day {number}.", by=by, now=now - number * DAY)
        client_messages.send_message(long, f"Day {number}.", by=by, now=now - number * DAY)
    for client in (brief, long):  # the same kinds of rows in both
        client_notes.add_note(client, "Seen.", by=by)
        client_messages.send_message(client, "Come by.", by=by)
    browser = Browser(HTTP_HOST="clinic.example", HTTP_X_FORWARDED_PROTO="https")
    browser.force_login(by.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser, [reverse("plumbline:client", args=[client.pk]) for client in (brief, long)]


def _get(browser: Any, page: str) -> None:
    answer = browser.get(page, secure=True)
    if answer.status_code != 200:
        raise AssertionError(f"{page} answers {answer.status_code}")


def _queries(browser: Any, page: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _get(browser, page)  # what is read once a process is read now
    with CaptureQueriesContext(connection) as queries:
        _get(browser, page)
    return len(queries)


def _seconds(browser: Any, page: str) -> float:
    began = time.perf_counter()
    _get(browser, page)
    return time.perf_counter() - began

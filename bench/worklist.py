"""The worklist's first page, as an owner sees it whose clinic has 100,000 clients, over one whose clinic has 1,000.

`worklist_growth` is the server's time for the page at the one over the other, both figures in milliseconds after it;
`worklist_queries` how often the page asks the database, at the one and at the other. Each client has ten reports in the
last month, every twentieth a flag, so that both pages show fifty who need a look: a million reports in all, where ten
million would take minutes to fill. A page reads those of its fifty clients by an index, so a tenth of the reports is a
tenth of the disk and little else.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from statistics import median

from bench import databases, filling

SIZES = {"few": 1_000, "many": 100_000}  # clients, all of one clinic
REPORTS = 10  # each
FLAGGED = 20  # every so manieth
PAGES = 15  # a turn
TURNS = 3
ONE_CLINIC = "UPDATE {table} SET clinic_id = 1, practitioner_id = 1"
REPORT = """
    INSERT INTO clinic_painreport (id, prescription_id, occurred_at, received_at, did_exercise, before, after, note,
        advice, source, fingerprint)
    SELECT (i - 1) * %(reports)s + %(nth)s, i, %(at)s, %(at)s, true, 3 + i %% 4, 2 + i %% 3, '', 'go_on', 'portal', ''
    FROM n"""
LAST_REPORT = (
    "UPDATE clinic_worklistentry"
    " SET last_report_id = client_id * %(reports)s, last_report_at = %(at)s, silent_since = %(at)s"
)
FLAG = """
    INSERT INTO clinic_flag (id, prescription_id, kind, severity, state, reason, rule_version, raised_at, verdict)
    SELECT i, i * %(every)s, 'worsening', 'high', 'open', 'Pain is rising.', '', %(at)s, '' FROM n"""
FLAGGED_ROWS = "UPDATE clinic_worklistentry SET need = 1, open_flag_since = %(at)s WHERE client_id %% %(every)s = 0"


def run() -> Iterator[tuple[str, float]]:
    """Yield (name, value); without PostgreSQL the same on SQLite."""
    databases.ready()
    from django.conf import settings

    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN}  # nobody collected the files for a benchmark
    with databases.fresh(*SIZES) as names:
        for size, clients in SIZES.items():
            databases.use(names[size])
            _fill(clients)
        turns = [{size: _page(names[size]) for size in SIZES} for _ in range(TURNS)]  # alternately
    yield "worklist_growth", median(turn["many"][0] / turn["few"][0] for turn in turns)
    for size in reversed(SIZES):
        yield f"worklist_growth_{size}_ms", median(turn[size][0] for turn in turns)
    for size in reversed(SIZES):
        yield f"worklist_queries_{size}", turns[0][size][1]


PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def _fill(clients: int) -> None:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.utils import timezone

    from clinic.models import Practitioner

    now = timezone.now()
    filling.fill(clients, due=0, ledger_days=0, now=now)
    with connection.cursor() as cursor:
        for table in ("clinic_client", "clinic_worklistentry"):
            cursor.execute(ONE_CLINIC.format(table=table))
        for nth in range(1, REPORTS + 1):
            at = now - dt.timedelta(days=2 * (REPORTS - nth) + 1)
            params = {"many": clients, "reports": REPORTS, "nth": nth, "at": at}
            cursor.execute(filling.NUMBERS + REPORT, params)
        cursor.execute(LAST_REPORT, {"reports": REPORTS, "at": at})
        params = {"many": clients // FLAGGED, "every": FLAGGED, "at": now - dt.timedelta(hours=5)}
        cursor.execute(filling.NUMBERS + FLAG, params)
        cursor.execute(FLAGGED_ROWS, params)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    owner = get_user_model().objects.create(username="owner")
    Practitioner.objects.create(pk=1000, user=owner, clinic_id=1, name="Olga", role=Practitioner.Role.OWNER)


def _page(database: str) -> tuple[float, int]:
    """Milliseconds of the server for the first page, and how many statements it takes."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    databases.use(database)
    browser, address = Client(), reverse("plumbline:index")
    browser.force_login(get_user_model().objects.get(username="owner"))

    def ask() -> None:
        page = browser.get(address, secure=True, headers={"host": "clinic.example"})
        if page.status_code != 200 or page.content.count(b'<li class="pl-row') != 50:
            raise RuntimeError(f"no page of fifty clients: {page.status_code}")

    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    statements = len(captured)  # the next request empties the log
    return 1000 * median(_timed(ask) for _ in range(PAGES)), statements


def _timed(ask: object) -> float:
    begin = time.perf_counter()
    ask()  # type: ignore[operator]
    return time.perf_counter() - begin

"""The client's page asks as often for a long story as for a short one, and for a large clinic as for a small one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.clients import messages as client_messages, notes as client_notes
from clinic.flags import lifecycle, rule_tuning
from clinic.models import Client, Flag
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from clinic.reminders import planning
from tests import make
from tests.admin.browsing import signed_in, url

QUERIES = 31  # session, user, membership, registrants, client, hand-overs, and 25 for the record
DAY = dt.timedelta(days=1)


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def count_queries(browser, client, **wanted):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url("client", client.pk), wanted).status_code == 200
    if len(queries) > QUERIES:
        print(*(query["sql"][:200] for query in queries), sep="\n")  # shown with a failure: a count alone is of no help
    return len(queries)


def live(plan, days, by):
    """One report a day, each corrected; each day a note, a message, a reminder and a new dose."""
    now, client = timezone.now(), plan.client
    for day in days:
        at = now - day * DAY
        outcome = make.report(plan, 3, 4, at=at, areas=("hip",), moved_down_leg=day % 7 == 4)
        reporting.correct_report(outcome.report, {"before": 4}, reason="Mistyped.", by=client.user)
        note = client_notes.add_note(client, f"Day {day}.", by=by, now=at)
        client_notes.correct_note(note, f"The day {day}.", by=by, now=at)
        client_messages.send_message(client, f"Day {day}.", by=by, now=at)
        plan.refresh_from_db()
        for flag in Flag.objects.unresolved().filter(prescription=plan):
            lifecycle.resolve_flag(flag, by=by.user, note="Seen.", verdict=Flag.Verdict.REAL)
        if plan.state == "held":
            prescribing.resume_prescription(plan, by=by.user, reason="Seen.")


def test_with_one_report_and_with_sixty(cast, alice):
    plan = make.prescription(cast.dana)
    live(plan, [60], cast.alice)  # of the kind that raises a flag
    assert count_queries(alice, cast.dana) == QUERIES
    live(plan, range(59, 0, -1), cast.alice)
    rule_tuning.set_client_rule_settings(cast.dana, sensitivity="few", smallest_rise=1.0, reason="Calm.", by=cast.alice)
    prescribing.amend_prescription(plan, make.dose(sets=2), by=cast.alice, reason="More.")
    planning.create_due_reminders(plan.schedules.get().next_due_at)
    make.prescription(cast.dana)  # another one beside it
    assert count_queries(alice, cast.dana) == QUERIES
    assert count_queries(alice, cast.dana, page=2, timeline=3) == QUERIES


def test_with_ten_clients_in_the_clinic_and_with_a_thousand(cast, alice):
    live(make.prescription(cast.dana), range(4, 1, -1), cast.alice)
    counts = []
    for many in (10, 1000):
        here = Client.objects.filter(clinic=cast.alice.clinic).count()
        more = [
            Client(
                clinic=cast.alice.clinic, practitioner=cast.alice, name=f"N{number}", email=f"n{number}@home.example"
            )
            for number in range(here, many)
        ]
        Client.objects.bulk_create(more)
        counts.append(count_queries(alice, cast.dana))
    assert counts == [QUERIES, QUERIES]


def test_of_who_has_nothing_yet_fewer(cast, alice):
    assert count_queries(alice, make.invited(cast.alice, "Frida")) <= QUERIES

"""The first page asks the database as often for a thousand clients as for ten."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.management import simulation
from clinic.models import Clinic, Flag, Practitioner, Prescription, WorklistEntry
from tests import make
from tests.admin.browsing import signed_in, url

MOST = 12  # a dozen
DAYS = 6


@pytest.fixture
def clinics(db):
    """The owner of a clinic of so many, made by bulk inserts; in each somebody is flagged and held."""
    owners = {}
    for many in (10, 1000):
        simulation.fill_clinic(many, DAYS, many, make.exercise(), timezone.now())
        owners[many] = Practitioner.objects.get(
            clinic__slug=simulation.simulated_slug(many), role=Practitioner.Role.OWNER
        )
    return owners


def queries(owner, **asked):
    browser = signed_in(owner)
    browser.get(url("index"))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page = browser.get(url("index"), asked)
    return len(captured), page


def test_ten_and_a_thousand_clients_cost_the_same(clinics):
    for owner in clinics.values():  # the same kinds of rows in both
        flagged = Prescription.objects.filter(client__clinic=owner.clinic, trend__report_count__gt=0)[:2]
        for prescription in flagged:
            make.report(prescription, 3, 8, at=timezone.now() - dt.timedelta(hours=1))
    few, page_of_few = queries(clinics[10])
    many, page_of_many = queries(clinics[1000])
    assert (len(page_of_few.context["rows"]), len(page_of_many.context["rows"])) == (10, 50)
    assert page_of_many.context["needing"] >= 2
    assert few == many
    assert many <= MOST


def test_a_clinic_whose_quiet_hours_take_every_time_asks_no_oftener(clinics):
    before = queries(clinics[10])[0]
    Clinic.objects.update(quiet_from=dt.time(0, 1), quiet_until=dt.time(0))
    after, page = queries(clinics[10])
    assert {row.reminder for row in page.context["rows"]} >= {"No reminder: quiet hours"}
    assert after == before


def test_so_do_they_when_the_list_is_narrowed(clinics):
    asked = {"q": "Client", "new": "1", "who": ""}
    counts = {many: queries(owner, **asked)[0] for many, owner in clinics.items()}
    assert counts[10] == counts[1000] <= MOST


def test_bulk_filling_keeps_the_rows_that_the_verbs_would_have_left(clinics):
    from tests.worklist.test_entries import recomputed, stored

    assert WorklistEntry.objects.count() == 1010
    assert stored() == recomputed()
    assert Flag.objects.exists() == WorklistEntry.objects.filter(need__lt=3).exists()

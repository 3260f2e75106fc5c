"""Twenty reports of one client at the same moment: none is lost, one flag is raised."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.utils import timezone

from clinic.models import Flag, PainReport, PainTrend
from tests import make

AT_ONCE = 20


@pytest.mark.django_db(transaction=True)
def test_reports_at_once_lose_nothing_and_raise_one_flag():
    clinic = make.clinic()
    prescription = make.prescription(make.client(make.practitioner(clinic)))
    start = timezone.now() - dt.timedelta(hours=1)

    def say(number):
        try:
            return make.report(prescription, 3, 8, at=start + dt.timedelta(seconds=number % 7)).report.pk
        finally:
            connections["default"].close()

    workers = AT_ONCE if connection.vendor == "postgresql" else 4
    with ThreadPoolExecutor(workers) as pool:
        stored = set(pool.map(say, range(AT_ONCE)))

    assert len(stored) == AT_ONCE == PainReport.objects.count()
    flag = Flag.objects.get(kind="exercise_hurts")
    assert flag.evidence.count() == AT_ONCE
    assert PainTrend.objects.get().report_count == AT_ONCE

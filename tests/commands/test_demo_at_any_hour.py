"""The demo does not depend on when it is made."""

import datetime as dt

import pytest

from clinic.demo import today
from clinic.models import Flag, Prescription, Schedule
from tests import make

KINDS = {"red_flag", "exercise_hurts", "worsening", "silent", "undeliverable"}


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        ("2026-03-28T07:45:59+00:00", "UTC"),  # a Saturday, soon after getting up
        ("2026-03-29T02:30:00+02:00", "Europe/Madrid"),  # the night in which the clocks go forward
        ("2026-12-31T23:59:30+00:00", "UTC"),  # the next minute is another year
        ("2026-10-25T23:40:10+09:00", "Asia/Tokyo"),
    ],
)
def test_made_at(db, settings, tmp_path, moment, zone):
    settings.MEDIA_ROOT = tmp_path
    settings.TIME_ZONE = zone
    make.exercise()
    now = dt.datetime.fromisoformat(moment)
    clinic = today.create_demo(now)
    assert set(Flag.objects.unresolved().values_list("kind", flat=True)) == KINDS
    assert Flag.objects.unresolved().count() == len(KINDS)
    dana = Prescription.objects.get(client__email="dana@demo.example")
    due = Schedule.objects.get(prescription=dana).next_due_at
    assert now < due <= now + dt.timedelta(minutes=1)
    midnight = now.astimezone(dt.datetime.fromisoformat(moment).tzinfo).replace(hour=0, minute=0)
    assert dana.trend.last_report_at < midnight
    assert clinic.time_zone == zone

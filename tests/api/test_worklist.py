"""``GET worklist/``: whom to look at first."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import lifecycle
from clinic.models import Flag
from tests import make
from tests.api.calls import Program


@pytest.fixture
def alice(cast):
    return Program(cast.alice)


def listed(program):
    return program.get("worklist/").json()["results"]


def test_the_most_severe_flag_comes_first_and_who_has_none_last(alice, cast):
    calm, hurt, urgent = (make.client(cast.alice, name) for name in ("Ada", "Ben", "Cleo"))
    make.report(make.prescription(calm), 2)
    make.report(make.prescription(hurt), 4, 7)
    make.report(make.prescription(urgent), 4, warning_signs=("saddle_numbness",))
    assert [row["client"]["name"] for row in listed(alice)] == ["Cleo", "Ben", "Ada", "Dana"]


def test_a_client_without_reports_has_neither_last_report_nor_trend(alice, cast):
    assert listed(alice) == [
        {
            "client": {"id": cast.dana.pk, "name": "Dana"},
            "flags": [],
            "last_report": None,
            "trend": None,
            "prescriptions": [],
        }
    ]


def test_the_last_report_is_the_one_that_happened_last(alice, cast):
    bend = make.prescription(cast.dana)
    now = timezone.now()
    make.report(bend, 5, at=now - dt.timedelta(hours=1))
    make.report(bend, 2, at=now - dt.timedelta(hours=5))
    last = listed(alice)[0]["last_report"]
    assert (last["before"], last["after"], last["did_exercise"], last["advice"]) == (5, None, False, "thanks")


def test_the_trend_is_in_points(alice, cast):
    bend = make.prescription(cast.dana)
    now = timezone.now()
    for day in range(40, 0, -1):
        make.report(bend, 3, at=now - dt.timedelta(days=day))
    trend = listed(alice)[0]["trend"]
    assert trend.keys() == {"usual", "recent", "rise", "swing", "watch"}
    assert (trend["usual"], trend["recent"], trend["watch"]) == (3.0, 3.0, False)


def test_a_resolved_flag_is_gone_from_the_list(alice, cast):
    make.report(make.prescription(cast.dana), 4, 7)
    assert [flag["kind"] for flag in listed(alice)[0]["flags"]] == ["exercise_hurts"]
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Called.")
    assert listed(alice)[0]["flags"] == []


def test_it_is_the_practitioners_own(cast):
    assert [row["client"]["name"] for row in listed(Program(cast.bob))] == ["Erin"]
    assert listed(Program(cast.charlie)) == []
    assert listed(Program(cast.dana)) == []

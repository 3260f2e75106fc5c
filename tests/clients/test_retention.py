"""A record is erased when it is as old as its clinic keeps it, and no sooner."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from clinic import tasks
from clinic.clients import departure
from clinic.models import AuditEntry, Client, Practitioner
from clinic.practice import settings as practice_settings
from tests import make
from tests.admin.browsing import page_text, signed_in, url

NOW = timezone.now()


def left(client, at):
    departure.leave_clinic(client, by=None, now=NOW)
    Client.objects.filter(pk=client.pk).update(left_at=at)
    return client


def years_ago(years, days=0):
    return NOW.replace(year=NOW.year - years, day=min(NOW.day, 28)) + dt.timedelta(days=days)


def names():
    return sorted(Client.objects.values_list("name", flat=True))


def test_who_left_longer_ago_than_that_is_erased_once(cast):
    make.prescription(cast.dana)
    left(cast.dana, years_ago(10, -5))
    left(cast.erin, years_ago(10, 5))
    assert departure.erase_due_clients(NOW) == 1
    assert names() == ["(erased)", "Erin"]
    assert AuditEntry.objects.filter(verb="client_erased", actor=None).count() == 1
    assert departure.erase_due_clients(NOW) == 0


def test_each_clinic_has_its_own_age_and_one_without_keeps_all(cast):
    fred = make.client(cast.charlie, "Fred")
    for client in (cast.dana, fred):
        left(client, years_ago(40))
    clinic = cast.charlie.clinic
    practice_settings.change_settings(clinic, {"retention_years": None}, by=cast.charlie)
    departure.erase_due_clients(NOW)
    assert names() == ["(erased)", "Erin", "Fred"]
    practice_settings.change_settings(clinic, {"retention_years": 41}, by=cast.charlie)
    assert departure.erase_due_clients(NOW) == 0


def test_who_has_not_left_is_never_due(cast):
    Client.objects.update(left_at=years_ago(40))
    assert departure.erase_due_clients(NOW) == 0


def test_one_sweep_erases_a_few_and_the_next_goes_on(cast, monkeypatch):
    monkeypatch.setattr(departure, "ERASED_PER_SWEEP", 1)
    for client in (cast.dana, cast.erin):
        left(client, years_ago(11))
    assert [departure.erase_due_clients(NOW) for _sweep in range(3)] == [1, 1, 0]


@pytest.mark.parametrize("tick", [tasks.sweep, lambda: call_command("sweep", stdout=StringIO())])
def test_the_sweep_does_it(cast, tick):
    left(cast.dana, years_ago(11))
    tick()
    assert "(erased)" in names()


def test_years_are_counted_over_a_leap_day():
    leap = dt.datetime(2028, 2, 29, 12, tzinfo=dt.UTC)
    assert departure._years_before(leap, 10) == dt.datetime(2018, 2, 28, 12, tzinfo=dt.UTC)
    assert departure._years_before(leap, 4).day == 29


def test_an_owner_sees_a_month_ahead_whom_it_will_be(cast):
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    left(cast.dana, years_ago(10, 20))
    left(cast.erin, years_ago(10, 40))
    page = page_text(signed_in(olga).get(url("clinic")))
    assert "Will be erased in the next 30 days Dana" in page
    assert "Erin" not in page

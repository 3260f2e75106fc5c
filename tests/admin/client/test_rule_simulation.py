"""What would the rule have flagged, had it listened differently? Asked of one client's past; nothing is written."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Flag
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import page_text, signed_in, url

HARDLY = {"sensitivity": "few", "smallest_rise": "2.0"}
EARLY = {"sensitivity": "early", "smallest_rise": "1.0"}


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def ruth(cast):
    prescription = flagged_clients.plan(make.client(cast.alice, "Ruth"))
    flagged_clients.rising(prescription)
    return prescription.client


def simulate(alice, client, **asked):
    return alice.get(url("rule_simulation", client.pk), asked)


def lines(page):
    return [
        (row.simulated is not None, row.real is not None)
        for one in page.context["simulations"]
        for row in one.comparisons
    ]


def test_it_begins_with_what_is_in_force(alice, ruth):
    page = simulate(alice, ruth)
    assert page.context["rule_settings"] == ("standard", 1.0)
    assert lines(page) == [(True, True)]
    assert "With these it would have flagged once in 5 weeks." in page_text(page)
    assert 'class="pl-button pl-main" href="' not in page.content.decode()


def test_an_early_rule_flags_no_later_and_the_table_says_when(alice, ruth):
    page = simulate(alice, ruth, **EARLY)
    (line,) = page.context["simulations"][0].comparisons
    assert line.simulated.at <= line.real.raised_at
    assert "Pain is rising" in page_text(page)
    assert f"up {line.simulated.rise:.1f} points" in page_text(page)


def test_a_flag_that_would_not_have_been_stands_there_hollow(alice, cast):
    mild = flagged_clients.plan(make.client(cast.alice, "Mild"))
    flagged_clients.calm(mild, 35, 10)
    for ago in range(9, 0, -1):
        flagged_clients.says(mild, ago - 0.5, 5)
    assert Flag.objects.filter(prescription=mild).exists()
    page = simulate(alice, mild.client, **HARDLY)
    assert lines(page) == [(False, True)]
    assert "With these it would not have flagged in 5 weeks." in page_text(page)
    assert page.content.decode().count('class="chart-mark-past" cx') >= 2
    assert "not flagged" in page_text(page)


def test_use_these_leads_to_the_knobs_filled_in(alice, ruth):
    page = simulate(alice, ruth, **HARDLY).content.decode()
    assert f'href="{url("rule_settings", ruth.pk)}?sensitivity=few&amp;smallest_rise=2.0"' in page


def test_nothing_is_written(alice, ruth):
    simulate(alice, ruth)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        simulate(alice, ruth, **EARLY)
    kinds = {query["sql"].split()[0] for query in asked}
    assert kinds == {"SELECT"}


def test_the_queries_do_not_grow_with_the_history(alice, cast, django_assert_max_num_queries):
    prescription, counts = flagged_clients.plan(make.client(cast.alice, "Long")), []
    for days in ((20, 18), (17, 1)):
        flagged_clients.calm(prescription, *days)
        with django_assert_max_num_queries(22) as asked:
            simulate(alice, prescription.client, **EARLY)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_who_never_reported_is_told_to_come_back(alice, cast):
    assert "Nothing to try it on yet" in page_text(simulate(alice, cast.dana))


@pytest.mark.parametrize("nonsense", [{"sensitivity": "loud"}, {"smallest_rise": "-1"}, {"sensitivity": "x" * 9999}])
def test_nonsense_is_named_and_what_is_in_force_is_shown(alice, ruth, nonsense):
    page = simulate(alice, ruth, **nonsense)
    assert page.context["form"].errors
    assert page.context["rule_settings"] == ("standard", 1.0)


def test_one_bad_session_is_replayed_too(alice, cast):
    prescription = make.prescription(cast.dana)
    make.report(prescription, 4, 8, at=dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    page = simulate(alice, cast.dana)
    assert lines(page) == [(True, True)]
    assert "Exercise hurts" in page_text(page)

"""How soon somebody looked at the flags, and how many were false: an owner's clinic, a practitioner's own clients."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.admin.labels import format_duration
from clinic.flags import lifecycle
from clinic.models import Flag, Practitioner
from tests import make
from tests.admin.browsing import page_text, signed_in, url

HOUR = dt.timedelta(hours=1)


def raise_and_resolve(client, kind, ago, after, verdict):
    """Raised so many hours ago, resolved so many hours later."""
    prescription = client.prescriptions.first() or make.prescription(client)
    raised = timezone.now() - ago * HOUR
    flag = lifecycle.raise_flag(None, kind, Flag.Severity.HIGH, "Look.", raised, prescription=prescription)
    if after is not None:
        lifecycle.resolve_flag(flag, client.practitioner.user, "Seen.", raised + after * HOUR, verdict=verdict)
    return flag


@pytest.fixture
def went(cast):
    """Alice's: looked at after 1, 5 and 72 hours, one of them false, one open. Bob's: one, after 20 hours."""
    kind = Flag.Kind
    raise_and_resolve(cast.dana, kind.WORSENING, 500, 1, "real")
    raise_and_resolve(cast.dana, kind.WORSENING, 400, 5, "false")
    raise_and_resolve(cast.dana, kind.SILENT, 300, 72, "unclear")
    raise_and_resolve(cast.dana, kind.RED_FLAG, 3, None, "")
    raise_and_resolve(cast.erin, kind.SILENT, 100, 20, "real")
    return cast


def shown(person):
    return page_text(signed_in(person).get(url("flag_statistics")))


def test_a_practitioner_sees_how_the_flags_of_ones_own_clients_went(went):
    page = shown(went.alice)
    assert "The last 90 days, your clients" in page
    assert "Raised 4 1 waits for somebody to look" in page
    assert "Until somebody looked 5 h as a rule; 3 days at worst" in page
    assert "False alarms 1 of 3 (33 %) of those that somebody judged" in page
    assert "Pain is rising 2 3 h 5 h 1 of 2 (50 %)" in page
    assert "Exercise hurts 0 – – –" in page


def test_an_owner_sees_the_whole_clinic(went):
    owner = make.practitioner(went.alice.clinic, "Olga", Practitioner.Role.OWNER)
    page = shown(owner)
    assert "The last 90 days, the whole clinic" in page
    assert "Raised 5" in page


def test_nobody_sees_what_is_not_theirs(went):
    assert "Raised 1 " in shown(went.bob)
    assert "No flag in this time" in shown(went.charlie)


def test_what_is_older_than_that_does_not_count(cast):
    raise_and_resolve(cast.dana, Flag.Kind.SILENT, 91 * 24, 1, "real")
    assert "No flag in this time" in shown(cast.alice)


def test_it_says_when_a_flag_goes_to_the_owner(cast):
    assert "Flags that nobody acknowledged within 24 hours go to the owner." in shown(cast.alice)
    cast.alice.clinic.escalation_hours = 1
    cast.alice.clinic.save(update_fields=["escalation_hours"])
    assert "Flags that nobody acknowledged within 1 hour go to the owner." in shown(cast.alice)


def test_it_is_in_the_navigation_of_those_who_treat(cast):
    desk = make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK)
    entry = f'href="{url("flag_statistics")}"'
    assert entry in signed_in(cast.alice).get(url("index")).content.decode()
    assert entry not in signed_in(desk).get(url("index")).content.decode()
    assert signed_in(desk).get(url("flag_statistics")).status_code == 404


def test_the_queries_do_not_grow_with_the_flags(cast, django_assert_max_num_queries):
    alice, counts = signed_in(cast.alice), []
    for number in (1, 6):
        for ago in range(number):
            raise_and_resolve(cast.dana, Flag.Kind.SILENT, 900 - 10 * ago - number, 2, "real")
        with django_assert_max_num_queries(12) as asked:
            alice.get(url("flag_statistics"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("hours", "text"),
    [(None, "–"), (0, "1 min"), (0.5, "30 min"), (1, "1 h"), (5.4, "5 h"), (47.4, "47 h"), (48, "2 days")],
)
def test_a_time_is_told_in_words(hours, text):
    assert format_duration(hours) == text

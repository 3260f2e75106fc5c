"""What became of the flags: how soon somebody looked, and how many were false alarms."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import escalation, lifecycle
from clinic.models import Flag, Practitioner
from clinic.worklist.flag_statistics import FlagStatistics, compute_statistics
from tests import make

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LONG_AGO = timezone.now() - 30 * DAY


@pytest.fixture
def olivia(cast):
    return make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)


def flag(client, **answers):
    prescription = client.prescriptions.first() or make.prescription(client)
    given = answers or {"moved_down_leg": True}
    make.report(prescription, 4, **given)
    return Flag.objects.unresolved().get(prescription=prescription, kind__in=["exercise_hurts", "red_flag"])


def seen(of, since=LONG_AGO):
    return compute_statistics(of.user if isinstance(of, Practitioner) else of, since)


def test_with_no_flags_nothing_is_known(cast):
    nothing = seen(cast.alice)
    assert (nothing.raised, nothing.median_hours, nothing.worst_hours, nothing.false_share) == (0, None, None, None)
    assert list(nothing.by_kind) == Flag.Kind.values
    assert nothing.by_kind["silent"] == FlagStatistics()


def test_the_time_to_review_runs_from_raised_to_the_first_person_who_looked(cast):
    for hours in (1, 2, 9):
        raised = flag(cast.dana)
        lifecycle.acknowledge_flag(raised, cast.alice.user, now=raised.raised_at + hours * HOUR)
        lifecycle.resolve_flag(raised, cast.alice.user, "Called.", raised.raised_at + 20 * HOUR)
    statistics = seen(cast.alice)
    assert (statistics.raised, statistics.reviewed, statistics.waiting) == (3, 3, 0)
    assert (statistics.median_hours, statistics.worst_hours) == (2.0, 9.0)


def test_resolved_without_acknowledging_counts_too(cast):
    raised = flag(cast.dana)
    lifecycle.resolve_flag(raised, cast.alice.user, "Called.", raised.raised_at + 3 * HOUR)
    assert seen(cast.alice).worst_hours == 3.0


def test_one_that_nobody_looked_at_is_waiting_and_has_no_time(cast, olivia):
    raised = flag(cast.dana)
    escalation.escalate_flags(raised.raised_at + DAY)
    statistics = seen(cast.alice)
    assert (statistics.waiting, statistics.reviewed, statistics.median_hours, statistics.escalated) == (1, 0, None, 1)


def test_one_that_ended_by_itself_is_neither(cast):
    lifecycle.resolve_flag(flag(cast.dana), None, "The client reported again.")
    statistics = seen(cast.alice)
    assert (statistics.raised, statistics.waiting, statistics.reviewed) == (1, 0, 0)


def test_the_share_judged_false_is_among_those_judged(cast):
    for verdict in ("real", "false", "unclear", "", "real"):
        lifecycle.resolve_flag(flag(cast.dana), cast.alice.user, "Called.", verdict=verdict)
    statistics = seen(cast.alice)
    assert (statistics.raised, statistics.with_verdict, statistics.real, statistics.false, statistics.false_share) == (
        5,
        4,
        2,
        1,
        0.25,
    )


def test_by_kind(cast):
    lifecycle.resolve_flag(flag(cast.dana), cast.alice.user, "Called.", verdict="false")
    flag(cast.dana, warning_signs=("leg_weakness",))
    kinds = seen(cast.alice).by_kind
    assert (kinds["exercise_hurts"].false_share, kinds["red_flag"].waiting, kinds["worsening"].raised) == (1.0, 1, 0)


def test_only_those_raised_since(cast):
    raised = flag(cast.dana)
    assert seen(cast.alice, raised.raised_at).raised == 1
    assert seen(cast.alice, raised.raised_at + HOUR).raised == 0


def test_each_sees_the_own_clients_the_owner_the_clinics_and_a_stranger_nothing(cast, olivia):
    flag(cast.dana)
    flag(cast.erin)
    raised = [seen(of).raised for of in (cast.alice, cast.bob, olivia, cast.charlie, cast.alice.clinic)]
    assert raised == [1, 1, 2, 0, 2]
    assert compute_statistics(cast.dana.user, LONG_AGO).raised == 0


def test_many_cost_as_much_as_few(cast, django_assert_num_queries):
    for _again in range(5):
        lifecycle.resolve_flag(flag(cast.dana), cast.alice.user, "Called.")
    with django_assert_num_queries(1):
        seen(cast.alice)

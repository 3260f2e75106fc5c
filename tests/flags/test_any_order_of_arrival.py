"""The same reports in any order of arrival end in the same state, with nothing lost and nothing flagged twice."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from clinic.flags import engine
from clinic.models import Flag, FlagEvent, PainReport, PainTrend
from clinic.pain import reporting
from clinic.pain.reporting import Answers
from tests import make

DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
AFTER_ALL = START + 60 * DAY

scores = st.none() | st.integers(0, 10)
answers = st.fixed_dictionaries(
    {
        "day": st.integers(0, 30),
        "before": st.integers(0, 10),  # at least one score, so that each is a report
        "after": scores,
        "next_morning": scores,
        "did_exercise": st.booleans(),
        "moved_down_leg": st.sampled_from([None, None, None, False, True]),
        "warning_signs": st.sampled_from([(), (), (), ("leg_weakness",)]),
    }
)
diaries = st.lists(answers, min_size=1, max_size=12, unique_by=lambda one: one["day"])


def tries(most):
    """So many examples, the same at every run: each of them is dozens of reports through the whole verb."""
    return settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@pytest.fixture
def bends(cast):
    """Two alike: one hears in order, the other out of it."""
    return [make.prescription(client, now=START, starts_on=START.date()) for client in (cast.dana, cast.erin)]


def forget(bends):
    """As if nothing had been said yet, between two examples."""
    for bend in bends:
        bend.flags.all().delete()
        bend.reports.all().delete()
        bend.changes.all().delete()
        type(bend).objects.filter(pk=bend.pk).update(state="active", state_reason="")
        PainTrend.objects.filter(prescription=bend).delete()
        PainTrend.objects.create(prescription=bend)


def hear(bend, diary):
    for one in diary:
        answers = Answers(occurred_at=START + one["day"] * DAY, **{key: one[key] for key in one if key != "day"})
        reporting.report_pain(bend, answers, by=None, source=PainReport.Source.PORTAL, now=AFTER_ALL)


def state(bend):
    row = PainTrend.objects.get(prescription=bend)
    return row.state, row.response, row.report_count, row.last_report_at, row.recent, row.usual, row.rise, row.watch


def open_kinds(bend):
    kinds = list(Flag.objects.unresolved().filter(prescription=bend).values_list("kind", flat=True))
    assert len(kinds) == len(set(kinds))
    return set(kinds)


@tries(12)
@given(diary=diaries, data=st.data())
def test_the_state_is_the_same_and_nothing_is_lost(bends, diary, data):
    forget(bends)
    in_order, out_of_order = bends
    hear(in_order, sorted(diary, key=lambda one: one["day"]))
    hear(out_of_order, data.draw(st.permutations(diary)))
    assert state(in_order) == state(out_of_order)
    assert state(in_order)[2] == len(diary)


@tries(12)
@given(diary=diaries, data=st.data())
def test_what_one_report_says_by_itself_is_flagged_once_in_any_order(bends, diary, data):
    forget(bends)
    in_order, out_of_order = bends
    hear(in_order, sorted(diary, key=lambda one: one["day"]))
    hear(out_of_order, data.draw(st.permutations(diary)))
    for bend in bends:
        assert ("red_flag" in open_kinds(bend)) == any(one["warning_signs"] for one in diary)
        if any(one["moved_down_leg"] for one in diary):
            assert "exercise_hurts" in open_kinds(bend)
    raised = FlagEvent.objects.filter(flag__prescription__in=bends, verb="raised").count()
    assert raised == Flag.objects.filter(prescription__in=bends).count()


@tries(4)
@given(order=st.permutations(range(34)))
def test_a_rise_that_stands_is_flagged_once_in_any_order(bends, order):
    forget(bends)
    bend, _other = bends
    levels = [3, 4, 2, 3] * 7 + [7, 6, 7, 7, 6, 7]
    quiet = {"after": None, "next_morning": None, "did_exercise": False, "moved_down_leg": None, "warning_signs": ()}
    hear(bend, [{"day": day, "before": levels[day], **quiet} for day in order])
    assert open_kinds(bend) == {"worsening"}
    assert engine.is_still_rising(PainTrend.objects.get(prescription=bend))


@tries(6)
@given(order=st.permutations(range(6)))
def test_an_exercise_that_hurts_is_held_once_in_any_order(bends, order):
    forget(bends)
    bend, _other = bends
    session = {"before": 3, "after": 5, "next_morning": None, "did_exercise": True, "moved_down_leg": None}
    hear(bend, [{"day": day, **session, "warning_signs": ()} for day in order])
    bend.refresh_from_db()
    assert (open_kinds(bend), bend.state, bend.changes.count()) == ({"exercise_hurts"}, "held", 1)

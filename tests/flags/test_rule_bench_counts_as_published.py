"""The bench itself: its charts run as long as the textbooks say, and it counts flags by the rules it states.

Run lengths: Montgomery, *Introduction to Statistical Quality Control*, chapter 9 (CUSUM with k = 0.5, and
EWMA after Lucas & Saccucci 1990). A simulated mean of n runs is within a few of its standard errors, which
for a run length is about its own size over the square root of n.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import pytest

from bench import counting
from bench.charts import Cusum, Ewma, TwoSidedCusum, run_length
from bench.cohorts import UNCHANGED, WORSE, Client, clients
from bench.counting import Trace, bar_for, false_flags, false_flags_per_year, flagged_in_time
from bench.diaries import diary
from bench.peers import LastReportAlerts, SelfStartingCusum, TwoAboveTheFirstWeek
from tests.flags.diary import DAY, START


def runs(published: float) -> int:
    """Fewer runs where each is long; the tolerance follows."""
    return 250 if published > 150 else 1200


def near(published: float) -> object:
    return pytest.approx(published, rel=4 / math.sqrt(runs(published)))


@pytest.mark.parametrize(
    ("limit", "shift", "published"),
    [
        (4, 0, 168), (4, 0.25, 74.2), (4, 0.5, 26.6), (4, 0.75, 13.3), (4, 1, 8.38), (4, 1.5, 4.75),
        (4, 2, 3.34), (4, 2.5, 2.62), (4, 3, 2.19), (4, 4, 1.71),
        (5, 0, 465), (5, 0.25, 139), (5, 0.5, 38.0), (5, 0.75, 17.0), (5, 1, 10.4), (5, 1.5, 5.75),
        (5, 2, 4.01), (5, 2.5, 3.11), (5, 3, 2.57), (5, 4, 2.01),
    ],
)  # fmt: skip
def test_a_two_sided_cusum_runs_as_long_as_the_table_says(limit: float, shift: float, published: float) -> None:
    assert run_length(TwoSidedCusum, limit, shift, runs(published)) == near(published)


@pytest.mark.parametrize(
    ("share", "limit", "shift", "published"),
    [
        (0.4, 3.054, 0, 500), (0.4, 3.054, 0.5, 71.2), (0.4, 3.054, 1, 14.3), (0.4, 3.054, 2, 3.5),
        (0.2, 2.962, 0, 500), (0.2, 2.962, 0.5, 41.8), (0.2, 2.962, 1, 10.5), (0.2, 2.962, 2, 3.7),
        (0.1, 2.814, 0, 500), (0.1, 2.814, 0.5, 31.3), (0.1, 2.814, 1, 10.3), (0.1, 2.814, 2, 4.4),
    ],
)  # fmt: skip
def test_an_ewma_runs_as_long_as_the_table_says(share: float, limit: float, shift: float, published: float) -> None:
    assert run_length(partial(Ewma, share), limit, shift, runs(published)) == near(published)


def test_a_cusum_of_one_side_runs_twice_as_long() -> None:
    assert run_length(Cusum, 5, 0, runs(930)) == near(930)


def test_a_self_starting_cusum_that_knows_nothing_runs_as_long_as_one_that_knows_all() -> None:
    # Hawkins' point: its normal scores are those of a chart told the true mean and SD.
    assert run_length(partial(SelfStartingCusum, 0.0), 5, 0, runs(930)) == near(930)


def client(change: float = math.inf, days: int = 365) -> Client:
    return Client([], change, days)


def trace(days: Sequence[float], change: float = math.inf) -> Trace:
    """A client flagged, and sure by a score of 3, on these days alone."""
    return Trace(client(change), [(day, day in days, 3.0 if day in days else 0.0) for day in range(365)])


@pytest.mark.parametrize(
    ("days", "count"),
    [
        ([], 0),
        ([5], 1),
        ([5, 6, 7], 1),
        ([5, 19], 1),  # nearer than 14 days: one
        ([5, 20], 2),
        (range(5, 33), 1),  # 27 days
        (range(5, 34), 2),  # 28 days: counts again
        (range(5, 62), 3),
        ([5, 19, 33], 2),  # joined, and by now 28 days old
    ],
)
def test_false_flags_are_episodes_that_count_again_every_four_weeks(days: Sequence[float], count: int) -> None:
    assert false_flags(days) == count


def test_false_flags_are_per_year_of_diary() -> None:
    assert false_flags_per_year([trace([5]), trace([]), trace([5, 100])]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("flagged", "share"),
    [
        ([100], 1.0),
        ([114], 1.0),
        ([115], 0.0),
        ([], 0.0),
        ([60], 0.0),  # long before: neither helps nor spoils
        ([60, 105], 1.0),
    ],
)
def test_in_time_is_within_two_weeks_of_the_change(flagged: Sequence[float], share: float) -> None:
    assert flagged_in_time([trace(flagged, change=100)]) == share


@pytest.mark.parametrize("before", [86, 99])
def test_a_client_flagged_just_before_the_change_is_set_aside(before: int) -> None:
    assert flagged_in_time([trace([before, 105], change=100), trace([105], change=100)]) == 1.0
    assert flagged_in_time([trace([before, 105], change=100)]) == 0.0


def test_the_bar_is_the_lowest_that_keeps_to_the_rate() -> None:
    ladder = [Trace(client(), [(day, False, float(day // 30)) for day in range(0, 365, 30)]) for _ in range(4)]
    bar = bar_for(ladder, 1.0)
    assert false_flags_per_year(ladder, bar) <= 1.0 < false_flags_per_year(ladder, bar - 1)


def test_a_rule_that_is_surest_too_often_gets_no_bar() -> None:
    assert bar_for([trace(range(0, 365, 30))], 1.0) == math.inf


@pytest.mark.parametrize("family", [*UNCHANGED, *WORSE])
def test_clients_are_the_same_each_time_in_order_and_on_the_scale(family: str) -> None:
    once, again = clients(family, 5), clients(family, 5)
    assert [person.reports for person in once] == [person.reports for person in again]
    assert once[0].reports != once[1].reports
    for person in once:
        days = [day for day, _, _ in person.reports]
        assert days == sorted(days)
        assert {score for _, _, score in person.reports} <= set(range(11))
        assert (person.change < person.days) is (family in WORSE)


@pytest.mark.parametrize(("family", "by"), [("step2", 2.0), ("step3", 3.0), ("drift14", 2.0), ("relapse", 2.0)])
def test_after_its_change_a_cohort_stands_higher_by_what_it_says(family: str, by: float) -> None:
    rises = []
    for person in clients(family, 200, "means"):
        before = [x for day, _, x in person.reports if person.change - 14 <= day < person.change]
        after = [x for day, _, x in person.reports if day >= person.change + 14]
        if before and after:
            rises.append(sum(after) / len(after) - sum(before) / len(before))
    assert sum(rises) / len(rises) == pytest.approx(by, abs=0.25)


def test_the_diaries_have_the_day_to_day_swing_that_was_published() -> None:
    spreads = []
    for number in range(150):
        scores = [score for _, score in diary(f"swing|{number}", 60)]
        if len(scores) > 20:
            mean = sum(scores) / len(scores)
            spreads.append(math.sqrt(sum((x - mean) ** 2 for x in scores) / (len(scores) - 1)))
    assert sum(spreads) / len(spreads) == pytest.approx(1.2, abs=0.15)  # Pagé 2022


@pytest.mark.parametrize(("last", "now", "score"), [(3, 7, 3.0), (8, 7, 3.0), (3, 5, 2.0), (4, 5, 1.0), (3, 4, 0.0)])
def test_the_commercial_rule_looks_at_the_last_report_alone(last: int, now: int, score: float) -> None:
    rule = LastReportAlerts()
    rule.update(START, last)
    assert rule.update(START + DAY, now) == score


def test_the_rule_by_hand_stays_with_the_first_week() -> None:
    rule = TwoAboveTheFirstWeek()
    assert [rule.update(START + DAY * n, 4) for n in range(7)] == [None] * 7
    assert rule.update(START + DAY * 300, 6) == 2.0


def test_a_bare_score_flags_at_its_limit() -> None:
    person = Client([(float(n), START + DAY * n, x) for n, x in enumerate([3, 5, 4])], math.inf, 3)
    (trace,) = counting.follow(LastReportAlerts, [person])
    assert [flag for _, flag, _ in trace.answers] == [False, True, False]

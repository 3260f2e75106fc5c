"""Every constant of both rules, pinned, and refused where it would make the rule meaningless."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields, replace
from datetime import timedelta

import pytest

from clinic.flags import response, trend
from clinic.flags.response import Response, ResponseConfig
from clinic.flags.trend import SENSITIVITIES, SMALLEST_RISES, Detector, TrendConfig
from tests.flags.diary import DAY, ORDINARY, START, first_flag, follow, up_by

TREND = {
    "recent_days": 6.0, "usual_days": 20.0, "longest_wait_days": 12.0, "shortest_wait_days": 3.0, "wait_share": 0.5,
    "full_weight_days": 0.75, "least_weight": 0.05, "burst_weight": 0.5, "clip_swings": 3.0, "start_swing": 1.2,
    "start_swing_weight": 40.0, "least_swing": 0.6, "most_swing_weight": 90.0, "extra_variance": 0.05,
    "least_reports": 6, "least_usual_weight": 3.0, "least_recent_effective": 1.5, "flag_score": 1.95,
    "watch_score": 1.3, "harmless_rise": 0.3, "smallest_rise": 1.0, "freeze_days": 21.0, "clear_score": 0.7,
    "clear_reports": 2, "better_score": -2.4, "better_rise": -1.0, "better_days": 7.0,
}  # fmt: skip
RESPONSE = {
    "keep": 0.85, "clip": 3, "prior_weight": 1.0, "noise": 1.2, "stop_at": 0.90, "watch_at": 0.75, "go_on_at": 0.20,
    "least_sessions": 2, "watch_rise": 2, "stop_rise": 3, "morning_rise": 2,
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), TREND.items())
def test_a_constant_of_the_trend_rule_is_what_was_measured(name: str, value: float) -> None:
    assert asdict(trend.DEFAULT_CONFIG)[name] == value


@pytest.mark.parametrize(("name", "value"), RESPONSE.items())
def test_a_constant_of_the_response_rule_is_what_was_measured(name: str, value: float) -> None:
    assert asdict(response.DEFAULT_CONFIG)[name] == value


def test_no_constant_is_without_its_test_and_a_change_of_one_needs_a_new_version() -> None:
    assert {field.name for field in fields(TrendConfig)} == set(TREND)
    assert {field.name for field in fields(ResponseConfig)} == set(RESPONSE)
    assert (trend.RULE_VERSION, response.RULE_VERSION) == ("trend-2", "response-1")


@pytest.mark.parametrize("name", ["recent_days", "usual_days", "full_weight_days", "start_swing", "start_swing_weight"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_a_length_of_nothing_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        TrendConfig(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bad",
    [
        {"shortest_wait_days": 0.0},
        {"shortest_wait_days": 12.5},
        {"longest_wait_days": math.inf},
        {"longest_wait_days": math.nan},
        {"watch_score": 0.7},
        {"watch_score": 2.0},
        {"clear_score": 1.3},
        {"flag_score": math.inf},
        {"flag_score": 1.2},
        {"smallest_rise": -0.1},
        {"smallest_rise": 10.1},
        {"smallest_rise": math.nan},
    ],
)
def test_bars_out_of_order_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        TrendConfig(**bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bad",
    [
        {"keep": 1.0},
        {"keep": -0.1},
        {"keep": math.nan},
        {"noise": 0},
        {"noise": math.nan},
        {"prior_weight": 0},
        {"clip": 0},
        {"go_on_at": -0.1},
        {"go_on_at": 0.75},
        {"watch_at": 0.91},
        {"stop_at": 1.01},
    ],
)
def test_meaningless_constants_of_the_response_rule_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        ResponseConfig(**bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("sensitivity", SENSITIVITIES)
@pytest.mark.parametrize("rise", SMALLEST_RISES)
def test_a_practitioner_moves_two_constants_and_no_other(sensitivity: str, rise: float) -> None:
    for_settings = TrendConfig.for_settings(sensitivity, rise)
    assert for_settings == replace(TrendConfig(), flag_score=SENSITIVITIES[sensitivity], smallest_rise=rise)


@pytest.mark.parametrize("name", ["", "Standard", "earliest", "none", "1.95"])
def test_another_word_for_a_sensitivity_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="sensitivity must be one of"):
        TrendConfig.for_settings(name)


@pytest.mark.parametrize("rise", SMALLEST_RISES)
@pytest.mark.parametrize("by", [1, 2, 3])
@pytest.mark.parametrize("sensitivity", SENSITIVITIES)
def test_no_flag_begins_below_the_smallest_rise(sensitivity: str, rise: float, by: int) -> None:
    detector = Detector(TrendConfig.for_settings(sensitivity, rise))
    results = follow([*ORDINARY * 2, *up_by(by)], detector)
    first = first_flag(results)
    if first is not None:
        found_rise = results[first - 1].rise
        assert found_rise is not None
        assert found_rise >= rise
    assert first_flag(results[:56]) is None


@pytest.mark.parametrize("spread", [0, 1, 2, 3, 5])
def test_the_swing_has_a_floor_and_comes_to_the_clients_own(spread: int) -> None:
    swing = follow([5 - spread, 5 + spread] * 300)[-1].swing
    assert swing == pytest.approx(max(0.6, spread), rel=0.06)


@pytest.mark.parametrize("wild", [1, 3, 10, 30])
def test_days_of_chaos_widen_the_swing_by_no_more_than_three_swings_each(wild: int) -> None:
    detector = Detector()
    before = follow([5] * 60, detector)[-1].swing
    after = follow([0, 10] * wild, detector, START + DAY * 60)
    for earlier, later in zip([before, *[r.swing for r in after]], [r.swing for r in after], strict=False):
        assert later <= earlier * math.sqrt((90 + 9) / (90 + 1)) + 1e-9


@pytest.mark.parametrize("gap", [0.0, 0.01, 0.1, 0.3, 0.5, 0.74, 0.75, 1.0, 5.0])
def test_a_report_weighs_what_the_time_since_the_last_one_is_worth(gap: float) -> None:
    detector = Detector()
    detector.update(START, 4)
    before = detector.w
    detector.update(START + timedelta(days=gap), 4)
    weight = min(1.0, max(0.05, gap / 0.75))
    assert detector.w == pytest.approx(before * math.exp(-gap / 6) + weight)


@pytest.mark.parametrize("age", [1, 4, 6, 10, 16, 20, 24, 30, 60, 400])
def test_a_report_joins_the_usual_at_half_the_age_of_the_diary_from_3_to_12_days(age: int) -> None:
    detector = Detector()
    follow([4] * age, detector)
    wait = min(12, max(3, (age - 1) / 2))
    assert len(detector.waiting) == min(age, math.ceil(wait))


@pytest.mark.parametrize("change", range(-10, 11))
def test_the_probability_is_that_of_the_clipped_change(change: int) -> None:
    before = 10 if change < 0 else 0
    verdict = Response().update(before, before + change)
    mean = max(-3, min(3, change)) / 2
    assert verdict.probability == pytest.approx(0.5 * (1 + math.erf(mean * math.sqrt(2) / 1.2 / math.sqrt(2))))
    assert verdict.change == change
    assert verdict.stop_for_today is (change > 0)


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ([0], "not_clear"), ([1], "not_clear"), ([2], "watch"), ([3], "stop"), ([10], "stop"), ([-1], "not_clear"),
        ([-2], "go_on"), ([-3], "go_on"), ([1, 1], "watch"), ([2, 1], "stop"), ([2, 0], "watch"),
        ([2, -2], "not_clear"),
        ([-1, -1], "go_on"), ([0, 0, 0, 0, 0, 0], "not_clear"), ([1, 1, 1, 1], "stop"), ([-3, -3, -3, 3], "stop"),
        ([-3, -3, -3, 2], "watch"), ([-3, -3, -3, 1], "go_on"), ([3, -3], "not_clear"), ([1, 0, 1, 0], "not_clear"),
    ],
)  # fmt: skip
def test_the_standing_of_a_run_of_sessions(changes: list[int], standing: str) -> None:
    rule = Response()
    for change in changes:
        before = 10 if change < 0 else 0
        verdict = rule.update(before, before + change)
    assert verdict.standing == standing


@pytest.mark.parametrize("sessions", [1, 2, 5, 30, 400])
def test_the_state_of_the_response_rule_never_grows(sessions: int) -> None:
    rule = Response()
    for n in range(sessions):
        rule.update(n % 8, (n * 3) % 8)
    assert len(json.dumps(rule.state)) < 140
    assert rule.weight <= 1 / (1 - 0.85) + 1e-9
    assert abs(rule.total) <= 3 * rule.weight + 1e-9

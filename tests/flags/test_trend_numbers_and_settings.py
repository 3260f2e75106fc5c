"""The equations with numbers worked by hand, the rounding of a sentence, the settings."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest

from clinic.flags.trend import (
    DEFAULT_CONFIG,
    FALSE_FLAGS_PER_YEAR,
    SENSITIVITIES,
    SMALLEST_RISES,
    Detector,
    TrendConfig,
    TrendResult,
    figures,
)
from tests.flags.diary import DAY, START, follow


def test_recent_fades_by_six_days() -> None:
    two, eight = follow([2, 8])
    fade = math.exp(-1 / 6)
    assert two.recent == 2
    assert eight.recent == pytest.approx((2 * fade + 8) / (fade + 1))


def test_a_report_half_an_interval_later_weighs_half() -> None:
    results = follow([2, 8], every=timedelta(days=0.375))
    fade = math.exp(-0.375 / 6)
    assert results[1].recent == pytest.approx((2 * fade + 8 * 0.5) / (fade + 0.5))


def test_the_swing_starts_at_1_2_and_learns_from_steps_until_there_is_a_usual() -> None:
    results = follow([4, 6])
    assert results[1].swing == pytest.approx(math.sqrt((1.44 * 40 + (6 - 4) ** 2 / 2) / 41))


def test_one_surprise_enters_the_swing_as_three_swings_at_most() -> None:
    results = follow([0, 10])
    assert results[1].swing == pytest.approx(math.sqrt((1.44 * 40 + 9 * 1.44) / 41))


def test_the_swing_never_goes_below_its_floor() -> None:
    assert follow([5] * 1000)[-1].swing == 0.6


def test_the_swing_comes_to_the_clients_own() -> None:
    # 4 and 6 in turn: SD 1.0 around 5.
    assert follow([4, 6] * 200)[-1].swing == pytest.approx(1.0, abs=0.05)


def test_a_report_joins_the_usual_three_days_on_at_first() -> None:
    results = follow([2, 8, 8, 8])
    assert [result.usual for result in results] == [None, None, None, 2.0]


def test_a_report_joins_the_usual_twelve_days_on_later() -> None:
    detector = Detector()
    follow([4] * 60, detector)
    results = follow([5] * 15, detector, START + DAY * 60)
    assert [n for n, result in enumerate(results) if result.usual is not None and result.usual > 4.001] == [12, 13, 14]


def test_the_score_is_the_rise_beyond_what_wanders_in_standard_errors() -> None:
    detector = Detector()
    results = follow([4, 5, 3, 4, 6, 4, 5, 7, 6, 7, 7, 6], detector)
    last, d = results[-1], detector
    error = math.sqrt(d.w2 / d.w**2 + d.v2 / d.v**2 + 0.05)
    assert last.rise is not None
    assert last.usual is not None
    assert last.rise == last.recent - last.usual
    assert last.score == pytest.approx((last.rise - 0.3) / (last.swing * error))


def test_figures_are_rounded_after_subtracting() -> None:
    shown = figures(TrendResult(True, 3.0, True, 5.64 - 3.55, 5.64, 3.55, 1.08))
    assert (shown.recent, shown.usual, shown.rise, shown.swing) == (5.6, 3.5, 2.1, 1.1)


def test_figures_of_a_first_report_have_no_usual() -> None:
    (first,) = follow([4])
    shown = figures(first)
    assert (shown.recent, shown.usual, shown.rise) == (4.0, None, None)


def test_figures_have_no_minus_nought() -> None:
    shown = figures(TrendResult(False, -0.1, False, -0.04, 3.0, 3.04, 1.2))
    assert str(shown.rise) == "0.0"


def test_the_settings_a_practitioner_sees_all_have_a_price_and_the_default_is_among_them() -> None:
    assert set(FALSE_FLAGS_PER_YEAR) == {(name, rise) for name in SENSITIVITIES for rise in SMALLEST_RISES}
    assert TrendConfig.for_settings() == DEFAULT_CONFIG
    assert DEFAULT_CONFIG.smallest_rise in SMALLEST_RISES


def test_a_lower_bar_costs_more_false_flags() -> None:
    for rise in SMALLEST_RISES:
        by_bar = sorted(SENSITIVITIES, key=lambda name: SENSITIVITIES[name])
        prices = [FALSE_FLAGS_PER_YEAR[name, rise] for name in by_bar]
        assert prices == sorted(prices, reverse=True)
    for name in SENSITIVITIES:
        prices = [FALSE_FLAGS_PER_YEAR[name, rise] for rise in SMALLEST_RISES]
        assert prices == sorted(prices, reverse=True)


def test_an_unknown_sensitivity_is_refused() -> None:
    with pytest.raises(ValueError, match="early, standard, few"):
        TrendConfig.for_settings("eager")


@pytest.mark.parametrize(
    "bad",
    [
        {"recent_days": 0},
        {"usual_days": math.inf},
        {"start_swing": -1},
        {"shortest_wait_days": 20},
        {"watch_score": 3},
        {"clear_score": 2},
        {"smallest_rise": 11},
        {"flag_score": math.nan},
    ],
)
def test_a_meaningless_constant_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        TrendConfig(**bad)  # type: ignore[arg-type]


def test_settings_and_results_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT_CONFIG.flag_score = 1.0  # type: ignore[misc]
    (first,) = follow([4])
    with pytest.raises(AttributeError):
        first.flag = True  # type: ignore[misc]

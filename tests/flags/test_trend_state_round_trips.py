"""A stored state goes on exactly as if nothing had been stored; its size has a bound."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from clinic.flags.trend import RULE_VERSION, SENSITIVITIES, Detector, TrendConfig
from tests.flags.diary import DAY, ORDINARY, START, after_ordinary, follow

steps = st.tuples(st.one_of(st.just(0.0), st.floats(0, 3), st.floats(0, 120)), st.integers(0, 10), st.booleans())


def stored(detector: Detector) -> Detector:
    return Detector.from_state(json.loads(json.dumps(detector.state)), config=detector.config)


@given(st.lists(steps, max_size=60))
def test_a_run_stored_after_every_report_equals_an_uninterrupted_one(
    reports: list[tuple[float, int, bool]],
) -> None:
    whole, broken, at = Detector(), Detector(), START
    for days, score, accept in reports:
        at += timedelta(days=days)
        broken = stored(broken)
        assert broken.update(at, score) == whole.update(at, score)
        if accept and whole.flag:
            whole.accept_as_usual()
            broken.accept_as_usual()
        assert broken.state == whole.state


@given(st.lists(steps, max_size=80))
def test_whatever_comes_the_figures_stay_on_the_scale(reports: list[tuple[float, int, bool]]) -> None:
    detector, at = Detector(), START
    for days, score, _ in reports:
        at += timedelta(days=days)
        result = detector.update(at, score)
        assert -1e-9 <= result.recent <= 10 + 1e-9
        assert result.usual is None or -1e-9 <= result.usual <= 10 + 1e-9
        assert 0.6 <= result.swing <= 10
        assert result.score is None or abs(result.score) < 1000
        assert not result.watch or result.score is not None


def test_the_state_is_plain_json_and_names_its_rule() -> None:
    detector, _ = after_ordinary()
    state = detector.state
    assert json.loads(json.dumps(state, allow_nan=False)) == state
    assert state["rule"] == RULE_VERSION == "trend-2"


def test_the_state_is_a_copy() -> None:
    detector, day = after_ordinary()
    state = detector.state
    text = json.dumps(state)
    follow(ORDINARY, detector, day)
    assert json.dumps(state) == text


def test_an_empty_state_is_a_new_client() -> None:
    assert Detector.from_state({}).state == Detector().state


def test_the_settings_may_change_between_two_reports() -> None:
    detector, _ = after_ordinary()
    again = Detector.from_state(detector.state, config=TrendConfig.for_settings("early"))
    assert again.config.flag_score == SENSITIVITIES["early"]
    assert again.state == detector.state


@pytest.mark.parametrize("every", [DAY, timedelta(hours=1), timedelta(minutes=1), timedelta(0)])
def test_the_state_stays_small_however_often_the_client_reports(every: timedelta) -> None:
    detector = Detector()
    follow((n % 11 for n in range(3000)), detector, every=every)
    assert len(detector.waiting) <= 58
    assert len(json.dumps(detector.state)) < 6000


def test_a_long_flag_keeps_no_longer_list() -> None:
    detector, day = after_ordinary()
    follow([9] * 50, detector, day)
    assert detector.flag
    assert len(detector.waiting) <= 15


def test_a_state_of_another_rule_is_refused() -> None:
    state = Detector().state | {"rule": "trend-0"}
    with pytest.raises(ValueError, match="replay"):
        Detector.from_state(state)


@pytest.mark.parametrize("damage", [{"waiting": None}, {"waiting": [["x", 1, 1, 1]]}, {"waiting": 3}])
def test_a_damaged_state_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="replay"):
        Detector.from_state(Detector().state | damage)


def test_a_state_with_a_missing_part_is_refused() -> None:
    state = Detector().state
    del state["ss"]
    with pytest.raises(ValueError, match="replay"):
        Detector.from_state(state)

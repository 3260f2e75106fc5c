"""A stored state that cannot be trusted is refused when it is read, not when the next report comes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from clinic.flags.response import Response
from clinic.flags.trend import Detector
from tests.flags.diary import DAY, ORDINARY, START, after_ordinary, follow, up_by

NUMBERS = [name for name in Detector().state if name not in ("waiting", "rule", "flag", "flag_since", "better_since")]
SUMS = ["burst", "f", "w", "w2", "r", "v", "v2", "r_held", "v_held", "v2_held", "ss", "nu", "reports", "low"]


def state() -> dict[str, Any]:
    detector, day = after_ordinary()
    follow(up_by(3)[:12], detector, day)
    return detector.state


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("damage", [None, "3", "", [], {}, math.nan, math.inf, -math.inf, 10**400])
def test_what_is_no_number_is_refused(name: str, damage: object) -> None:
    with pytest.raises(ValueError, match="replay"):
        Detector.from_state(state() | {name: damage})


@pytest.mark.parametrize("name", SUMS)
def test_a_sum_of_weights_below_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="replay"):
        Detector.from_state(state() | {name: -0.5})


@pytest.mark.parametrize("damage", [{"nu": 0}, {"w": 0}, {"flag_since": "then"}, {"better_since": math.nan}])
def test_what_the_next_report_would_break_on_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="replay"):
        Detector.from_state(state() | damage)


@pytest.mark.parametrize(
    "waiting",
    [None, 3, "abc", [3], [[]], [[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0, 4.0, 5.0]], [[1.0, None, 1.0, 1.0]],
     [[math.nan, 1.0, 1.0, 1.0]], [[1.0, 1.0, -1.0, 1.0]], [[1.0, math.inf, 1.0, 1.0]], {"a": 1}],
)  # fmt: skip
def test_a_broken_waiting_list_is_refused(waiting: object) -> None:
    with pytest.raises(ValueError, match="replay"):
        Detector.from_state(state() | {"waiting": waiting})


@pytest.mark.parametrize("name", Detector().state)
def test_a_state_without_one_of_its_parts_is_refused(name: str) -> None:
    damaged = state()
    del damaged[name]
    with pytest.raises(ValueError, match="replay"):
        Detector.from_state(damaged)


@pytest.mark.parametrize("rule", ["trend-1", "trend-3", "", None, 2, "response-1"])
def test_a_state_of_another_rule_is_never_trusted(rule: object) -> None:
    with pytest.raises(ValueError, match="trend-2"):
        Detector.from_state(state() | {"rule": rule})


@pytest.mark.parametrize("reports", [0, 1, 2, 6, 30, 56, 70])
def test_every_state_the_rule_writes_it_reads_again(reports: int) -> None:
    detector = Detector()
    follow([*ORDINARY * 2, *up_by(3)][:reports], detector)
    again = Detector.from_state(json.loads(json.dumps(detector.state, allow_nan=False)))
    assert again.state == detector.state


@pytest.mark.parametrize("year", [1950, 1969, 1970, 2024, 9000])
def test_so_it_does_in_any_year(year: int) -> None:
    detector = Detector()
    follow(ORDINARY, detector, START.replace(year=year))
    assert Detector.from_state(detector.state).state == detector.state


def test_what_is_read_is_not_changed_by_what_comes_after() -> None:
    stored = state()
    text = json.dumps(stored)
    follow(ORDINARY, Detector.from_state(stored), START + DAY * 90)
    assert json.dumps(stored) == text


@pytest.mark.parametrize("name", ["weight", "total", "sessions", "change"])
@pytest.mark.parametrize("damage", [None, "many", [], math.nan, math.inf])
def test_a_damaged_response_state_is_refused(name: str, damage: object) -> None:
    rule = Response()
    rule.update(4, 5)
    with pytest.raises(ValueError, match="replay"):
        Response.from_state(rule.state | {name: damage})


@pytest.mark.parametrize("damage", [{"weight": -2.0}, {"sessions": -1}, {"weight": -1.0}])
def test_impossible_sums_of_sessions_are_refused(damage: dict[str, Any]) -> None:
    rule = Response()
    rule.update(4, 5)
    with pytest.raises(ValueError, match="replay"):
        Response.from_state(rule.state | damage)

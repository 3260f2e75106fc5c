"""What one session says, what the sessions together say, and the next morning."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, strategies as st

from clinic.flags.response import Response, ResponseConfig, Verdict

scores = st.integers(0, 10)


def sessions(*changes: int) -> Verdict:
    response = Response()
    verdicts = [response.update(5, 5 + change) for change in changes]
    return verdicts[-1]


@pytest.mark.parametrize(
    ("change", "session", "stop"),
    [
        (-4, "better", False),
        (-1, "better", False),
        (0, "same", False),
        (1, "worse", True),
        (2, "worse", True),
        (3, "much_worse", True),
        (5, "much_worse", True),
    ],
)
def test_the_gauge_of_one_session_is_literal(change: int, session: str, stop: bool) -> None:
    verdict = sessions(change)
    assert (verdict.session, verdict.stop_for_today) == (session, stop)


def test_the_first_probability_is_worked_by_hand() -> None:
    # One session of +1: mean 1/2 on weight 2, so 0.5 * sqrt(2) / 1.2 standard errors.
    z = 0.5 * math.sqrt(2) / 1.2
    assert sessions(1).probability == pytest.approx((1 + math.erf(z / math.sqrt(2))) / 2)


def test_no_change_leaves_it_at_a_half_and_not_clear() -> None:
    verdict = sessions(0, 0, 0)
    assert (verdict.probability, verdict.standing) == (0.5, "not_clear")


def test_two_sessions_that_help_mean_go_on() -> None:
    assert sessions(-1).standing == "not_clear"
    assert sessions(-1, -1).standing == "go_on"


def test_one_small_rise_never_stops_a_prescription() -> None:
    assert sessions(1).standing == "not_clear"
    assert sessions(-1, -1, -1, 1).standing != "stop"


def test_a_rise_of_two_is_watched_even_where_the_exercise_helps() -> None:
    assert sessions(-2, -2, -2, -2, 2).standing == "watch"


def test_a_rise_of_three_stops_even_where_the_exercise_helps() -> None:
    assert sessions(-2, -2, -2, -2, 3).standing == "stop"


def test_the_session_after_a_rise_of_three_is_judged_on_its_own() -> None:
    assert sessions(-2, -2, -2, -2, 3, -2).standing == "go_on"


def test_one_session_never_stops_by_probability() -> None:
    eager = ResponseConfig(stop_at=0.76, watch_at=0.75)
    one, two = Response(eager), Response(eager)
    assert one.update(4, 6).standing == "watch"
    two.update(4, 6)
    assert two.update(4, 5).standing == "stop"


def test_two_rises_of_two_stop() -> None:
    assert sessions(2, 2).standing == "stop"


def test_small_rises_stop_at_the_fourth() -> None:
    assert [sessions(*[1] * n).standing for n in (1, 2, 3, 4)] == ["not_clear", "watch", "watch", "stop"]


def test_change_is_clipped_to_three_so_one_session_is_no_verdict_for_ever() -> None:
    assert sessions(5).probability == sessions(3).probability
    assert sessions(-5).probability == sessions(-3).probability


def test_old_sessions_fade() -> None:
    assert sessions(*[-2] * 30, *[1] * 20).standing == "stop"


def test_a_rise_on_the_next_morning_counts_for_that_session() -> None:
    response, direct = Response(), Response()
    response.update(4, 4)
    verdict = response.next_morning(4, 6)
    assert (verdict.session, verdict.standing, verdict.change, verdict.sessions) == ("worse", "watch", 2, 1)
    assert verdict == direct.update(4, 6)


def test_a_next_morning_three_higher_stops() -> None:
    response = Response()
    response.update(4, 3)
    verdict = response.next_morning(4, 7)
    assert (verdict.session, verdict.standing) == ("much_worse", "stop")


def test_a_next_morning_one_higher_says_nothing() -> None:
    response = Response()
    verdict = response.update(4, 3)
    assert response.next_morning(4, 5) == verdict


def test_a_next_morning_below_what_the_session_showed_says_nothing() -> None:
    response = Response()
    verdict = response.update(4, 7)
    assert response.next_morning(4, 6) == verdict


def test_the_same_morning_twice_is_the_same_morning() -> None:
    response = Response()
    response.update(4, 4)
    assert response.next_morning(4, 6) == response.next_morning(4, 6)


def test_a_morning_after_a_session_without_an_after_score_is_a_session() -> None:
    response = Response()
    response.update(4, 3)
    verdict = response.next_morning(4, 6, counted=False)
    assert (verdict.sessions, verdict.change) == (2, 2)


def test_a_morning_before_any_session_counts_as_one_only_if_it_rose() -> None:
    assert Response().next_morning(4, 6).sessions == 1
    assert Response().next_morning(4, 4).sessions == 0


@pytest.mark.parametrize("pair", [(-1, 4), (4, 11), (11, 4), (4, -1)])
def test_scores_off_the_scale_are_refused_and_leave_no_trace(pair: tuple[int, int]) -> None:
    response = Response()
    with pytest.raises(ValueError, match="0-10"):
        response.update(*pair)
    with pytest.raises(ValueError, match="0-10"):
        response.next_morning(*pair)
    assert response.state == Response().state


@given(st.lists(st.tuples(scores, scores, st.none() | scores), max_size=40))
def test_a_run_stored_after_every_session_equals_an_uninterrupted_one(
    pairs: list[tuple[int, int, int | None]],
) -> None:
    whole, broken = Response(), Response()
    for before, after, morning in pairs:
        broken = Response.from_state(json.loads(json.dumps(broken.state, allow_nan=False)))
        assert broken.update(before, after) == whole.update(before, after)
        if morning is not None:
            broken = Response.from_state(json.loads(json.dumps(broken.state)))
            assert broken.next_morning(before, morning) == whole.next_morning(before, morning)


@given(st.lists(st.tuples(scores, scores), min_size=1, max_size=40))
def test_probability_is_one_and_more_pain_never_lowers_it(pairs: list[tuple[int, int]]) -> None:
    one, other = Response(), Response()
    for before, after in pairs:
        verdict, worse = one.update(before, after), other.update(before, min(10, after + 1))
        assert 0 <= verdict.probability <= worse.probability <= 1


def test_an_empty_state_is_no_session_yet() -> None:
    assert Response.from_state({}).state == Response().state


def test_a_state_of_another_rule_or_a_damaged_one_is_refused() -> None:
    for damage in ({"rule": "response-0"}, {"weight": None}, {"sessions": "many"}):
        with pytest.raises(ValueError, match="replay"):
            Response.from_state(Response().state | damage)


@pytest.mark.parametrize("bad", [{"keep": 1.0}, {"noise": 0}, {"watch_at": 0.95}, {"go_on_at": 0.8}])
def test_a_meaningless_constant_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        ResponseConfig(**bad)  # type: ignore[arg-type]

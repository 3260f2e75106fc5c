"""Does this exercise help or hurt this client? A pure rule: no Django, no clock, no I/O.

The gauge of the exercise is pain before and after it. Two answers come from it: *for this session* the
gauge speaks literally (a rise means stop for today), *for the prescription* the probability that the
exercise raises this client's pain decides, because taken literally over many sessions a single rise
would sooner or later stop nearly everybody whom the exercise helps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

RULE_VERSION: Final = "response-1"

Session = Literal["better", "same", "worse", "much_worse"]
Standing = Literal["go_on", "not_clear", "watch", "stop"]
Tendency = Literal["falls", "rises", "level", ""]


@dataclass(frozen=True, slots=True)
class ResponseConfig:
    """Every constant of the rule, with its source. "Measured" means chosen on simulated sessions.

    Raises ValueError on a constant that would make the rule meaningless.
    """

    keep: float = 0.85  # a session weighs this much less with each later one: about the last six; measured
    clip: int = 3  # points; one session says no more than that, either way; measured
    prior_weight: float = 1.0  # one imagined session without any change, against early haste; measured
    noise: float = 1.2  # points: the average within-person SD of pain, 140 with back pain (Pagé 2022)
    stop_at: float = 0.90  # probability that the exercise raises pain; measured
    watch_at: float = 0.75  # measured
    go_on_at: float = 0.20  # measured
    least_sessions: int = 2  # one session never ends a prescription by probability
    watch_rise: int = 2  # points; the minimum detectable change of a back-pain rating (Childs 2005)
    stop_rise: int = 3  # points; beyond change that matters and noise together (Farrar 2001, Childs 2005)
    morning_rise: int = 2  # points, next morning over before (Childs 2005)

    def __post_init__(self) -> None:
        if not 0 <= self.keep < 1:
            raise ValueError("keep must be at least 0 and below 1")
        if not 0 <= self.go_on_at < self.watch_at <= self.stop_at <= 1:
            raise ValueError("probabilities must be go_on_at < watch_at <= stop_at, within 0-1")
        if not (self.noise > 0 and self.prior_weight > 0 and self.clip > 0):
            raise ValueError("noise, prior_weight and clip must be above 0")


DEFAULT_CONFIG: Final = ResponseConfig()


class Verdict(NamedTuple):
    """The result of the rule after a session; immutable."""

    session: Session  # of this session alone; shown to the client at once
    standing: Standing  # the prescription; "stop" puts it on hold until a practitioner resumes it
    probability: float  # that the exercise raises this client's pain, 0-1
    change: int  # points in this session, after minus before (or next morning minus before), -10 to 10
    sessions: int  # counted so far

    @property
    def stop_for_today(self) -> bool:
        """Pain went up in this session: the client should not do it again today."""
        return self.change > 0


class Response:
    """Follows one client's answers around one exercise. Constant time and memory a session."""

    __slots__ = ("change", "config", "sessions", "total", "weight")

    def __init__(self, config: ResponseConfig = DEFAULT_CONFIG) -> None:
        self.config = config
        self.weight = 0.0  # faded number of sessions
        self.total = 0.0  # faded sum of their clipped changes
        self.sessions = 0
        self.change = 0  # of the last session, unclipped

    def update(self, before: int, after: int) -> Verdict:
        """Count one session.

        Arguments: before, after: pain around the exercise, 0-10; a session with one of them missing is
        not a session for this rule.
        Returns a `Verdict`. Raises ValueError when a score is not 0-10.
        """
        return self._count(_score(after) - _score(before))

    def next_morning(self, before: int, next_morning: int, *, counted: bool = True) -> Verdict:
        """Pain on the morning after a session: a rise of `morning_rise` or more is that session's rise.

        Arguments: before, next_morning: pain 0-10, before the session and on the morning after; counted:
        False when the session had no after score and so was never counted: the rise then counts as one.
        A smaller rise, or one below what the session itself already showed, changes nothing; the same
        answer twice changes nothing either. Belongs to the last session: replay when it does not.
        Returns a `Verdict`. Raises ValueError when a score is not 0-10.
        """
        rise = _score(next_morning) - _score(before)
        if rise < self.config.morning_rise:
            return self._verdict()
        if not counted or not self.sessions:
            return self._count(rise)
        if rise > self.change:
            self.total += self._clipped(rise) - self._clipped(self.change)
            self.change = rise
        return self._verdict()

    def _count(self, change: int) -> Verdict:
        keep = self.config.keep
        self.weight = keep * self.weight + 1
        self.total = keep * self.total + self._clipped(change)
        self.sessions += 1
        self.change = change
        return self._verdict()

    def _clipped(self, change: int) -> int:
        return max(-self.config.clip, min(self.config.clip, change))

    def _verdict(self) -> Verdict:
        c, change = self.config, self.change
        weight = self.weight + c.prior_weight
        mean = self.total / weight
        probability = 0.5 * math.erfc(-mean * math.sqrt(weight) / (c.noise * math.sqrt(2)))

        session: Session = "same"
        if change >= c.stop_rise:
            session = "much_worse"
        elif change > 0:
            session = "worse"
        elif change < 0:
            session = "better"

        standing: Standing = "not_clear"
        if change >= c.stop_rise or (probability >= c.stop_at and self.sessions >= c.least_sessions):
            standing = "stop"
        elif change >= c.watch_rise or probability >= c.watch_at:
            standing = "watch"
        elif probability <= c.go_on_at:
            standing = "go_on"
        return Verdict(session, standing, probability, change, self.sessions)

    @property
    def tendency(self) -> Tendency:
        """The tendency of pain with the exercise over all sessions; empty below `least_sessions`.

        By the same probabilities that let a prescription go on or have it watched; between them pain stays level.
        """
        if self.sessions < self.config.least_sessions:
            return ""
        probability = self._verdict().probability
        if probability >= self.config.watch_at:
            return "rises"
        return "falls" if probability <= self.config.go_on_at else "level"

    @property
    def state(self) -> dict[str, Any]:
        """A plain JSON-able dict; through json and `from_state` the run goes on bit for bit the same."""
        return {
            "rule": RULE_VERSION,
            "weight": self.weight,
            "total": self.total,
            "sessions": self.sessions,
            "change": self.change,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any], config: ResponseConfig = DEFAULT_CONFIG) -> Response:
        """Go on from a stored state.

        Arguments: state, from `state`; an empty one means no session yet; config may differ from before.
        Raises ValueError when the state is of another rule version or damaged: replay the reports instead.
        """
        response = cls(config)
        if not state:
            return response
        if state.get("rule") != RULE_VERSION:
            raise ValueError(f"not a state of rule {RULE_VERSION!r}: replay the reports")
        try:
            response.weight, response.total = float(state["weight"]), float(state["total"])
            response.sessions, response.change = int(state["sessions"]), int(state["change"])
            if not (0 <= response.weight < math.inf and math.isfinite(response.total) and response.sessions >= 0):
                raise ValueError("impossible numbers")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"a damaged response state ({error!r}): replay the reports") from error
        return response


def _score(value: int) -> int:
    if not 0 <= value <= 10:
        raise ValueError(f"a pain score is 0-10, not {value!r}")
    return value

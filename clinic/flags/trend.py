"""Is this client's usual pain worse than it was? A pure rule: no Django, no clock, no I/O.

The last week of *before-exercise* scores is weighed against the client's own usual, in units of the
client's own day-to-day swing. ``docs/worsening-rule.md`` has the equations and what they measure.
Feed the reports in the order they happened; after a correction or a late arrival, replay into a new `Detector`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

RULE_VERSION: Final = "trend-2"

SENSITIVITIES: Final[Mapping[str, float]] = {"early": 1.65, "standard": 1.95, "few": 2.25}
"""The flag score of each sensitivity."""

SMALLEST_RISES: Final = (1.0, 1.5, 2.0)
"""Smallest rises to choose from, in points; 2 is the change on 0-10 that matters (Farrar 2001)."""

FALSE_FLAGS_PER_YEAR: Final[Mapping[tuple[str, float], float]] = {
    ("early", 1.0): 1.67, ("early", 1.5): 1.00, ("early", 2.0): 0.35,
    ("standard", 1.0): 0.95, ("standard", 1.5): 0.74, ("standard", 2.0): 0.32,
    ("few", 1.0): 0.48, ("few", 1.5): 0.42, ("few", 2.0): 0.23,
}  # fmt: skip
"""The price of (sensitivity, smallest rise): false flags a client-year, 1,600 simulated years each."""


@dataclass(frozen=True, slots=True)
class TrendConfig:
    """Every constant of the rule, with its source. "Measured" means chosen on simulated diaries.

    Raises ValueError on a constant that would make the rule meaningless.
    """

    recent_days: float = 6.0  # decay of "recent", about a week; most flare-ups end sooner (Suri 2011, 2012)
    usual_days: float = 20.0  # decay of "usual", about the four weeks before; measured
    longest_wait_days: float = 12.0  # a report joins the usual at this age, after the week it is judged in
    shortest_wait_days: float = 3.0  # so that a new client has a usual within days; measured
    wait_share: float = 0.5  # of the days since the first report; measured
    full_weight_days: float = 0.75  # reports nearer than this repeat each other (Pagé 2022: hours correlate)
    least_weight: float = 0.05  # a second tap still counts a little; measured
    burst_weight: float = 0.5  # all such least weights of one sitting together: ten taps, then only time
    clip_swings: float = 3.0  # one wild report moves "recent" by no more (Huber 1964; Shewhart 1931)
    start_swing: float = 1.2  # points: the average within-person SD, 140 chronic back pain (Pagé 2022)
    start_swing_weight: float = 40.0  # how many reports that starting swing is worth; measured
    least_swing: float = 0.6  # points, half the average: else a year of "3" clips every change away; measured
    most_swing_weight: float = 90.0  # about a season of daily reports, then the old ones fade; measured
    extra_variance: float = 0.05  # slow harmless drift and day-to-day carry-over, in swings²; measured
    least_reports: int = 6  # below this, nobody can know; measured
    least_usual_weight: float = 3.0  # effective reports behind the usual; measured
    least_recent_effective: float = 1.5  # one report is never a week; measured
    flag_score: float = 1.95  # about one false flag a client-year; measured
    watch_score: float = 1.3  # worth a look, not a mail; measured
    harmless_rise: float = 0.3  # points that a level wanders anyway, taken off a rise before it is scored; measured
    smallest_rise: float = 1.0  # points; one SEM of a back-pain rating is 1.02 (Childs 2005)
    freeze_days: float = 21.0  # a flagged client's usual stands still so long: flares end sooner, false flags too
    clear_score: float = 0.7  # within one standard error of the usual, and what wanders
    clear_reports: int = 2  # one good day is not a recovery
    better_score: float = -2.4  # an improvement must be surer than a worsening before it moves the usual
    better_rise: float = -1.0  # points (Childs 2005, as above)
    better_days: float = 7.0  # and last a week

    def __post_init__(self) -> None:
        for name in ("recent_days", "usual_days", "full_weight_days", "start_swing", "start_swing_weight"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be a finite number above 0")
        if not 0 < self.shortest_wait_days <= self.longest_wait_days < math.inf:
            raise ValueError("waits must be 0 < shortest_wait_days <= longest_wait_days")
        if not self.clear_score < self.watch_score <= self.flag_score < math.inf:
            raise ValueError("scores must be clear_score < watch_score <= flag_score")
        if not 0 <= self.smallest_rise <= 10:
            raise ValueError("smallest_rise must be 0-10 points")

    @classmethod
    def for_settings(cls, sensitivity: str = "standard", smallest_rise: float = 1.0) -> TrendConfig:
        """The constants for the two rule settings of a practitioner.

        Arguments: sensitivity, a key of `SENSITIVITIES`; smallest_rise, points 0-10.
        Raises ValueError on any other value.
        """
        if sensitivity not in SENSITIVITIES:
            raise ValueError(f"sensitivity must be one of {', '.join(SENSITIVITIES)}")
        return cls(flag_score=SENSITIVITIES[sensitivity], smallest_rise=smallest_rise)


DEFAULT_CONFIG: Final = TrendConfig()


class TrendResult(NamedTuple):
    """The result of the rule after a report; immutable. Points are on the 0-10 scale, unrounded."""

    flag: bool  # worse than usual, with a score of at least flag_score
    score: float | None  # the rise in standard errors; None: no opinion (too few reports)
    watch: bool  # a weaker form of the same, for the worklist only
    rise: float | None  # recent minus usual; None: no usual yet
    recent: float  # the level over about the last week
    usual: float | None  # the level in the weeks before that
    swing: float  # the client's day-to-day SD, points


@dataclass(frozen=True, slots=True)
class Figures:
    """A `TrendResult` rounded to one decimal, the rise after subtracting."""

    recent: float
    usual: float | None
    rise: float | None
    swing: float


def figures(result: TrendResult) -> Figures:
    """Round a result for a sentence; total: any result gives figures, None stays None, no "-0.0"."""

    def tenth(value: float) -> float:
        return round(value, 1) + 0.0

    return Figures(
        recent=tenth(result.recent),
        usual=None if result.usual is None else tenth(result.usual),
        rise=None if result.rise is None else tenth(result.rise),
        swing=tenth(result.swing),
    )


_MERGE_DAYS: Final = 0.25  # waiting reports nearer than this share one entry, so the list stays short
_FORGOTTEN: Final = 1e-9  # a usual this faint, after years away, is none
_SECONDS_A_DAY: Final = 86400.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STATE: Final = (
    "reports", "first", "last", "previous", "burst",  # counting and time
    "f", "w", "w2", "r", "v", "v2", "r_held", "v_held", "v2_held", "ss", "nu",  # recent, usual, held, swing
    "flag", "flag_since", "low", "better_since",  # the flag and its history
)  # fmt: skip
_TIMES: Final = {"first", "last", "flag_since", "better_since"}  # may be before 1970, or not yet


class Detector:
    """Follows the pain of one client in one prescription; constant time and memory a report."""

    __slots__ = (*_STATE, "config", "waiting")

    def __init__(self, config: TrendConfig = DEFAULT_CONFIG) -> None:
        self.config = config
        self.reports = 0
        self.first = self.last = self.previous = self.burst = 0.0
        # Sums of weight x score, weight, weight² behind "recent" and "usual"; held: what aged while frozen.
        self.f = self.w = self.w2 = 0.0
        self.r = self.v = self.v2 = 0.0
        self.r_held = self.v_held = self.v2_held = 0.0
        self.ss = config.start_swing**2 * config.start_swing_weight
        self.nu = config.start_swing_weight
        self.flag = False
        self.flag_since: float | None = None
        self.low = 0
        self.better_since: float | None = None
        # [day of the first report in it, sum of weight x score, sum of weight, sum of weight²]
        self.waiting: list[list[float]] = []

    def update(self, when: datetime, before: int, after: int | None = None) -> TrendResult:
        """Take one report and return the result of the rule.

        Arguments: when, the instant of the report (a naive one is read as UTC; one earlier than the last
        counts as the same instant); before, pain before the exercise, 0-10; after is not used: what the
        exercise does to pain is `clinic.flags.response`'s question.
        Returns a `TrendResult`. Raises ValueError when `before` is not 0-10.
        """
        if not 0 <= before <= 10:
            raise ValueError(f"a pain score is 0-10, not {before!r}")
        c = self.config
        x = float(before)
        elapsed = self._advance(when, c)
        weight = self._weight(elapsed, c)
        thawed = self._age(elapsed, c)

        swing = max(math.sqrt(self.ss / self.nu), c.least_swing)
        bound = c.clip_swings * swing
        usual = self.r / self.v if self.v > _FORGOTTEN else None
        steady = usual is not None and self.v > 1

        # Surprise and report are bounded; until there is a usual, the surprise is half a squared step.
        clipped, surprise2 = x, 0.0
        if steady and usual is not None:
            surprise2 = (x - usual) ** 2 / (1 + 1 / self.v)
            if abs(x - usual) > bound:
                clipped = usual + math.copysign(bound, x - usual)
        elif self.reports:
            surprise2 = (x - self.previous) ** 2 / 2
        if thawed and self.reports:
            self.ss += weight * min(surprise2, bound * bound)
            self.nu += weight
            if self.nu > c.most_swing_weight:
                self.ss *= c.most_swing_weight / self.nu
                self.nu = c.most_swing_weight

        fade = math.exp(-elapsed / c.recent_days)
        self.f = self.f * fade + weight * clipped
        self.w = self.w * fade + weight
        self.w2 = self.w2 * fade * fade + weight * weight
        self._wait(x, weight)
        self.previous = x
        self.reports += 1
        return self._judge(usual, c)

    def accept_as_usual(self) -> None:
        """A practitioner says "this is the new usual": usual becomes recent, the flag goes. Idempotent."""
        self.r, self.v, self.v2 = self.f, self.w, self.w2
        self.r_held = self.v_held = self.v2_held = 0.0
        self.waiting = []
        self._unflag()
        self.better_since = None

    # -- steps of update ------------------------------------------------------------------------

    def _advance(self, when: datetime, c: TrendConfig) -> float:
        """Move the clock to `when`; days since the last report, never negative, "long" at the first."""
        epoch = _EPOCH.replace(tzinfo=None) if when.tzinfo is None else _EPOCH
        now = (when - epoch).total_seconds() / _SECONDS_A_DAY
        if not self.reports:
            self.first = self.last = now
            return c.full_weight_days
        elapsed, self.last = max(0.0, now - self.last), max(now, self.last)
        return elapsed

    def _weight(self, elapsed: float, c: TrendConfig) -> float:
        """How much this report counts: time since the last, plus a little for a tap, within a budget."""
        earned = elapsed / c.full_weight_days
        if earned >= 1:
            self.burst = 0.0
            return 1.0
        gift = min(max(0.0, c.least_weight - earned), max(0.0, c.burst_weight - self.burst))
        self.burst += gift
        return earned + gift

    def _age(self, elapsed: float, c: TrendConfig) -> bool:
        """Fade the usual and let grown reports join it; False while a flag makes it stand still."""
        now, since = self.last, self.flag_since
        frozen = since is not None and now - since <= c.freeze_days
        fade = math.exp(-elapsed / c.usual_days)
        fade2 = fade * fade
        if not frozen:
            self.r, self.v, self.v2 = self.r * fade, self.v * fade, self.v2 * fade2
        r, v, v2 = self.r_held * fade, self.v_held * fade, self.v2_held * fade2
        wait = min(max(c.wait_share * (now - self.first), c.shortest_wait_days), c.longest_wait_days)
        grown = 0
        for start, wx, weight, weight2 in self.waiting:
            if now - start < wait:
                break
            # It faded since the day it was old enough, so a long absence changes nothing.
            k = math.exp((wait - (now - start)) / c.usual_days)
            r, v, v2 = r + k * wx, v + k * weight, v2 + k * k * weight2
            grown += 1
        del self.waiting[:grown]
        if frozen:
            self.r_held, self.v_held, self.v2_held = r, v, v2
        elif v:
            self.r, self.v, self.v2 = self.r + r, self.v + v, self.v2 + v2
            self.r_held = self.v_held = self.v2_held = 0.0
        return not frozen

    def _wait(self, x: float, weight: float) -> None:
        """Put a report on the waiting list, in the last entry if that is of the same hours."""
        if not self.waiting or self.last - self.waiting[-1][0] >= _MERGE_DAYS:
            self.waiting.append([self.last, 0.0, 0.0, 0.0])
        entry = self.waiting[-1]
        entry[1:] = entry[1] + weight * x, entry[2] + weight, entry[3] + weight * weight

    def _judge(self, usual: float | None, c: TrendConfig) -> TrendResult:
        """Score, flag, clear, and notice an improvement."""
        recent = self.f / self.w
        swing = max(math.sqrt(self.ss / self.nu), c.least_swing)
        rise = None if usual is None else recent - usual
        grounded = self.reports >= c.least_reports and self.v >= c.least_usual_weight
        if rise is None or not grounded or self.w * self.w < c.least_recent_effective * self.w2:
            if not grounded:  # nothing left to be worse than: a flag from before a long absence goes
                self._unflag()
            return TrendResult(self.flag, None, False, rise, recent, usual, swing)

        variance = self.w2 / self.w**2 + self.v2 / self.v**2 + c.extra_variance  # of the rise, in swings²
        error = swing * math.sqrt(variance)
        score = (rise - c.harmless_rise) / error
        if not self.flag:
            if score >= c.flag_score and rise >= c.smallest_rise:
                self.flag, self.flag_since, self.low = True, self.last, 0
        else:
            self.low = 0 if score >= c.clear_score else self.low + 1
            if self.low >= c.clear_reports:
                self._unflag()
        self._notice_better((rise + c.harmless_rise) / error, rise, c)
        watch = score >= c.watch_score and rise >= c.smallest_rise
        return TrendResult(self.flag, score, watch, rise, recent, usual, swing)

    def _notice_better(self, score: float, rise: float, c: TrendConfig) -> None:
        """A sure improvement that lasts becomes the usual, so that a relapse from it is seen."""
        if score > c.better_score or rise > c.better_rise:
            self.better_since = None
        elif self.better_since is None:
            self.better_since = self.last
        elif self.last - self.better_since >= c.better_days:
            week = [entry for entry in self.waiting if self.last - entry[0] <= c.better_days]
            self.r, self.v, self.v2 = (sum(entry[i] for entry in week) for i in (1, 2, 3))
            self.waiting = []
            self.better_since = None

    def _unflag(self) -> None:
        self.flag, self.flag_since, self.low = False, None, 0

    # -- state ----------------------------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """A plain JSON-able dict; through json and `from_state` the run goes on bit for bit the same."""
        state: dict[str, Any] = {name: getattr(self, name) for name in _STATE}
        state["waiting"] = [list(entry) for entry in self.waiting]
        state["rule"] = RULE_VERSION
        return state

    @classmethod
    def from_state(cls, state: Mapping[str, Any], config: TrendConfig = DEFAULT_CONFIG) -> Detector:
        """Go on from a stored state.

        Arguments: state, from `state`; an empty one means a new client; config may differ from before.
        Raises ValueError when the state is of another rule version or damaged: replay the reports instead.
        """
        detector = cls(config)
        if not state:
            return detector
        if state.get("rule") != RULE_VERSION:
            raise ValueError(f"not a state of rule {RULE_VERSION!r}: replay the reports")
        try:
            for name in _STATE:
                setattr(detector, name, state[name])
            detector.waiting = [[float(day), float(x), float(w), float(w2)] for day, x, w, w2 in state["waiting"]]
            if not detector._sound():
                raise ValueError("impossible numbers")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"a damaged trend state ({error!r}): replay the reports") from error
        return detector

    def _sound(self) -> bool:
        """Whether `update` can go on from these numbers. Raises TypeError when one is no number."""
        times = [self.first, self.last, *(entry[0] for entry in self.waiting)]
        times += [at for at in (self.flag_since, self.better_since) if at is not None]
        sums = [getattr(self, name) for name in _STATE if name not in _TIMES]
        sums += [part for entry in self.waiting for part in entry[1:]]
        fit = all(map(math.isfinite, times + sums)) and min(sums) >= 0
        return fit and self.nu > 0 and (self.w > 0 or not self.reports)

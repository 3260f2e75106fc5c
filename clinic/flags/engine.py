"""Run the two pure rules over a client's reports: one step on from the stored state, or a replay of the history."""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from clinic.flags import rule_settings
from clinic.flags.response import Response
from clinic.flags.trend import Detector, TrendConfig, TrendResult
from clinic.models import Flag, FlagEvent, PainReport, PainTrend, Prescription, PrescriptionChange

log = logging.getLogger(__name__)

MAX_REPLAYED_REPORTS = 400
STATE_ERRORS = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


@dataclass(frozen=True)
class Assessment:
    """What the rules say; None where nothing is known yet.

    ``trend`` and ``standing`` are as of the newest report, ``session`` is about the report that was judged.
    ``rising_since``: the report at which a replay would have flagged what ``trend`` flags; None: no replay, or no flag.
    """

    trend: TrendResult | None = None
    session: str | None = None
    standing: str | None = None
    rising_since: dt.datetime | None = None


class RuleEngine:
    """Both rules, stepping together."""

    def __init__(self, detector: Detector, effect: Response) -> None:
        self.detector, self.effect = detector, effect

    @classmethod
    def new(cls, config: TrendConfig) -> Self:
        return cls(Detector(config), Response())

    @classmethod
    def stored_in(cls, row: PainTrend, config: TrendConfig, version: str) -> Self:
        """Raises one of DAMAGE when the stored state is of another version, of other knobs or damaged."""
        if row.rule_version != version:
            raise ValueError("of another rule")
        if not row.state or not row.response:
            raise ValueError("empty")
        return cls(Detector.from_state(row.state, config), Response.from_state(row.response))

    def step(self, report: PainReport) -> Assessment:
        usual, verdict = None, None
        if report.before is not None:
            usual = self.detector.update(report.occurred_at, report.before, report.after)
            if report.did_exercise and report.after is not None:
                verdict = self.effect.update(report.before, report.after)
            if report.did_exercise and report.next_morning is not None:
                counted = report.after is not None
                verdict = self.effect.next_morning(report.before, report.next_morning, counted=counted)
        if verdict is None:
            return Assessment(usual)
        return Assessment(usual, verdict.session, verdict.standing)

    def start_again(self, kind: str) -> None:
        """A practitioner resolved a flag of this kind: what stands now is accepted."""
        if kind == Flag.Kind.WORSENING:
            self.detector.accept_as_usual()
        elif kind == Flag.Kind.EXERCISE_HURTS:
            self.effect = Response(self.effect.config)


def assess_report(row: PainTrend, report: PainReport) -> Assessment:
    """Take one more report, stored already, and bring the locked ``row`` up to date.

    A report that is the newest is one step; one that belongs before another report or before what a practitioner
    answered since, and one that meets a state which cannot be trusted, is a replay.
    """
    client, last = report.prescription.client_id, row.last_report_at
    if last is not None and report.occurred_at >= last and not _is_answered_later(report):
        sensitivity, smallest_rise = rule_settings.settings_of(client)
        version = rule_settings.version_name(sensitivity, smallest_rise)
        try:
            rules = RuleEngine.stored_in(row, TrendConfig.tuned(sensitivity, smallest_rise), version)
            judgement = _check_finite(rules.step(report))
        except STATE_ERRORS:
            _log_replay(row, version)
        else:
            row.report_count += 1
            row.last_report_at = report.occurred_at
            return _store(row, rules, judgement, version)
    judgement = replay_reports(row, report)
    # A report without a score before is no news about the trend: it must not raise what others left standing.
    return judgement if report.before is not None else replace(judgement, trend=None)


def replay_reports(row: PainTrend, about: PainReport | None = None) -> Assessment:
    """Rebuild the locked ``row`` from the newest 400 stored reports, in the order in which they happened.

    All of them, not from some kept state on: 400 take a few milliseconds, and no kept state can then be wrong.
    The client's own knobs of today are used for the whole of it.

    ``about`` is the report whose session is asked for; None: the newest one's. That report is news, so what a
    practitioner answered after it happened does not speak for its session, only for what stands.
    """
    config, version = _config_and_version(row)
    rules, now = RuleEngine.new(config), Assessment()
    for event in read_history(row.prescription_id, MAX_REPLAYED_REPORTS):
        if isinstance(event, str):  # what came before it is answered for
            rules.start_again(event)
            if event == Flag.Kind.EXERCISE_HURTS:
                now = replace(now, standing=None)
            elif event == Flag.Kind.WORSENING:
                now = replace(now, trend=None, rising_since=None)
            continue
        said = rules.step(event)
        if said.trend is not None:
            since = (now.rising_since or event.occurred_at) if said.trend.flag else None
            now = replace(now, trend=said.trend, rising_since=since)
        if said.standing is not None:
            now = replace(now, standing=said.standing)
        if about is None or event.pk == about.pk:
            now = replace(now, session=said.session)
        row.last_report_at = event.occurred_at
    row.report_count = PainReport.objects.filter(prescription=row.prescription_id).count()
    return _store(row, rules, now, version)


def restart_rule(row: PainTrend, kind: str) -> None:
    """Take what stands now as accepted, after a flag of ``kind`` was resolved or the exercise was resumed.

    The row is locked by the caller, who has written already what the practitioner did.
    """
    config, version = _config_and_version(row)
    try:
        rules = RuleEngine.stored_in(row, config, version)
        rules.start_again(kind)
    except STATE_ERRORS:
        replay_reports(row)  # the resolving is part of the history already
        return
    _store(row, rules, Assessment(), version)


def is_still_rising(row: PainTrend) -> bool:
    """Whether the trend rule has not taken its flag back, by the stored state's own word."""
    return isinstance(row.state, dict) and row.state.get("flag") is True


def _config_and_version(row: PainTrend) -> tuple[TrendConfig, str]:
    sensitivity, smallest_rise = rule_settings.settings_of(row.prescription.client_id)
    return TrendConfig.tuned(sensitivity, smallest_rise), rule_settings.version_name(sensitivity, smallest_rise)


def _is_answered_later(report: PainReport) -> bool:
    """Whether a practitioner answered, after this report happened, for what had been reported until then."""
    ruled = [Flag.Kind.WORSENING, Flag.Kind.EXERCISE_HURTS]
    resolved = FlagEvent.objects.filter(
        flag__prescription=report.prescription_id, flag__kind__in=ruled, verb=FlagEvent.Verb.RESOLVED
    )
    resumed = PrescriptionChange.objects.filter(prescription=report.prescription_id, new=Prescription.State.ACTIVE)
    return any(answers.filter(at__gt=report.occurred_at).exists() for answers in (resolved, resumed))


def _check_finite(judgement: Assessment) -> Assessment:
    """Raises ValueError when a number is none: so does a state that was damaged where no type shows it."""
    numbers = judgement.trend[3:] if judgement.trend is not None else ()
    if not all(number is None or math.isfinite(number) for number in numbers):
        raise ValueError("not finite")
    return judgement


def _log_replay(row: PainTrend, version: str) -> None:
    """Which row, and whether it was to be expected; never what the state holds, which is health data."""
    why = "is damaged" if row.rule_version == version else "is of another rule or setting"
    log.warning("trend %d replayed: its state %s", row.pk, why)


def read_history(prescription: int, most: int | None = None) -> list[PainReport | str]:
    """Reports, and the kinds of the flags resolved between them, oldest first.

    ``prescription`` is its number; ``most``: only the newest so many reports, None: all.
    """
    newest = PainReport.objects.filter(prescription=prescription).order_by("-occurred_at", "-pk")
    resolved = FlagEvent.objects.filter(flag__prescription=prescription, verb=FlagEvent.Verb.RESOLVED).values_list(
        "at", "flag__kind"
    )
    resumed = PrescriptionChange.objects.filter(prescription=prescription, new=Prescription.State.ACTIVE).values_list(
        "at", flat=True
    )
    return merge_history(newest[:most], resolved, resumed)


def merge_history(
    reports: Iterable[PainReport], resolved: Iterable[tuple[dt.datetime, str]], resumed: Iterable[dt.datetime]
) -> list[PainReport | str]:
    """The same of rows at hand: reports of one prescription, its resolved flags by kind, its resumptions."""
    events: list[tuple[dt.datetime, int, PainReport | str]] = [
        (report.occurred_at, report.pk, report) for report in reports
    ]
    events += [(at, 0, kind) for at, kind in resolved]
    events += [(at, 0, Flag.Kind.EXERCISE_HURTS) for at in resumed]
    return [event for _at, _pk, event in sorted(events, key=lambda event: event[:2])]


def _store(row: PainTrend, rules: RuleEngine, judgement: Assessment, version: str) -> Assessment:
    row.rule_version = version
    row.state, row.response = rules.detector.state, rules.effect.state
    fields = ["rule_version", "state", "response", "report_count", "last_report_at"]
    if judgement.trend is not None:
        row.recent, row.usual, row.rise = judgement.trend.recent, judgement.trend.usual, judgement.trend.rise
        row.swing, row.watch = judgement.trend.swing, judgement.trend.watch
        fields += ["recent", "usual", "rise", "swing", "watch"]
    row.save(update_fields=fields)
    return judgement

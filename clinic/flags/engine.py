"""The two pure rules run over a client's reports: one step on from the stored state, or a replay of all."""

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
    """The results of both rules; None where nothing is known yet.

    ``trend`` and ``standing`` are as of the newest report, ``session`` is about the assessed report.
    ``rising_since``: when a replay would have flagged what ``trend`` flags; None: no replay, or no flag.
    """

    trend: TrendResult | None = None
    session: str | None = None
    standing: str | None = None
    rising_since: dt.datetime | None = None


class RuleEngine:
    """Both rules, run together over one report after the other."""

    def __init__(self, detector: Detector, response: Response) -> None:
        self.detector, self.response = detector, response

    @classmethod
    def new(cls, config: TrendConfig) -> Self:
        return cls(Detector(config), Response())

    @classmethod
    def from_stored(cls, row: PainTrend, config: TrendConfig, version: str) -> Self:
        """Raises one of DAMAGE when the stored state is of another version or other settings, or damaged."""
        if row.rule_version != version:
            raise ValueError("of another rule")
        if not row.state or not row.response:
            raise ValueError("empty")
        return cls(Detector.from_state(row.state, config), Response.from_state(row.response))

    def update(self, report: PainReport) -> Assessment:
        trend, verdict = None, None
        if report.before is not None:
            trend = self.detector.update(report.occurred_at, report.before, report.after)
            if report.did_exercise and report.after is not None:
                verdict = self.response.update(report.before, report.after)
            if report.did_exercise and report.next_morning is not None:
                is_counted = report.after is not None
                verdict = self.response.next_morning(report.before, report.next_morning, counted=is_counted)
        if verdict is None:
            return Assessment(trend)
        return Assessment(trend, verdict.session, verdict.standing)

    def restart(self, kind: str) -> None:
        """Restart the rule of a flag's kind after a practitioner resolved it: the current pain is accepted."""
        if kind == Flag.Kind.WORSENING:
            self.detector.accept_as_usual()
        elif kind == Flag.Kind.EXERCISE_HURTS:
            self.response = Response(self.response.config)


def assess_report(row: PainTrend, report: PainReport) -> Assessment:
    """Assess one more report, stored already, and update the locked ``row``.

    The newest report is one step. A report older than another one or than a practitioner's answer, and a stored state
    that is not valid, need a replay.
    """
    client, last = report.prescription.client_id, row.last_report_at
    if last is not None and report.occurred_at >= last and not _is_answered_later(report):
        sensitivity, smallest_rise = rule_settings.settings_of(client)
        version = rule_settings.version_name(sensitivity, smallest_rise)
        try:
            engine = RuleEngine.from_stored(row, TrendConfig.for_settings(sensitivity, smallest_rise), version)
            assessment = _check_finite(engine.update(report))
        except STATE_ERRORS:
            _log_replay(row, version)
        else:
            row.report_count += 1
            row.last_report_at = report.occurred_at
            return _store(row, engine, assessment, version)
    assessment = replay_reports(row, report)
    # A report without a score before says nothing about the trend: it may not raise a flag for it.
    return assessment if report.before is not None else replace(assessment, trend=None)


def replay_reports(row: PainTrend, about: PainReport | None = None) -> Assessment:
    """Rebuild the locked ``row`` from the newest MAX_REPLAYED_REPORTS reports, in the order in which they happened.

    Replayed whole, not from an intermediate state: 400 reports take a few milliseconds. The rule settings in force
    now are used throughout.

    ``about``: the report whose session is assessed; None: the newest. A practitioner's later answer restarts the
    rules, but does not change the assessment of this session.
    """
    config, version = _config_and_version(row)
    engine, latest = RuleEngine.new(config), Assessment()
    for event in read_history(row.prescription_id, MAX_REPLAYED_REPORTS):
        if isinstance(event, str):  # the kind of a resolved flag
            engine.restart(event)
            if event == Flag.Kind.EXERCISE_HURTS:
                latest = replace(latest, standing=None)
            elif event == Flag.Kind.WORSENING:
                latest = replace(latest, trend=None, rising_since=None)
            continue
        assessment = engine.update(event)
        if assessment.trend is not None:
            since = (latest.rising_since or event.occurred_at) if assessment.trend.flag else None
            latest = replace(latest, trend=assessment.trend, rising_since=since)
        if assessment.standing is not None:
            latest = replace(latest, standing=assessment.standing)
        if about is None or event.pk == about.pk:
            latest = replace(latest, session=assessment.session)
        row.last_report_at = event.occurred_at
    row.report_count = PainReport.objects.filter(prescription=row.prescription_id).count()
    return _store(row, engine, latest, version)


def restart_rule(row: PainTrend, kind: str) -> None:
    """Restart the rule behind a flag of ``kind``, after it was resolved or the exercise was resumed.

    The caller has locked the row and stored what the practitioner did.
    """
    config, version = _config_and_version(row)
    try:
        engine = RuleEngine.from_stored(row, config, version)
        engine.restart(kind)
    except STATE_ERRORS:
        replay_reports(row)  # its history contains the resolution already
        return
    _store(row, engine, Assessment(), version)


def is_still_rising(row: PainTrend) -> bool:
    """Whether the stored state of the trend rule is still flagged."""
    return isinstance(row.state, dict) and row.state.get("flag") is True


def _config_and_version(row: PainTrend) -> tuple[TrendConfig, str]:
    sensitivity, smallest_rise = rule_settings.settings_of(row.prescription.client_id)
    return TrendConfig.for_settings(sensitivity, smallest_rise), rule_settings.version_name(sensitivity, smallest_rise)


def _is_answered_later(report: PainReport) -> bool:
    """Whether a practitioner resolved a flag or resumed the exercise after this report happened."""
    kinds = [Flag.Kind.WORSENING, Flag.Kind.EXERCISE_HURTS]
    resolved = FlagEvent.objects.filter(
        flag__prescription=report.prescription_id, flag__kind__in=kinds, verb=FlagEvent.Verb.RESOLVED
    )
    resumed = PrescriptionChange.objects.filter(prescription=report.prescription_id, new=Prescription.State.ACTIVE)
    return any(answers.filter(at__gt=report.occurred_at).exists() for answers in (resolved, resumed))


def _check_finite(assessment: Assessment) -> Assessment:
    """Raises ValueError on a number that is not finite, as from a damaged state with numbers of the right type."""
    numbers = assessment.trend[3:] if assessment.trend is not None else ()
    if not all(number is None or math.isfinite(number) for number in numbers):
        raise ValueError("not finite")
    return assessment


def _log_replay(row: PainTrend, version: str) -> None:
    """Log which row and why; never the state itself, which is health data."""
    cause = "is damaged" if row.rule_version == version else "is of another rule or setting"
    log.warning("trend %d replayed: its state %s", row.pk, cause)


def read_history(prescription: int, limit: int | None = None) -> list[PainReport | str]:
    """Read the reports of a prescription and the kinds of the flags resolved between them, oldest first.

    ``prescription``: its number; ``limit``: how many of the newest reports, None: all.
    """
    newest = PainReport.objects.filter(prescription=prescription).order_by("-occurred_at", "-pk")
    resolved = FlagEvent.objects.filter(flag__prescription=prescription, verb=FlagEvent.Verb.RESOLVED).values_list(
        "at", "flag__kind"
    )
    resumed = PrescriptionChange.objects.filter(prescription=prescription, new=Prescription.State.ACTIVE).values_list(
        "at", flat=True
    )
    return merge_history(newest[:limit], resolved, resumed)


def merge_history(
    reports: Iterable[PainReport], resolved: Iterable[tuple[dt.datetime, str]], resumed: Iterable[dt.datetime]
) -> list[PainReport | str]:
    """As read_history, from rows read already: reports, (at, kind) of resolved flags, instants of resumption."""
    events: list[tuple[dt.datetime, int, PainReport | str]] = [
        (report.occurred_at, report.pk, report) for report in reports
    ]
    events += [(at, 0, kind) for at, kind in resolved]
    events += [(at, 0, Flag.Kind.EXERCISE_HURTS) for at in resumed]
    return [event for _at, _pk, event in sorted(events, key=lambda event: event[:2])]


def _store(row: PainTrend, engine: RuleEngine, assessment: Assessment, version: str) -> Assessment:
    row.rule_version = version
    row.state, row.response = engine.detector.state, engine.response.state
    fields = ["rule_version", "state", "response", "report_count", "last_report_at"]
    if (trend := assessment.trend) is not None:
        row.recent, row.usual, row.rise = trend.recent, trend.usual, trend.rise
        row.swing, row.watch = trend.swing, trend.watch
        fields += ["recent", "usual", "rise", "swing", "watch"]
    row.save(update_fields=fields)
    return assessment

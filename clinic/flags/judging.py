"""Run the two pure rules over a client's reports: one step on from the stored state, or a replay of the history."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from clinic.flags import response, trend
from clinic.flags.response import Response
from clinic.flags.trend import Detector, TrendResult
from clinic.models import Flag, FlagEvent, PainReport, PainTrend, Prescription, PrescriptionChange

log = logging.getLogger(__name__)

RULE_VERSION = f"{trend.RULE_VERSION}/{response.RULE_VERSION}"
REPLAYED_AT_MOST = 400


@dataclass(frozen=True)
class Judgement:
    """What the rules say; None where nothing is known yet.

    ``trend`` and ``standing`` are as of the newest report, ``session`` is about the report that was judged.
    """

    trend: TrendResult | None = None
    session: str | None = None
    standing: str | None = None


class Rules:
    """Both rules, stepping together."""

    def __init__(self, detector: Detector, effect: Response) -> None:
        self.detector, self.effect = detector, effect

    @classmethod
    def stored_in(cls, row: PainTrend) -> Rules:
        """Raises ValueError when the stored state is of another version or damaged."""
        if row.rule_version != RULE_VERSION:
            raise ValueError(f"state of rule {row.rule_version or 'none'}")
        return cls(Detector.from_state(row.state), Response.from_state(row.response))

    def step(self, report: PainReport) -> Judgement:
        usual, verdict = None, None
        if report.before is not None:
            usual = self.detector.update(report.occurred_at, report.before, report.after)
            if report.did_exercise and report.after is not None:
                verdict = self.effect.update(report.before, report.after)
            if report.did_exercise and report.next_morning is not None:
                counted = report.after is not None
                verdict = self.effect.next_morning(report.before, report.next_morning, counted=counted)
        if verdict is None:
            return Judgement(usual)
        return Judgement(usual, verdict.session, verdict.standing)

    def start_again(self, kind: str) -> None:
        """A practitioner resolved a flag of this kind: what stands now is accepted."""
        if kind == Flag.Kind.WORSENING:
            self.detector.accept_as_usual()
        elif kind == Flag.Kind.EXERCISE_HURTS:
            self.effect = Response(self.effect.config)


def judge(row: PainTrend, report: PainReport) -> Judgement:
    """Take one more report, stored already, and bring the locked ``row`` up to date.

    A report that is the newest is one step; a late one, or a state that cannot be trusted, is a replay.
    """
    if row.last_report_at is not None and report.occurred_at >= row.last_report_at:
        try:
            rules = Rules.stored_in(row)
        except ValueError as error:
            log.warning("trend %d replayed: %s", row.pk, error)
        else:
            row.report_count += 1
            row.last_report_at = report.occurred_at
            return _store(row, rules, rules.step(report))
    return replay(row, report)


def replay(row: PainTrend, about: PainReport | None = None) -> Judgement:
    """Rebuild the locked ``row`` from the newest 400 stored reports, in the order in which they happened.

    ``about`` is the report whose session is asked for; None: the newest one's.
    """
    rules, latest, session, standing = Rules(Detector(), Response()), Judgement(), None, None
    for event in history(row.prescription_id, REPLAYED_AT_MOST):
        if isinstance(event, str):  # what came before it is answered for
            rules.start_again(event)
            if event == Flag.Kind.EXERCISE_HURTS:
                session = standing = None
            elif event == Flag.Kind.WORSENING:
                latest = Judgement()
            continue
        latest = rules.step(event)
        standing = latest.standing or standing
        if about is None or event.pk == about.pk:
            session = latest.session
        row.last_report_at = event.occurred_at
    row.report_count = PainReport.objects.filter(prescription=row.prescription_id).count()
    return _store(row, rules, Judgement(latest.trend, session, standing))


def start_again(row: PainTrend, kind: str) -> None:
    """Take what stands now as accepted, after a flag of ``kind`` was resolved or the exercise was resumed.

    The row is locked by the caller, who has written already what the practitioner did.
    """
    try:
        rules = Rules.stored_in(row)
    except ValueError:
        replay(row)  # the resolving is part of the history already
        return
    rules.start_again(kind)
    _store(row, rules, Judgement())


def history(prescription: int, most: int | None = None) -> list[PainReport | str]:
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
    events: list[tuple[dt.datetime, int, PainReport | str]] = [
        (report.occurred_at, report.pk, report) for report in newest[:most]
    ]
    events += [(at, 0, kind) for at, kind in resolved]
    events += [(at, 0, Flag.Kind.EXERCISE_HURTS) for at in resumed]
    return [event for _at, _pk, event in sorted(events, key=lambda event: event[:2])]


def _store(row: PainTrend, rules: Rules, judgement: Judgement) -> Judgement:
    row.rule_version = RULE_VERSION
    row.state, row.response = rules.detector.state, rules.effect.state
    fields = ["rule_version", "state", "response", "report_count", "last_report_at"]
    if judgement.trend is not None:
        row.recent, row.usual, row.rise = judgement.trend.recent, judgement.trend.usual, judgement.trend.rise
        row.swing, row.watch = judgement.trend.swing, judgement.trend.watch
        fields += ["recent", "usual", "rise", "swing", "watch"]
    row.save(update_fields=fields)
    return judgement

"""Simulated clients by bulk inserts, for load tests: the rows that the services would have left, but no mail."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from clinic.flags import engine, reasons, rule_settings
from clinic.flags.response import Response
from clinic.flags.trend import Detector
from clinic.models import (
    Advice,
    Client,
    Clinic,
    Flag,
    FlagEvent,
    PainReport,
    PainTrend,
    Practitioner,
    Prescription,
    PrescriptionChange,
    PrescriptionVersion,
    Schedule,
)
from clinic.models.fields import WEEKDAYS, zone
from clinic.reminders.planning import build_plan
from clinic.reminders.schedule import next_slot
from clinic.worklist import entries as worklist_entries
from exercises.models import Exercise

CLIENTS_PER_TRANSACTION = 250  # clients a transaction
ROWS_PER_INSERT = 1000  # rows an INSERT
CLIENTS_EACH = 60  # of a practitioner
ZONES = ("Europe/Madrid", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC")
HOURS = range(11, 21)
EVERY_DAY, THREE_DAYS = ",".join(WEEKDAYS), "mon,wed,fri"


def simulated_slug(seed: int) -> str:
    return f"simulated-{seed}"


def fill_clinic(clients: int, days: int, seed: int, exercise: Exercise, now: dt.datetime) -> Counter[str]:
    """Add a clinic of its own with so many clients, each with so many days of history up to yesterday.

    The same seed on the same day gives the same clients. Stopped half way, it leaves the clients created so far.
    Returns the number of created rows by kind.
    """
    slug = simulated_slug(seed)
    clinic = Clinic.objects.create(
        name=f"Simulated clinic {seed}", slug=slug, phone="000", email=f"desk@{slug}.invalid"
    )
    staff = _staff(clinic, math.ceil(clients / CLIENTS_EACH))
    created = Counter({"practitioners": len(staff)})
    for first in range(0, clients, CLIENTS_PER_TRANSACTION):
        numbers = range(first, min(first + CLIENTS_PER_TRANSACTION, clients))
        batch = [_SimulatedClient(number, days, random.Random(f"{seed} {number}"), now) for number in numbers]  # noqa: S311
        with transaction.atomic():
            created += _store(batch, clinic, staff, exercise)
    return created


@dataclass
class _SimulatedClient:
    """One client with its own random numbers, so that it does not depend on the others."""

    number: int
    days: int
    rng: random.Random
    now: dt.datetime
    reports: list[PainReport] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = self.rng
        self.zone = rng.choice(ZONES)
        self.time = dt.time(rng.choice(HOURS), rng.choice((0, 15, 30, 45)))
        self.plan_days = EVERY_DAY if rng.random() < 0.7 else THREE_DAYS
        self.answers = rng.uniform(0.45, 0.85)  # share of prompts answered
        self.level, self.relief = rng.uniform(1.5, 6), rng.gauss(0.5, 0.4)
        self.worse_for = rng.randint(3, 20) if rng.random() < 0.1 else 0  # days, up to yesterday
        today = self.now.astimezone(zone(self.zone)).date()
        self.starts_on = today - dt.timedelta(days=self.days)
        self.began_at = dt.datetime.combine(self.starts_on, dt.time(9), zone(self.zone))

    def diary(self) -> Iterator[tuple[dt.datetime, int, int]]:
        """When, before, after: day-to-day SD 1.2 with a little memory, as real diaries have it."""
        drift = 0.0
        for day in range(self.days):
            drift = 0.25 * drift + self.rng.gauss(0, 1.16)
            worse = 2.0 if self.days - day <= self.worse_for else 0.0
            before = min(10, max(0, round(self.level + drift + worse)))
            after = min(10, max(0, round(before - self.relief + self.rng.gauss(0, 0.8))))
            minutes, answers = self.rng.randint(0, 150), self.rng.random() < self.answers
            date = self.starts_on + dt.timedelta(days=day)
            if answers and WEEKDAYS[date.weekday()] in self.plan_days:
                when = dt.datetime.combine(date, self.time, zone(self.zone)) + dt.timedelta(minutes=minutes)
                yield when, before, after

    def build_trend(self, prescription: Prescription) -> PainTrend:
        """Create the reports and the flags that the rules raise on them; a hold ends the diary."""
        rule_engine, trend = engine.RuleEngine(Detector(), Response()), PainTrend(prescription=prescription)
        raised: dict[str, Flag] = {}
        for when, before, after in self.diary():
            report = _report(prescription, when, before, after)
            self.reports.append(report)
            assessment = rule_engine.update(report)
            if (result := assessment.trend) is not None:
                trend.recent, trend.usual, trend.rise = result.recent, result.usual, result.rise
                trend.swing, trend.watch = result.swing, result.watch
                if result.flag and result.score is not None and "worsening" not in raised:
                    raised["worsening"] = _flag(report, "worsening", reasons.describe_worsening(result))
            if assessment.standing == "stop":
                raised["exercise_hurts"] = _flag(
                    report, "exercise_hurts", reasons.describe_hurting_sessions(self.reports[-5:])
                )
                prescription.state, prescription.state_reason = Prescription.State.HELD, "the exercise hurts"
                prescription.state_since = when
                break
        self.flags = list(raised.values())
        trend.report_count = len(self.reports)
        trend.last_report_at = self.reports[-1].occurred_at if self.reports else None
        trend.rule_version = rule_settings.RULE_VERSION
        trend.state, trend.response = rule_engine.detector.state, rule_engine.response.state
        return trend


def _store(
    batch: list[_SimulatedClient], clinic: Clinic, staff: list[Practitioner], exercise: Exercise
) -> Counter[str]:
    users = _users([f"client-{simulated.number:06}@{clinic.slug}.invalid" for simulated in batch])
    practitioners = itertools.cycle(staff[1:] or staff)
    clients = Client.objects.bulk_create(
        Client(
            clinic=clinic, practitioner=by, user_id=user.pk, state=Client.State.JOINED, time_zone=simulated.zone,
            name=f"Client {simulated.number:06}", email=f"client-{simulated.number:06}@{clinic.slug}.invalid",
            consented_at=simulated.began_at,
        )
        for simulated, user, by in zip(batch, users, practitioners, strict=False)
    )  # fmt: skip
    prescriptions = Prescription.objects.bulk_create(
        Prescription(
            client=client, exercise=exercise, prescribed_by=client.practitioner, state_since=simulated.began_at
        )
        for simulated, client in zip(batch, clients, strict=True)
    )  # fmt: skip
    versions = PrescriptionVersion.objects.bulk_create(
        PrescriptionVersion(
            prescription=row, starts_on=simulated.starts_on, days=simulated.plan_days, times=f"{simulated.time:%H:%M}",
            by=row.prescribed_by, created_at=simulated.began_at,
        )
        for simulated, row in zip(batch, prescriptions, strict=True)
    )  # fmt: skip
    trends = [simulated.build_trend(row) for simulated, row in zip(batch, prescriptions, strict=True)]
    held = [row for row in prescriptions if row.state == Prescription.State.HELD]
    Prescription.objects.bulk_update(held, ["state", "state_reason", "state_since"])
    PrescriptionChange.objects.bulk_create(
        PrescriptionChange(prescription=row, old="active", new="held", reason=row.state_reason, at=row.state_since)
        for row in held
    )
    PainReport.objects.bulk_create(
        (report for simulated in batch for report in simulated.reports), batch_size=ROWS_PER_INSERT
    )
    PainTrend.objects.bulk_create(trends, batch_size=ROWS_PER_INSERT)
    schedules = Schedule.objects.bulk_create(
        _schedule(simulated, version) for simulated, version in zip(batch, versions, strict=True)
    )
    flags = Flag.objects.bulk_create(flag for simulated in batch for flag in simulated.flags)
    FlagEvent.objects.bulk_create(FlagEvent(flag=flag, verb=FlagEvent.Verb.RAISED, at=flag.raised_at) for flag in flags)
    behind = Flag.evidence.through
    behind._default_manager.bulk_create(behind(flag=flag, painreport=flag.raised_by) for flag in flags)
    worklist_entries.update_entries(*(client.pk for client in clients))
    return Counter(
        clients=len(clients), prescriptions=len(prescriptions), schedules=len(schedules),
        reports=sum(len(simulated.reports) for simulated in batch), flags=len(flags),
    )  # fmt: skip


def _schedule(simulated: _SimulatedClient, version: PrescriptionVersion) -> Schedule:
    slot = next_slot(
        build_plan(version, version.prescription.client).prescribed, simulated.time, zone(simulated.zone), simulated.now
    )
    return Schedule(
        prescription=version.prescription,
        local_time=simulated.time,
        time_zone=simulated.zone,
        next_slot=slot.date if slot else None,
        next_due_at=slot.due_at if slot else None,
    )


def _report(prescription: Prescription, when: dt.datetime, before: int, after: int) -> PainReport:
    advice = Advice.STOP_TODAY if after > before else Advice.GO_ON if after < before else Advice.CARRY_ON
    return PainReport(
        prescription=prescription, occurred_at=when, received_at=when, did_exercise=True, before=before, after=after,
        advice=advice, source=PainReport.Source.PORTAL, by_id=prescription.client.user_id,
    )  # fmt: skip


def _flag(report: PainReport, kind: str, reason: str) -> Flag:
    return Flag(
        prescription=report.prescription, kind=kind, severity=Flag.Severity.HIGH, reason=reason,
        rule_version=rule_settings.RULE_VERSION, raised_at=report.occurred_at, raised_by=report,
    )  # fmt: skip


def _users(emails: list[str]) -> list[AbstractBaseUser]:
    """People without a password, on whatever user model the project has."""
    users = get_user_model()
    field, accounts = users.get_email_field_name(), []
    for email in emails:
        account = users(**{field: email})
        if field != users.USERNAME_FIELD:
            setattr(account, users.USERNAME_FIELD, email)
        account.set_unusable_password()
        accounts.append(account)
    return list(users._default_manager.bulk_create(accounts))


def _staff(clinic: Clinic, practitioners: int) -> list[Practitioner]:
    """The owner first, then so many practitioners."""
    names = ["owner", *(f"practitioner-{number:04}" for number in range(practitioners))]
    users = _users([f"{name}@{clinic.slug}.invalid" for name in names])
    return Practitioner.objects.bulk_create(
        Practitioner(
            user_id=user.pk, clinic=clinic, name=name.capitalize(), role="owner" if name == "owner" else "practitioner"
        )
        for name, user in zip(names, users, strict=True)
    )

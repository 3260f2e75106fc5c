"""Rows, constraints and querysets. Nothing here sends, decides or looks at a clock of its own accord."""

from clinic.models.audit import AppendOnly, AuditEntry
from clinic.models.chosen import ReminderChoice
from clinic.models.client import Client, Invitation
from clinic.models.clinic import Clinic, Person, Practitioner
from clinic.models.flag import Flag, FlagEvent
from clinic.models.heartbeat import Heartbeat
from clinic.models.outbox import Outgoing, Why
from clinic.models.phone import PushSubscription
from clinic.models.prescription import (
    Prescription,
    PrescriptionChange,
    PrescriptionVersion,
    ScreeningAnswer,
)
from clinic.models.registrant import Confirmation, Registrant
from clinic.models.reminder import Notice, Reminder, Schedule
from clinic.models.report import Advice, Area, Correction, PainReport, ReportArea, WarningSign
from clinic.models.standing import Standing
from clinic.models.trend import PainTrend
from clinic.models.tuning import Tuning

__all__ = [
    "Advice",
    "AppendOnly",
    "Area",
    "AuditEntry",
    "Client",
    "Clinic",
    "Confirmation",
    "Correction",
    "Flag",
    "FlagEvent",
    "Heartbeat",
    "Invitation",
    "Notice",
    "Outgoing",
    "PainReport",
    "PainTrend",
    "Person",
    "Practitioner",
    "Prescription",
    "PrescriptionChange",
    "PrescriptionVersion",
    "PushSubscription",
    "Registrant",
    "Reminder",
    "ReminderChoice",
    "ReportArea",
    "Schedule",
    "ScreeningAnswer",
    "Standing",
    "Tuning",
    "WarningSign",
    "Why",
]

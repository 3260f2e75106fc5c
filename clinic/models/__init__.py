"""Rows, constraints and querysets. Nothing here sends, decides or looks at a clock of its own accord."""

from clinic.models.absence import Absence
from clinic.models.advice_text import Advice, AdviceText
from clinic.models.audit import AppendOnly, AuditEntry
from clinic.models.client import Client, Invitation
from clinic.models.clinic import Clinic, Person, Practitioner, is_platform_staff
from clinic.models.digest import Digest
from clinic.models.dose_template import DoseTemplate
from clinic.models.flag import Flag, FlagEvent
from clinic.models.handover import Handover
from clinic.models.heartbeat import Heartbeat
from clinic.models.message import Message
from clinic.models.note import Note
from clinic.models.outbox import OutboxMessage, SkipReason
from clinic.models.prescription import Prescription, PrescriptionChange, PrescriptionVersion, ScreeningAnswer
from clinic.models.push_subscription import PushSubscription
from clinic.models.registrant import Confirmation, Registrant
from clinic.models.reminder import Notice, Reminder, Schedule
from clinic.models.reminder_choice import ReminderChoice
from clinic.models.report import Area, Correction, PainReport, ReportArea, WarningSign
from clinic.models.rule_settings import RuleSettings
from clinic.models.second_factor_reset import SecondFactorReset
from clinic.models.trend import PainTrend
from clinic.models.welcome import Welcome
from clinic.models.worklist_entry import WorklistEntry

__all__ = [
    "Absence",
    "Advice",
    "AdviceText",
    "AppendOnly",
    "Area",
    "AuditEntry",
    "Client",
    "Clinic",
    "Confirmation",
    "Correction",
    "Digest",
    "DoseTemplate",
    "Flag",
    "FlagEvent",
    "Handover",
    "Heartbeat",
    "Invitation",
    "Message",
    "Note",
    "Notice",
    "OutboxMessage",
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
    "RuleSettings",
    "Schedule",
    "ScreeningAnswer",
    "SecondFactorReset",
    "SkipReason",
    "WarningSign",
    "Welcome",
    "WorklistEntry",
    "is_platform_staff",
]

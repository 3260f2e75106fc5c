"""A large practice by a few SQL statements: the rows that the services would have left for daily schedules.

The statements run on PostgreSQL and SQLite. All constraints hold.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

CLINICS = 20
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(many)s)"
CLINIC = """
    INSERT INTO clinic_clinic (id, name, slug, phone, email, postal_line, language, time_zone, accent, logo,
        featured_exercise, shares_records, escalation_hours, code_sign_in, phone_after_hours, after_hours, created_at)
    SELECT i, 'Practice ' || i, 'practice-' || i, '555 0100', 'desk@practice-' || i || '.example', '1 Main Street',
        'en', 'UTC', '#1F6F' || (10 + i), '', 'forward-bend', false, 24, true, '', '', %(then)s FROM n"""
PRACTITIONER = """
    INSERT INTO clinic_practitioner (id, user_id, clinic_id, name, role, active, language, urgent_mail, digest_wanted,
        digest_at, digest_days)
    SELECT i, %(user)s, i, 'Alice', 'practitioner', true, '', true, false, '07:30:00', 'mon' FROM n"""
CLIENT = """
    INSERT INTO clinic_client (id, clinic_id, practitioner_id, user_id, state, name, email, language, time_zone,
        wakes_at, reminders_wanted, reminder_channel, consented_at, created_at,
        calendar_revision, calendar_changed_at)
    SELECT i, 1 + i %% %(clinics)s, 1 + i %% %(clinics)s, %(user)s, 'joined', 'Dana O''Hara ' || i,
        'client-' || i || '@home.example', CASE i %% 4 WHEN 0 THEN 'es' ELSE 'en' END,
        CASE i %% 3 WHEN 0 THEN 'Europe/Madrid' WHEN 1 THEN 'America/New_York' ELSE 'Asia/Kolkata' END, '07:00:00',
        true, 'mail', %(then)s, %(then)s, 0, %(then)s FROM n"""
PRESCRIPTION = """
    INSERT INTO clinic_prescription (id, client_id, exercise_id, prescribed_by_id, state, state_reason, state_since,
        created_at)
    SELECT i, i, %(exercise)s, 1 + i %% %(clinics)s, 'active', '', %(then)s, %(then)s FROM n"""
VERSION = """
    INSERT INTO clinic_prescriptionversion (prescription_id, number, starts_on, days, times, sets, hold_seconds,
        variation, mornings_allowed, reason, by_id, created_at)
    SELECT i, 1, %(start)s, 'mon,tue,wed,thu,fri,sat,sun', '18:00', 1, 30, '', false, '', 1 + i %% %(clinics)s,
        %(then)s FROM n"""
TREND = """
    INSERT INTO clinic_paintrend (prescription_id, rule_version, state, response, report_count, last_report_at, watch)
    SELECT i, '', '{}', '{}', 200, %(last_report_at)s, false FROM n"""
WORKLIST_ENTRY = """
    INSERT INTO clinic_worklistentry (client_id, clinic_id, practitioner_id, listed, need, silent_since, held,
        joined_or_invited_at)
    SELECT i, 1 + i %% %(clinics)s, 1 + i %% %(clinics)s, true, 3, %(then)s, false, %(then)s FROM n"""
SCHEDULE = """
    INSERT INTO clinic_schedule (id, prescription_id, local_time, time_zone, active, next_slot, next_due_at)
    SELECT i, i, '18:00:00', 'Europe/Madrid', true, %(next_slot)s, %(next_due_at)s FROM n"""
LEDGER = """
    INSERT INTO clinic_reminder (schedule_id, slot, due_at, expires_at, state, try_at, attempts, doubtful_attempts,
        message_id, sent_at, settled_at, status_detail, channel, push_response, created_at)
    SELECT i * %(stride)s, %(day)s, %(due)s, %(due)s, 'sent', %(due)s, 1, 0,
        'old.' || i || '.' || %(tag)s || '@clinic.example', %(due)s, %(due)s, '', 'mail', '', %(due)s FROM n"""


def fill(schedules: int, *, due: int, ledger_days: int, now: dt.datetime) -> None:
    """Fill an empty, migrated database.

    Args:
        schedules: how many, each of its own client; none is due before tomorrow.
        due: how many of them `make_due` will choose, spread evenly; these have a ledger. 0: none.
        ledger_days: days of sent reminders in it, up to yesterday.
        now: the instant to do so for.
    """
    from django.contrib.auth import get_user_model

    from exercises.loading import SHIPPED_LIBRARY, load_library
    from exercises.models import Exercise

    list(load_library(SHIPPED_LIBRARY, Exercise.Origin.LIBRARY))
    exercise = Exercise.objects.current().get(slug="forward-bend")
    year_ago, tomorrow = now - dt.timedelta(days=365), now + dt.timedelta(days=1)
    params = {
        "user": get_user_model().objects.create(username="everybody").pk, "exercise": exercise.pk, "clinics": CLINICS,
        "then": year_ago, "start": year_ago.date(), "last_report_at": now - dt.timedelta(days=2),
        "next_slot": tomorrow.date(), "next_due_at": tomorrow,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for rows in (CLINIC, PRACTITIONER):
            cursor.execute(NUMBERS + rows, {**params, "many": CLINICS})
        for rows in (CLIENT, PRESCRIPTION, VERSION, TREND, WORKLIST_ENTRY, SCHEDULE):
            cursor.execute(NUMBERS + rows, {**params, "many": schedules})
        for days in range(ledger_days if due else 0, 0, -1):
            at = now - dt.timedelta(days=days)
            entry = {"day": at.date(), "due": at, "tag": f"{at:%Y%m%d}", "stride": schedules // due, "many": due}
            cursor.execute(NUMBERS + LEDGER, entry)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def make_due(schedules: int, *, due: int, slot: dt.date, at: dt.datetime) -> None:
    """Let `due` of the schedules, those with a ledger, be due at an instant, for a local date not used before."""
    from clinic.models import Schedule

    spread = Schedule.objects.filter(pk__in=range(schedules // due, schedules + 1, schedules // due))
    spread.update(next_slot=slot, next_due_at=at)

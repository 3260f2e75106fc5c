"""`manage.py read_bounce`: what the mail server pipes in, and the exit codes that it understands."""

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from clinic.bounces import handling
from clinic.models.outbox import State
from tests import make
from tests.mail.test_reports_are_read import OURS, sample

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def reminder(cast):
    make.prescription(cast.dana)
    now = timezone.now()
    return (
        cast.dana.prescriptions.get()
        .schedules.get()
        .reminders.create(
            slot=now.date(), due_at=now, try_at=now, expires_at=now, state=State.SENT, sent_at=now, message_id=OURS
        )
    )


@pytest.fixture
def piped(monkeypatch, caplog):
    """Run the command on these bytes; returns its exit code and what it said."""

    def run(raw):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        out = io.StringIO()
        try:
            call_command("read_bounce", stdout=out)
        except CommandError as error:
            return error.returncode, str(error)
        assert "@" not in out.getvalue() + caplog.text
        return 0, out.getvalue().strip()

    return run


def fate(row):
    row.refresh_from_db()
    return row.state


@pytest.mark.parametrize("name", ["postfix-no-mailbox", "exim-old", "outlook", "gmail", "qmail"])
def test_a_hard_bounce(reminder, piped, name):
    assert piped(sample(name)) == (0, f"reminder {reminder.pk}: hard bounce")
    assert fate(reminder) == "bounced"
    assert piped(sample(name)) == (0, f"reminder {reminder.pk}: hard bounce, known already")
    reminder.schedule.prescription.client.refresh_from_db()
    assert reminder.schedule.prescription.client.undeliverable_since is not None


def test_a_soft_bounce(reminder, piped):
    assert piped(sample("postfix-full")) == (0, f"reminder {reminder.pk}: soft bounce")
    reminder.schedule.prescription.client.refresh_from_db()
    assert reminder.schedule.prescription.client.undeliverable_since is None


def test_a_complaint(reminder, piped):
    assert piped(sample("complaint")) == (0, f"reminder {reminder.pk}: complaint")
    reminder.schedule.prescription.client.refresh_from_db()
    assert reminder.schedule.prescription.client.reminders_wanted is False


@pytest.mark.parametrize("name", ["postfix-delayed", "out-of-office", "a-person-answers"])
def test_what_is_no_bounce_changes_nothing(reminder, piped, name):
    code, said = piped(sample(name))
    assert (code, said.partition(":")[0]) == (0, "nothing to do")
    assert fate(reminder) == "sent"


def test_a_mail_of_somebody_else_has_its_exit_code(db, piped):
    assert piped(sample("postfix-no-mailbox")) == (1, "this report is about no mail of ours")


def test_without_the_database_the_mail_server_asks_again(reminder, piped, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("connection to server at dana@home.example failed")

    monkeypatch.setattr(handling, "find_message", away)
    assert piped(sample("postfix-no-mailbox")) == (75, "not now: OperationalError")


@pytest.mark.processes
def test_the_process_itself_says_75_without_a_traceback(tmp_path):
    told = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "PLUMBLINE_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", "read_bounce"], input=sample("exim") + b"x" * 5_000_000, cwd=ROOT, env=told,
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (75, b"")
    assert done.stderr.decode().strip() == "CommandError: not now: OperationalError"

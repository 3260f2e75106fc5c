"""The demo clinic, played once for all tests of a module that ask for it; each test's own changes are rolled back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase, override_settings

from tests import make

NOW = dt.datetime(2026, 3, 24, 14, 20, 40, tzinfo=dt.UTC)  # a Tuesday afternoon


@dataclass(frozen=True)
class Played:
    now: dt.datetime
    printed: str


def run_demo(now: dt.datetime, *words: str) -> str:
    """What the command prints when it is run at ``now``."""
    said = StringIO()
    with time_machine.travel(now, tick=False), TestCase.captureOnCommitCallbacks(execute=True):
        call_command("demo", "--force", *words, stdout=said)  # tests run with DEBUG off
    return said.getvalue()


@pytest.fixture(scope="module")
def played_once(django_db_setup, django_db_blocker, tmp_path_factory):
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        make.exercise()
        fast = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        with override_settings(PASSWORD_HASHERS=fast, MEDIA_ROOT=media):
            printed = run_demo(NOW)
            yield Played(NOW, printed)
        transaction.set_rollback(True)


@pytest.fixture
def demo(played_once, db):
    return played_once

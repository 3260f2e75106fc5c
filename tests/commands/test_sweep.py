"""`manage.py sweep [--now ISO]`: one tick of silence and of abandoned claims."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.conf import conf
from clinic.models import Flag, Invitation
from tests import make


def printed(*words):
    said = StringIO()
    call_command("sweep", *words, stdout=said)
    return said.getvalue().splitlines()


def test_a_silent_client_is_flagged_once(cast):
    make.prescription(cast.dana)
    later = timezone.now() + dt.timedelta(days=5)
    assert printed("--now", later.isoformat()) == ["mails given back: 0", "clients fallen silent: 1"]
    assert printed("--now", later.isoformat()) == ["mails given back: 0", "clients fallen silent: 0"]
    assert Flag.objects.get().kind == "silent"


def test_what_a_dead_worker_held_is_given_back(cast):
    now = timezone.now()
    held = Invitation.objects.claim(now, conf.lease, 1)
    assert printed("--now", now.isoformat())[0] == "mails given back: 0"
    assert printed("--now", (now + conf.lease).isoformat())[0] == "mails given back: 1"
    assert Invitation.objects.get(pk=held[0].pk).state == "ready"


def test_a_bad_instant_is_named(db):
    with pytest.raises(CommandError, match="--now: “soon” is not an instant"):
        printed("--now", "soon")

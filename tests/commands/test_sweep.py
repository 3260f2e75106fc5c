"""`manage.py sweep [--now ISO]`: one tick of silence, abandoned claims, unproven addresses and waiting flags."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.clients import registration
from clinic.conf import conf
from clinic.models import Flag, Invitation, Registrant
from tests import make


def printed(*words):
    said = StringIO()
    call_command("sweep", *words, stdout=said)
    return said.getvalue().splitlines()


def test_a_silent_client_is_flagged_once(cast):
    make.prescription(cast.dana)
    later = timezone.now() + dt.timedelta(days=5)
    assert printed("--now", later.isoformat())[2] == "clients fallen silent: 1"
    assert printed("--now", later.isoformat())[2] == "clients fallen silent: 0"
    assert Flag.objects.get().kind == "silent"


def test_what_a_dead_worker_held_is_given_back(cast):
    now = timezone.now()
    held = Invitation.objects.claim(now, conf.lease_duration, 1)
    assert printed("--now", now.isoformat())[0] == "mails given back: 0"
    assert printed("--now", (now + conf.lease_duration).isoformat())[0] == "mails given back: 1"
    assert Invitation.objects.get(pk=held[0].pk).state == "ready"


def test_who_registered_and_never_confirmed_is_forgotten(cast):
    registration.register_visitor(cast.alice.clinic, name="Nora", email="nora@home.example", language="en")
    later = timezone.now() + conf.confirmation_lifetime
    assert printed()[1] == "registrants forgotten: 0"
    assert printed("--now", later.isoformat())[1] == "registrants forgotten: 1"
    assert not Registrant.objects.exists()


def test_a_flag_that_nobody_looked_at_goes_to_the_owner_once(cast):
    make.report(make.prescription(cast.dana), 3, 7)
    later = Flag.objects.get().raised_at + dt.timedelta(hours=24)
    assert printed("--now", later.isoformat())[3] == "flags gone to the owner: 1"
    assert printed("--now", later.isoformat())[3] == "flags gone to the owner: 0"
    assert Flag.objects.get().severity == "urgent"


def test_a_bad_instant_is_named(db):
    with pytest.raises(CommandError, match="--now: “soon” is not an instant"):
        printed("--now", "soon")

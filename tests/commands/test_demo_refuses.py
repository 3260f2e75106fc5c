"""Where the demo is not made."""

import pytest
from django.core.management import CommandError, call_command

from clinic.models import Clinic
from tests import make


def test_not_on_a_site_without_debug(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        call_command("demo")
    assert not Clinic.objects.exists()


def test_not_without_the_library(db):
    with pytest.raises(CommandError, match="load_exercises"):
        call_command("demo", "--force")
    assert not Clinic.objects.exists()


def test_not_over_somebody_elses_sign_in(db):
    make.exercise()
    make.user("dana@demo.example")
    with pytest.raises(CommandError, match=r"dana@demo\.example"):
        call_command("demo", "--force")
    assert not Clinic.objects.exists()

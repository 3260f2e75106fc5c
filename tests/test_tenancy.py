"""Nobody's rows are anybody else's: every model that says who sees it, asked by everybody who must not."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from clinic.clients import messages as client_messages, notes as client_notes
from clinic.models import Client, Note, Practitioner, Prescription
from clinic.reminders import planning
from clinic.team import absences
from tests import make

Role = Practitioner.Role
MODELS = [model for model in apps.get_app_config("clinic").get_models() if hasattr(model.objects.all(), "visible_to")]
HEALTH_DATA = ["prescription", "painreport", "flag", "reminder", "note", "message"]


@pytest.fixture
def filled(cast):
    """Dana and Erin each with a plan, a reminder, a report and a flag."""
    for client in (cast.dana, cast.erin):
        prescription = make.prescription(client)
        planning.create_due_reminders(prescription.schedules.get().next_due_at)
        make.report(prescription, 4, 8)
        client_notes.add_note(client, "Seen.", by=client.practitioner)
        client_messages.send_message(client, "Come by.", by=client.practitioner)
    make.registrant(cast.alice.clinic)
    later = timezone.now().date() + dt.timedelta(days=60)
    absences.add_absence(cast.bob, starts_on=later, ends_on=later, cover=None, by=cast.bob.user)
    return cast


def seen(model, user):
    return model.objects.visible_to(user)


def test_the_models_that_hold_health_data_say_who_sees_them():
    names = {model._meta.model_name for model in MODELS}
    assert {*HEALTH_DATA, "client", "practitioner", "registrant", "auditentry"} <= names


@pytest.mark.parametrize("model", MODELS)
def test_the_owner_sees_rows_of_every_kind(filled, model):
    """Or the tests below would be about nothing."""
    owner = make.practitioner(filled.alice.clinic, "Olga", Role.OWNER)
    assert seen(model, owner.user).exists()


@pytest.mark.parametrize("model", MODELS)
def test_a_stranger_sees_nothing(filled, model):
    own = Practitioner.objects.filter(pk=filled.charlie.pk) if model is Practitioner else model.objects.none()
    assert list(seen(model, filled.charlie.user)) == list(own)
    assert not seen(model, AnonymousUser()).exists()
    assert not seen(model, make.user("nobody@home.example")).exists()


@pytest.mark.parametrize("model", MODELS)
def test_who_works_here_no_more_sees_nothing(filled, model):
    Practitioner.objects.filter(pk=filled.alice.pk).update(active=False)
    assert not seen(model, filled.alice.user).exists()


@pytest.mark.parametrize("model", MODELS)
def test_a_deactivated_user_sees_nothing(filled, model):
    filled.alice.user.is_active = False
    assert not seen(model, filled.alice.user).exists()


@pytest.mark.parametrize("name", HEALTH_DATA)
def test_the_front_desk_sees_names_and_no_health_data(filled, name):
    desk = make.practitioner(filled.alice.clinic, "Fred", Role.FRONT_DESK).user
    assert set(seen(Client, desk)) == {filled.dana, filled.erin}
    assert not seen(apps.get_model("clinic", name), desk).exists()
    assert not Client.objects.record_visible_to(desk).exists()
    assert not Client.objects.treated_by(desk).exists()


def test_colleagues_see_their_own_clients_unless_the_clinic_shares_records(filled):
    assert [row.client for row in seen(Prescription, filled.alice.user)] == [filled.dana]
    assert [row.client for row in seen(Prescription, filled.bob.user)] == [filled.erin]
    filled.alice.clinic.shares_records = True
    filled.alice.clinic.save()
    assert {row.client for row in seen(Prescription, filled.alice.user)} == {filled.dana, filled.erin}
    assert not seen(Prescription, filled.charlie.user).exists()


def test_a_client_sees_the_own_record_and_may_change_none_as_a_practitioner(filled):
    assert list(seen(Client, filled.dana.user)) == [filled.dana]
    assert [row.client for row in seen(Prescription, filled.dana.user)] == [filled.dana]
    assert not Client.objects.treated_by(filled.dana.user).exists()
    assert not Prescription.objects.treated_by(filled.dana.user).exists()


def test_a_note_is_not_for_the_client_whom_it_is_about(filled):
    assert not seen(Note, filled.dana.user).exists()


def test_who_has_left_sees_nothing_any_more(filled):
    Client.objects.filter(pk=filled.dana.pk).update(state=Client.State.LEFT)
    assert not seen(Client, filled.dana.user).exists()
    assert not seen(Prescription, filled.dana.user).exists()


def test_the_audit_is_the_owners_alone(filled):
    (audit,) = [model for model in MODELS if model._meta.model_name == "auditentry"]
    assert not seen(audit, filled.alice.user).exists()
    assert not seen(audit, filled.dana.user).exists()

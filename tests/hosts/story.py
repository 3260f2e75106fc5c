"""The main job inside a host project. tests/test_wheel.py runs this file, with the host's settings."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from clinic import tasks
from clinic.clients import acceptance
from clinic.conf import conf
from clinic.flags import lifecycle
from clinic.mail import signed_links
from clinic.mail.outbox import send_due
from clinic.models import Clinic, Confirmation, Flag, Invitation, Prescription, Registrant, Reminder
from clinic.reminders import planning
from clinic.worklist import query as worklist_query
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice():
    return make.practitioner(make.clinic(), "Alice")


@pytest.fixture
def chief():
    """Whoever runs the host's site; no practitioner."""
    return get_user_model().objects.create_superuser(email="chief@host.example", password=make.PASSWORD)


def signed_in(user):
    browser = Browser()
    browser.force_login(user)
    return browser


def test_this_host_has_no_usernames(alice):
    assert not hasattr(alice.user, "username")
    assert alice.email == "alice@riverside-physio.example"


def test_the_library_loads_by_the_command():
    call_command("load_exercises")
    assert make.exercise().slug == "forward-bend"


def test_from_invitation_to_resolved_flag(alice):
    dana = make.invited(alice, "Dana")
    send_due(Invitation)
    (invitation,) = mail.outbox
    assert "https://clinic.example/physio/m/" in invitation.body
    user = acceptance.accept_invitation(dana.invitations.get(), password=make.PASSWORD)
    dana.refresh_from_db()
    assert (dana.user, user.email) == (user, "dana@home.example")

    prescription = make.prescription(dana)
    due = prescription.schedules.get().next_due_at
    assert planning.create_due_reminders(due) == 1
    assert send_due(Reminder, due) == {"sent": 1}

    make.report(prescription, 4, 7, at=due + dt.timedelta(minutes=10))

    flag = Flag.objects.get()
    prescription.refresh_from_db()
    assert flag.kind == "exercise_hurts"
    assert prescription.state == Prescription.State.HELD
    assert [entry.client for entry in worklist_query.read_entries(worklist_query.clients_by_need(alice.user))] == [dana]
    assert lifecycle.resolve_flag(flag, alice.user, "Called her.")


def test_every_tick_of_the_beat_runs(alice, settings):
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        module, name = entry["task"].rsplit(".", 1)
        assert module == tasks.__name__
        getattr(tasks, name)()


@pytest.mark.django_db(transaction=True)
def test_operators_hear_that_it_is_ready_once_the_clock_ticks():
    silent = Browser().get("/status/readyz")
    assert silent.status_code == 503
    assert "tick plan: It has not run yet." in silent.content.decode()
    call_command("send_due")
    call_command("sweep")
    assert Browser().get("/status/readyz").content == b"ok\n"
    assert b"plumbline_mail_due" in Browser().get("/status/metrics").content


def test_links_in_notices_find_the_practitioner_site():
    assert conf.worklist_path == "/practice/"


def test_the_hosts_own_pages_and_admin_stay_as_they_were(chief):
    assert Browser().get("/").content == b"The host's own front page"
    for page in (Browser().get("/host-admin/login/"), signed_in(chief).get("/host-admin/")):
        assert page.status_code == 200
        assert b"Django" in page.content
        assert b"unfold" not in page.content


def test_the_first_clinic_and_its_people_come_in_by_the_hosts_admin(chief):
    browser = signed_in(chief)
    answers = {"name": "Riverside", "slug": "riverside", "phone": "1", "email": "desk@river.example"}
    answers |= {"language": "en", "time_zone": "UTC", "accent": "#1F6F78", "featured_exercise": "forward-bend"}
    answers |= {"escalation_hours": "24"}
    browser.post("/host-admin/clinic/clinic/add/", answers)
    clinic = Clinic.objects.get()
    person = {"user": chief.pk, "clinic": clinic.pk, "name": "The chief", "role": "owner", "active": "on"}
    person |= {"urgent_mail": "on", "digest_wanted": "on", "digest_at": "07:30", "digest_days": "mon,tue"}
    browser.post("/host-admin/clinic/practitioner/add/", person)
    assert browser.get("/practice/").status_code == 200
    page = browser.get("/host-admin/clinic/practitioner/")
    assert b"The chief" in page.content
    assert b"unfold" not in page.content


def test_a_practitioner_works_at_the_practitioner_site(alice):
    make.prescription(make.client(alice, "Dana"))
    browser = Browser()
    door = browser.get("/practice/", follow=True)
    assert b"Sign in to the host" in door.content
    page = browser.post(
        door.wsgi_request.get_full_path(), {"username": alice.email, "password": make.PASSWORD}, follow=True
    )
    assert page.wsgi_request.path == "/practice/"
    assert "Dana" in page.content.decode()
    assert "unfold" in page.content.decode()


def test_a_client_is_at_home_in_the_portal(alice):
    dana = make.client(alice, "Dana")
    make.prescription(dana)
    browser = signed_in(dana.user)
    for name in ("home", "today", "report", "progress", "history", "library", "settings"):
        page = browser.get(reverse(f"clinic:{name}"))
        assert page.status_code == 200, name
        assert page.wsgi_request.path.startswith("/physio/")


def test_a_visitor_registers_and_reads_the_library(alice):
    make.exercise()
    browser = Browser()
    answers = {"name": "Nora Ellis", "email": "nora@home.example", "agree": "on"}
    assert b"We have sent a mail to nora@home.example" in browser.post(reverse("clinic:register"), answers).content
    assert send_due(Confirmation)["sent"] == 1
    path = signed_links.build_path(
        signed_links.Purpose.CONFIRMATION, Confirmation.objects.get(registrant__name="Nora Ellis").pk
    )
    page = browser.post(path, {"password": make.PASSWORD}, follow=True)
    assert page.wsgi_request.path == reverse("clinic:library")
    assert "Forward bend" in page.content.decode()
    waiting = signed_in(alice.user).get("/practice/registrants/")
    assert "Nora Ellis" in waiting.content.decode()
    browser.post(reverse("clinic:delete_registration"))
    assert not Registrant.objects.exists()


def test_an_invitation_is_accepted_on_its_page(alice):
    dana = make.invited(alice, "Dana")
    browser = Browser()
    path = signed_links.build_path(signed_links.Purpose.INVITATION, dana.invitations.get().pk)
    assert browser.get(path).status_code == 200
    browser.post(path, {"agree": "on", "password": make.PASSWORD, "time_zone": "UTC"})
    dana.refresh_from_db()
    assert dana.user.check_password(make.PASSWORD)


def test_a_program_reads_the_worklist_by_its_key(alice, capsys):
    make.prescription(make.client(alice, "Dana"))
    call_command("api_token", alice.email)
    key = capsys.readouterr().out.split()[-1]
    answer = Browser().get("/api/v1/worklist/", headers={"authorization": f"Token {key}"})
    assert answer.status_code == 200
    assert "Dana" in answer.content.decode()


def test_errors_of_the_api_are_problem_details_here_too(alice):
    answer = Browser().get("/api/v1/worklist/")
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_foreign_number_is_not_found_here_too(alice):
    stranger = make.practitioner(make.clinic("Hilltop Rehab"), "Charlie")
    dana = make.client(alice, "Dana")
    assert signed_in(stranger.user).get(f"/api/v1/clients/{dana.pk}/").status_code == 404


def test_the_demo_clinic_opens_here_too(capsys):
    call_command("load_exercises")
    call_command("demo", force=True)
    assert "https://clinic.example/practice/" in capsys.readouterr().out

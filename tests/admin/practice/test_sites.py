"""Who runs the site: sees clinics, who works there and whether mail goes out; no client, no health data."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.utils import timezone

from clinic.models import AuditEntry, Clinic, Heartbeat, Invitation, Notice, Practitioner
from config.accounts.adapter import verify_email
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

Role = Practitioner.Role
LAKESIDE = {
    "name": " Lakeside  Physio ", "phone": "555", "email": "desk@lake.example", "time_zone": "Europe/Madrid",
    "language": "es", "owner_name": "Lola", "owner_email": "lola@lake.example",
}  # fmt: skip


@pytest.fixture
def sam(cast):
    make.report(make.prescription(cast.dana), 4, 8)
    return signed_in(make.platform_staff())


def test_the_first_page_is_the_clinics_and_names_no_client(cast, sam):
    page = sam.get(url("index"))
    assert "Riverside Physio Clients 2" in page_text(page)
    assert "Alice Practitioner alice@riverside-physio.example" in page_text(page)
    source = page.content.decode()
    assert [word for word in ("Dana", "Erin", "dana@", "pain", "Forward") if word in source] == []


def test_a_superuser_is_one_too_and_neither_staff_nor_the_permission_is_enough_alone(cast):
    chief = make.user("chief@host.example")
    get_user_model().objects.filter(pk=chief.pk).update(is_staff=True)
    assert signed_in(chief).get(url("index")).status_code == 404
    chief.user_permissions.add(Permission.objects.get(codename="run_the_site"))
    get_user_model().objects.filter(pk=chief.pk).update(is_staff=False)
    assert signed_in(chief).get(url("index")).status_code == 404
    get_user_model().objects.filter(pk=chief.pk).update(is_staff=True, is_superuser=True)
    assert "Riverside Physio" in page_text(signed_in(chief).get(url("index")))


def test_it_says_how_the_mail_of_each_clinic_fares(cast, sam):
    now = timezone.now()
    Notice.objects.all().delete()
    Invitation.objects.filter(client=cast.dana).update(due_at=now - dt.timedelta(hours=3))
    lost = {"state": "failed", "status_detail": "x", "settled_at": now}
    Invitation.objects.filter(client=cast.erin).update(**lost)
    page = page_text(sam.get(url("clinics")))
    assert "Riverside Physio Clients 2 Mail due 1 the oldest 3 h ago Lost, 24 h 1" in page
    assert "Hilltop Rehab Clients 0 Mail due 0 Lost, 24 h 0" in page


def test_a_clock_that_stopped_is_said(cast, sam):
    Heartbeat.objects.beat("plan", timezone.now())
    Heartbeat.objects.beat("send", timezone.now() - dt.timedelta(hours=2))
    page = page_text(sam.get(url("clinics")))
    assert "plan 0 min ago send 2 h ago stopped sweep never stopped" in page


def test_the_number_of_queries_does_not_grow_with_the_clinics(cast, sam, django_assert_max_num_queries):
    counts = []
    for round_ in range(2):
        for number in range(5):
            make.practitioner(make.clinic(f"Clinic {round_} {number}"))
        with django_assert_max_num_queries(28) as asked:
            sam.get(url("clinics"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_new_clinic_has_an_owner_who_gets_a_mail(cast, sam):
    page = sam.post(url("clinic_add"), LAKESIDE, follow=True)
    assert flash_messages(page) == ["Lakeside Physio is open. A mail tells its owner how to sign in."]
    lola = Practitioner.objects.get(clinic__slug="lakeside-physio")
    assert (lola.name, lola.email, lola.role) == ("Lola", "lola@lake.example", Role.OWNER)
    assert lola.welcomes.get().state == "ready"
    assert list(AuditEntry.objects.filter(clinic=lola.clinic).values_list("verb", flat=True)) == [
        "member_added",
        "clinic_opened",
    ]
    assert signed_in(lola).get(url("team")).status_code == 200


def test_two_clinics_may_have_one_name(cast, sam):
    sam.post(url("clinic_add"), {**LAKESIDE, "name": "Riverside Physio"})
    assert Clinic.objects.filter(name="Riverside Physio").count() == 2


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("name", "", "Write the name."),
        ("name", "x" * 10_000, "at most 120 characters"),
        ("phone", "", "Write the phone."),
        ("email", "nowhere", "Enter a valid email address."),
        ("time_zone", "Mars/Olympus", "is not a time zone."),
        ("language", "xx", "is not a language here."),
        ("owner_name", " ", "Write the name."),
        ("owner_email", "nowhere", "Enter a valid email address."),
    ],
)
def test_what_makes_no_sense_is_said_and_no_clinic_is_opened(cast, sam, field, value, complaint):
    before = Clinic.objects.count(), get_user_model().objects.count()
    page = sam.post(url("clinic_add"), {**LAKESIDE, field: value})
    assert complaint in page_text(page)
    assert (Clinic.objects.count(), get_user_model().objects.count()) == before


def test_somebody_is_shut_out_at_once_clients_or_not_and_let_in_again(cast, sam):
    alice = signed_in(cast.alice)
    assert alice.get(url("index")).status_code == 200
    assert flash_messages(sam.post(url("revoke_access", cast.alice.pk), follow=True)) == [
        "Alice sees nothing from now on."
    ]
    assert alice.get(url("index")).status_code == 404
    entry = AuditEntry.objects.first()
    assert (entry.verb, entry.target_id, entry.clinic) == ("access_revoked", cast.alice.pk, cast.alice.clinic)
    sam.post(url("restore_access", cast.alice.pk))
    assert alice.get(url("index")).status_code == 200


def test_nobody_lets_themselves_in(cast):
    sam = make.platform_staff()
    gone = Practitioner.objects.create(user=sam, clinic=cast.alice.clinic, name="Sam", role=Role.OWNER, active=False)
    assert signed_in(sam).post(url("restore_access", gone.pk)).status_code == 404
    gone.refresh_from_db()
    assert not gone.active


def test_who_runs_the_site_and_treats_too_has_both(cast):
    browser = signed_in(make.given_the_site(cast.alice.user))
    assert "Dana" in page_text(browser.get(url("clients")))
    assert "Hilltop Rehab" in page_text(browser.get(url("clinics")))
    assert f'href="{url("clinics")}"' in browser.get(url("index")).content.decode()


def test_signing_in_leads_there_and_so_does_the_portal(cast):
    sam = make.platform_staff()
    verify_email(sam)
    browser = Browser()
    answer = browser.post("/accounts/login/", {"login": sam.email, "password": make.PASSWORD})
    assert answer["Location"] == url("index")
    page = browser.get("/portal/")
    assert page.status_code == 404
    assert "You are signed in as somebody who runs this site." in page_text(page)
    assert f'href="{url("index")}"' in page.content.decode()

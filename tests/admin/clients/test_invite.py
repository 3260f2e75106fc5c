"""Invite a client, and send the invitation again."""

import datetime as dt

import pytest

from clinic.models import Client, Invitation, Practitioner
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def frida(**over):
    given = {"name": "Frida Kern", "email": "Frida@home.example", "time_zone": "Europe/Berlin", "language": "es"}
    return {**given, "wakes_at": "06:30", **over}


def test_a_filled_in_form_invites(cast, alice):
    page = alice.post(url("invite"), frida(), follow=True)
    client = Client.objects.get(name="Frida Kern")
    assert (client.email, client.time_zone, client.language) == ("frida@home.example", "Europe/Berlin", "es")
    assert (client.wakes_at, client.practitioner, client.clinic) == (dt.time(6, 30), cast.alice, cast.alice.clinic)
    assert page.redirect_chain == [(url("client", client.pk), 302)]
    assert "The invitation to Frida Kern is on its way. Prescribe now · Invite another" in page_text(page)
    assert f'<a href="{url("prescribe", client.pk)}">Prescribe now</a>' in page.content.decode()
    assert Invitation.objects.filter(client=client, invited_by=cast.alice).count() == 1


def test_the_form_begins_with_the_clinics_own_zone_and_language(cast, alice):
    cast.alice.clinic.time_zone, cast.alice.clinic.language = "America/Lima", "es"
    cast.alice.clinic.save(update_fields=["time_zone", "language"])
    page = alice.get(url("invite")).content.decode()
    assert '<option value="America/Lima" selected>' in page
    assert '<option value="es" selected>' in page


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("email", "frida at home", "Enter a valid email address."),
        ("email", "", "Write the client's mail address."),
        ("email", "dana@home.example", "A client with this e-mail is already in this clinic."),
        ("email", f"{'x' * 10_000}@home.example", "at most 254 characters"),
        ("name", "", "Write the client's name."),
        ("name", "   ", "Write the client's name."),
        ("name", "x" * 10_000, "at most 120 characters"),
        ("name", "Fri\x00da", "Null characters are not allowed."),
        ("time_zone", "Mars/Olympus", "“Mars/Olympus” is not a time zone. Use an IANA name such as Europe/Madrid."),
        ("time_zone", "", "Choose the client's time zone."),
        ("time_zone", "../../etc/passwd", "is not a time zone."),
        ("language", "xx", "“xx” is not a language here. Use one of: en, es."),
        ("wakes_at", "25:00", "Write a time of day such as 07:00."),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_nobody_is_invited(alice, field, value, complaint):
    before = Client.objects.count(), Invitation.objects.count()
    page = alice.post(url("invite"), frida(**{field: value}))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert complaint in " ".join(page.context["form"].errors[field])
    assert "Nothing is stored yet." in page_text(page)
    assert (Client.objects.count(), Invitation.objects.count()) == before


def test_who_works_at_two_clinics_says_which(cast, alice):
    second = make.clinic("Second Street")
    here = Practitioner.objects.create(user=cast.alice.user, clinic=second, name="Alice")
    assert "Second Street" in page_text(alice.get(url("invite")))
    alice.post(url("invite"), frida(clinic=here.pk))
    assert Client.objects.get(name="Frida Kern").clinic == second


def test_nobody_invites_for_a_clinic_where_they_do_not_work(cast, alice):
    Practitioner.objects.create(user=cast.alice.user, clinic=make.clinic("Second Street"), name="Alice")
    page = alice.post(url("invite"), frida(clinic=cast.charlie.pk))
    assert list(page.context["form"].errors) == ["clinic"]
    assert not Client.objects.filter(name="Frida Kern").exists()


def test_an_invitation_can_be_sent_again_and_the_first_link_ends(cast, alice):
    client = make.invited(cast.alice, "Frida")
    page = alice.post(url("resend_invitation", client.pk), follow=True)
    assert flash_messages(page) == ["A new invitation to Frida is on its way."]
    first, second = client.invitations.order_by("pk")
    assert first.withdrawn_at is not None
    assert second.withdrawn_at is None


def test_who_has_joined_is_not_invited_again(cast, alice):
    page = alice.post(url("resend_invitation", cast.dana.pk), follow=True)
    assert flash_messages(page) == ["This client has joined already."]
    assert cast.dana.invitations.count() == 1


def test_looking_invites_nobody(cast, alice):
    alice.get(url("invite"), frida())
    assert not Client.objects.filter(name="Frida Kern").exists()
    assert alice.get(url("resend_invitation", cast.dana.pk)).status_code == 405

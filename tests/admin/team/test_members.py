"""The owner's page of colleagues: who is on it, adding one, another role, and the day somebody leaves."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.core import mail

from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Practitioner, Welcome
from clinic.team import members
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

Role = Practitioner.Role
GINA = {"name": " Gina  Gold ", "email": "Gina@clinic.example", "role": "practitioner"}


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Role.OWNER)


@pytest.fixture
def owner(olga):
    return signed_in(olga)


def audit_verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_it_says_of_each_their_role_second_step_and_clients(cast, owner):
    TOTP.activate(cast.bob.user, "JBSWY3DPEHPK3PXP")
    page = page_text(owner.get(url("team")))
    assert "Alice alice@riverside-physio.example Practitioner Second step: off Last signed in: never Clients: 1" in page
    assert "Bob bob@riverside-physio.example Practitioner Second step: on" in page
    assert "Olga olga@riverside-physio.example Owner Second step: off Last signed in: 0 min ago Clients: 0" in page
    assert "Charlie" not in page
    assert "totp" not in page


def test_a_client_who_left_is_no_longer_counted(cast, owner):
    Client.objects.filter(pk=cast.dana.pk).update(state=Client.State.LEFT)
    assert "Practitioner Second step: off Last signed in: never Clients: 0" in page_text(owner.get(url("team")))


def test_somebody_new_gets_a_sign_in_and_a_mail_without_any_key(cast, owner, settings):
    page = owner.post(url("member_add"), GINA, follow=True)
    assert flash_messages(page) == ["Gina Gold works here now. A mail says how to sign in."]
    gina = Practitioner.objects.get(name="Gina Gold")
    assert (gina.email, gina.role, gina.clinic) == ("gina@clinic.example", Role.PRACTITIONER, cast.alice.clinic)
    assert not gina.user.has_usable_password()
    assert audit_verbs()[-1] == "member_added"
    assert send_due(Welcome) == {"sent": 1}
    (sent,) = mail.outbox
    assert sent.to == ["Gina Gold <gina@clinic.example>"]
    assert f"{settings.PLUMBLINE_BASE_URL}/admin/" in sent.body
    assert "/m/" not in sent.body
    assert "the mail was sent" in page_text(owner.get(url("team")))


def test_who_has_a_sign_in_keeps_it(cast, owner):
    before = get_user_model().objects.count()
    owner.post(url("member_add"), {**GINA, "email": "charlie@HILLTOP-rehab.example"})
    assert Practitioner.objects.get(name="Gina Gold").user == cast.charlie.user
    assert get_user_model().objects.count() == before


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("email", "gina at home", "Enter a valid email address."),
        ("email", "", "Write the mail address."),
        ("email", "bob@riverside-physio.example", "Somebody with this e-mail works here already."),
        ("name", "  ", "Write the name."),
        ("name", "x" * 10_000, "at most 120 characters"),
        ("name", "Gi\x00na", "Null characters are not allowed."),
        ("role", "", "Choose one of the roles."),
        ("role", "king", "Choose one of the roles."),
    ],
)
def test_what_makes_no_sense_is_said_and_nobody_is_added(cast, owner, field, value, complaint):
    before = Practitioner.objects.count(), get_user_model().objects.count(), Welcome.objects.count()
    page = owner.post(url("member_add"), {**GINA, field: value})
    assert complaint in page_text(page)
    assert (Practitioner.objects.count(), get_user_model().objects.count(), Welcome.objects.count()) == before


def test_who_worked_here_before_is_not_added_twice(cast, owner, olga):
    gus = make.practitioner(cast.alice.clinic, "Gus")
    members.deactivate_member(gus, by=olga.user)
    page = owner.post(url("member_add"), {**GINA, "email": gus.email})
    assert "Gus worked here before. On their page, choose “Works here again”." in page_text(page)
    owner.post(url("reactivate", gus.pk))
    gus.refresh_from_db()
    assert gus.active


def test_a_closed_sign_in_is_not_opened_by_it(cast, owner):
    get_user_model().objects.filter(pk=cast.charlie.user.pk).update(is_active=False)
    page = owner.post(url("member_add"), {**GINA, "email": cast.charlie.email})
    assert "The sign-in of this address is closed." in page_text(page)


def test_another_role_holds_from_the_next_page_on(cast, owner):
    gina = make.practitioner(cast.alice.clinic, "Gina")
    her = signed_in(gina)
    assert her.get(url("flag_statistics")).status_code == 200
    assert flash_messages(owner.post(url("member", gina.pk), {"role": "front_desk"}, follow=True)) == [
        "Gina: front desk from now on."
    ]
    assert her.get(url("flag_statistics")).status_code == 404
    assert audit_verbs()[-1] == "role_changed_to_front_desk"


def test_the_last_owner_stays_one(cast, owner, olga):
    page = owner.post(url("member", olga.pk), {"role": "practitioner"})
    assert "A clinic keeps one owner: make somebody else owner first." in page_text(page)
    page = owner.post(url("deactivate", olga.pk), follow=True)
    assert flash_messages(page) == ["A clinic keeps one owner: make somebody else owner first."]
    olga.refresh_from_db()
    assert (olga.role, olga.active) == (Role.OWNER, True)
    members.change_role(cast.bob, Role.OWNER, by=olga.user)
    assert owner.post(url("deactivate", olga.pk)).status_code == 302
    assert owner.get(url("team")).status_code == 404


@pytest.mark.parametrize("act", ["deactivate", "member"])
def test_who_has_clients_hands_them_over_first(cast, owner, act):
    page = owner.post(url(act, cast.alice.pk), {"role": "front_desk"}, follow=True)
    assert "Alice has clients: hand them over first." in page_text(page)
    cast.alice.refresh_from_db()
    assert (cast.alice.role, cast.alice.active) == (Role.PRACTITIONER, True)
    assert "Hand them over to a colleague first." in page_text(owner.get(url("member", cast.alice.pk)))


def test_who_leaves_is_out_at_once_on_every_device(cast, owner):
    gina = make.practitioner(cast.alice.clinic, "Gina")
    her = signed_in(gina)
    assert her.get(url("clients")).status_code == 200
    owner.post(url("deactivate", gina.pk))
    assert her.get(url("clients")).status_code == 404
    assert "1 person works here no more" in page_text(owner.get(url("team")))


def test_the_mail_goes_again_until_somebody_signed_in(cast, owner):
    owner.post(url("member_add"), GINA)
    gina = Practitioner.objects.get(name="Gina Gold")
    owner.post(url("resend_welcome", gina.pk))
    assert gina.welcomes.count() == 2
    signed_in(gina)
    page = owner.post(url("resend_welcome", gina.pk), follow=True)
    assert flash_messages(page)[-1] == "They have signed in already, or work here no more."
    assert gina.welcomes.count() == 2


def test_no_mail_goes_to_who_left_before_it_was_sent(cast, owner, olga):
    owner.post(url("member_add"), GINA)
    members.deactivate_member(Practitioner.objects.get(name="Gina Gold"), by=olga.user)
    assert send_due(Welcome) == {"skipped": 1}


def test_the_owner_of_two_clinics_sees_both_and_chooses(cast, olga):
    second = make.clinic("Lakeside")
    Practitioner.objects.create(user=olga.user, clinic=second, name="Olga", role=Role.OWNER)
    owner = signed_in(olga)
    assert "Lakeside" in page_text(owner.get(url("team")))
    owner.post(url("member_add"), {**GINA, "clinic": second.pk})
    assert Practitioner.objects.get(name="Gina Gold").clinic == second
    foreign = owner.post(url("member_add"), {**GINA, "email": "x@y.example", "clinic": cast.charlie.clinic_id})
    assert foreign.status_code == 200
    assert not Practitioner.objects.filter(user__email="x@y.example").exists()

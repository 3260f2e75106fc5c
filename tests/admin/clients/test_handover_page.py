"""Handing clients over on the practitioner site: which, to whom, and why."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.models import Client, Handover, Practitioner
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


def given(*clients, to, reason="On leave from May."):
    return {"client": [client.pk for client in clients], "to": to.pk, "reason": reason}


def practitioner_of(client):
    return Client.objects.get(pk=client.pk).practitioner


def test_a_practitioner_sees_only_their_own_and_the_one_asked_for_is_ticked(cast, alice):
    make.client(cast.alice, "Frida")
    page = alice.get(url("hand_over"), {"client": cast.dana.pk})
    assert "Dana" in page_text(page)
    assert "Frida" in page_text(page)
    assert "Erin" not in page_text(page)
    assert page.content.decode().count(" checked") == 1
    assert [who for _number, who in page.context["form"].fields["to"].choices] == ["Choose", "Bob"]


def test_one_is_handed_over(cast, alice):
    page = alice.post(url("hand_over"), given(cast.dana, to=cast.bob), follow=True)
    assert page.redirect_chain == [(url("clients"), 302)]
    assert flash_messages(page) == ["Dana is handed over."]
    assert practitioner_of(cast.dana) == cast.bob
    assert alice.get(url("client", cast.dana.pk)).status_code == 404


def test_what_the_address_ticked_may_be_unticked(cast, alice):
    frida = make.client(cast.alice, "Frida")
    alice.post(f"{url('hand_over')}?client={cast.dana.pk}", given(frida, to=cast.bob))
    assert [practitioner_of(client) for client in (cast.dana, frida)] == [cast.alice, cast.bob]


def test_the_new_one_reads_from_whom_by_whom_and_why(cast, alice):
    alice.post(url("hand_over"), given(cast.dana, to=cast.bob))
    page = page_text(signed_in(cast.bob).get(url("client", cast.dana.pk)))
    assert "Treated by Bob" in page
    assert "from Alice to Bob, by Alice. On leave from May." in page


def test_the_client_sees_the_new_name_and_not_the_reason(cast, alice):
    alice.post(url("hand_over"), given(cast.dana, to=cast.bob))
    page = page_text(signed_in(cast.dana.user).get("/portal/"))
    assert "Bob looks after you now, in place of Alice." in page
    assert "On leave" not in page
    Handover.objects.update(at=timezone.now() - dt.timedelta(days=15))
    assert "in place of" not in page_text(signed_in(cast.dana.user).get("/portal/"))


def test_the_front_desk_does_not_read_why(cast, alice):
    alice.post(url("hand_over"), given(cast.dana, to=cast.bob))
    desk = signed_in(make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK))
    assert "On leave" not in page_text(desk.get(url("client", cast.dana.pk)))


def test_an_owner_hands_over_all_of_a_colleague_who_leaves(cast, olga):
    frida, owner = make.client(cast.alice, "Frida"), signed_in(olga)
    Practitioner.objects.filter(pk=cast.alice.pk).update(active=False)
    page = owner.get(url("hand_over"), {"practitioner": cast.alice.pk})
    assert page.content.decode().count(" checked") == 2
    assert "Erin" not in page_text(page)
    address = f"{url('hand_over')}?practitioner={cast.alice.pk}"
    page = owner.post(address, given(cast.dana, frida, to=cast.bob), follow=True)
    assert flash_messages(page) == ["2 clients are handed over."]
    assert {practitioner_of(client) for client in (cast.dana, frida)} == {cast.bob}
    assert "Alice has no clients any more." in page_text(owner.get(address))


def test_the_way_from_a_colleagues_row(cast, olga):
    page = signed_in(olga).get(url("hand_over", cast.bob.pk), follow=True)
    assert "The clients of Bob" in page_text(page)
    desk = make.practitioner(olga.clinic, "Fred", Practitioner.Role.FRONT_DESK)
    for person in (cast.charlie, desk, cast.dana.user):
        assert signed_in(person).get(url("hand_over", cast.bob.pk)).status_code == 404
    assert signed_in(olga).get(url("hand_over", 99_999_999_999_999_999_999)).status_code == 404


def test_an_owner_sees_everybodys_and_whose_they_are(cast, olga):
    page = page_text(signed_in(olga).get(url("hand_over")))
    assert "Dana joined · Alice" in page
    assert "All of Bob (1)" in page


@pytest.mark.parametrize(
    ("over", "field", "complaint"),
    [
        ({"reason": ""}, "reason", "Write in a few words why."),
        ({"reason": "x" * 501}, "reason", "500"),
        ({"to": ""}, "to", "Choose somebody who treats at this clinic."),
        ({"to": "charlie"}, "to", "Choose somebody who treats at this clinic."),
        ({"to": "x"}, "to", "Choose somebody who treats at this clinic."),
        ({"client": []}, "__all__", "Choose at least one client."),
    ],
)
def test_what_is_missing_is_said_at_its_field(cast, alice, over, field, complaint):
    over = {"to": cast.charlie.pk} if over.get("to") == "charlie" else over
    page = alice.post(url("hand_over"), given(cast.dana, to=cast.bob) | over)
    assert list(page.context["form"].errors) == [field]
    assert complaint in page_text(page)
    assert not Handover.objects.exists()


@pytest.mark.parametrize("name", ["client", "practitioner"])
@pytest.mark.parametrize("number", ["x", "-1", "٣", "9" * 40, "987654"])
def test_a_number_that_is_nobodys(alice, name, number):
    assert alice.get(url("hand_over"), {name: number}).status_code == 404


def test_nobody_gives_away_what_is_not_theirs(cast):
    for person in (cast.bob, cast.charlie, cast.dana.user):
        assert signed_in(person).post(url("hand_over"), given(cast.dana, to=cast.bob)).status_code == 404
    assert practitioner_of(cast.dana) == cast.alice


def test_where_nobody_else_treats(cast):
    page = signed_in(cast.charlie).get(url("hand_over"))
    assert "No client to hand over" in page_text(page)
    make.client(cast.charlie, "Hanna")
    assert "Nobody else treats at this clinic." in page_text(signed_in(cast.charlie).get(url("hand_over")))


def test_at_two_clinics_each_has_its_own(cast, alice):
    second = make.clinic("Second Street")
    here = Practitioner.objects.create(user=cast.alice.user, clinic=second, name="Alice")
    make.practitioner(second, "Zoe")
    hanna = make.client(here, "Hanna")
    page = alice.get(url("hand_over"), {"client": hanna.pk})
    assert "Dana" not in page_text(page)
    assert [who for _number, who in page.context["form"].fields["to"].choices] == ["Choose", "Zoe"]
    assert alice.get(url("hand_over"), {"clinic": cast.charlie.clinic_id}).status_code == 404


def test_a_form_needs_its_token(cast, alice):
    alice.handler.enforce_csrf_checks = True
    assert alice.post(url("hand_over"), given(cast.dana, to=cast.bob)).status_code == 403

"""Those who registered on the public page: who sees them, who takes them on, who says no."""

import pytest

from clinic.clients import registration
from clinic.models import Client, Invitation, Practitioner, Registrant
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

Role = Practitioner.Role
ACTS = ["accept_registrant", "decline_registrant", "reconsider_registrant"]


@pytest.fixture
def nora(cast):
    return make.registrant(cast.alice.clinic)


def state(registrant):
    registrant.refresh_from_db()
    return registrant.state


def test_the_list_says_who_waits_how_to_reach_them_and_since_when(cast, nora):
    page = signed_in(cast.alice).get(url("registrants"))
    assert "1 person waits" in page_text(page)
    assert "Nora nora@home.example 0 min ago" in page_text(page)


def test_nobody_waits(cast):
    assert "Nobody waits" in page_text(signed_in(cast.alice).get(url("registrants")))


def test_the_way_there_says_how_many_wait(cast, nora):
    registration.register_visitor(nora.clinic, name="Unproven", email="unproven@home.example", language="en")
    page = signed_in(cast.alice).get(url("index"))
    assert f'href="{url("registrants")}"' in page.content.decode()
    assert "Registrants 1 waiting" in page_text(page)
    assert "Registrants 1" not in page_text(signed_in(cast.charlie).get(url("index")))
    assert "Unproven" not in page_text(signed_in(cast.alice).get(url("registrants")))


def test_accepting_invites_and_leads_to_the_client(cast, nora):
    page = signed_in(cast.alice).post(url("accept_registrant", nora.pk), follow=True)
    client = Client.objects.get(email="nora@home.example")
    assert page.redirect_chain == [(url("client", client.pk), 302)]
    assert flash_messages(page) == ["The invitation to Nora is on its way."]
    assert (client.practitioner, state(nora)) == (cast.alice, Registrant.State.ACCEPTED)
    assert Invitation.objects.filter(client=client).count() == 1
    assert "Nobody waits" in page_text(signed_in(cast.bob).get(url("registrants")))


def test_the_owner_chooses_who_will_treat(cast, nora):
    owner = signed_in(make.practitioner(cast.alice.clinic, "Olga", Role.OWNER))
    make.practitioner(cast.alice.clinic, "Fred", Role.FRONT_DESK)
    page = owner.get(url("registrants"))
    offered = [who.name for who in page.context["rows"][0].practitioners]
    assert offered == ["Olga", "Alice", "Bob"]
    owner.post(url("accept_registrant", nora.pk), {"practitioner": cast.bob.pk})
    assert Client.objects.get(email="nora@home.example").practitioner == cast.bob


@pytest.mark.parametrize("chosen", ["bob", "charlie", "nobody", ""])
def test_a_practitioner_takes_on_for_nobody_else(cast, nora, chosen):
    number = getattr(cast, chosen).pk if chosen in {"bob", "charlie"} else chosen
    page = signed_in(cast.alice).post(url("accept_registrant", nora.pk), {"practitioner": number}, follow=True)
    assert flash_messages(page) == ["Nora: nothing is changed. Choose somebody who works at this clinic."]
    assert state(nora) == Registrant.State.WAITING
    assert not Client.objects.filter(email="nora@home.example").exists()


def test_who_was_invited_in_the_meantime_waits_no_more(cast, nora):
    client, alice = make.invited(cast.bob, "Nora"), signed_in(cast.alice)
    assert "Nobody waits" in page_text(alice.get(url("registrants")))
    page = alice.post(url("accept_registrant", nora.pk), follow=True)
    assert flash_messages(page) == ["Nora: nothing is changed. This is decided already."]
    nora.refresh_from_db()
    assert (nora.state, nora.client, nora.decided_by) == (Registrant.State.ACCEPTED, client, cast.bob)


def test_an_invitation_at_another_clinic_changes_nothing_here(cast, nora):
    make.invited(cast.charlie, "Nora")
    assert state(nora) == Registrant.State.WAITING


def test_declining_and_thinking_again(cast, nora):
    alice = signed_in(cast.alice)
    page = alice.post(url("decline_registrant", nora.pk), follow=True)
    assert flash_messages(page) == ["Nora: declined. The exercises stay open to them."]
    assert "1 declined" in page_text(page)
    assert flash_messages(alice.post(url("decline_registrant", nora.pk), follow=True)) == [
        "Nora: this is decided already."
    ]
    alice.post(url("accept_registrant", nora.pk))
    assert state(nora) == Registrant.State.ACCEPTED


def test_a_decline_can_be_undone(cast, nora):
    alice = signed_in(cast.alice)
    alice.post(url("decline_registrant", nora.pk))
    assert "declined by Alice" in page_text(alice.get(url("registrants")))
    assert flash_messages(alice.post(url("reconsider_registrant", nora.pk), follow=True)) == ["Nora waits again."]
    nora.refresh_from_db()
    assert (nora.state, nora.decided_by, nora.decided_at) == (Registrant.State.WAITING, None, None)
    assert flash_messages(alice.post(url("reconsider_registrant", nora.pk), follow=True)) == [
        "Nora: this is decided already."
    ]


def test_several_are_taken_on_at_once_and_who_was_decided_meanwhile_is_left(cast, nora):
    paul, rosa = (make.registrant(cast.alice.clinic, name) for name in ("Paul", "Rosa"))
    registration.decline_registrant(paul, by=cast.bob)
    make.invited(cast.bob, "Rosa")
    alice = signed_in(cast.alice)
    page = alice.post(url("decide_registrants"), {"registrant": [nora.pk, paul.pk, rosa.pk]}, follow=True)
    assert flash_messages(page) == ["2 invitations are on their way.", "1 was decided already, and stays as it is."]
    assert set(Client.objects.filter(practitioner=cast.alice).values_list("name", flat=True)) == {
        "Dana",
        "Nora",
        "Paul",
    }


def test_several_are_declined_at_once(cast, nora):
    paul = make.registrant(cast.alice.clinic, "Paul")
    form = {"registrant": [nora.pk, paul.pk], "decline": "1"}
    page = signed_in(cast.alice).post(url("decide_registrants"), form, follow=True)
    assert flash_messages(page) == ["2 people declined. The exercises stay open to them."]
    assert {state(nora), state(paul)} == {Registrant.State.DECLINED}


def test_the_owner_takes_several_on_for_a_colleague(cast, nora):
    paul, olga = make.registrant(cast.alice.clinic, "Paul"), make.practitioner(cast.alice.clinic, "Olga", Role.OWNER)
    form = {"registrant": [nora.pk, paul.pk], "practitioner": cast.bob.pk}
    signed_in(olga).post(url("decide_registrants"), form)
    assert Client.objects.filter(practitioner=cast.bob, name__in=["Nora", "Paul"]).count() == 2


def test_nobody_ticked_changes_nothing(cast, nora):
    page = signed_in(cast.alice).post(url("decide_registrants"), follow=True)
    assert flash_messages(page) == ["Nobody was chosen, so nothing is changed."]
    assert state(nora) == Registrant.State.WAITING


@pytest.mark.parametrize("number", ["", "x", "-1", "٣", "9" * 40, "987654"])
def test_a_number_that_is_nobodys_among_those_ticked(cast, nora, number):
    page = signed_in(cast.alice).post(url("decide_registrants"), {"registrant": [nora.pk, number]})
    assert page.status_code == 404
    assert state(nora) == Registrant.State.WAITING


def test_nobody_of_another_clinic_nor_the_front_desk_decides_on_several(cast, nora):
    desk = make.practitioner(cast.alice.clinic, "Fred", Role.FRONT_DESK)
    for person in (cast.charlie, desk, nora.user):
        assert signed_in(person).post(url("decide_registrants"), {"registrant": nora.pk}).status_code == 404
    assert state(nora) == Registrant.State.WAITING


def test_the_front_desk_sees_who_waits_and_decides_nothing(cast, nora):
    desk = signed_in(make.practitioner(cast.alice.clinic, "Fred", Role.FRONT_DESK))
    page = desk.get(url("registrants"))
    assert "Nora nora@home.example" in page_text(page)
    assert "A practitioner decides whom the clinic takes on." in page_text(page)
    assert "<button" not in page.content.decode().split('class="pl-card pl-registrants"')[1].split("</ul>")[0]
    assert {desk.post(url(act, nora.pk)).status_code for act in ACTS} == {404}
    assert state(nora) == Registrant.State.WAITING


@pytest.mark.parametrize("act", ACTS)
def test_another_clinic_and_the_registrant_find_nothing(cast, nora, act):
    assert "nora" not in page_text(signed_in(cast.charlie).get(url("registrants"))).lower()
    for person in (cast.charlie, nora.user, cast.dana.user, make.user("nobody@home.example")):
        assert signed_in(person).post(url(act, nora.pk)).status_code == 404
    assert signed_in(cast.alice).post(url(act, 987_654)).status_code == 404
    assert signed_in(cast.alice).get(url(act, nora.pk)).status_code == 405
    assert state(nora) == Registrant.State.WAITING


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_is_led_to_the_sign_in_and_a_form_needs_its_token(client, cast, nora, act):
    assert client.post(url(act, nora.pk)).status_code == 302
    alice = signed_in(cast.alice)
    alice.handler.enforce_csrf_checks = True
    assert alice.post(url(act, nora.pk)).status_code == 403
    assert state(nora) == Registrant.State.WAITING


def test_the_list_takes_no_more_queries_for_more_people(cast, nora, django_assert_max_num_queries):
    for name in ("Paul", "Rosa", "Quim"):
        make.registrant(cast.alice.clinic, name)
    alice = signed_in(cast.alice)
    with django_assert_max_num_queries(10):
        alice.get(url("registrants"))

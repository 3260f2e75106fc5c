"""Prescribe for several: ticked on the list, each asked, one dose, stored for all or for none."""

import datetime as dt
import re
from html import unescape

import pytest

from clinic.models import AuditEntry, Client, Prescription
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url
from tests.admin.prescribing.form_answers import dose, hidden, screening


@pytest.fixture
def them(cast):
    make.exercise()
    return [cast.dana, make.client(cast.alice, "Fay"), make.client(cast.alice, "Gus")]


@pytest.fixture
def alice(cast, them):
    return signed_in(cast.alice)


def address(clients):
    return f"{url('prescribe_several')}?{'&'.join(f'client={client.pk}' for client in clients)}"


def answers(clients, **over):
    given = dose(times=["18:00"])
    for client in clients:
        given |= screening(client)
    return {**given, **over}


def refused(page, *fields):
    assert page.status_code == 200
    assert set(page.context["form"].errors) == set(fields)
    assert "Nothing is stored yet." in page_text(page)
    assert not Prescription.objects.exists()


def test_the_list_has_a_tick_for_each_whom_one_may_prescribe_to(cast, alice, them):
    Client.objects.filter(pk=them[2].pk).update(state=Client.State.LEFT)
    page = alice.get(url("clients")).content.decode()
    ticks = [client for client in [*them, cast.erin] if f'name="client" value="{client.pk}"' in page]
    assert ticks == them[:2]
    assert f'action="{url("prescribe_several")}"' in page


def test_each_is_asked_and_nothing_is_chosen_beforehand(alice, them):
    page = alice.get(address(them)).content.decode()
    asked = len(make.exercise().precautions_in("en"))
    assert page.count('value="yes"') == page.count('value="no"') == 3 * asked
    assert [f'name="answer_{client.pk}_glaucoma"' in page for client in them] == [True] * 3
    assert 'value="no" required checked' not in page


def test_all_get_it_and_the_confirmation_names_them(cast, alice, them):
    page = alice.post(address(them), answers(them), follow=True)
    assert flash_messages(page) == ["Forward bend is prescribed for Dana, Fay, Gus."]
    assert {one.client for one in Prescription.objects.all()} == set(them)
    assert AuditEntry.objects.filter(verb="prescription_created", actor=cast.alice.user).count() == 3


def test_an_answer_that_is_missing_is_said_at_its_question(alice, them):
    given = answers(them)
    del given[f"answer_{them[1].pk}_glaucoma"]
    refused(alice.post(address(them), given), f"answer_{them[1].pk}_glaucoma")


def test_a_yes_needs_the_reason_of_that_client(alice, them):
    given = answers(them) | {f"answer_{them[1].pk}_glaucoma": "yes"}
    refused(alice.post(address(them), given), f"reason_{them[1].pk}_glaucoma")
    alice.post(address(them), given | {f"reason_{them[1].pk}_glaucoma": "Agreed."})
    overridden = Prescription.objects.filter(screening__override_reason="Agreed.")
    assert [one.client for one in overridden] == [them[1]]


def test_who_has_it_and_in_whose_day_it_is_too_early_are_named(alice, them):
    Client.objects.filter(pk=them[0].pk).update(wakes_at=dt.time(17, 30))
    make.prescription(them[1])
    page = alice.post(address(them), answers(them))
    assert set(page.context["form"].errors) == {f"client_{them[0].pk}", f"client_{them[1].pk}"}
    assert "18:00 is within two hours after Dana gets up (17:30)." in page_text(page)
    assert "Fay has Forward bend already. Change that dose instead." in page_text(page)
    assert Prescription.objects.count() == 1


def test_who_has_it_already_is_said_beforehand_with_the_way_to_that_plan(alice, them):
    plan = make.prescription(them[1])
    page = alice.get(address(them))
    assert "Fay has Forward bend already (active)." in page_text(page)
    assert page.content.decode().count(f'href="{url("amend", plan.pk)}"') == 1
    refused = alice.post(address(them), answers(them)).content.decode()
    assert refused.count(f'href="{url("amend", plan.pk)}"') == 2, "at the top, and where it is refused"


def test_who_has_it_already_is_left_out_at_one_press_and_nothing_typed_is_lost(alice, them):
    make.prescription(them[1])
    page = alice.post(address(them), answers(them, sets="7"))
    (way,) = set(re.findall(r'formaction="([^"]*)"', page.content.decode()))
    assert "Leave Fay out" in page_text(page)
    form = alice.post(f"{url('prescribe_several')}{unescape(way)}", answers(them, sets="7") | {"do": "back"}).context[
        "form"
    ]
    assert [share.client for share in form.shares] == [them[0], them[2]]
    assert (form["sets"].value(), form[f"answer_{them[2].pk}_glaucoma"].value()) == ("7", "no")
    alone = alice.post(address(them[1:2]), answers(them[1:2]) | {"do": "back"}).content.decode()
    assert "formaction" not in alone, "nobody would be left"
    assert "Prescribe for 1 client<" in alone.replace("</h1", "<").replace(" |", "<")


def test_one_alone_is_prescribed_to_on_the_page_for_one(alice, them):
    alone = url("prescribe", them[0].pk)
    several = f"{url('prescribe_several')}?client={them[0].pk}"
    assert alice.get(several).url == alone
    assert alice.get(f"{several}&exercise=forward-bend").url == f"{alone}?exercise=forward-bend"


def test_a_morning_that_is_meant_for_one_is_ticked_there(alice, them):
    Client.objects.filter(pk=them[0].pk).update(wakes_at=dt.time(17, 30))
    alice.post(address(them), answers(them) | {f"mornings_{them[0].pk}": "on"})
    allowed = {one.client.name: one.dose.mornings_allowed for one in Prescription.objects.all()}
    assert allowed == {"Dana": True, "Fay": False, "Gus": False}


def test_who_left_is_named(alice, them):
    Client.objects.filter(pk=them[0].pk).update(state=Client.State.LEFT)
    page = alice.post(address(them), answers(them))
    refused(page, f"client_{them[0].pk}")
    assert "Dana: This client has left the clinic." in page_text(page)


def test_the_look_names_each_with_the_first_reminder(alice, them, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False)
    Client.objects.filter(pk=them[1].pk).update(time_zone="America/New_York")
    Client.objects.filter(pk=them[2].pk).update(reminders_wanted=False)
    page = signed_in(them[0].practitioner).post(address(them), answers(them) | {"do": "preview"})
    text = page_text(page)
    assert "Dana First reminder: Mon 2 Mar, 18:00 (UTC) No to every question" in text
    assert "Fay First reminder: Mon 2 Mar, 18:00 (America/New_York) No to every question" in text
    assert "Gus Gus wants no reminders. No to every question" in text
    assert not Prescription.objects.exists()
    sent = hidden(page)
    back = signed_in(them[0].practitioner).post(address(them), sent | {"do": "back"})
    assert back.context["form"][f"answer_{them[2].pk}_glaucoma"].value() == "no"
    signed_in(them[0].practitioner).post(address(them), sent)
    assert Prescription.objects.count() == 3


def test_a_second_press_prescribes_nothing_twice(alice, them):
    alice.post(address(them), answers(them))
    page = alice.post(address(them), answers(them))
    assert len(page.context["form"].errors) == 3
    assert Prescription.objects.count() == 3


def test_nobody_ticked_leads_back_to_the_list(alice):
    page = alice.get(url("prescribe_several"), follow=True)
    assert flash_messages(page) == ["Tick the clients first."]


def test_twenty_at_most(cast, alice):
    many = [make.invited(cast.alice, f"Client{number}") for number in range(21)]
    assert flash_messages(alice.get(address(many), follow=True)) == ["Choose at most 20 clients at once."]
    assert alice.get(address(many[:20])).status_code == 200


@pytest.mark.parametrize("number", ["x", "0", "-1", "9" * 40, "²"])
def test_a_number_that_is_nobodys_is_not_found(alice, them, number):
    assert alice.get(f"{address(them)}&client={number}").status_code == 404


def test_a_client_of_somebody_else_among_them_is_not_found(cast, alice, them):
    for browser in (alice, signed_in(cast.charlie)):
        assert browser.get(address([*them, cast.erin])).status_code == 404
        assert browser.post(address([*them, cast.erin]), answers(them)).status_code == 404
    assert not Prescription.objects.exists()


def test_clients_of_two_clinics_are_not_prescribed_to_at_once(cast, alice, them):
    make.practitioner(cast.charlie.clinic, "Zoe")
    mine_there = cast.charlie.clinic.practitioners.create(user=cast.alice.user, name="Alice")
    other = make.client(mine_there, "Hal")
    assert flash_messages(alice.get(address([them[0], other]), follow=True)) == ["Choose clients of one clinic."]


def test_three_cost_as_many_queries_to_look_at_as_two(alice, them, django_assert_max_num_queries):
    counts = []
    for some in (them[:2], them):
        given = answers(some) | {"do": "preview"}
        with django_assert_max_num_queries(32) as asked:
            alice.get(address(some))
        counts.append(len(asked))
        with django_assert_max_num_queries(32) as asked:
            assert alice.post(address(some), given).status_code == 200
        counts.append(len(asked))
    assert counts[:2] == counts[2:]

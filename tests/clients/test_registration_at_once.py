"""The same person presses twice, and two colleagues decide at the same moment: one row, one mail, one client."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from clinic.clients import invitations, registration
from clinic.models import Client, Confirmation, Invitation, Registrant
from tests import make

AT_ONCE = 4


def at_once(act):
    """What ``act`` gives back in each of some threads that begin together."""

    def alone(number):
        try:
            return act(number)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(alone, range(AT_ONCE)))


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_registers_once_and_brings_one_mail():
    clinic = make.clinic()
    at_once(lambda number: registration.register_visitor(clinic, name="Nora", email="nora@home.example", language="en"))
    assert (Registrant.objects.count(), Confirmation.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_make_one_client():
    clinic = make.clinic()
    people = [make.practitioner(clinic, name) for name in ("Alice", "Bob", "Carol", "Dora")]
    nora = make.registrant(clinic)

    def accept(number):
        try:
            return invitations.accept_registrant(nora, people[number], by=people[number])
        except ValidationError:
            return None

    assert len([client for client in at_once(accept) if client]) == 1
    assert (Client.objects.count(), Invitation.objects.count()) == (1, 1)

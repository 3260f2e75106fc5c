"""A client is found by a part of the name as people type it: accents and case aside, in every language."""

import pytest
from hypothesis import given, strategies as st

from clinic.clients.departure import erase_client
from clinic.models import Client
from clinic.models.fields import folded
from tests import make
from tests.admin.browsing import signed_in, url

TYPED = ["Inés", "ines", "INÉS", "nés ort", "INES ORTEGA"]


def ines(practitioner):
    client = make.client(practitioner, "Ines")
    client.name = "Inés Ortega"
    client.save()
    return client


@pytest.mark.parametrize("page", ["index", "clients"])
@pytest.mark.parametrize("typed", TYPED)
def test_accents_and_case_do_not_matter(cast, page, typed):
    make.prescription(ines(cast.alice))
    shown = signed_in(cast.alice).get(url(page), {"q": typed}).content.decode()
    assert "Inés Ortega" in shown
    assert "Dana" not in shown.split("<main", 1)[1]


def test_a_name_that_is_erased_is_not_found_any_more(cast):
    client = ines(cast.alice)
    assert client.name_search == "ines ortega"
    erase_client(client, by=None)
    assert "ines" not in Client.objects.get(pk=client.pk).name_search


@given(st.text(max_size=120))
def test_folding_twice_is_folding_once(name):
    assert folded(folded(name)) == folded(name)


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_the_other_way_is_found(before, after):
    assert folded("é") in folded(f"{before} É {after}")

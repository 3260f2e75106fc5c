"""Known and unknown addresses get the same words, the same number of mails and about the same work."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clinic.models import Confirmation
from tests import make
from tests.accounts.people import LOGIN, page_text, with_verified_email

KNOWN, CLOSED, NOBODY = "dana@home.example", "gus@home.example", "nobody@home.example"
FORMS = {
    "a code": (LOGIN, "login", {}),
    "a code, on its own page": ("/accounts/login/code/", "email", {}),
    "a password": (LOGIN, "login", {"password": "not this one"}),
    "a new password": ("/accounts/password/reset/", "email", {}),
}


@pytest.fixture
def here(db):
    alice = make.practitioner(make.clinic())
    with_verified_email(make.client(alice))
    gus = with_verified_email(make.client(alice, "Gus"))
    gus.user.is_active = False
    gus.user.save()
    return alice


def ask(form, address):
    """What the page says, without the address itself, where it leads, how many mails and how many statements."""
    path, field, more = FORMS[form]
    mail.outbox.clear()
    browser = Browser()
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.post(path, {field: address, **more}, follow=True)
    plain = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return plain.replace(address, "ADDRESS"), answer.redirect_chain, answer.status_code, len(mail.outbox), len(queries)


@pytest.mark.parametrize("form", FORMS)
def test_every_address_is_answered_alike(here, form):
    known, closed, nobody = (ask(form, address) for address in (KNOWN, CLOSED, NOBODY))
    assert known[:4] == nobody[:4] == closed[:4]


@pytest.mark.parametrize("form", FORMS)
def test_the_work_differs_by_a_few_statements_at_most(here, form):
    counts = [ask(form, address)[4] for address in (KNOWN, NOBODY)]
    assert abs(counts[0] - counts[1]) <= 8, counts


def test_a_password_is_hashed_as_often_for_nobody_as_for_somebody(here, monkeypatch):
    """The hash takes a third of a second: who measures it must not learn who is there."""
    counted, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *given: counted.append(1) or encode(self, *given))
    without = with_verified_email(make.client(here, "Erin"))
    without.user.set_unusable_password()
    without.user.save()
    hashed = {}
    for address in (KNOWN, without.email, NOBODY):
        counted.clear()
        ask("a password", address)
        hashed[address] = len(counted)
    assert len(set(hashed.values())) == 1, hashed


def test_registering_posts_one_row_whoever_it_is(here):
    page = "/portal/register/"
    answers = []
    for address in (KNOWN, NOBODY):
        answer = Browser().post(page, {"name": "Dana", "email": address, "agree": "on"}, follow=True)
        answers.append(page_text(answer).replace(address, "ADDRESS"))
    assert answers[0] == answers[1]
    assert Confirmation.objects.count() == 2

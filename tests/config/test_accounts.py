"""Signing in to the runnable project."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client as Browser

from clinic.signals import client_joined, practitioner_joined
from config.accounts.adapter import verify_email
from tests import make
from tests.conftest import Cast

LOGIN, CODE = "/accounts/login/", "/accounts/login/code/confirm/"
pytestmark = pytest.mark.django_db


def person(email: str = "pat@home.example", proven: bool = True) -> User:
    made = User.objects.create_user(username=email, email=email, password=make.PASSWORD)
    if proven:
        verify_email(made)
    return made


def sign_in(browser: Browser, email: str, password: str = "", **query: str) -> Any:
    found: Any = browser.post(LOGIN, {"login": email, "password": password, **query})
    return found


def mailed_code() -> str:
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[0]


def test_a_code_by_mail_signs_in_without_any_password(client: Browser) -> None:
    person()
    answer = sign_in(client, "pat@home.example")
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    assert mail.outbox[0].to == ["pat@home.example"]
    answer = client.post(CODE, {"code": mailed_code()})
    assert answer["Location"] == "/portal/"
    assert "_auth_user_id" in client.session


def test_a_password_signs_in_at_once_for_those_who_have_one(client: Browser) -> None:
    person()
    assert sign_in(client, "pat@home.example", make.PASSWORD)["Location"] == "/portal/"
    assert mail.outbox == []


def test_a_code_works_once_and_a_wrong_one_does_not(client: Browser) -> None:
    person()
    sign_in(client, "pat@home.example")
    assert client.post(CODE, {"code": "0000-0000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    code = mailed_code()
    client.post(CODE, {"code": code})
    client.post("/accounts/logout/")
    sign_in(client, "pat@home.example")
    client.post(CODE, {"code": code})
    assert "_auth_user_id" not in client.session


def test_guessing_codes_ends_after_five(client: Browser) -> None:
    person()
    sign_in(client, "pat@home.example")
    code = mailed_code()
    for _ in range(5):
        client.post(CODE, {"code": "0000-0000"})
    client.post(CODE, {"code": code})
    assert "_auth_user_id" not in client.session


def test_an_address_without_account_gets_the_same_answer_as_one_with(client: Browser) -> None:
    person()
    known, unknown = sign_in(client, "pat@home.example"), sign_in(Browser(), "nobody@home.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    wrong, absent = (sign_in(Browser(), email, "wrong") for email in ("pat@home.example", "nobody@home.example"))
    assert (wrong.status_code, absent.status_code) == (200, 200)
    assert wrong.context["form"].errors == absent.context["form"].errors


def test_codes_for_one_address_are_limited(client: Browser) -> None:
    person()
    for _ in range(8):
        sign_in(Browser(), "pat@home.example")
    assert 1 <= len(mail.outbox) <= 3


def test_guessing_passwords_of_one_address_is_limited(client: Browser) -> None:
    person()
    for _ in range(5):
        sign_in(Browser(), "pat@home.example", "wrong")
    sign_in(client, "pat@home.example", make.PASSWORD)
    assert "_auth_user_id" not in client.session


def test_sign_up_is_closed_and_leads_to_the_clinics_own_page(client: Browser) -> None:
    assert client.get("/accounts/signup/")["Location"] == "/portal/register/"
    client.post("/accounts/signup/", {"email": "new@home.example", "password1": make.PASSWORD})
    assert not get_user_model().objects.filter(email="new@home.example").exists()


def test_a_mailbox_that_nobody_has_proven_must_be_proven_even_with_a_password(client: Browser) -> None:
    person(proven=False)
    answer = sign_in(client, "pat@home.example", make.PASSWORD)
    assert answer["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert mail.outbox[0].to == ["pat@home.example"]


def test_a_code_by_mail_proves_the_mailbox(client: Browser) -> None:
    pat = person(proven=False)
    sign_in(client, "pat@home.example")
    client.post(CODE, {"code": mailed_code()})
    assert EmailAddress.objects.get(user=pat).verified


def test_a_practitioner_lands_on_the_worklist_and_a_client_on_today(client: Browser, cast: Cast) -> None:
    cast.bob.active = False
    cast.bob.save(update_fields=["active"])
    for user, page in ((cast.alice.user, "/admin/"), (cast.dana.user, "/portal/"), (cast.bob.user, "/portal/")):
        assert user is not None
        verify_email(user)
        assert sign_in(Browser(), user.email, make.PASSWORD)["Location"] == page


def test_who_asked_for_a_page_gets_that_page(client: Browser) -> None:
    person()
    assert (
        sign_in(client, "pat@home.example", make.PASSWORD, next="/portal/progress/")["Location"] == "/portal/progress/"
    )
    client.logout()
    assert sign_in(client, "pat@home.example", make.PASSWORD, next="https://evil.example/")["Location"] == "/portal/"


def test_a_second_factor_is_asked_for_after_a_code_too(client: Browser) -> None:
    pat = person()
    TOTP.activate(pat, "JBSWY3DPEHPK3PXP")
    assert Authenticator.objects.filter(user=pat).exists()
    sign_in(client, "pat@home.example")
    assert client.post(CODE, {"code": mailed_code()})["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("joined", [client_joined, practitioner_joined])
def test_whoever_joined_by_a_link_has_proven_the_mailbox(joined: object) -> None:
    pat = person("Pat@Home.example", proven=False)
    EmailAddress.objects.create(user=pat, email="old@home.example", verified=True, primary=True)
    joined.send(sender=None, user=pat)  # type: ignore[attr-defined]
    found = {(row.email, row.verified, row.primary) for row in EmailAddress.objects.filter(user=pat)}
    assert found == {("pat@home.example", True, True), ("old@home.example", True, False)}


def test_a_mailbox_that_another_account_has_proven_stays_theirs() -> None:
    first = person("pat@home.example")
    second = User.objects.create_user(username="second", email="pat@home.example")
    verify_email(second)
    assert EmailAddress.objects.get(email="pat@home.example", verified=True).user == first

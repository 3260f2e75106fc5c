"""`manage.py api_token <email>`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.authtoken.models import Token

from tests import make


def printed(email):
    said = StringIO()
    call_command("api_token", email, stdout=said)
    return said.getvalue().strip()


def test_a_key_is_made_once_and_printed_again(cast):
    key = printed(cast.alice.email)
    assert Token.objects.get(user=cast.alice.user).key == key
    assert printed(cast.alice.email.upper()) == key
    assert Token.objects.count() == 1


def test_the_key_opens_the_api(cast, client):
    answer = client.get("/api/v1/clients/", headers={"Authorization": f"Token {printed(cast.alice.email)}"})
    assert answer.status_code == 200
    assert [row["name"] for row in answer.json()["results"]] == ["Dana"]


def test_an_unknown_address_is_named(cast):
    with pytest.raises(CommandError, match=r"nobody@home\.example"):
        printed("nobody@home.example")
    assert not Token.objects.exists()


def test_an_empty_address_is_nobody_even_where_a_user_has_none(db):
    make.user("")
    with pytest.raises(CommandError, match="Nobody"):
        printed(" ")


def test_an_address_of_two_users_is_refused(cast):
    other = make.user("second")
    other.email = cast.alice.email
    other.save()
    with pytest.raises(CommandError, match="More than one"):
        printed(cast.alice.email)


def test_somebody_who_may_not_sign_in_gets_no_key(cast):
    cast.alice.user.is_active = False
    cast.alice.user.save()
    with pytest.raises(CommandError, match="not active"):
        printed(cast.alice.email)
    assert not Token.objects.exists()

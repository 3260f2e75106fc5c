"""`manage.py erase_client ID`: says what goes and what stays, asks, and does it once."""

import io

import pytest
from django.core.management import CommandError, call_command

from clinic.models import Client


def erase(*arguments):
    output = io.StringIO()
    call_command("erase_client", *arguments, stdout=output)
    return output.getvalue()


def test_it_says_what_goes_and_what_stays(cast):
    output = erase(str(cast.dana.pk), "--yes")
    assert "Erased for good: name, mail address" in output
    assert "Kept under the number alone: scores" in output
    assert output.endswith("erased\n")
    assert Client.objects.get(pk=cast.dana.pk).name == "(erased)"


def test_a_second_time_changes_nothing(cast):
    erase(str(cast.dana.pk), "--yes")
    assert erase(str(cast.dana.pk), "--yes").endswith("was erased before; erased again\n")


@pytest.mark.parametrize("answer", ["", "yes", "no"])
def test_any_answer_but_the_number_erases_nothing(cast, monkeypatch, answer):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    with pytest.raises(CommandError, match="Nothing was erased"):
        erase(str(cast.dana.pk))
    assert Client.objects.get(pk=cast.dana.pk).name == "Dana"


def test_the_number_typed_again_erases(cast, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{cast.dana.pk}\n"))
    erase(str(cast.dana.pk))
    assert Client.objects.get(pk=cast.dana.pk).name == "(erased)"


def test_a_number_that_is_nobodys(cast):
    with pytest.raises(CommandError, match="There is no client 987654"):
        erase("987654", "--yes")

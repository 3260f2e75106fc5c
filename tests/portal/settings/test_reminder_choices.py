"""Which reminders: the prescribed days and times as tick boxes, or none of one exercise."""

import pytest

from clinic.models import ReminderChoice
from tests import make
from tests.portal.visit import send, signed_in, stranger, url, words


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana, days=["mon", "wed", "fri"], times=["12:00", "18:00"])


def page(bend):
    return url("reminder_choices", bend.pk)


def chosen(bend):
    return ReminderChoice.objects.filter(prescription=bend).values_list("wanted", "days_off", "times_off").first()


def test_the_settings_say_of_what_one_is_reminded(cast, bend):
    browser = signed_in(cast.dana)
    whole = "3 days a week: Monday, Wednesday and Friday, at 12:00 and 18:00."
    assert whole in words(browser.get(url("settings")))
    send(browser, page(bend), days=["wed"], times=["18:00"])
    assert "Saved. Settings" in words(browser.get(url("settings")))
    assert "One day a week: Wednesday, at 18:00." in words(browser.get(url("settings")))


def test_what_was_prescribed_is_ticked_until_the_client_chooses(cast, bend):
    ticks = signed_in(cast.dana).get(page(bend)).content.decode().count("checked")
    assert ticks == 5
    send(signed_in(cast.dana), page(bend), days=["mon", "fri"], times=["12:00"])
    assert chosen(bend) == (True, "wed", "18:00")
    assert signed_in(cast.dana).get(page(bend)).content.decode().count("checked") == 3


@pytest.mark.parametrize(
    ("choice", "place", "text"),
    [
        ({"days": [], "times": ["18:00"]}, "days", "Keep at least one, or switch the reminders of this exercise off."),
        ({"days": ["mon"], "times": []}, "times", "Keep at least one, or switch the reminders of this exercise off."),
        ({"days": ["sun"], "times": ["18:00"]}, "days", "the plan has changed meanwhile"),
        ({"days": ["mon"], "times": ["03:00"]}, "times", "the plan has changed meanwhile"),
    ],
)
def test_a_wrong_choice_is_named_and_changes_nothing(cast, bend, choice, place, text):
    response = send(signed_in(cast.dana), page(bend), **choice)
    assert response.status_code == 422
    assert text in words(response)
    assert f'href="#id_{place}_0"' in response.content.decode()
    assert chosen(bend) is None


def test_off_and_on_again(cast, bend):
    browser = signed_in(cast.dana)
    send(browser, page(bend), days=["wed"], times=["18:00"])
    send(browser, page(bend), switch="off")
    assert "None. The exercise stays as it is planned." in words(browser.get(url("settings")))
    assert "You get no reminders of this exercise." in words(browser.get(page(bend)))
    send(browser, page(bend), switch="on")
    assert chosen(bend) == (True, "mon,fri", "12:00")


def test_the_first_page_goes_on_saying_what_is_planned(cast, bend):
    send(signed_in(cast.dana), page(bend), switch="off")
    assert "Nothing more is planned." not in words(signed_in(cast.dana).get(url("today")))


def test_nobody_elses(cast, bend):
    for person in (cast.erin, cast.charlie.user, cast.alice.user):
        assert signed_in(person).get(page(bend)).status_code == 404
    assert stranger().get(page(bend)).status_code == 302
    assert send(signed_in(cast.erin), page(bend), switch="off").status_code in (403, 404)
    assert chosen(bend) is None

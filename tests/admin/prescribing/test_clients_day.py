"""The client's own day as a strip and in words: getting up, quiet hours, what is planned, what is chosen."""

import datetime as dt

import pytest

from clinic.admin.prescribing import day_strip
from clinic.clients import preferences as client_preferences
from clinic.models import Client, Clinic
from clinic.prescriptions import prescribing
from tests import make
from tests.admin.browsing import page_text, signed_in, url
from tests.admin.prescribing.form_answers import dose, screening


@pytest.fixture
def dana(cast):
    quiet = {"quiet_from": dt.time(22), "quiet_until": dt.time(6, 30)}
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Europe/Madrid", wakes_at=dt.time(6), **quiet)
    cast.dana.refresh_from_db()
    make.exercise()
    return cast.dana


def drawn(client, times=("18:00",), **over):
    (strip,) = day_strip.build_strips([client], times, {}, **over)
    return strip


def test_two_hours_after_waking_and_the_night_are_bands(dana):
    assert [(band.kind, band.start, band.length) for band in drawn(dana).bands] == [
        ("quiet", "91.67%", "8.33%"),
        ("quiet", "0.00%", "27.08%"),
        ("morning", "25.00%", "8.33%"),
    ]


def test_a_morning_over_midnight_is_two_bands(dana):
    dana.wakes_at, dana.quiet_from, dana.quiet_until = dt.time(23), None, None
    assert [(band.start, band.length) for band in drawn(dana).bands] == [("95.83%", "4.17%"), ("0.00%", "4.17%")]


def test_other_plans_and_what_the_client_wants_no_reminder_of_are_marked(dana, cast):
    other = make.prescription(dana, times=["09:00", "20:00"])
    client_preferences.choose_reminders(other, days=other.dose.day_names, times=["20:00"], by=dana.user)
    marks = [(mark.time, mark.kind) for mark in drawn(dana).marks]
    assert marks == [("09:00", "not-wanted"), ("20:00", "other"), ("18:00", "chosen")]
    assert [planned.text for planned in drawn(dana).others] == ["09:00, 20:00; no reminder wanted at 09:00"]


def test_the_plan_that_is_changed_is_not_another_one_and_an_ended_one_is_none(dana, cast):
    plan, ended = make.prescription(dana), make.prescription(dana)
    prescribing.end_prescription(ended, by=cast.alice.user, reason="Done.")
    assert drawn(dana, without=plan).others == []


def test_what_the_client_wants_no_reminder_of_is_said_when_the_plan_is_changed(dana, cast):
    plan = make.prescription(dana, times=["09:00", "20:00"])
    client_preferences.choose_reminders(plan, days=plan.dose.day_names, times=["20:00"], by=dana.user)
    page = signed_in(cast.alice).get(url("amend", plan.pk))
    assert "Dana wants no reminder of this plan at 09:00" in page_text(page)


def test_the_page_says_it_all_text(dana, cast):
    other = make.prescription(dana, times=["20:00"])
    page = signed_in(cast.alice).get(url("prescribe", dana.pk))
    text = page_text(page)
    assert "Dana gets up at 06:00; too early for a bend until 08:00" in text
    assert "no reminder in the client’s own quiet hours, 22:00 to 06:30" in text
    assert "Forward bend as well: 20:00" in text
    assert "chosen: 18:00" in text
    assert "Europe/Madrid" in text
    text = page_text(signed_in(cast.alice).get(url("amend", other.pk)))
    assert "chosen: 20:00" in text
    assert "as well" not in text


def test_a_time_in_quiet_hours_is_said(dana, cast):
    given = {**screening(), **dose(times=["23:00", "18:00"]), "fill": "none"}
    page = signed_in(cast.alice).post(url("prescribe", dana.pk), given)
    assert "No reminder comes at 23:00: quiet hours." in page_text(page)


@pytest.fixture
def quiet_clinic(dana):
    """Dana has no hours of her own; the clinic's are 17:00 to 20:00."""
    Client.objects.filter(clinic=dana.clinic).update(quiet_from=None, quiet_until=None)
    Clinic.objects.filter(pk=dana.clinic_id).update(quiet_from=dt.time(17), quiet_until=dt.time(20))
    return dana.clinic


def test_the_clinics_hours_are_drawn_and_said_for_whoever_has_none_of_their_own(dana, cast, quiet_clinic):
    page = signed_in(cast.alice).get(url("prescribe", dana.pk))
    assert [(band.kind, band.start) for band in page.context["day"].bands] == [
        ("quiet", "70.83%"),
        ("morning", "25.00%"),
    ]
    assert "no reminder in the clinic’s quiet hours, 17:00 to 20:00" in page_text(page)
    assert "No reminder comes at 18:00: quiet hours." in page_text(page)
    assert 'data-quiet="1020 1200"' in page.content.decode()


def test_the_clinics_hours_stand_in_each_strip_of_several(dana, cast, quiet_clinic):
    own = {"quiet_from": dt.time(22), "quiet_until": dt.time(7)}
    fay = make.client(cast.alice, "Fay")
    Client.objects.filter(pk=fay.pk).update(**own)
    page = page_text(signed_in(cast.alice).get(f"{url('prescribe_several')}?client={dana.pk}&client={fay.pk}"))
    assert page.count("no reminder in the clinic’s quiet hours, 17:00 to 20:00") == 1
    assert page.count("no reminder in the client’s own quiet hours, 22:00 to 07:00") == 1
    assert page.count("No reminder comes at 18:00: quiet hours.") == 1


def test_the_clinics_hours_are_said_when_the_plan_is_changed(dana, cast, quiet_clinic):
    page = page_text(signed_in(cast.alice).get(url("amend", make.prescription(dana).pk)))
    assert "No reminder comes at 18:00: quiet hours." in page


def test_the_warning_waits_hidden_for_the_script(dana, cast):
    alice = signed_in(cast.alice)
    page = alice.get(url("prescribe", dana.pk)).content.decode()
    assert "data-early hidden>" in page
    page = alice.post(url("prescribe", dana.pk), {**screening(), **dose(times=["07:59"]), "fill": "none"})
    assert "data-early>" in page.content.decode()
    assert "07:59 is within two hours after Dana gets up (06:00)." in page_text(page)


def test_what_is_no_time_is_not_drawn(dana, cast):
    page = signed_in(cast.alice).post(url("prescribe", dana.pk), {**screening(), **dose(times=["25:00", "18:00"])})
    assert page.context["day"].times == ["18:00"]


def test_many_clients_and_plans_cost_as_many_queries_as_one(dana, cast, django_assert_num_queries):
    others = [make.client(cast.alice, name) for name in ("Fay", "Gus")]
    Client.objects.update(quiet_from=None, quiet_until=None)  # the clinic's hours are asked for
    everybody = list(Client.objects.select_related("clinic").filter(pk__in=[dana.pk, *(one.pk for one in others)]))
    make.prescription(dana)
    with django_assert_num_queries(4):
        assert [strip.quiet for strip in day_strip.build_strips(everybody[:1], ["18:00"], {})] == [None]
    for other in others:
        make.prescription(other)
    with django_assert_num_queries(4):
        assert [strip.quiet for strip in day_strip.build_strips(everybody, ["18:00"], {})] == [None] * 3

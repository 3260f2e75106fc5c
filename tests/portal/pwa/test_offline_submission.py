"""The door for answers that waited on a phone: dated when they were given, stored once, theirs alone."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from clinic.models import PainReport
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.visit import signed_in, stranger, url


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def dana(cast):
    return signed_in(cast.dana)


def ask(browser):
    return json.loads(browser.get(url("offline_submission")).content)


def send(browser, plan, key="k1", **over):
    """As the page's script does it: first who is signed in and the token, then the answer."""
    who = ask(browser)
    given = {
        "about": "pain", "prescription": plan.pk, "owner": who.get("owners", [""])[0], "before": "4",
        "occurred_at": "2026-01-01T00:00:00+00:00", **over,
    }  # fmt: skip
    given["occurred_at"] = over.get("occurred_at") or timezone.now().isoformat()
    given = {name: value for name, value in given.items() if value is not None}
    return browser.post(
        url("offline_submission"),
        given,
        headers={"X-CSRFToken": who.get("token", ""), **({"Idempotency-Key": key} if key else {})},
    )


def test_it_is_dated_when_it_was_given_whatever_the_zone(plan, dana):
    yesterday = (timezone.now() - dt.timedelta(days=1)).replace(microsecond=0)
    there = yesterday.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30)))
    response = send(dana, plan, occurred_at=there.isoformat())
    stored = PainReport.objects.get()
    assert response.status_code == 201
    assert json.loads(response.content) == {"next": url("report_result", stored.pk)}
    assert (stored.occurred_at, stored.source, stored.idempotency_key) == (yesterday, "portal", "k1")


def test_the_same_again_is_the_same_answer(plan, dana):
    at = timezone.now().isoformat()
    first, second = (send(dana, plan, occurred_at=at) for _time in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert PainReport.objects.count() == 1


def test_another_answer_under_the_same_key_is_a_conflict(plan, dana):
    at = timezone.now().isoformat()
    send(dana, plan, occurred_at=at)
    response = send(dana, plan, occurred_at=at, before="6")
    assert response.status_code == 409
    assert "another one" in json.loads(response.content)["message"]
    assert PainReport.objects.get().before == 4


def test_a_session_has_both_scores(plan, dana):
    assert send(dana, plan, about="session", after="2", moved_down_leg="no").status_code == 201
    stored = PainReport.objects.get()
    assert (stored.before, stored.after, stored.did_exercise, stored.moved_down_leg) == (4, 2, True, False)


@pytest.mark.parametrize(
    ("errors", "field"),
    [
        ({"occurred_at": "2999-01-01T00:00:00+00:00"}, "occurred_at"),
        ({"occurred_at": "1999-01-01T00:00:00+00:00"}, "occurred_at"),
        ({"occurred_at": "2026-03-02T18:00:00"}, "occurred_at"),
        ({"occurred_at": "2026-13-02T18:00:00+00:00"}, "occurred_at"),
        ({"occurred_at": "noon"}, "occurred_at"),
        ({"before": "11"}, "before"),
        ({"before": None}, "before"),
        ({"warning_signs": "sneezing"}, "warning_signs"),
        ({"key": ""}, "key"),
        ({"key": "k" * 201}, "key"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_stored(plan, dana, errors, field):
    response = send(dana, plan, **errors)
    values = json.loads(response.content)
    assert (response.status_code, values["fields"]) == (400, [field])
    assert values["message"]
    assert not PainReport.objects.exists()


def test_five_minutes_ahead_is_a_clock_that_differs(plan, dana):
    assert send(dana, plan, occurred_at=(timezone.now() + dt.timedelta(minutes=4)).isoformat()).status_code == 201


def test_a_plan_that_ended_meanwhile_is_told_as_a_conflict(plan, dana, cast):
    prescribing.end_prescription(plan, by=cast.alice.user, reason="done")
    response = send(dana, plan)
    assert response.status_code == 409
    assert "has ended" in json.loads(response.content)["message"]


def test_a_plan_that_was_held_meanwhile_takes_the_answer(plan, dana, cast):
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="rest")
    assert send(dana, plan, about="session", after="2").status_code == 201
    assert PainReport.objects.get().advice == "stop"


def test_nobody_signed_in_is_told_so_without_a_redirect(plan, db):
    visitor = stranger()
    assert visitor.get(url("offline_submission")).status_code == 401
    assert "owners" not in ask(visitor)


def test_whoever_is_no_client_has_no_answers(plan, cast):
    assert signed_in(cast.alice.user).get(url("offline_submission")).status_code == 401


def test_an_answer_of_somebody_else_is_refused_whoever_asks(plan, dana, cast):
    make.prescription(cast.erin)
    erin = signed_in(cast.erin)
    response = send(erin, plan, owner=ask(dana)["owners"][0])
    assert response.status_code == 403
    assert send(erin, plan).status_code == 404, "nor about another's plan"
    assert not PainReport.objects.exists()


@pytest.mark.parametrize(
    "over", [{"prescription": "999999"}, {"prescription": "x"}, {"prescription": "9" * 30}, {"about": "x"}]
)
def test_a_plan_that_is_not_there_is_not_found(plan, dana, over):
    assert send(dana, plan, **over).status_code == 404


def test_without_the_token_nothing_is_taken(plan, dana):
    assert dana.post(url("offline_submission"), {"about": "pain"}).status_code == 403


def test_the_owner_is_opaque_and_outlives_the_session_and_a_new_secret_key(cast, settings, dana):
    (mine,) = ask(dana)["owners"]
    assert str(cast.dana.pk) != mine
    assert ask(signed_in(cast.dana))["owners"] == [mine]
    assert ask(signed_in(cast.erin))["owners"] != [mine]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    now = ask(signed_in(cast.dana))["owners"]
    assert now[0] != mine
    assert now[1] == mine


def test_what_a_phone_should_have_at_hand(plan, dana, cast):
    assert ask(dana)["pages"] == [url("today"), url("report"), url("player", plan.pk), url("exercise", "forward-bend")]
    second = make.prescription(cast.dana)
    assert f"{url('report')}?prescription={second.pk}" in ask(dana)["pages"]
    for one in (plan, second):
        prescribing.end_prescription(one, by=cast.alice.user, reason="done")
    assert ask(dana)["pages"] == [url("today"), url("report")]

"""Who may make which call of the REST API: every call, every role, one table; as tests/admin/test_who_may_what.py."""

import json

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from clinic.api.urls import router
from clinic.models import Flag, PainReport, Prescription
from tests.admin.people import EVERYBODY, INSIDE, NOBODY, STAFF, World, everything
from tests.api.calls import V1, plan, session

pytestmark = pytest.mark.any_database

TREATS = ("owner", "own", "shared")
RECORD = (*TREATS, "client")  # the client reads and tells the own story
NAMES = (*TREATS, "desk", "client")
ANYBODY = (*INSIDE, STAFF, "client", "registrant", "stranger")
CLINICAL = ("owner", "own", "colleague", "shared", "other_owner")

# The call, its address, and who gets through. A list opens for everybody and holds something for those named.
TABLE = [
    ("get", "clients-list", "clients/", (*NAMES, "colleague")),
    ("post", "clients-list", "clients/", CLINICAL),
    ("get", "clients-detail", "clients/{client}/", NAMES),
    ("get", "exercises-list", "exercises/", ANYBODY),
    ("get", "exercises-detail", "exercises/forward-bend/", ANYBODY),
    ("get", "prescriptions-list", "prescriptions/", RECORD),
    ("post", "prescriptions-list", "prescriptions/", TREATS),
    ("get", "prescriptions-detail", "prescriptions/{prescription}/", RECORD),
    ("post", "prescriptions-hold", "prescriptions/{prescription}/hold/", TREATS),
    ("post", "prescriptions-resume", "prescriptions/{prescription}/resume/", TREATS),
    ("post", "prescriptions-end", "prescriptions/{prescription}/end/", TREATS),
    ("get", "prescriptions-reminders", "prescriptions/{prescription}/reminders/", RECORD),
    ("get", "prescriptions-handout", "prescriptions/{prescription}/handout.pdf", RECORD),
    ("get", "pain-reports-list", "pain-reports/", RECORD),
    ("post", "pain-reports-list", "pain-reports/", RECORD),
    ("get", "pain-reports-detail", "pain-reports/{report}/", RECORD),
    ("post", "pain-reports-correct", "pain-reports/{report}/correct/", RECORD),
    ("get", "flags-list", "flags/", TREATS),
    ("get", "flags-detail", "flags/{flag}/", TREATS),
    ("post", "flags-acknowledge", "flags/{flag}/acknowledge/", TREATS),
    ("post", "flags-resolve", "flags/{flag}/resolve/", TREATS),
    ("get", "worklist-list", "worklist/", (*TREATS, "colleague")),
]
SHUT = {401, 403, 404}


@pytest.fixture
def world(cast):
    return World(cast)


def bodies(cast):
    prescription = Prescription.objects.get()
    return {
        "clients-list": {"name": "Ida", "email": "ida@home.example", "time_zone": "UTC"},
        "prescriptions-list": plan(cast.dana),
        "pain-reports-list": session(prescription),
        "pain-reports-correct": {"after": 3, "reason": "x"},
        "flags-resolve": {"note": "x", "verdict": "real"},
        "flags-acknowledge": {"note": "x"},
    }


def caller(world, who):
    user = world.people.get(who)
    if user is None:
        return APIClient()
    return APIClient(headers={"Authorization": f"Token {Token.objects.get_or_create(user=user)[0].key}"})


def test_every_call_has_its_line_and_every_line_a_call():
    calls = {(method, pattern.name) for pattern in router.urls for method in pattern.callback.actions}
    calls = {call for call in calls if call[0] != "head"}
    assert {(method, name) for method, name, _path, _who in TABLE} == calls | {("get", "prescriptions-handout")}


@pytest.mark.parametrize(("method", "name", "path", "may"), TABLE, ids=lambda value: str(value)[:40])
def test_each_call_answers_as_the_table_says(world, cast, method, name, path, may):
    given = json.dumps(bodies(cast).get(name, {"reason": "x"}))
    numbers = {"client": cast.dana.pk, "prescription": Prescription.objects.get().pk}
    numbers |= {"report": PainReport.objects.get().pk, "flag": Flag.objects.get().pk}
    errors = {}
    for who in EVERYBODY:
        with world.as_for(who):
            program = caller(world, who)
            before = everything()
            address = V1 + path.format(**numbers)
            if method == "get":
                answer = program.get(address)
            else:
                answer = program.post(address, given, content_type="application/json")
            opened = answer.status_code not in SHUT
            if method == "get" and name.endswith("-list") and who != NOBODY:
                opened = answer.json()["count"] > 0
            if opened != (who in may) or answer.status_code >= 500:
                errors[who] = answer.status_code
            if not opened and everything() != before:
                errors[who] = "changed something"
    assert errors == {}


def test_before_a_second_factor_is_shown_no_call_of_a_session_gets_through(world, cast, settings):
    settings.PLUMBLINE_TWO_FACTOR = True
    numbers = {"client": cast.dana.pk, "prescription": Prescription.objects.get().pk}
    numbers |= {"report": PainReport.objects.get().pk, "flag": Flag.objects.get().pk}
    before, opened = everything(), []
    for method, name, path, _may in TABLE:
        call = getattr(world.browsers["own"], method)
        answer = call(V1 + path.format(**numbers), *([{}] if method == "post" else []), content_type="application/json")
        opened += [name] * (answer.status_code != 403)
    assert opened == []
    assert everything() == before

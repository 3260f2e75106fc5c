"""``POST clients/``: a practitioner invites; what is wrong is told by field and nothing is stored."""

import pytest

from clinic.models import Client, Invitation, Practitioner
from tests import make
from tests.api.calls import Program, errors_of

FRIDA = {"name": "Frida", "email": "frida@home.example", "time_zone": "Europe/Madrid"}


@pytest.fixture
def alice(cast):
    return Program(cast.alice)


def refused(alice, status=400, **over):
    before = Client.objects.count()
    body = {name: value for name, value in {**FRIDA, **over}.items() if value is not ...}
    errors = errors_of(alice.post("clients/", body), status)
    assert Client.objects.count() == before
    assert Invitation.objects.filter(client__email=FRIDA["email"]).count() == 0
    return errors


def test_the_answer_is_the_invited_client(alice, cast):
    answer = alice.post("clients/", {**FRIDA, "language": "es", "wakes_at": "05:30"})
    assert answer.status_code == 201
    data = answer.json()
    assert data.items() >= {**FRIDA, "language": "es", "wakes_at": "05:30", "state": "invited"}.items()
    assert data["practitioner"] == {"id": cast.alice.pk, "name": "Alice"}
    assert data["clinic"] == "riverside-physio"
    assert Invitation.objects.get(client=data["id"]).state == "ready"


def test_the_language_is_the_clinics_unless_given(alice, cast):
    cast.alice.clinic.language = "es"
    cast.alice.clinic.save(update_fields=["language"])
    assert alice.post("clients/", FRIDA).json()["language"] == "es"


@pytest.mark.parametrize("field", ["name", "email", "time_zone"])
def test_a_missing_field_is_named(alice, field):
    assert refused(alice, **{field: ...}).keys() == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 10_000),
        ("name", "   "),
        ("name", "Fri\x00da"),
        ("name", "Fri\ud800da"),
        ("name", 7),
        ("name", None),
        ("name", ["Frida"]),
        ("email", "frida"),
        ("email", "frida@home.example\nBcc: all@home.example"),
        ("email", "f" * 10_000 + "@home.example"),
        ("email", {"address": "frida@home.example"}),
        ("time_zone", "Europe/Atlantis"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", 1),
        ("language", "klingon"),
        ("language", "xx"),
        ("wakes_at", "25:00"),
        ("wakes_at", "7 o'clock"),
        ("wakes_at", 7),
        ("clinic", 7),
        ("practitioner", 1),
        ("state", "joined"),
        ("nmae", "Frida"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_field(alice, field, value):
    assert refused(alice, **{field: value}).keys() == {field}


def test_every_wrong_field_is_told_at_once(alice):
    assert refused(alice, name="", email="frida", nmae="Frida").keys() == {"name", "email", "nmae"}


def test_an_email_that_is_in_the_clinic_already_is_told_at_the_email(alice, cast):
    answer = alice.post("clients/", {**FRIDA, "email": cast.erin.email.upper()})
    assert errors_of(answer) == {"email": ["A client with this e-mail is already in this clinic."]}


def test_who_works_in_several_clinics_says_in_which(alice, cast):
    second = make.clinic("Lakeside")
    Practitioner.objects.create(user=cast.alice.user, clinic=second, name="Alice")
    assert "lakeside, riverside-physio" in refused(alice)["clinic"][0]
    assert alice.post("clients/", {**FRIDA, "clinic": "lakeside"}).json()["clinic"] == "lakeside"


@pytest.mark.parametrize("slug", ["hilltop-rehab", "nowhere"])
def test_a_clinic_where_the_caller_does_not_work_is_404(alice, slug):
    assert refused(alice, 404, clinic=slug).keys() == {"clinic"}


def test_a_client_may_not_invite(cast):
    refused(Program(cast.dana), 403)


def test_the_front_desk_may_not_invite(cast):
    desk = make.practitioner(cast.alice.clinic, "Fay", Practitioner.Role.FRONT_DESK)
    refused(Program(desk), 403)


def test_a_practitioner_who_left_the_clinic_may_not_invite(alice, cast):
    Practitioner.objects.filter(pk=cast.alice.pk).update(active=False)
    refused(alice, 403)

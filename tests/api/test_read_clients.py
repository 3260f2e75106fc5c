"""``GET clients/``: those whom the caller may know of."""

from tests import make
from tests.api.calls import Program


def test_one_client_reads_as_in_the_list(cast):
    alice = Program(cast.alice)
    listed = alice.get("clients/").json()["results"]
    assert [row["name"] for row in listed] == ["Dana"]
    assert alice.get(f"clients/{cast.dana.pk}/").json() == listed[0]


def test_a_client_is_told_with_what_reminders_depend_on(cast):
    data = Program(cast.alice).get(f"clients/{cast.dana.pk}/").json()
    assert (
        data.items()
        >= {
            "id": cast.dana.pk,
            "clinic": "riverside-physio",
            "email": "dana@home.example",
            "state": "joined",
            "language": "en",
            "time_zone": "UTC",
            "wakes_at": "07:00",
            "reminders_wanted": True,
            "paused_until": None,
        }.items()
    )


def test_one_who_has_not_joined_is_listed_as_invited(cast):
    make.invited(cast.alice, "Frida")
    states = {row["name"]: row["state"] for row in Program(cast.alice).get("clients/").json()["results"]}
    assert states == {"Dana": "joined", "Frida": "invited"}

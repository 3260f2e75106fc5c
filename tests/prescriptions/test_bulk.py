"""One exercise for several clients: each is asked, and all get it or none."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Client, DoseTemplate, Prescription
from clinic.prescriptions import bulk, prescribing
from clinic.prescriptions.bulk import ScreenedClient
from clinic.prescriptions.screening import ScreenedPrecaution
from tests import make


@pytest.fixture
def them(cast):
    return [cast.dana, make.client(cast.alice, "Fay"), make.client(cast.alice, "Gus")]


def orders(clients, **over):
    return [ScreenedClient(client, make.nothing_found(), **over) for client in clients]


def prescribed(clients, by, dose=None, given=None, **over):
    return bulk.prescribe_to_clients(given or orders(clients), make.exercise(), dose or make.dose(), by=by, **over)


def refused(clients, by, dose=None, given=None):
    before = Prescription.objects.count()
    with pytest.raises(ValidationError) as error:
        prescribed(clients, by, dose, given)
    assert Prescription.objects.count() == before
    return error.value.message_dict


def test_each_gets_the_plan_and_the_answers_that_are_theirs(cast, them):
    given = orders(them)
    given[1] = ScreenedClient(
        them[1], {**make.nothing_found(), "glaucoma": ScreenedPrecaution(True, "Her eye doctor agrees.")}
    )
    created = prescribed(them, cast.alice, given=given)
    assert [one.client for one in created] == them
    assert [one.screening.filter(answer=True).count() for one in created] == [0, 1, 0]
    assert all(one.schedules.filter(active=True).count() == 1 for one in created)


def test_who_has_it_already_is_named_and_nobody_gets_it(cast, them):
    make.prescription(them[1])
    said = refused(them, cast.alice)
    assert said == {f"client_{them[1].pk}": ["Fay has Forward bend already. Change that dose instead."]}


def test_who_had_it_and_it_ended_may_get_it_again(cast, them):
    prescribing.end_prescription(make.prescription(them[1]), by=cast.alice.user, reason="Done.")
    assert len(prescribed(them, cast.alice)) == 3


def test_who_left_is_named(cast, them):
    Client.objects.filter(pk=them[2].pk).update(state=Client.State.LEFT)
    them[2].refresh_from_db()
    said = refused(them, cast.alice)
    assert said == {f"client_{them[2].pk}": ["Gus: This client has left the clinic. Invite the client again first."]}


def test_in_whose_zone_a_time_is_too_early_is_named_unless_it_is_meant(cast, them):
    them[0].wakes_at = dt.time(16, 30)
    them[0].save(update_fields=["wakes_at"])
    said = refused(them, cast.alice)
    assert said == {f"client_{them[0].pk}": ["18:00 is within two hours after Dana gets up (16:30)."]}
    given = [ScreenedClient(them[0], make.nothing_found(), True), *orders(them[1:])]
    created = prescribed(them, cast.alice, given=given)
    assert [one.dose.mornings_allowed for one in created] == [True, False, False]


def test_a_tick_for_a_morning_without_one_is_not_kept(cast, them):
    created = prescribed(them, cast.alice, given=orders(them, mornings_allowed=True))
    assert not any(one.dose.mornings_allowed for one in created)


def test_an_answer_that_is_missing_is_said_of_its_client(cast, them):
    answers = make.nothing_found()
    del answers["glaucoma"]
    said = refused(them, cast.alice, given=[*orders(them[:2]), ScreenedClient(them[2], answers)])
    assert said == {f"client_{them[2].pk}": ["Gus: glaucoma: answer this precaution, true or false."]}


def test_what_is_wrong_with_the_dose_is_said_once(cast, them):
    assert list(refused(them, cast.alice, make.dose(times=["25:00"]))) == ["times"]


def test_a_client_of_another_clinic_is_refused(cast, them):
    other = make.client(cast.charlie, "Hal")
    assert list(refused([*them, other], cast.alice)) == [f"client_{other.pk}"]


def test_nobody_and_too_many_are_refused(cast, them):
    for given in ([], orders(them * 7)):
        with pytest.raises(ValidationError) as error:
            bulk.prescribe_to_clients(given, make.exercise(), make.dose(), by=cast.alice)
        assert error.value.message_dict == {"clients": ["Choose from one to 20 clients."]}


def test_the_dose_is_kept_once_for_all(cast, them):
    prescribed(them, cast.alice, keep_as="Evenings")
    assert DoseTemplate.objects.get().name == "Evenings"


def test_a_name_that_is_taken_stops_all_of_it(cast, them):
    prescribed(them[:1], cast.alice, keep_as="Evenings")
    before = Prescription.objects.count()
    with pytest.raises(ValidationError) as error:
        prescribed(them[1:], cast.alice, keep_as="evenings")
    assert list(error.value.message_dict) == ["keep_as"]
    assert Prescription.objects.count() == before


def test_a_look_stores_nothing(cast, them):
    bulk.validate_clients(orders(them), make.exercise(), make.dose(), by=cast.alice)
    prescribing.draft_prescription(them[0], make.exercise(), make.dose(), make.nothing_found(), by=cast.alice)
    assert not Prescription.objects.exists()

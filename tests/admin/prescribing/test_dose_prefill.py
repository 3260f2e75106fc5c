"""A dose at one press: the clinic's templates, this client's last one, one's own last one."""

import datetime as dt
import json

import pytest

from clinic.dosage.values import Dosage
from clinic.models import DoseTemplate, Prescription
from clinic.prescriptions import dose_templates, prescribing
from tests import make
from tests.admin.browsing import page_text, signed_in, url
from tests.admin.prescribing.form_answers import dose, screening


@pytest.fixture
def kept(cast):
    dosage = Dosage(["mon", "thu"], ["17:00", "20:00"], 3, 20, "wall")
    return dose_templates.add_template(make.exercise(), "Gently", dosage, weeks=4, by=cast.bob)


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def fields(page):
    form = page.context["form"]
    names = ("days", "times", "sets", "hold_seconds", "variation", "ends_on")
    return tuple(form[name].value() for name in names)


def keys(page):
    return [source.key for source in page.context["sources"]]


def test_the_address_of_a_template_fills_the_fields(cast, alice, kept):
    page = alice.get(url("prescribe", cast.dana.pk), {"template": kept.pk})
    last_day = page.context["form"]["starts_on"].value() + dt.timedelta(days=27)
    assert fields(page) == (["mon", "thu"], ["17:00", "20:00"], 3, 20, "wall", last_day)


def test_the_button_fills_them_and_keeps_the_answers_given_so_far(cast, alice, kept):
    given = {"answer_glaucoma": "yes", "reason_glaucoma": "Agreed.", "starts_on": "2026-03-02", "sets": "9"}
    page = alice.post(url("prescribe", cast.dana.pk), {**given, "fill": f"template-{kept.pk}"})
    assert fields(page) == (["mon", "thu"], ["17:00", "20:00"], 3, 20, "wall", dt.date(2026, 3, 29))
    form = page.context["form"]
    assert (form["answer_glaucoma"].value(), form["reason_glaucoma"].value()) == ("yes", "Agreed.")
    assert not form.is_bound
    assert not Prescription.objects.exists()


def test_as_last_time_is_this_clients_last_dose_of_it(cast, alice):
    old = make.prescription(cast.dana, times=["19:00"], sets=2)
    prescribing.amend_prescription(old, make.dose(times=["20:00"], sets=4), by=cast.alice, reason="more")
    prescribing.end_prescription(old, by=cast.alice.user, reason="Done.")
    page = alice.get(url("prescribe", cast.dana.pk))
    assert keys(page) == ["client"]  # one's own last is the same
    assert "As last time Every day at 20:00, 4 × 30 s" in page_text(page)
    page = alice.post(url("prescribe", cast.dana.pk), {"fill": "client"})
    assert fields(page)[1:3] == (["20:00"], 4)


def test_as_you_prescribed_last_names_no_other_client(cast, alice, kept):
    fay = make.client(cast.alice, "Fay")
    make.prescription(fay, times=["21:00"])
    page = alice.get(url("prescribe", cast.dana.pk))
    assert keys(page) == [f"template-{kept.pk}", "mine"]
    assert "As you prescribed last Every day at 21:00, 1 × 30 s" in page_text(page)
    assert "Fay" not in page_text(page)


def test_what_a_colleague_prescribed_to_another_is_not_offered(cast, alice):
    make.prescription(cast.erin, by=cast.bob)
    assert keys(alice.get(url("prescribe", cast.dana.pk))) == []


def test_another_clinics_doses_are_not_offered(cast, alice, kept):
    hal = make.client(cast.charlie, "Hal")
    assert keys(signed_in(cast.charlie).get(url("prescribe", hal.pk))) == []
    stranger = signed_in(cast.charlie).get(url("prescribe", hal.pk), {"template": kept.pk})
    assert fields(stranger)[1] == ["18:00"]


def test_one_that_is_retired_or_unknown_fills_nothing(cast, alice, kept):
    dose_templates.retire_template(kept, by=cast.alice)
    for number in (kept.pk, 0, "x"):
        assert fields(alice.get(url("prescribe", cast.dana.pk), {"template": number}))[1] == ["18:00"]


def test_the_script_is_told_the_same(cast, alice, kept):
    (source,) = alice.get(url("prescribe", cast.dana.pk)).context["sources"]
    values = json.loads(source.json)
    assert (values["times"], values["sets"], values["lasts"]) == (["17:00", "20:00"], 3, 28)


def test_a_variation_that_is_no_more_is_left_out(cast, alice, kept):
    DoseTemplate.objects.filter(pk=kept.pk).update(variation="gone")
    assert fields(alice.get(url("prescribe", cast.dana.pk), {"template": kept.pk}))[4] == ""


def test_a_change_of_dose_begins_with_a_template_and_keeps_its_days(cast, alice, kept):
    plan = make.prescription(cast.dana, starts_on=dt.date(2026, 3, 2))
    page = alice.post(
        url("amend", plan.pk), {"starts_on": "2026-03-02", "reason": "Too much.", "fill": f"template-{kept.pk}"}
    )
    assert fields(page) == (["mon", "thu"], ["17:00", "20:00"], 3, 20, "wall", None)
    assert page.context["form"]["reason"].value() == "Too much."
    assert plan.versions.count() == 1


def test_the_dose_is_kept_under_a_name_with_its_weeks(cast, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False)
    alice = signed_in(cast.alice)
    given = {**screening(), **dose(ends_on="2026-03-29"), "keep_as": "Chair, twice"}
    alice.post(url("prescribe", cast.dana.pk), given)
    kept = DoseTemplate.objects.get()
    assert (kept.name, kept.days, kept.times, kept.sets, kept.hold_seconds, kept.variation, kept.weeks) == (
        "Chair, twice", "mon,wed", "18:00", 2, 40, "chair", 4,
    )  # fmt: skip


def test_a_name_that_is_taken_is_said_at_its_field_and_nothing_is_stored(cast, alice, kept):
    page = alice.post(url("prescribe", cast.dana.pk), {**screening(), **dose(), "keep_as": "gently"})
    assert page.context["form"].errors == {"keep_as": ["Your clinic has a dose of this name already."]}
    assert not Prescription.objects.exists()


def test_many_templates_cost_as_many_queries_as_one(cast, alice, kept, django_assert_max_num_queries):
    counts = []
    for round_ in range(2):
        with django_assert_max_num_queries(30) as asked:
            alice.get(url("prescribe", cast.dana.pk))
        counts.append(len(asked))
        for number in range(5 if round_ == 0 else 0):
            dose_templates.add_template(make.exercise(), f"No. {number}", Dosage(["mon"], ["18:00"]), by=cast.alice)
    assert counts[0] == counts[1]

"""A button pressed twice, a colleague who was quicker: nothing twice, nothing lost, and it is said what happened."""

import re

import pytest

from clinic.clients import departure
from clinic.dosage.values import Dosage
from clinic.models import DoseTemplate, Practitioner, Prescription
from clinic.prescriptions import dose_templates, prescribing
from exercises import authoring
from exercises.models import Exercise
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url
from tests.admin.prescribing.form_answers import dose, hidden, screening
from tests.exercises import make as content


@pytest.fixture
def alice(cast):
    make.exercise()
    return signed_in(cast.alice)


@pytest.fixture
def bob(cast):
    """He owns the clinic, and so treats whom Alice treats."""
    Practitioner.objects.filter(pk=cast.bob.pk).update(role=Practitioner.Role.OWNER)
    return signed_in(cast.bob)


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


def shown_in(page, name):
    """A hidden field of the form, as the page has it."""
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page.content.decode())[1]


def change(browser, plan, **over):
    opened = browser.get(url("amend", plan.pk))
    return {**dose(times=["19:30"]), "reason": "Later.", "replaces": shown_in(opened, "replaces"), **over}


def new(browser, client, **over):
    opened = browser.get(url("prescribe", client.pk))
    return {**screening(), **dose(), "displayed_plans": shown_in(opened, "displayed_plans"), **over}


def several(browser, them):
    address = f"{url('prescribe_several')}?{'&'.join(f'client={one.pk}' for one in them)}"
    given = dose() | {name: answer for one in them for name, answer in screening(one).items()}
    return address, {**given, "displayed_plans": shown_in(browser.get(address), "displayed_plans")}


def test_prescribe_pressed_twice_makes_one_plan(cast, alice):
    given = new(alice, cast.dana, keep_as="Evenings")
    for _press in range(2):
        page = alice.post(url("prescribe", cast.dana.pk), given, follow=True)
        assert flash_messages(page) == ["Forward bend is prescribed for Dana."]
    assert Prescription.objects.count() == DoseTemplate.objects.count() == 1


def test_the_look_pressed_twice_makes_one_plan(cast, alice):
    sent = hidden(alice.post(url("prescribe", cast.dana.pk), new(alice, cast.dana, do="preview")))
    for _press in range(2):
        alice.post(url("prescribe", cast.dana.pk), sent)
    assert Prescription.objects.count() == 1


def test_a_colleague_who_prescribed_it_meanwhile_is_named_with_the_way_to_that_plan(cast, alice):
    given = new(alice, cast.dana)
    quicker = make.prescription(cast.dana, cast.bob, times=["17:00"])
    page = alice.post(url("prescribe", cast.dana.pk), given)
    expected = "Bob prescribed it for Dana meanwhile: Every day at 17:00. Once. Hold for 30 seconds."
    assert expected in page_text(page)
    assert url("amend", quicker.pk) in page.content.decode()
    assert page.context["form"]["sets"].value() == "2", "nothing typed is lost"
    alice.post(url("prescribe", cast.dana.pk), {**given, "displayed_plans": shown_in(page, "displayed_plans")})
    assert Prescription.objects.count() == 2, "knowing of it, it may be meant"


def test_who_prescribes_the_same_anew_on_purpose_gets_it(cast, alice):
    for _time in range(2):
        alice.post(url("prescribe", cast.dana.pk), new(alice, cast.dana))
    assert Prescription.objects.count() == 2


@pytest.fixture
def glaucoma_corrected():
    """What is sent after the browser's Back: one answer put right, and a name for the dose."""
    return {"answer_glaucoma": "yes", "reason_glaucoma": "Her eye doctor agrees."}


def test_an_answer_corrected_after_the_first_press_is_not_taken_for_a_second(cast, alice, glaucoma_corrected):
    given = new(alice, cast.dana)
    alice.post(url("prescribe", cast.dana.pk), given)
    page = alice.post(url("prescribe", cast.dana.pk), {**given, **glaucoma_corrected, "keep_as": "Evenings"})
    expected = "You prescribed this for Dana already, with other answers. To correct them, end that plan, then"
    assert f"{expected} press again." in page_text(page)
    assert not Prescription.objects.get().screening.filter(answer=True).exists()
    assert not DoseTemplate.objects.exists(), "refused as a whole"


def test_a_corrected_answer_is_stored_once_the_plan_with_the_wrong_one_has_ended(cast, alice, glaucoma_corrected):
    given = new(alice, cast.dana)
    alice.post(url("prescribe", cast.dana.pk), given)
    given |= glaucoma_corrected
    for _press in range(2):
        page = alice.post(url("prescribe", cast.dana.pk), given)
        assert "with other answers" in page_text(page), "and again, as long as it runs"
        given["displayed_plans"] = shown_in(page, "displayed_plans")
    errors = Prescription.objects.get()
    prescribing.end_prescription(errors, by=cast.alice.user, reason="Wrong answer.")
    alice.post(url("prescribe", cast.dana.pk), given)
    (right,) = Prescription.objects.exclude(pk=errors.pk)
    assert right.screening.get(answer=True).override_reason == "Her eye doctor agrees."


def test_another_reason_for_a_yes_is_another_answer(cast, alice, glaucoma_corrected):
    given = new(alice, cast.dana, **glaucoma_corrected)
    alice.post(url("prescribe", cast.dana.pk), given)
    page = alice.post(url("prescribe", cast.dana.pk), {**given, "reason_glaucoma": "Chair only."})
    assert "with other answers" in page_text(page)


def test_a_name_for_the_dose_that_came_with_the_second_press_is_kept(cast, alice):
    given = new(alice, cast.dana)
    for name in ("", "Evenings", "Evenings"):
        page = alice.post(url("prescribe", cast.dana.pk), {**given, "keep_as": name}, follow=True)
        assert flash_messages(page) == ["Forward bend is prescribed for Dana."]
    assert Prescription.objects.count() == 1
    assert DoseTemplate.objects.get().name == "Evenings"


def coming_back(browser, address, given, way, dose_pk):
    """The form as it comes back without a word of anybody else: something is missing, a look, a dose filled in."""
    if way == "missing":
        return browser.post(address, {**given, "days": []})
    if way == "preview":
        return browser.post(address, {**given, "do": "back"})
    return browser.post(address, {**given, "fill": f"template-{dose_pk}"})


@pytest.mark.parametrize("way", ["missing", "preview", "fill"])
def test_a_form_that_comes_back_still_knows_what_was_running_when_it_was_opened(cast, alice, way):
    kept = dose_templates.add_template(make.exercise(), "Evenings", Dosage(["mon"], ["18:00"]), by=cast.alice)
    given, address = new(alice, cast.dana), url("prescribe", cast.dana.pk)
    make.prescription(cast.dana, cast.bob, times=["17:00"])
    page = coming_back(alice, address, given, way, kept.pk)
    assert "Bob prescribed it for Dana meanwhile" not in page_text(page)
    page = alice.post(address, {**given, "displayed_plans": shown_in(page, "displayed_plans")})
    assert "Bob prescribed it for Dana meanwhile" in page_text(page)
    assert Prescription.objects.count() == 1
    alice.post(address, {**given, "displayed_plans": shown_in(page, "displayed_plans")})
    assert Prescription.objects.count() == 2


def test_several_pressed_twice_are_prescribed_to_once_and_hear_it_once_more(cast, alice):
    address, given = several(alice, [cast.dana, make.client(cast.alice, "Fay")])
    for _press in range(2):
        page = alice.post(address, given, follow=True)
        assert flash_messages(page) == ["Forward bend is prescribed for Dana, Fay."]
    assert Prescription.objects.count() == 2


def test_an_answer_corrected_for_one_of_several_is_said_of_that_one(cast, alice):
    fay = make.client(cast.alice, "Fay")
    address, given = several(alice, [cast.dana, fay])
    alice.post(address, given)
    given |= {f"answer_{fay.pk}_glaucoma": "yes", f"reason_{fay.pk}_glaucoma": "Agreed.", "keep_as": "Evenings"}
    page = alice.post(address, given)
    assert dict(page.context["form"].errors) == {
        f"client_{fay.pk}": [
            "You prescribed this for Fay already, with other answers. To correct them, end that plan, then press again."
        ]
    }
    assert not DoseTemplate.objects.exists()
    assert not fay.prescriptions.get().screening.filter(answer=True).exists()


def test_a_name_that_came_with_the_second_press_for_several_is_kept(cast, alice):
    address, given = several(alice, [cast.dana, make.client(cast.alice, "Fay")])
    for name in ("", "Evenings"):
        page = alice.post(address, {**given, "keep_as": name}, follow=True)
        assert flash_messages(page) == ["Forward bend is prescribed for Dana, Fay."]
    assert Prescription.objects.count() == 2
    assert DoseTemplate.objects.get().name == "Evenings"


def test_the_form_for_several_that_comes_back_still_knows_what_was_running_when_it_was_opened(cast, alice):
    address, given = several(alice, [cast.dana, make.client(cast.alice, "Fay")])
    make.prescription(cast.dana, cast.bob)
    assert shown_in(alice.post(address, {**given, "days": []}), "displayed_plans") == ""
    page = alice.post(address, given)
    assert "Dana has Forward bend already. Change that dose instead." in page_text(page)


def test_change_pressed_twice_makes_one_version(alice, plan):
    given = change(alice, plan)
    for _press in range(2):
        page = alice.post(url("amend", plan.pk), given, follow=True)
        assert flash_messages(page)[0] == "The dose is changed. The reminders follow it from now on."
    assert plan.versions.count() == 2


def test_of_two_who_change_the_same_plan_the_second_is_told_and_loses_nothing(cast, alice, bob, plan):
    mine, theirs = change(alice, plan), change(bob, plan, times=["17:00"], reason="Earlier.")
    bob.post(url("amend", plan.pk), theirs)
    page = alice.post(url("amend", plan.pk), mine)
    expected = "Bob changed this dose meanwhile: 2 days a week: Monday and Wednesday, at 17:00."
    assert expected in page_text(page)
    assert plan.versions.count() == 2
    assert page.context["form"]["times"].value() == ["19:30"]
    alice.post(url("amend", plan.pk), {**mine, "replaces": shown_in(page, "replaces")})
    assert plan.dose.times == "19:30"


def test_who_looks_first_is_told_of_the_colleague_before_the_look(alice, bob, plan):
    mine = change(alice, plan)
    bob.post(url("amend", plan.pk), change(bob, plan, times=["17:00"]))
    assert "Bob changed this dose meanwhile" in page_text(alice.post(url("amend", plan.pk), {**mine, "do": "preview"}))


@pytest.mark.parametrize("way", ["missing", "preview", "fill"])
def test_a_change_that_comes_back_still_knows_which_dose_it_was_opened_on(cast, alice, bob, plan, way):
    kept = dose_templates.add_template(make.exercise(), "Evenings", Dosage(["mon"], ["18:00"]), by=cast.alice)
    mine, address = change(alice, plan), url("amend", plan.pk)
    bob.post(address, change(bob, plan, times=["17:00"]))
    page = coming_back(alice, address, mine, way, kept.pk)
    assert "Bob changed this dose meanwhile" not in page_text(page)
    page = alice.post(address, {**mine, "replaces": shown_in(page, "replaces")})
    assert "Bob changed this dose meanwhile" in page_text(page)
    assert plan.versions.count() == 2
    alice.post(address, {**mine, "replaces": shown_in(page, "replaces")})
    assert plan.dose.times == "19:30"


def test_a_third_change_after_one_was_told_is_told_too(alice, bob, plan):
    mine, address = change(alice, plan), url("amend", plan.pk)
    bob.post(address, change(bob, plan, times=["17:00"]))
    mine["replaces"] = shown_in(alice.post(address, mine), "replaces")
    bob.post(address, change(bob, plan, times=["16:00"]))
    mine["replaces"] = shown_in(alice.post(address, {**mine, "reason": ""}), "replaces")
    assert "at 16:00" in page_text(alice.post(address, mine))
    assert plan.versions.count() == 3


def test_what_changes_nothing_is_no_new_version(alice, plan):
    given = change(alice, plan)
    alice.post(url("amend", plan.pk), given)
    page = alice.post(url("amend", plan.pk), {**given, "replaces": "2"})
    assert "This is the dose in force. Change something, or leave it as it is." in page_text(page)
    assert plan.versions.count() == 2


def test_a_plan_that_ended_meanwhile_is_said_with_the_way_to_prescribe_it_anew(cast, alice, plan):
    given = change(alice, plan)
    prescribing.end_prescription(plan, by=cast.bob.user, reason="Done.")
    page = alice.post(url("amend", plan.pk), given)
    assert "This exercise has ended. Prescribe it anew." in page_text(page)
    assert f"{url('prescribe', cast.dana.pk)}?exercise=forward-bend" in page.content.decode()
    assert page.context["form"]["reason"].value() == "Later."
    assert plan.versions.count() == 1


def test_the_form_of_an_ended_plan_leads_back_to_the_client(cast, alice, plan):
    prescribing.end_prescription(plan, by=cast.bob.user, reason="Done.")
    page = alice.get(url("amend", plan.pk), follow=True)
    assert page.redirect_chain == [(url("client", cast.dana.pk), 302)]
    assert flash_messages(page) == ["This exercise has ended. Prescribe it anew."]


@pytest.mark.parametrize("do", ["", "preview"])
def test_a_client_who_left_meanwhile_is_said_and_gets_nothing(cast, alice, do):
    given = new(alice, cast.dana, do=do)
    departure.leave_clinic(cast.dana, by=cast.dana.user)
    page = alice.post(url("prescribe", cast.dana.pk), given)
    assert "This client has left the clinic. Invite the client again first." in page_text(page)
    assert not Prescription.objects.exists()


def test_a_client_who_leaves_between_the_reading_and_the_writing_gets_nothing(cast):
    stale = type(cast.dana).objects.select_related("clinic", "practitioner").get(pk=cast.dana.pk)
    departure.leave_clinic(cast.dana, by=cast.dana.user)
    with pytest.raises(prescribing.ValidationError, match="has left the clinic"):
        make.prescription(stale, cast.alice)
    assert not Prescription.objects.exists()


def test_an_exercise_taken_out_meanwhile_is_said_and_nothing_stored(cast, alice):
    authoring.save_exercise("bridge", "en", content.content(version=None, featured=None, name="Bridge"), published=True)
    Exercise.objects.filter(slug="bridge").update(published_at=None)
    page = alice.post(f"{url('prescribe', cast.dana.pk)}?exercise=bridge", dose())
    assert "This exercise is shown no more, so nothing was stored." in page_text(page)
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("act", ["hold", "end"])
def test_an_act_pressed_twice_is_done_once(alice, plan, act):
    for _press in range(2):
        alice.post(url(act, plan.pk), {"reason": "Enough."})
    assert plan.changes.count() == 1


def test_keep_a_dose_pressed_twice_keeps_one(alice):
    given = {**dose(), "name": "Evenings", "weeks": "4"}
    for _press in range(2):
        page = alice.post(f"{url('dose_template_add')}?exercise=forward-bend", given, follow=True)
        assert flash_messages(page) == ["“Evenings” is kept."]
    assert DoseTemplate.objects.count() == 1


def test_a_dose_that_a_colleague_retired_meanwhile_is_said(cast, alice, bob):
    kept = dose_templates.add_template(make.exercise(), "Evenings", Dosage(["mon"], ["18:00"]), by=cast.alice)
    bob.post(url("dose_template_retire", kept.pk))
    for page in (
        alice.post(url("dose_template", kept.pk), {**dose(), "name": "Nights"}, follow=True),
        alice.post(url("dose_template_retire", kept.pk), follow=True),
    ):
        assert flash_messages(page) == ["“Evenings” is retired already. Add it anew if you need it."]
    kept.refresh_from_db()
    assert (kept.name, kept.active) == ("Evenings", False)

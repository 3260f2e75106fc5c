"""An exercise is added in the practitioner site, without code, and then lived with."""

import pytest

from clinic.models import AuditEntry, Practitioner
from clinic.prescriptions import prescribing
from exercises.models import Exercise, Media
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url
from tests.admin.exercises.form_answers import bridge, question, step
from tests.exercises import files
from tests.portal import visit


@pytest.fixture
def alice(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return signed_in(cast.alice)


def add(alice, **changes):
    return alice.post(url("exercise_add"), bridge(**changes), follow=True)


def the_bridge(version=1):
    return Exercise.objects.get(slug="bridge", version=version)


def test_alice_adds_the_bridge_prescribes_it_and_dana_reads_its_steps(cast, alice):
    assert "Bridge is shown in the library now." in flash_messages(add(alice))
    added = the_bridge()
    assert added.origin == "clinic"
    assert added.steps_in("en")[1].title == "Lift your hips"

    plan = prescribing.prescribe_exercise(cast.dana, added, make.dose(), make.nothing_found(added), by=cast.alice)

    dana = visit.signed_in(cast.dana)
    assert "Makes your bottom strong." in page_text(dana.get(visit.url("library")))
    page = page_text(dana.get(visit.url("exercise", "bridge")))
    for sentence in (
        "Push your hips up and hold.",
        "Press the knees apart.",
        "Put a pillow under your head.",
        "Do you have a fever?",
        "Any mat will do.",
        "Do it now",
    ):
        assert sentence in page
    assert "Bridge" in page_text(dana.get(visit.url("today")))
    assert "Bridge" in page_text(dana.get(visit.url("player", plan.pk)))


def test_the_codes_are_made_of_the_words(alice):
    again = [question("Do you have a fever?"), question("Do you have a fever?", sign="And now?")]
    add(alice, precautions=again, variations=[{"name": "¿Más fácil?", "how": "Así."}, {"name": "簡單", "how": "這樣"}])
    assert [row.code for row in the_bridge().precautions_in("en")] == ["do_you_have_a_fever", "do_you_have_a_fever_2"]
    assert [row.code for row in the_bridge().variations_in("en")] == ["mas_facil", "way"]


def test_the_empty_form_brings_the_questions_that_must_not_be_forgotten(alice):
    page = page_text(alice.get(url("exercise_add")))
    assert "Do you have new numbness between your legs" in page
    assert "Give your pain a number from 0 to 10 before you start" in page
    spanish = page_text(alice.get(url("exercise_add") + "?language=es"))
    assert "Do you have new numbness" not in spanish


def test_more_rows_keeps_what_was_typed_and_complains_of_nothing(alice):
    page = alice.post(url("exercise_add"), {**bridge(name="", act=""), "more": "steps"})
    assert page.status_code == 200
    assert page.context["rows"]["steps"].total_form_count() == 7
    assert "Lift your hips" in page.content.decode()
    assert 'role="alert"' not in page.content.decode()
    assert not Exercise.objects.exists()


@pytest.mark.parametrize("sent", ["", "²", "9" * 5000, "9999"])
def test_no_browser_gets_more_rows_than_an_exercise_may_have(alice, sent):
    page = alice.post(url("exercise_add"), {**bridge(), "more": "steps", "steps-TOTAL_FORMS": sent})
    assert page.status_code == 200
    assert page.context["rows"]["steps"].total_form_count() <= 40


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"name": ""}, "“Name” is empty. Write a few words."),
        ({"steps": [step(title="")]}, "“Title” is empty. Write a few words."),
        ({"steps": [step(title="x" * 81)]}, "at most 80 characters"),
        ({"steps": []}, "Write at least one step."),
        ({"precautions": []}, "Keep at least one question"),
        ({"precautions": [question(sign="")]}, "Write the words that the client reads in a report."),
        ({"rest_seconds": "3"}, "greater than or equal to 5"),
        ({"slug": "Big Bridge"}, "consisting of letters, numbers"),
        ({"slug": "Big-Bridge"}, "Write a short name in small letters"),
        ({"slug": "big_bridge"}, "Write a short name in small letters"),
        ({"name": "簡單"}, "Write a short name in small letters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(alice, changes, complaint):
    page = alice.post(url("exercise_add"), bridge(**changes))
    assert page.status_code == 422
    assert complaint in page_text(page)
    assert "You lie down and lift your hips." in page.content.decode()
    assert not Exercise.objects.exists()


@pytest.mark.parametrize("taken", ["forward-bend", "bridge"])
def test_a_short_name_that_is_taken_is_refused_at_its_field(alice, taken):
    make.exercise()
    add(alice)
    page = alice.post(url("exercise_add"), bridge(slug=taken, summary="Another one."))
    assert page.status_code == 422
    assert page.context["form"].errors["slug"] == [f"“{taken}” is taken. Choose another short name."]
    assert Exercise.objects.filter(slug=taken).count() == 1


def test_a_message_of_the_loader_lands_in_its_row(alice):
    page = alice.post(url("exercise_add"), bridge(variations=[{"name": "A", "how": "B", "code": "Not A Code"}]))
    assert page.status_code == 422
    assert "This must be small letters, digits and underscores" in page_text(page)
    assert page.context["rows"]["variations"].forms[0].errors


def test_a_draft_is_seen_by_nobody_until_it_is_published(cast, alice):
    assert "Bridge is kept as a draft." in flash_messages(add(alice, act="draft"))
    dana = visit.signed_in(cast.dana)
    assert dana.get(visit.url("exercise", "bridge")).status_code == 404
    alice.post(url("exercise_publish", "bridge"))
    assert dana.get(visit.url("exercise", "bridge")).status_code == 200
    alice.post(url("exercise_withdraw", "bridge"))
    assert dana.get(visit.url("exercise", "bridge")).status_code == 404


def change(alice, language="en", **changes):
    return alice.post(
        url("exercise_change", "bridge", language), bridge(**{"base_version": "1", **changes}), follow=True
    )


def test_a_change_is_a_new_version_and_the_plan_keeps_the_old(cast, alice):
    add(alice)
    plan = prescribing.prescribe_exercise(
        cast.dana, the_bridge(), make.dose(), make.nothing_found(the_bridge()), by=cast.alice
    )
    codes = {"code": "do_you_have_a_fever"}
    change(alice, steps=[step(previous_number="1", place="1")], precautions=[question(**codes)])
    plan.refresh_from_db()
    assert plan.exercise.version == 1
    assert len(plan.exercise.steps_in("en")) == 2
    assert len(the_bridge(2).steps_in("en")) == 1
    assert Exercise.objects.current().get(slug="bridge").version == 2


def test_saving_without_a_change_makes_no_version(alice):
    add(alice)
    form = alice.get(url("exercise_change", "bridge", "en"))
    assert form.context["rows"]["precautions"].forms[0].initial["code"] == "do_you_have_a_fever"
    rows = {
        "steps": [
            step(previous_number="1", place="1"),
            step("Lift your hips", instruction="Push your hips up and hold.", previous_number="2"),
        ],
        "variations": [{"code": "with_a_pillow", "name": "With a pillow", "how": "Put a pillow under your head."}],
        "precautions": [question(code="do_you_have_a_fever")],
    }
    change(alice, **rows)
    assert Exercise.objects.filter(slug="bridge").count() == 1


def test_two_who_change_it_at_once_do_not_overwrite_each_other(alice):
    add(alice)
    change(alice, name="Hip bridge")
    page = change(alice, name="Other bridge")
    assert page.status_code == 422
    assert "Somebody has changed this exercise in the meantime." in page_text(page)
    assert the_bridge(2).name == "Hip bridge"


@pytest.mark.parametrize("version", ["", "-1", "9" * 5000])
def test_a_version_that_nobody_saw_overwrites_nothing(alice, version):
    add(alice)
    assert change(alice, name="Hip bridge", base_version=version).status_code == 422
    assert Exercise.objects.get().name == "Bridge"


def test_a_name_makes_an_address_of_small_letters_and_hyphens(alice):
    add(alice, name="Lift_the Hips — é")
    assert Exercise.objects.get().slug == "lift-the-hips-e"


def test_a_draft_of_a_change_leaves_the_shown_version_shown(alice):
    add(alice)
    change(alice, name="Hip bridge", act="draft")
    assert Exercise.objects.current().get().name == "Bridge"
    assert "version 1 is shown" in page_text(alice.get(url("exercise", "bridge"))).lower()


KEPT = {
    "variations": [{"code": "with_a_pillow", "name": "Con cojín", "how": "Pon un cojín."}],
    "precautions": [question("¿Tienes fiebre?", code="do_you_have_a_fever", sign="¿Hay fiebre?")],
}


def test_a_second_language_is_added(cast, alice):
    add(alice)
    form = alice.get(url("exercise_change", "bridge", "es"))
    assert "Keep every row." in page_text(form)
    spanish = [step("Túmbate", previous_number="1"), step("Sube la cadera", previous_number="2")]
    change(alice, "es", name="Puente", steps=spanish, **KEPT)
    two = the_bridge(2)
    assert two.text_in("es").name == "Puente"
    assert two.text_in("en").name == "Bridge"
    assert [one.title for one in two.steps_in("es")] == ["Túmbate", "Sube la cadera"]


def test_what_is_no_word_goes_along_in_the_other_languages(alice):
    test_a_second_language_is_added(None, alice)
    rows = {
        "variations": [{"code": "with_a_pillow", "name": "With a pillow", "how": "Put a pillow under your head."}],
        "precautions": [question(code="do_you_have_a_fever", group="care", reported="")],
    }
    change(alice, base_version="2", steps=[step("Lift your hips", previous_number="2", phase="hold")], **rows)
    three = the_bridge(3)
    assert [(one.title, one.phase) for one in three.steps_in("es")] == [("Sube la cadera", "hold")]
    (fever,) = three.precautions_in("es")
    assert (fever.group, fever.reported, fever.sign) == ("care", False, "")


def test_what_the_other_languages_lack_is_asked_about(alice):
    test_a_second_language_is_added(None, alice)
    rows = {
        "steps": [step(previous_number="1"), step("Lift", previous_number="2"), step("Breathe")],
        "variations": [{"code": "with_a_pillow", "name": "With a pillow", "how": "Put a pillow under your head."}],
        "precautions": [question(code="do_you_have_a_fever")],
    }
    page = change(alice, base_version="2", **rows)
    assert page.status_code == 422
    assert "What you added has no words yet in: es." in page_text(page)
    change(alice, base_version="2", drop_other_languages="on", **rows)
    assert [text.language for text in the_bridge(3).texts.all()] == ["en"]


def test_the_picture_of_a_step_follows_its_step(alice):
    add(alice, steps=[step(), step("Lift your hips", picture=files.upload(files.PNG, "hips.png"))])
    assert the_bridge().media.get().step == 2
    rows = {"precautions": [question(code="do_you_have_a_fever")]}
    change(alice, steps=[step("Lift your hips", previous_number="2")], **rows)
    (kept,) = the_bridge(2).media.all()
    assert (kept.step, kept.file.name) == (1, the_bridge().media.get().file.name)


def test_a_new_step_may_be_put_between_two(alice):
    add(alice)
    between = step("Breathe", place="2")
    steps = [step(previous_number="1", place="1"), step("Lift your hips", previous_number="2", place="2"), between]
    change(alice, steps=steps, precautions=[question(code="do_you_have_a_fever")])
    assert [one.title for one in the_bridge(2).steps_in("en")] == ["Lie down", "Breathe", "Lift your hips"]


def test_a_bad_picture_is_said_at_its_step_and_nothing_is_stored(alice):
    page = alice.post(url("exercise_add"), bridge(steps=[step(picture=files.upload(files.SVG, "me.png"))]))
    assert page.status_code == 422
    assert "An SVG file can hold a script." in page_text(page)
    assert not Exercise.objects.exists()
    assert not Media.objects.exists()


def test_the_shipped_exercise_is_not_rewritten_here(alice):
    make.exercise()
    assert alice.get(url("exercise_change", "forward-bend", "en")).status_code == 404


def test_the_owner_chooses_what_the_front_page_shows(cast, alice):
    add(alice)
    alice.post(url("exercise_feature", "bridge"))
    cast.alice.clinic.refresh_from_db()
    assert cast.alice.clinic.featured_exercise == "forward-bend"
    olga = signed_in(make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER))
    olga.post(url("exercise_feature", "bridge"))
    cast.alice.clinic.refresh_from_db()
    assert cast.alice.clinic.featured_exercise == "bridge"
    cast.charlie.clinic.refresh_from_db()
    assert cast.charlie.clinic.featured_exercise == "forward-bend"


def test_the_book_of_the_clinic_says_who_wrote_it(cast, alice):
    add(alice)
    alice.post(url("exercise_withdraw", "bridge"))
    entries = AuditEntry.objects.filter(clinic=cast.alice.clinic, target_kind="exercise").order_by("pk")
    assert [(entry.actor_id, entry.verb) for entry in entries] == [
        (cast.alice.user_id, "exercise_written"),
        (cast.alice.user_id, "exercise_withdrawn"),
    ]


WRITES = ["exercise_add", "exercise_change", "exercise_publish", "exercise_withdraw", "exercise_feature"]


@pytest.mark.parametrize("name", WRITES)
def test_the_front_desk_reads_the_list_and_writes_nothing(cast, alice, name):
    add(alice)
    desk = signed_in(make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK))
    assert "Bridge" in page_text(desk.get(url("exercises")))
    assert "Add an exercise" not in page_text(desk.get(url("exercises")))
    args = {"exercise_add": [], "exercise_change": ["bridge", "en"]}.get(name, ["bridge"])
    assert desk.post(url(name, *args), bridge(slug="mine")).status_code == 404
    assert Exercise.objects.filter(slug="bridge", published_at__isnull=False).count() == Exercise.objects.count() == 1

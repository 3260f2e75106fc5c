"""The page of the doses that a clinic keeps."""

import pytest

from clinic.dosage.values import Dosage
from clinic.models import AuditEntry, DoseTemplate, Practitioner
from clinic.prescriptions import dose_templates
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url


@pytest.fixture
def alice(cast):
    make.exercise()
    return signed_in(cast.alice)


@pytest.fixture
def kept(cast):
    return dose_templates.add_usual_template(make.exercise(), by=cast.alice)


def typed(**over):
    given = {"name": "Gently", "days": ["mon", "thu"], "times": ["17:00", ""], "sets": "2", "hold_seconds": "20"}
    return {**given, "variation": "wall", "weeks": "4", **over}


def add():
    return f"{url('dose_template_add')}?exercise=forward-bend"


def test_an_empty_page_offers_the_usual_one_and_adds_nothing_by_itself(alice):
    page = alice.get(url("dose_templates"))
    assert "Add the usual one: Forward bend, Once a day, in the evening" in page_text(page)
    assert not DoseTemplate.objects.exists()
    page = alice.post(url("dose_template_usual"), {"exercise": "forward-bend"}, follow=True)
    assert flash_messages(page) == ["“Once a day, in the evening” is kept."]
    assert "Every day at 18:00 · 1 set · hold 30 s · 6 weeks" in page_text(page)
    assert "Add the usual one" not in page_text(page)


def test_the_usual_one_is_added_once(alice, kept):
    page = alice.post(url("dose_template_usual"), {"exercise": "forward-bend"}, follow=True)
    assert flash_messages(page) == ["“Once a day, in the evening” is kept."]
    assert DoseTemplate.objects.count() == 1


def test_one_is_added_and_stands_on_the_page(cast, alice):
    page = alice.post(add(), typed(), follow=True)
    assert flash_messages(page) == ["“Gently” is kept."]
    created = DoseTemplate.objects.get()
    assert (created.clinic, created.days, created.times, created.variation, created.weeks) == (
        cast.alice.clinic, "mon,thu", "17:00", "wall", 4,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("days", []),
        ("times", [""]),
        ("times", ["25:00"]),
        ("sets", "21"),
        ("weeks", "53"),
        ("weeks", "x"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(alice, field, value):
    page = alice.post(add(), typed(**{field: value}))
    assert list(page.context["form"].errors) == [field]
    assert not DoseTemplate.objects.exists()


def test_it_is_changed_and_retired(alice, kept):
    page = alice.get(url("dose_template", kept.pk)).content.decode()
    assert 'name="weeks" value="6"' in page
    alice.post(url("dose_template", kept.pk), typed(weeks=""))
    kept.refresh_from_db()
    assert (kept.name, kept.sets, kept.weeks) == ("Gently", 2, None)
    page = alice.post(url("dose_template_retire", kept.pk), follow=True)
    assert flash_messages(page)[-1] == "“Gently” is offered no more. Plans that were made of it run on."
    assert "No doses kept yet" in page_text(page)
    assert alice.get(url("dose_template", kept.pk)).status_code == 302, "to the list, which says so"


def test_an_unknown_exercise_is_not_found(alice):
    assert alice.get(f"{url('dose_template_add')}?exercise=headstand").status_code == 404
    assert alice.post(url("dose_template_usual"), {"exercise": "headstand"}).status_code == 404


@pytest.mark.parametrize("name", ["dose_template", "dose_template_retire"])
def test_a_stranger_a_client_and_the_front_desk_find_none_of_it(cast, kept, name):
    desk = make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK)
    before = AuditEntry.objects.count()
    for person in (cast.charlie, cast.dana.user, desk):
        browser = signed_in(person)
        assert browser.post(url(name, kept.pk), typed()).status_code == 404
        if name == "dose_template":
            assert browser.get(url(name, kept.pk)).status_code == 404
    assert AuditEntry.objects.count() == before
    assert url("dose_template", kept.pk) not in signed_in(cast.charlie).get(url("dose_templates")).content.decode()
    for address in ("dose_template_add", "dose_template_usual"):
        assert signed_in(desk).post(url(address), {"exercise": "forward-bend"}).status_code == 404


def test_a_colleague_of_the_clinic_may_change_it(cast, kept):
    signed_in(cast.bob).post(url("dose_template", kept.pk), typed())
    assert AuditEntry.objects.get(verb="dose_template_changed").actor == cast.bob.user


def test_who_works_at_two_clinics_says_for_which(cast, alice):
    there = make.clinic("Seaside")
    there.practitioners.create(user=cast.alice.user, name="Alice")
    assert list(alice.post(add(), typed()).context["form"].errors) == ["clinic"]
    membership = there.practitioners.get()
    alice.post(add(), typed(clinic=membership.pk))
    assert DoseTemplate.objects.get().clinic == there
    assert "Seaside" in page_text(alice.get(url("dose_templates")))


def test_many_cost_as_many_queries_as_one(cast, alice, kept, django_assert_max_num_queries):
    counts = []
    for round_ in range(2):
        with django_assert_max_num_queries(20) as asked:
            alice.get(url("dose_templates"))
        counts.append(len(asked))
        for number in range(5 if round_ == 0 else 0):
            dose_templates.add_template(make.exercise(), f"No. {number}", Dosage(["mon"], ["18:00"]), by=cast.alice)
    assert counts[0] == counts[1]

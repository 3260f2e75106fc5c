"""The owner settles the clinic: checked, audited by the names of what changed, and nobody else may."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from clinic.models import AuditEntry, Clinic, Practitioner
from clinic.models.clinic import build_tel_link
from clinic.practice import settings as practice_settings
from tests import make
from tests.exercises.test_strip_metadata import SECRET, chunk, png


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def change(olga, **changes):
    return practice_settings.change_settings(olga.clinic, changes, by=olga)


def errors_of(olga, **changes):
    before = Clinic.objects.values().get(pk=olga.clinic_id)
    with pytest.raises(ValidationError) as refused:
        change(olga, **changes)
    assert Clinic.objects.values().get(pk=olga.clinic_id) == before
    assert not AuditEntry.objects.filter(verb__endswith="_changed").exists()
    return refused.value.message_dict


def test_what_changed_is_in_the_audit_by_name_and_without_its_value(olga):
    assert change(olga, phone="555 0199", name="Riverside Physio", postal_line="1 Bank") == ["phone", "postal_line"]
    olga.clinic.refresh_from_db()
    assert (olga.clinic.phone, olga.clinic.postal_line) == ("555 0199", "1 Bank")
    entries = AuditEntry.objects.filter(verb__endswith="_changed").values_list("verb", "target_kind", "actor_id")
    assert set(entries) == {(verb, "clinic", olga.user_id) for verb in ("clinic_phone_changed", "postal_line_changed")}


def test_only_an_owner_of_this_clinic_decides(cast, olga):
    desk = make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK)
    gone = make.practitioner(cast.alice.clinic, "Gina", Practitioner.Role.OWNER)
    gone.active = False
    for person in (cast.alice, desk, cast.charlie, gone):
        for act in (
            lambda who: practice_settings.change_settings(olga.clinic, {"phone": "1234"}, by=who),
            lambda who: practice_settings.set_logo(olga.clinic, ContentFile(png()), by=who),
            lambda who: practice_settings.remove_logo(olga.clinic, by=who),
            lambda who: practice_settings.dismiss_onboarding(olga.clinic, by=who),
        ):
            with pytest.raises(ValidationError, match="Only the owner"):
                act(person)


def test_a_field_that_is_no_setting_is_refused(olga):
    with pytest.raises(TypeError, match="slug"):
        change(olga, slug="elsewhere")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 121), ("email", "nobody"), ("email", ""), ("time_zone", "Mars/Olympus"),
        ("language", "tlh"), ("accent", "red"), ("accent", "#12345"), ("phone", ""), ("phone", "call me"),
        ("phone", "12"), ("phone", "1" * 16), ("phone_after_hours", "<b>555</b>"), ("escalation_hours", 0),
        ("escalation_hours", 169), ("featured_exercise", "handstand"), ("retention_years", 9), ("retention_years", 101),
    ],
)  # fmt: skip
def test_nonsense_is_refused_at_its_field(olga, field, value):
    make.exercise()
    assert list(errors_of(olga, **{field: value})) == [field]


def test_a_colour_that_bears_no_text_is_refused_with_one_beside_it(olga):
    (message,) = errors_of(olga, accent="#808080")["accent"]
    near = message.removesuffix(".").split()[-1]
    assert practice_settings.is_readable(near)
    assert not practice_settings.is_readable("#808080")
    change(olga, accent=near)


@pytest.mark.parametrize("colour", ["#808080", "#E0701F", "#3A8DDE", "#D0443E", "#1F6F78", "#000000", "#FFFFFF"])
def test_the_colour_beside_it_is_near(colour):
    near = practice_settings.nearest_readable_color(colour)
    assert practice_settings.is_readable(near)
    parts = [(int(colour[at : at + 2], 16), int(near[at : at + 2], 16)) for at in (1, 3, 5)]
    assert max(abs(one - other) for one, other in parts) <= 40


def test_a_second_phone_needs_its_number_and_may_go_again(olga):
    assert list(errors_of(olga, after_hours="nights")) == ["phone_after_hours"]
    change(olga, phone_after_hours="555 0911", after_hours="nights")
    change(olga, phone_after_hours="", after_hours="")


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [(dt.time(21), None, "quiet_until"), (None, dt.time(7), "quiet_from"), (dt.time(7), dt.time(7), "quiet_until")],
)
def test_quiet_hours_have_two_ends_that_differ(olga, begin, end, field):
    assert list(errors_of(olga, quiet_from=begin, quiet_until=end)) == [field]


def test_how_long_the_law_wants_a_record_is_the_operators_word(olga, settings):
    settings.PLUMBLINE_RETENTION_YEARS = 3
    assert change(olga, retention_years=3) == ["retention_years"]
    assert change(olga, retention_years=None) == ["retention_years"]


def test_a_logo_is_stored_bare_and_the_one_before_is_deleted(olga, tmp_path, django_capture_on_commit_callbacks):
    for content in (png(chunk(b"tEXt", SECRET)), png(size=2)):
        with django_capture_on_commit_callbacks(execute=True):
            practice_settings.set_logo(olga.clinic, ContentFile(content, "../../my logo.svg"), by=olga)
        (stored,) = (tmp_path / "clinic" / "logos").iterdir()
        assert SECRET not in stored.read_bytes()
        assert stored.suffix == ".png"
    with django_capture_on_commit_callbacks(execute=True):
        practice_settings.remove_logo(olga.clinic, by=olga)
    assert list((tmp_path / "clinic" / "logos").iterdir()) == []
    assert not Clinic.objects.get(pk=olga.clinic_id).logo


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"GIF89a" + b"\0" * 40,
     png() + b"\0" * practice_settings.MAX_LOGO_BYTES, png()[:-16], b"not a picture"],
)  # fmt: skip
def test_what_is_no_small_sound_picture_is_no_logo(olga, content, tmp_path):
    with pytest.raises(ValidationError) as refused:
        practice_settings.set_logo(olga.clinic, ContentFile(content, "logo.png"), by=olga)
    assert list(refused.value.message_dict) == ["logo"]
    assert not (tmp_path / "clinic").exists()


@pytest.mark.parametrize(
    ("phone", "link"),
    [("555 0100", "tel:5550100"), ("+44 (0)20 7946-0100", "tel:+442079460100"), ("(030) 1234/56", "tel:030123456")],
)
def test_a_phone_is_dialled_by_its_digits(phone, link):
    assert build_tel_link(phone) == link

"""Whatever a name or an exercise says is printed as it stands: it is data, and never read as markup."""

import pytest
import segno
from django.core.exceptions import ValidationError

from clinic.documents.handout import build_handout
from clinic.models import Client, Clinic
from tests import make
from tests.documents import printed

NASTY = r'#panic("x") *a* _b_ $x^2$ `c` @d <e> \f // g /* h */ {{ i }} [j] = k - l + m ~ "n" \u{41} https://o.example'


def _without_spaces(text):
    return "".join(text.split())  # a line may end within it


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, variation="wall")


def test_markup_in_any_text_is_printed_as_it_is(plan, cast):
    exercise = make.exercise()
    exercise.texts.update(name="# bend", gauge=NASTY)
    exercise.steps.update(instruction=NASTY, title="= $1", cue="*cue*", shows="#shows")
    exercise.variations.update(how=NASTY)
    exercise.precautions.filter(reported=True).update(sign="- #sign")
    Client.objects.update(name="D #let x = 1")
    Clinic.objects.update(name="C @clinic", phone="#555")
    plan.refresh_from_db()
    text = printed.text(build_handout(plan))
    assert _without_spaces(text).count(_without_spaces(NASTY)) == 1 + 1 + 10  # the gauge, the way, each step
    for page_text in ("# bend", "= $1", "*cue*", "- #sign", "D #let x = 1", "C @clinic", "#555"):
        assert page_text in text


@pytest.mark.parametrize("name", ["Dana\x01 \x7f Wu", "Dana\u2028\n\tWu", " Dana Wu"])
def test_what_no_font_can_draw_is_a_space(plan, name):
    Client.objects.update(name=name)
    plan.refresh_from_db()
    assert "For Dana Wu, from Alice." in printed.text(build_handout(plan))


@pytest.mark.parametrize("name", ["Łukasz Ñandú", "Ελένη", "Настя", "Đặng Thị"])
def test_a_name_in_any_script_of_the_shipped_fonts_is_printed(plan, name):
    Client.objects.update(name=name)
    plan.refresh_from_db()
    assert f"For {name}, from" in printed.text(build_handout(plan))


def test_a_name_for_which_the_machine_has_no_font_costs_its_letters_and_not_the_sheet(plan):
    Client.objects.update(name="Dana \U000e0041\U0010ffff Wu")
    plan.refresh_from_db()
    assert "For Dana ?? Wu, from" in printed.text(build_handout(plan))


def test_the_code_for_the_phone_says_the_address_of_the_portal_and_nothing_else(plan, monkeypatch):
    page_text, make_code = [], segno.make
    monkeypatch.setattr(segno, "make", lambda text, **given: page_text.append(text) or make_code(text, **given))
    build_handout(plan)
    assert page_text == ["http://127.0.0.1:8000/portal/"]


@pytest.mark.parametrize(("field", "value"), [("paper", "a5"), ("paper", ""), ("language", "xx"), ("language", "")])
def test_another_paper_or_language_is_refused_by_name(plan, field, value):
    with pytest.raises(ValidationError) as raised:
        build_handout(plan, **{field: value})
    assert raised.value.message_dict.keys() == {field}
    assert raised.value.message_dict[field][0].startswith("Use one of: ")

"""The moving drawing in Chromium: it bends and comes up again, and stays still for whoever wants no motion."""

import pytest
from django.template import Context, Template
from django.templatetags.static import static
from playwright.sync_api import expect

from exercises.loading import SHIPPED_LIBRARY, load_library
from exercises.models import Exercise
from tests.exercises import make
from tests.exercises.poses import BEND

pytestmark = pytest.mark.browser
FILES = BEND.parents[1] / "static"
HEIGHT = """seconds => {
  const svg = document.documentElement
  svg.pauseAnimations()
  svg.setCurrentTime(seconds)
  return svg.querySelector('.moves [class~=fig-hair]').getBBox().y
}"""
SEEN = "() => ['moves', 'still'].filter(name => getComputedStyle(document.querySelector('.' + name)).display != 'none')"


@pytest.fixture
def drawing(page):
    page.goto((FILES / "exercises/forward-bend/moving.svg").as_uri())
    return page


def test_the_head_goes_down_and_comes_up_again(drawing):
    whole = float(drawing.evaluate("() => document.querySelector('animate').getAttribute('dur').slice(0, -1)"))
    heads = [drawing.evaluate(HEIGHT, whole * step / 20) for step in range(20)]
    lowest = heads.index(max(heads))
    assert heads[0] < 60
    assert max(heads) > 150
    assert 4 < lowest < 16
    assert drawing.evaluate(HEIGHT, whole * 0.999) == pytest.approx(heads[0], abs=3)


def test_alone_in_a_page_it_heeds_the_wish_for_no_motion(drawing):
    assert drawing.evaluate(SEEN) == ["moves"]
    drawing.emulate_media(reduced_motion="reduce")
    assert drawing.evaluate(SEEN) == ["still"]


def test_it_has_darker_colours_at_night(drawing):
    colour = "() => getComputedStyle(document.querySelector('.moves .fig-skin')).fill"
    by_day = drawing.evaluate(colour)
    drawing.emulate_media(color_scheme="dark")
    assert drawing.evaluate(colour) != by_day


@pytest.mark.django_db
@pytest.mark.parametrize(("wish", "shown"), [("no-preference", "moving.svg"), ("reduce", "still.svg")])
def test_a_page_shows_what_its_reader_wants(page, tmp_path, wish, shown):
    list(load_library(SHIPPED_LIBRARY, Exercise.Origin.LIBRARY))
    told = Template('{% load figures %}{% moving bend shows="A & B" %}')
    html = told.render(Context({"bend": Exercise.objects.get(slug="forward-bend")}))
    (tmp_path / "page.html").write_text(html.replace(static("exercises/"), f"{FILES.as_uri()}/exercises/"))
    page.emulate_media(reduced_motion=wish)
    page.goto((tmp_path / "page.html").as_uri())
    drawn = page.get_by_role("img", name="A & B")
    expect(drawn).to_have_js_property("naturalWidth", 400)  # it has come
    assert drawn.evaluate("img => img.currentSrc").endswith(shown)


@pytest.mark.django_db
def test_a_page_shows_nothing_where_none_is_shipped():
    """A clinic's own exercise of the same name has no shipped drawing."""
    own = make.exercise("forward-bend")
    assert Template("{% load figures %}{% moving own %}").render(Context({"own": own})) == ""

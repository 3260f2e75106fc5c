"""The session without scripts: plain pages that carry the answers along, and store nothing until the last."""

import re

import pytest
import time_machine
from django.utils import timezone

from clinic.models import Client, PainReport, Prescription
from clinic.prescriptions import prescribing
from exercises import media_storage
from exercises.models import Exercise, Media, Step
from tests import make
from tests.exercises import files, make as make_exercise
from tests.portal.visit import signed_in, url, words, writes


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, sets=2, hold_seconds=40, variation="chair")


class Visit:
    """One client who presses one button after another; hidden fields travel as a browser sends them."""

    def __init__(self, plan):
        self.browser = signed_in(plan.client)
        self.path = url("player", plan.pk)
        self.page = self.browser.get(self.path)

    @property
    def html(self):
        return self.page.content.decode().partition('<template id="screens">')[0]

    @property
    def text(self):
        return re.sub(r"\s+", " ", re.sub(r"(?s)<(head|svg).*?</\1>|<[^>]+>", " ", self.html))

    @property
    def title(self):
        return re.search(r"(?s)<h1[^>]*>(.*?)</h1>", self.html).group(1).strip()

    def press(self, button="next", **answers):
        """Press one of next, back, stop, save."""
        fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', self.html)
        for tag in re.findall(r"<input [^>]*\bchecked\b[^>]*>", self.html):
            fields.append((re.search(r'name="([^"]*)"', tag).group(1), re.search(r'value="([^"]*)"', tag).group(1)))
        go = re.search(rf'name="go" value="([^"]*)" data-act="{button}"', self.html).group(1)
        sent = {}
        for name, value in [*fields, ("go", go)]:
            sent.setdefault(name, []).append(value)
        self.page = self.browser.post(self.path, {**sent, **answers})
        return self


@pytest.fixture
def visit(plan):
    return Visit(plan)


def test_it_begins_with_the_dose_and_the_pain_before_and_nothing_else(visit):
    assert "2 times, 40 seconds each. Your way: Hands on a chair seat." in visit.text
    assert "Pain before you start" in visit.text
    assert "Set your feet" not in visit.text
    assert "Pain after" not in visit.text


def test_all_screens_wait_in_a_template_for_the_script(plan, visit):
    waiting = visit.page.content.decode().partition('<template id="screens">')[2].partition("</template>")[0]
    titles = re.findall(r"<h1[^>]*>(.*?)</h1>", waiting)
    assert len(titles) == 2 + 9 + 1 + 1  # asked, the steps with the reminder in its hold, one rest, asked
    assert waiting.count("Check:") == 9
    assert waiting.index("Set your feet") < waiting.index("Hang") < waiting.index("Come up with your legs")


def test_from_the_first_page_to_the_stored_answer(plan, visit):
    visit.press(before="5").press()
    titles = []
    while "Pain after" not in visit.text:
        titles.append(visit.title)
        assert not PainReport.objects.exists()
        visit.press()
    once = [
        "Set your feet",
        "Find your base",
        "Wake up your thighs",
        "Do the knuckle test",
        "Balance on the plumb line",
    ]
    again = ["Bend at the waist", "Hang", "Come up with your legs"]
    assert titles == [*once, "Hands on your waist", *again, "Rest", *again]
    visit.press("save", after="3", moved_down_leg="no")
    stored = PainReport.objects.get()
    assert (stored.before, stored.after, stored.did_exercise, stored.moved_down_leg) == (5, 3, True, False)
    assert visit.page["Location"] == url("report_result", stored.pk)


def test_a_step_says_where_it_is_what_to_do_and_what_goes_wrong(visit):
    visit.press(before="5").press()
    for expected in (
        "Step 1 of 10",
        "Both feet point straight ahead.",
        "Check:",
        "If it goes wrong",
        "Your feet turn out.",
    ):
        assert expected in visit.text


def test_the_hold_is_counted_by_hand_and_reminds(visit):
    visit.press(before="5")
    while visit.title != "Hang":
        visit.press()
    assert "Hold for 40 seconds. Count slowly, or look at a clock." in visit.text
    assert "While you hold: Tighten again." in visit.text
    assert "Round 1 of 2" in visit.text
    assert "Your way: Hands on a chair seat." in visit.text


def test_without_a_number_it_does_not_go_on_and_says_so(visit):
    visit.press()
    assert visit.page.status_code == 422
    assert "Pain before you start: choose a number. No pain is 0." in visit.text
    assert visit.page.content.decode().count('<a href="#id_before_0">') == 1


def test_back_keeps_every_answer(visit):
    visit.press(before="5").press().press("back").press("back")
    assert visit.page.status_code == 200
    assert re.search(r'<input [^>]*name="before" value="5"[^>]*checked', visit.html)


def test_the_last_page_lacks_a_number_and_keeps_the_rest(visit):
    visit.press(before="5").press().press("stop").press("save", moved_down_leg="no", note="Slept well.")
    assert visit.page.status_code == 422
    assert "Pain after the exercise: choose a number. No pain is 0." in visit.text
    assert '<input type="hidden" name="before" value="5">' in visit.html
    assert "Slept well.</textarea>" in visit.html
    visit.press("save", after="4", note="Slept well.")
    assert (PainReport.objects.get().before, PainReport.objects.get().note) == (5, "Slept well.")


@pytest.mark.parametrize("before", [5, None])
def test_a_warning_sign_ends_it_before_the_first_step_with_a_number_or_without(plan, visit, before):
    """Nobody in danger is sent back for a number."""
    if before is None:
        visit.press("sign")
        assert visit.page.status_code == 200
    else:
        visit.press(before=before)
    visit.press(warning_signs=["leg_weakness"])
    stored = PainReport.objects.get()
    assert (stored.did_exercise, stored.before, stored.after, stored.advice) == (False, before, None, "call_now")
    assert "Stop the exercise. Call 555 0100 now." in words(visit.browser.get(visit.page["Location"]))
    plan.refresh_from_db()
    assert plan.state == Prescription.State.HELD


def test_who_looked_at_the_signs_first_is_asked_for_the_number_before_the_steps(visit):
    visit.press("sign").press()
    assert visit.page.status_code == 422
    assert "Pain before you start: choose a number." in visit.text
    assert visit.title == "Forward bend"


def test_a_sign_met_on_the_way_goes_with_the_pain_after(visit):
    visit.press(before="5").press().press("stop").press("save", after="6", warning_signs=["saddle_numbness"])
    stored = PainReport.objects.get()
    assert (stored.did_exercise, stored.after, stored.advice) == (True, 6, "call_now")


def test_stopping_in_the_bend_first_says_how_to_come_up_and_the_way_back(visit):
    visit.press(before="5")
    while visit.title != "Hang":
        visit.press()
    visit.press("stop")
    assert "Come up first" in visit.text
    assert "Pain after the exercise" in visit.text
    assert visit.press("back").title == "Hang"


def test_stopping_at_a_standing_step_does_not(visit):
    visit.press(before="5").press().press("stop")
    assert not re.search(r"<p [^>]*data-come-up>", visit.html)


def test_a_pause_on_the_way_ends_the_steps_and_still_takes_the_answer(plan, visit, cast):
    visit.press(before="5").press()
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="rest")
    page = visit.page
    visit.press()
    assert "Your practitioner has paused this exercise." in visit.text
    visit.page = page
    visit.press("stop")
    assert "Pain after the exercise" in visit.text
    visit.press("save", after="6")
    assert PainReport.objects.get().after == 6


def test_the_same_pages_sent_twice_are_one_answer(visit):
    visit.press(before="5").press().press("stop")
    last = visit.page
    visit.press("save", after="3")
    visit.page = last
    visit.press("save", after="3")
    assert visit.page["Location"] == url("history")
    assert PainReport.objects.count() == 1


def test_a_script_is_told_where_to_go(plan):
    browser = signed_in(plan.client)
    page = browser.get(url("player", plan.pk))
    sent = {"before": 5, "after": 3, "go": "save", "csrfmiddlewaretoken": str(page.context["csrf_token"])}
    response = browser.post(url("player", plan.pk), sent, headers={"accept": "application/json"})
    assert response.json() == {"next": url("report_result", PainReport.objects.get().pk)}


def test_turning_the_pages_writes_nothing(visit):
    assert writes(visit.browser, visit.path) == []
    visit.press(before="5").press().press("stop")
    assert not PainReport.objects.exists()


def test_early_in_the_morning_the_first_page_says_to_wait(plan):
    Client.objects.update(time_zone="UTC")
    today = timezone.now().date()
    with time_machine.travel(f"{today}T07:30:00+00:00", tick=False):
        plan.client.refresh_from_db()
        assert "wait until 09:00" in Visit(plan).text
    with time_machine.travel(f"{today}T12:00:00+00:00", tick=False):
        assert "wait until" not in Visit(plan).text


def test_a_clinics_own_exercise_without_hold_or_drawing_is_walked_too(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    own = make_exercise.exercise("bridge")
    make_exercise.speak(own, "en", "Bridge")
    plan = prescribing.prescribe_exercise(cast.dana, own, make.dose(sets=3), make.nothing_found(own), by=cast.alice)
    visit = Visit(plan).press(before="2")
    assert visit.title == "Bridge"  # its precaution is not asked in a report
    assert "Step 1 of 2" in visit.text
    assert 'svg class="figure' not in visit.html
    photo = media_storage.store_upload(own, files.file(files.PNG), Media.Kind.PICTURE, step=2)
    visit.press()
    assert f'<img src="{url("media", photo.pk)}"' in visit.html
    visit.press()
    assert "Pain after" in visit.text
    visit.press("save", after="1")
    assert PainReport.objects.get().after == 1


def test_the_rest_is_the_exercises_own(plan):
    Exercise.objects.update(rest_seconds=45)
    visit = Visit(plan).press(before="5")
    while visit.title != "Rest":
        visit.press()
    assert "Rest for 45 seconds." in visit.text


def test_a_later_round_of_an_exercise_with_its_own_phases(cast):
    Step.objects.filter(exercise=make.exercise(), number__lte=9).update(phase="ready")
    plan = make.prescription(cast.dana, sets=2)
    names = signed_in(cast.dana).get(url("player", plan.pk)).context["sequence"].names
    assert names.endswith("step-9 1.step-10 2.rest 2.step-10 after")

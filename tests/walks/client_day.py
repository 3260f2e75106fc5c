"""A client's day: the morning after, the exercise step by step, pain alone, a wrong number put right."""

from __future__ import annotations

from playwright.sync_api import expect

from clinic.clients import messages as client_messages
from clinic.models import Client
from clinic.prescriptions import prescribing
from tests.portal.visit import url
from tests.walks.story import Story
from tests.walks.walker import Walker


def tell_the_morning_after(walk: Walker, story: Story) -> None:
    walk.open(url("today"))
    walk.look("today asks for the morning", "How is it this morning?")
    walk.press("Save my answer")
    walk.glance("morning no number", "How is it this morning?")
    walk.choose("next_morning", 4)
    walk.press("Save my answer")
    walk.look("morning told", "Your answer is saved")
    walk.follow("Back to today")


def do_the_exercise(walk: Walker, story: Story) -> None:
    walk.look("today", "Time for your exercise")
    walk.follow("Do the exercise")
    walk.look("do before")
    walk.press("Next")
    walk.says("%(question)s: choose a number. No pain is 0.", question=walk.word("Pain before you start"))
    walk.glance("do no number")
    walk.choose("before", 5)
    _onward(walk)
    walk.look("do signs", "A check before you start")
    _onward(walk)
    while walk.page.locator("[name=after]:visible").count() == 0:
        screen = str(walk.page.locator("[data-screen]:visible").get_attribute("data-screen"))
        if screen == "step-1":
            walk.unfold("If it goes wrong")
        look = walk.glance if screen.startswith("step") and screen != "step-1" else walk.look
        look(f"do {screen}")
        if screen.startswith("hold") and walk.around.scripts:
            walk.press("Start the clock")
            expect(walk.page.get_by_role("timer")).to_be_visible()
            walk.glance("do the clock runs")
        _onward(walk)
    walk.press("Save my answers")
    walk.says("%(question)s: choose a number. No pain is 0.", question=walk.word("Pain after the exercise"))
    walk.unfold("Something new is wrong")
    walk.look("do after", "How is your pain now?")
    walk.choose("after", 3)
    walk.choose("moved_down_leg", "no")
    walk.press("Save my answers")
    walk.look("what it means", "Your answer is saved")
    walk.follow("Back to today")
    walk.look("today done", "Done for today")


def _onward(walk: Walker) -> None:
    """To the next screen, whatever its button says."""
    screen = walk.page.locator("[data-screen]:visible")
    here = str(screen.get_attribute("data-screen"))
    walk.page.locator("[data-act=next]:visible").click()
    expect(screen).not_to_have_attribute("data-screen", here)


def report_pain(walk: Walker, story: Story) -> None:
    walk.room("Pain")
    walk.press("Save my answer")
    walk.says("%(question)s: choose a number. No pain is 0.", question=walk.word("Your pain now"))
    walk.look("report no number", "How is your pain?")
    walk.choose("before", 6)
    if walk.page.locator(".bodies:visible").count() == 0:
        walk.unfold("Say more, if you like")
    walk.page.locator(".seen-back .at-low_back").click()
    walk.glance("report on the drawing", "How is your pain?")
    walk.page.locator(".list-instead").click()
    walk.choose("areas", "thigh")
    walk.fill("note", "Ok")
    walk.look("report in the list", "How is your pain?")
    walk.press("Save my answer")
    walk.look("pain told", "Your answer is saved")


def correct_the_answer(walk: Walker, story: Story) -> None:
    walk.follow("Correct this answer")
    walk.press("Save the correction")
    walk.glance("correct nothing changed", "Correct an answer")
    walk.choose("before", 5)
    walk.fill("reason", "Ok")
    walk.press("Save the correction")
    walk.page.wait_for_url("**/portal/history/**")
    walk.glance("corrected")


def read_a_message(walk: Walker, story: Story) -> None:
    client_messages.send_message(story.hugo, "Ok", by=story.alice)
    walk.sign_in(story.hugo)
    walk.open(url("today"))
    walk.look("today a message", "Your exercise is paused")
    walk.open(url("messages"))
    walk.look("messages", "What the clinic wrote to you")
    walk.press("Got it")
    walk.glance("messages read", "What the clinic wrote to you")
    walk.follow("Back to today")


def tell_a_warning_sign(walk: Walker, story: Story) -> None:
    walk.sign_in(story.erin)
    walk.open(url("report"))
    walk.choose("before", 6)
    walk.page.locator("label:visible:has([name=warning_signs])").nth(1).click()
    walk.look("report a sign", "How is your pain?")
    walk.press("Save my answer")
    walk.look("warning sign", "Your answer is saved")
    walk.follow("Back to today")
    walk.look("today a warning sign", "Stop, and call the clinic")


def find_nothing_to_do(walk: Walker, story: Story) -> None:
    """Held, nothing today, no exercise at all, and one that has ended."""
    _today(walk, story.hugo, "today held", "Your exercise is paused")
    walk.open(url("player", story.hugo.prescriptions.get().pk))
    walk.glance("do held")
    _today(walk, story.nora, "today nothing", "Nothing today.")
    walk.sign_in(story.jo)
    walk.open(url("today"))
    walk.glance("today without an exercise", "No exercise is planned for you yet.")
    walk.room("Pain")
    walk.glance("report nothing", "No exercise runs now")
    walk.room("Progress")
    walk.glance("progress nothing", "How it goes")
    walk.open(url("history"))
    walk.glance("history nothing", "What you told us")
    prescribing.end_prescription(story.nora.prescriptions.get(), by=story.alice.user, reason="done")
    _today(walk, story.nora, "today ended", "Your exercise has ended.")


def _today(walk: Walker, who: Client, name: str, title: str) -> None:
    walk.sign_in(who)
    walk.open(url("today"))
    walk.look(name, title)

"""What a client reads: how it goes, what was told, the papers, the exercises."""

from __future__ import annotations

from tests.walks.story import Story
from tests.walks.walker import Walker

PDF = "application/pdf"


def see_how_it_goes(walk: Walker, story: Story) -> None:
    walk.room("Progress")
    walk.unfold("The same as a table")
    walk.look("progress", "How it goes")
    walk.follow("3 months")
    walk.glance("progress three months", "How it goes")
    walk.fetch(PDF, "Your summary (PDF)")
    walk.page.locator("#calendar .earlier").click()
    walk.page.wait_for_url("**month=*")
    walk.glance("calendar a month earlier", "How it goes")
    walk.page.locator(".month a").first.click()
    walk.glance("history of a day", "What you told us")
    walk.follow("What it meant")
    walk.look("an answer", "What it meant")


def read_what_was_told(walk: Walker, story: Story) -> None:
    walk.room("Progress")
    walk.follow("Read all that you told us")
    walk.look("history", "What you told us")
    walk.follow("Older")
    walk.glance("history older", "What you told us")


def read_about_the_exercise(walk: Walker, story: Story) -> None:
    walk.room("Exercises")
    walk.look("library", "Exercises", "the page")
    walk.page.locator(".exercise-list a").first.click()
    walk.page.locator(".steps summary").first.click()
    walk.look("exercise")
    walk.room("Today")
    walk.fetch(PDF, "Your plan on paper (PDF)")

"""The way in and out: the front page, registering, the invitation, the code by mail, the links of mails."""

from __future__ import annotations

from clinic.mail.outbox import send_due
from clinic.models import Confirmation
from tests.accounts.people import mailed_code
from tests.portal.links.test_register_in_a_browser import mailed_path
from tests.portal.visit import invitation_link, reminder, report_link, stop_link, url
from tests.walks.story import Story
from tests.walks.walker import Walker


def register(walk: Walker, story: Story) -> None:
    walk.open("/")
    walk.look("front", "Your exercise, at home")
    walk.follow("Register")
    walk.press("Register")
    walk.look("register nothing written", "Register")
    walk.fill("name", "Rosa Bravo")
    walk.fill("email", "rosa@home.example")
    walk.agree()
    walk.press("Register")
    walk.glance("register sent", "Look into your mail")
    send_due(Confirmation)
    walk.open(mailed_path("rosa@home.example"))
    walk.glance("register confirm", "Confirm your address")
    walk.press("Confirm")
    walk.glance("library of a registrant", "Exercises", "the page")
    walk.open(url("today"))
    walk.open(url("history"))
    walk.glance("for clients", "This page is for clients")
    walk.page.get_by_role("contentinfo").get_by_role("link", name=walk.word("Delete my registration")).click()
    walk.glance("register delete", "Delete my registration")
    walk.press("Delete it now")
    walk.glance("register deleted", "Your exercise, at home")


def accept_the_invitation(walk: Walker, story: Story) -> None:
    walk.open(invitation_link(story.frida))
    walk.look("invitation", "Welcome, %(name)s", name="Frida")
    walk.press("Agree and go on")
    walk.glance("invitation not agreed", "Welcome, %(name)s", name="Frida")
    walk.agree()
    walk.press("Agree and go on")
    walk.look("today first time", "No exercise is planned for you yet.")
    sign_out(walk, story)
    walk.open(invitation_link(story.frida))
    walk.glance("invitation used", "This invitation has had its time")


def sign_in(walk: Walker, story: Story) -> None:
    walk.open(url("today"))
    walk.glance("sign in", "Sign in")
    walk.unfold("Use a password instead")
    walk.unfold("Use a passkey (fingerprint or face)")
    walk.look("sign in unfolded", "Sign in")
    walk.fill("login", "dana@home.example")
    walk.press("Send me a code")
    walk.look("code", "Type the code from the mail")
    walk.fill("code", "1")
    walk.press("Go on")
    walk.says("This code is not right. Look at it again.")
    walk.look("code wrong", "Type the code from the mail")
    walk.fill("code", mailed_code())
    walk.press("Go on")
    walk.page.wait_for_url("**/portal/")


def sign_out(walk: Walker, story: Story) -> None:
    walk.page.get_by_role("contentinfo").get_by_role("button", name=walk.word("Sign out")).click()
    walk.page.wait_for_url(f"{walk.address}/")


def forget_the_password(walk: Walker, story: Story) -> None:
    walk.open("/accounts/password/reset/")
    walk.look("password forgotten", "A new password")
    walk.fill("email", "dana@home.example")
    walk.press("Send me the link")
    walk.glance("password link sent", "Look in your mail")


def answer_from_the_mail(walk: Walker, story: Story) -> None:
    row = reminder(story.answers)
    walk.open(report_link(row))
    walk.press("Save my answer")
    walk.look("mail nothing chosen", "How is it, %(name)s?", name="Erin")
    walk.choose("did", "yes")
    walk.choose("before", 5)
    walk.choose("after", 3)
    walk.choose("moved_down_leg", "no")
    walk.look("mail answered yes", "How is it, %(name)s?", name="Erin")
    walk.press("Save my answer")
    walk.look("mail saved", "Thank you. It is saved.")
    walk.context.clear_cookies()
    walk.open(report_link(row))
    walk.glance("mail used", "We have your answer")


def stop_reminders_from_the_mail(walk: Walker, story: Story) -> None:
    walk.open(stop_link(story.erin))
    walk.glance("mail stop", "Stop reminders?")
    walk.press("Stop reminders")
    walk.glance("mail stopped", "You get no reminders")
    walk.press("Send them again")
    walk.glance("mail again", "Stop reminders?")


def lose_the_way(walk: Walker, story: Story) -> None:
    walk.open("/m/altered/")
    walk.look("link altered", "This link does not work")
    walk.open("/nothing-here/")
    walk.look("not found", "Nothing is here")

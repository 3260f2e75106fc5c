"""What each mail says, word for word, and what none may say."""

import re

import pytest

from tests import make
from tests.mail import post

KINDS = ["reminder", "invitation", "notice", "registration", "registered"]

REMINDER = """\
Hello Dana,

18:00 is your time today. It takes a few minutes.

Start now:
http://clinic.test/m/…/

Change or stop these reminders:
http://clinic.test/m/…/

--
Riverside Physio
Phone 555 0100. To write to us, answer this mail.
1 River Street, Springfield
"""

INVITATION = """\
Hello Frida,

Alice at Riverside Physio has made a page for you: what to do at home,
and a quick way to say how it goes.

Open your page:
http://clinic.test/m/…/

The link is for you alone. It works once, within 14 days.
Did you not expect this? Then you need not do anything.

--
Riverside Physio
Phone 555 0100. To write to us, answer this mail.
1 River Street, Springfield
"""

REGISTRATION = """\
Hello,

Somebody, we hope you, registered this address at Riverside Physio.
Confirm it, and our library is open to you.

Confirm your address:
http://clinic.test/m/…/

The link works for 3 days.
Was it not you? Then you need not do anything, and we delete it.

--
Riverside Physio
Phone 555 0100. To write to us, answer this mail.
1 River Street, Springfield
"""

REGISTERED = """\
Hello,

Somebody, we hope you, registered this address at Riverside Physio. It
has a sign-in here already: use it, and our library is open to you.

Sign in:
http://clinic.test/portal/library/

Was it not you? Then you need not do anything.

--
Riverside Physio
Phone 555 0100. To write to us, answer this mail.
1 River Street, Springfield
"""

NOTICE = """\
Hello Bob,

One of your clients at Riverside Physio needs you to look. Your worklist
says who, and why.

Open the worklist:
http://clinic.test/admin/

Mail is not private, so this one names nobody.

--
Riverside Physio
Phone 555 0100. To write to us, answer this mail.
1 River Street, Springfield
"""

# Nobody who glances at a screen learns what is being treated, or how it goes.
UNSAID = {
    *("pain", "pains", "painful", "ache", "hurt", "hurts", "sore", "score", "worse", "better", "rise", "rising"),
    *("diagnosis", "condition", "symptom", "warning", "flag", "held", "therapy", "treatment", "medical"),
    *("exercise", "exercises", "stretch", "bend", "spine", "back", "leg", "muscle", "hamstring", "disc", "sciatica"),
}


@pytest.fixture
def mails(cast, settings):
    settings.PLUMBLINE_BASE_URL = "http://clinic.test"
    settings.PLUMBLINE_WORKLIST_PATH = "/admin/"
    cast.dana.clinic.postal_line = "1 River Street, Springfield"
    cast.dana.clinic.save()
    for person in (cast.alice, cast.bob, cast.dana, cast.erin):
        person.refresh_from_db()
    return post.each_mail(cast)


def test_the_reminder(mails):
    assert mails["reminder"].subject == "A moment for yourself, Dana?"
    assert post.without_tokens(mails["reminder"].body) == REMINDER


def test_the_invitation(mails):
    assert mails["invitation"].subject == "Alice at Riverside Physio invites you"
    assert post.without_tokens(mails["invitation"].body) == INVITATION


def test_the_registration(mails):
    assert mails["registration"].subject == "Confirm your address for Riverside Physio"
    assert post.without_tokens(mails["registration"].body) == REGISTRATION


def test_the_registration_of_an_address_with_a_sign_in(mails):
    assert mails["registered"].subject == "Your sign-in at Riverside Physio"
    assert post.without_tokens(mails["registered"].body) == REGISTERED


@pytest.mark.parametrize("kind", ["registration", "registered"])
def test_a_stranger_cannot_write_to_a_mailbox_through_our_page(mails, kind):
    assert "spam" not in mails[kind].message().as_string()


def test_the_notice(mails):
    assert mails["notice"].subject == "A client needs you to look"
    assert post.without_tokens(mails["notice"].body) == NOTICE


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_part_says_what_the_plain_text_says(mails, kind):
    plain = re.sub(r"http\S+", "", mails[kind].body.replace(":\n", "\n")).replace("--", "").split()
    html = post.shown(post.html(mails[kind])).removeprefix("\xa0").split()
    assert sorted(set(plain)) == sorted(set(html))


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_no_pain_no_diagnosis_and_no_exercise(mails, kind):
    exercise = make.exercise()
    codes = {word for precaution in exercise.precautions_in("en") for word in precaution.code.split("_")} - {"or"}
    never = UNSAID | {word.lower() for word in exercise.name.split()} | codes
    said = f"{mails[kind].subject} {mails[kind].body} {post.shown(post.html(mails[kind]))}"
    assert set(re.findall(r"[^\W_]+", re.sub(r"http\S+", "", said).lower())) & never == set()


def test_the_notice_does_not_name_the_client(mails):
    assert "Erin" not in mails["notice"].message().as_string()


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_leads_to_this_site(mails, kind):
    links = re.findall(r"https?://\S+", mails[kind].body) + post.links(post.html(mails[kind]))
    assert len(links) >= 2
    assert {link for link in links if not link.startswith("http://clinic.test/")} == set()


def test_the_mail_of_a_clinic_without_a_postal_address_has_no_empty_line_for_it(cast):
    assert post.reminder(cast.dana).body.endswith("answer this mail.\n")

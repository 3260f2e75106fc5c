"""What no mail may say, and that its two parts say the same; word for word they stand in snapshots/."""

import re

import pytest

from tests import make
from tests.mail import post

pytestmark = pytest.mark.any_database

KINDS = ["reminder", "invitation", "notice", "notice_again", "notice_together", "digest", "registration", "registered"]
KINDS += ["welcome", "second_factor_reset", "message"]

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
    return post.each_mail(cast)


@pytest.mark.parametrize("kind", ["registration", "registered"])
def test_a_stranger_cannot_write_to_a_mailbox_through_our_page(mails, kind):
    assert "spam" not in mails[kind].message().as_string()


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_part_says_what_the_plain_text_says(mails, kind):
    plain = re.sub(r"http\S+", "", mails[kind].body.replace(":\n", "\n")).replace("--", "")
    plain = re.sub(r"(?s)The page asks how .*? imagine\.", "", plain)  # where the HTML part has eleven numbers to tap
    html = post.shown(post.html(mails[kind])).removeprefix("\xa0")
    html = re.sub(r"Or say how .*? there\.", "", html).replace("·", "")  # between links on one line
    assert sorted(set(plain.split())) == sorted(set(html.split()))


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_no_pain_no_diagnosis_and_no_exercise(mails, kind):
    exercise = make.exercise()
    codes = {word for precaution in exercise.precautions_in("en") for word in precaution.code.split("_")} - {"or"}
    never = UNSAID | {word.lower() for word in exercise.name.split()} | codes
    text = f"{mails[kind].subject} {mails[kind].body} {post.shown(post.html(mails[kind]))}"
    assert set(re.findall(r"[^\W_]+", re.sub(r"http\S+", "", text).lower())) & never == set()


def test_the_notice_does_not_name_the_client(mails):
    assert "Erin" not in mails["notice"].message().as_string()


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_leads_to_this_site(mails, kind):
    links = re.findall(r"https?://\S+", mails[kind].body) + post.links(post.html(mails[kind]))
    assert len(links) >= 2
    assert {link for link in links if not link.startswith("http://clinic.test/")} == set()


def test_the_mail_of_a_clinic_without_a_postal_address_has_no_empty_line_for_it(cast):
    assert post.reminder(cast.dana).body.endswith("answer this mail.\n")

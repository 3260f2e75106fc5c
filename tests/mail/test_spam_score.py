"""What SpamAssassin's own rules, without the network, make of each mail as a relay would see it."""

import re
import subprocess

import pytest
from django.core import mail as post_office
from django.test import Client as Browser

from tests.accounts.people import ask_for_code, with_verified_email
from tests.mail import post
from tests.servers import needed

pytestmark = pytest.mark.any_database

TOO_MUCH = 1.0  # many mailboxes sort out from 5 on; what they add by reputation is not in our hands
SPAM = b"Subject: x\r\n\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"


def verdict(raw: bytes) -> tuple[float, str]:
    """The points and, for a failure's sake, the rules that gave them."""
    command = [needed("SpamAssassin"), "--local", "--test-mode", "--nocreate-prefs", "--cf=use_bayes 0"]
    report = subprocess.run(command, input=raw, capture_output=True, check=True, timeout=120).stdout.decode()
    [points] = re.findall(r"^X-Spam-Status:.*? score=(-?[\d.]+)", report, re.MULTILINE)
    return float(points), report.rpartition("pts rule name")[2]


@pytest.fixture(scope="session")
def scale():
    points, _rules = verdict(SPAM)
    assert points > 100, "SpamAssassin does not know its own test mail"


@pytest.fixture
def mails(cast, settings):
    settings.PLUMBLINE_BASE_URL = "https://clinic.example"
    settings.PLUMBLINE_MAIL_FROM = "Plumbline <no-reply@clinic.example>"
    ask_for_code(Browser(), with_verified_email(cast.dana).email)
    return {**post.each_mail(cast), "code": post_office.outbox[0]}


def test_no_mail_looks_like_spam(scale, mails):
    marks = {kind: verdict(mail.message().as_bytes(linesep="\r\n")) for kind, mail in mails.items()}
    assert len(marks) == 12
    assert {kind: rules for kind, (points, rules) in marks.items() if points >= TOO_MUCH} == {}

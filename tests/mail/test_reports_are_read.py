"""What mail servers send back, as they write it: a folder of samples, and whatever else comes down the pipe."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from clinic.mail import bounce_parser

SAMPLES = Path(__file__).parent / "bounces"
OURS = "reminder.7.20260301@clinic.example"
DANA = "dana@home.example"

BOUNCES = {  # hard?, and words that are kept
    "postfix-no-mailbox": (True, "550 5.1.1 <dana@home.example>: Recipient address rejected: User unknown in virtual"),
    "postfix-no-host": (True, "Host or domain name not found."),
    "postfix-full-gave-up": (False, "452 4.2.2 <dana@home.example>: Mailbox full"),
    "postfix-full": (False, "552 5.2.2 Over quota"),
    "postfix-policy": (False, "550 5.7.1 Message rejected as spam"),
    "exim": (True, "550 Unrouteable address"),
    "exim-old": (True, "host mx.home.example [192.0.2.9]: 550 5.1.1 <dana@home.example>... User unknown"),
    "outlook": (True, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"),
    "gmail": (True, "550-5.1.1 The email account that you tried to reach does not exist."),
    "headers-only": (True, "550 5.1.1 no such user"),
    "qmail": (True, "Sorry, no mailbox here by that name. (#5.1.1)"),
    "qmail-latin1": (True, "Buz�n inexistente, adi�s. (#5.1.1)"),
    "utf8-address": (True, "550 5.1.1 no such user"),
}
COMPLAINTS = ["complaint", "opt-out", "complaint-address-left-out"]
NOTHING = [
    "postfix-delayed", "postfix-delivered", "out-of-office", "a-person-answers", "read-receipt", "not-spam",
]  # fmt: skip


def sample(name):
    return (SAMPLES / f"{name}.eml").read_bytes()


def test_every_sample_has_its_test():
    assert sorted(path.stem for path in SAMPLES.glob("*")) == sorted([*BOUNCES, *COMPLAINTS, *NOTHING])


@pytest.mark.parametrize("name", BOUNCES)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_bounce_is_read(name, ending):
    report = bounce_parser.parse_report(sample(name).replace(b"\n", ending))
    hard, words = BOUNCES[name]
    assert (report.message_ids[0], report.recipient, report.hard) == (OURS, DANA, hard)
    assert report.diagnostic.startswith(words)
    assert not report.complaint


@pytest.mark.parametrize("name", BOUNCES)
def test_its_own_message_id_is_not_taken_for_ours(name):
    assert bounce_parser.parse_report(sample(name)).message_ids == (OURS,)


@pytest.mark.parametrize("name", COMPLAINTS)
def test_a_complaint_is_read(name):
    report = bounce_parser.parse_report(sample(name))
    assert report.complaint
    assert report.message_ids == (OURS,)
    assert report.recipient == ("" if "left-out" in name else DANA)


@pytest.mark.parametrize("name", NOTHING)
def test_a_delay_an_arrival_an_answer_and_a_receipt_are_nothing(name):
    assert bounce_parser.parse_report(sample(name)) is None


@pytest.mark.parametrize(
    ("diagnostic", "hard"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 5.4.1 Recipient address rejected: Access denied.", True),
        ("550 5.5.0 Requested action not taken: mailbox unavailable", True),
        ("550 no such user here", True),
        ("553 sorry, that domain isn't in my list", True),
        ("551 user not local", True),
        ("550 5.0.0 unknown user", True),
        ("550 5.1.8 sender address rejected: domain not found", False),
        ("552 5.2.2 mailbox full", False),
        ("552 mailbox full", False),
        ("550 mailbox is over quota", False),
        ("550 5.7.1 relaying denied", False),
        ("550 relay not permitted", False),
        ("550 blocked, see http://203.0.113.5/", False),
        ("554 5.7.1 [192.0.2.1] is on a blacklist", False),
        ("554 transaction failed", False),
        ("451 4.2.1 mailbox busy", False),
        ("host 5.1.1.7 did not answer", False),
        ("", False),
    ],
)
def test_only_a_mailbox_that_is_not_there_is_hard(diagnostic, hard):
    assert bounce_parser.is_mailbox_unknown(diagnostic) is hard


def test_ten_megabytes_are_read_as_far_as_the_report_goes():
    long = sample("postfix-no-mailbox").replace(b"Hello Dana", b"Hello Dana " * 1_000_000)
    assert len(long) > 10_000_000
    assert bounce_parser.parse_report(long) == bounce_parser.parse_report(sample("postfix-no-mailbox"))


@given(st.binary(max_size=4000))
def test_no_bytes_make_it_stumble(raw):
    bounce_parser.parse_report(raw)


@given(
    st.sampled_from([*BOUNCES, *COMPLAINTS]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 60), st.binary(max_size=12)), max_size=8),
)
def test_no_damage_to_a_report_makes_it_stumble(name, cuts):
    raw = sample(name)
    for at, length, new in cuts:
        raw = raw[:at] + new + raw[at + length :]
    report = bounce_parser.parse_report(raw)
    assert report is None or len(report.diagnostic) <= bounce_parser.DIAGNOSTIC_AT_MOST


@given(st.lists(st.sampled_from(sample("exim").splitlines(keepends=True)), max_size=60))
def test_no_order_of_its_lines_makes_it_stumble(lines):
    bounce_parser.parse_report(b"".join(lines))


def test_parts_in_parts_without_end_are_rubbish():
    deep = b"Content-Type: multipart/report; boundary=b\n\n--b\n" * 20_000
    assert bounce_parser.parse_report(deep) is None

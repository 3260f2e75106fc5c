"""Names as people have them, and as attackers write them, break neither header nor text."""

import email
import email.policy

import pytest

from clinic.mail import compose
from clinic.models import Client
from tests import make
from tests.mail import post

ODD = {
    "apostrophe": "O'Brien Smith",
    "quotes and backslash": 'Jo "the Ox" \\ Lee',
    "angle brackets": "<script>alert(1)</script> & Co",
    "an address inside": "eve@evil.example, mallory@evil.example",
    "emoji": "👩‍👧 Dana",
    "right to left": "דנה כהן",
    "120 letters": "x" * 120,
    "120 emoji": "😀" * 120,
    "percent and braces": "%s %(name)s {{ client }} {% now %}",
    "an encoded word": "=?utf-8?q?=0ABcc=3A_eve=40evil.example?=",
}
BREAKS = [
    "Dana\nBcc: eve@evil.example",
    "Dana\r\nBcc: eve@evil.example",
    "Dana\u2028Bcc: eve",
    "Dana\x01\x1b[31m\x85 B",
]


def read(mail):
    return email.message_from_bytes(mail.message().as_bytes(), policy=email.policy.default)


def named(client: Client, name: str) -> Client:
    """Under a name that no form would let through either."""
    Client.objects.filter(pk=client.pk).update(name=name)
    client.refresh_from_db()
    return client


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_the_mail_reaches_one_mailbox_under_that_name(cast, name):
    got = read(post.reminder(named(cast.dana, name)))
    [address] = got["To"].addresses
    assert address.addr_spec == "dana@home.example"
    # Python's reader puts a space where a long name was folded; what is left out of an encoded word is told below.
    assert address.display_name.replace(" ", "") == name.replace("=?", "= ?").replace(" ", "")
    assert got["Bcc"] is None


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_the_plain_text_greets_by_the_first_name_as_it_is_written(cast, name):
    first = name.split()[0]
    assert post.reminder(named(cast.dana, name)).body.split()[:2] == ["Hello", f"{first},"]


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_the_html_shows_the_first_name_and_runs_none_of_it(cast, name):
    source = post.html(post.reminder(named(cast.dana, name)))
    assert f"Hello {name.split()[0]}," in post.shown(source)
    assert "<script" not in source


def test_an_apostrophe_stays_an_apostrophe_in_subject_and_text(cast):
    cast.dana.clinic.name = "O'Hara & Sons"
    cast.dana.clinic.save()
    mail = post.reminder(named(cast.dana, "D'Arcy <b>"))
    assert mail.subject == "A moment for yourself, D'Arcy?"
    assert "O'Hara & Sons\n" in mail.body
    assert "&" not in mail.body.replace("O'Hara & Sons", "")
    assert "O&#x27;Hara &amp; Sons" in post.html(mail) or "O'Hara &amp; Sons" in post.html(mail)


@pytest.mark.parametrize("name", BREAKS)
def test_a_line_break_in_a_name_makes_no_header_and_no_second_line(cast, name):
    cast.dana.clinic.name = name
    cast.dana.clinic.save()
    got = read(post.reminder(named(cast.dana, name)))
    assert got["Bcc"] is None
    for header in ("From", "To", "Reply-To"):
        [address] = got[header].addresses
        assert address.display_name.isprintable()
    assert str(got["Subject"]).isprintable()


def test_a_name_cannot_turn_the_subject_around(cast):
    mail = post.reminder(named(cast.dana, "\u202eanaD\u2066"))
    assert mail.subject == "A moment for yourself, anaD?"


def test_a_long_first_name_does_not_fill_the_subject(cast):
    assert len(post.reminder(named(cast.dana, "x" * 120)).subject) < 70


def test_a_domain_with_an_umlaut_is_written_as_mail_servers_know_it(cast):
    Client.objects.filter(pk=cast.dana.pk).update(email="dana@münchen.example")
    cast.dana.refresh_from_db()
    assert read(post.reminder(cast.dana))["To"].addresses[0].addr_spec == "dana@xn--mnchen-3ya.example"


@pytest.mark.parametrize("address", ["", "nobody", "Dana <>"])
def test_without_an_address_there_is_no_mail(address):
    with pytest.raises(ValueError, match="not a mail address"):
        compose.format_mailbox("Dana", address)


def test_the_invitation_bears_the_odd_names_of_practitioner_and_clinic(cast):
    cast.alice.name, cast.alice.clinic.name = 'Dr. "Al" O\'Neil', "Søns & Töchter"
    cast.alice.clinic.save()
    cast.alice.save()
    mail = post.invitation(make.invited(cast.alice, "Frida"))
    assert mail.subject == 'Dr. "Al" O\'Neil at Søns & Töchter invites you'
    assert str(read(mail)["Subject"]).strip() == mail.subject

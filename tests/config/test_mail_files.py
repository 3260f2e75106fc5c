"""Mail into files, and the page that shows them."""

from __future__ import annotations

import email
import re
import stat
from collections.abc import Iterator
from email import policy
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import Client, override_settings

from config.local_run.mail_files import FileBackend

PIXEL = bytes.fromhex("89504e470d0a1a0a")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "mail"
    with override_settings(
        DEBUG=True, EMAIL_BACKEND="config.local_run.mail_files.FileBackend", EMAIL_FILE_PATH=str(place)
    ):
        yield place


def letter(subject: str = "A moment for yourself, Dana?", html: str = "") -> EmailMultiAlternatives:
    made = EmailMultiAlternatives(
        subject, "Open http://127.0.0.1:8000/m/abc/ now. <b>", "Care <care@c.example>", ["dana@c.example"]
    )
    if html:
        made.attach_alternative(html, "text/html")
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir())


def test_each_message_is_one_file_that_a_mail_program_opens(folder: Path) -> None:
    assert FileBackend().send_messages([letter("Één"), letter("two")]) == 2
    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    first = email.message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert (first["subject"], first["to"]) == ("Één", "dana@c.example")
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_message_to_nobody_is_not_sent(folder: Path) -> None:
    assert FileBackend().send_messages([EmailMessage("s", "b", "a@b.example", [])]) == 0
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_an_error_unless_it_may_fail_silently(tmp_path: Path) -> None:
    a_file = tmp_path / "file"
    a_file.touch()
    with override_settings(EMAIL_FILE_PATH=str(a_file)):
        with pytest.raises(OSError, match="file"):
            FileBackend().send_messages([letter()])
        assert FileBackend(fail_silently=True).send_messages([letter()]) == 0


def test_the_inbox_lists_the_newest_first(client: Client, folder: Path) -> None:
    FileBackend().send_messages([letter("earlier"), letter("<later>")])
    page = client.get("/dev/mail/").content.decode()
    assert page.index("&lt;later&gt;") < page.index("earlier")
    assert "dana@c.example" in page
    assert f"/dev/mail/{names(folder)[0]}/" in page


def test_an_empty_inbox_says_so(client: Client, folder: Path) -> None:
    assert "No mail yet" in client.get("/dev/mail/").content.decode()


def test_a_message_shows_its_text_with_links_its_headers_and_its_attachments(client: Client, folder: Path) -> None:
    made = letter()
    made.extra_headers["List-Unsubscribe"] = "<https://c.example/u>"
    made.attach("plan.ics", "BEGIN:VCALENDAR", "text/calendar")
    FileBackend().send_messages([made])
    page = client.get(f"/dev/mail/{names(folder)[0]}/").content.decode()
    assert '<a href="http://127.0.0.1:8000/m/abc/"' in page
    assert "&lt;b&gt;" in page
    assert "List-Unsubscribe" in page
    assert "plan.ics" in page
    assert "<iframe" not in page


def test_the_html_part_is_framed_without_rights_and_its_links_open_outside(client: Client, folder: Path) -> None:
    html = '<html><head><style>p{color:red}</style></head><body><script>x()</script><a href="http://h/">go</a></body></html>'
    FileBackend().send_messages([letter(html=html)])
    (name,) = names(folder)
    page = client.get(f"/dev/mail/{name}/").content.decode()
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame is not None
    assert f'src="/dev/mail/{name}/html/"' in frame[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    inner = client.get(f"/dev/mail/{name}/html/")
    assert '<head><base target="_blank"><style>' in inner.content.decode()
    assert inner["X-Frame-Options"] == "SAMEORIGIN"
    rules = inner["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "script-src" not in rules
    assert "sandbox allow-popups" in rules


def test_a_picture_that_the_mail_carries_is_put_in_place(client: Client, folder: Path) -> None:
    from email.mime.image import MIMEImage

    picture = MIMEImage(PIXEL, "png")
    picture["Content-ID"] = "<chart>"
    made = letter(html='<img src="cid:chart">')
    made.attach(picture)
    FileBackend().send_messages([made])
    assert (
        'src="data:image/png;base64,iVBORw0KGgo="' in client.get(f"/dev/mail/{names(folder)[0]}/html/").content.decode()
    )


@pytest.mark.parametrize("path", ["absent/", "absent/html/", "..%2Fsecret_key/", "../secret_key/"])
def test_nothing_outside_the_folder_is_shown(client: Client, folder: Path, path: str) -> None:
    folder.mkdir()
    (folder.parent / "secret_key.eml").write_text("Subject: secret\n\n")
    assert client.get(f"/dev/mail/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "x/"])
@pytest.mark.parametrize(
    "without",
    [{"DEBUG": False}, {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}],
    ids=["debug", "files"],
)
@pytest.mark.django_db
def test_the_page_is_not_there_in_production(
    client: Client, folder: Path, path: str, without: dict[str, object]
) -> None:
    folder.mkdir()
    (folder / "x.eml").write_text("Subject: s\n\n")
    assert client.get(f"/dev/mail/{path}").status_code == 200
    with override_settings(**without):
        assert client.get(f"/dev/mail/{path}").status_code == 404

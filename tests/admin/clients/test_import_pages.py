"""Importing on the practitioner site: a look, then the press, and nothing half-done."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.clients.csv_reader import MAX_BYTES
from clinic.models import AuditEntry, Client, Invitation, Practitioner
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

TABLE = (
    "Name,E-mail,Usually gets up at\n"
    "Frida Kern,frida@home.example,06:30\nGustav,gustav@home.example,\n"
    "=Kern,kern at home,25:00\nDana,dana@home.example,\nFrida,frida@home.example,\n"
)


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def stored():
    return Client.objects.count(), Invitation.objects.count(), AuditEntry.objects.count()


def look(browser, text=TABLE, **more):
    return browser.post(url("import_clients"), {"text": text, **more})


def signed_table_in(page):
    return re.search(r'name="signed_table" value="([^"]+)"', page.content.decode())[1]


def test_a_look_tells_each_row_and_stores_nothing(alice):
    before = stored()
    page = look(alice)
    text = page_text(page)
    assert "2 to invite 1 here already 1 twice in the table 1 to mend" in text
    assert "Dana , joined, Alice" in text
    assert "The same address is in line 2." in text
    assert "E-mail: Enter a valid email address." in text
    assert "Usually gets up at: Write a time of day such as 07:00." in text
    assert stored() == before


def test_a_press_invites_those_that_are_right(cast, alice):
    page = alice.post(url("confirm_import"), {"signed_table": signed_table_in(look(alice))}, follow=True)
    assert page.redirect_chain == [(url("invite"), 302)]
    (message,) = flash_messages(page)
    assert message.startswith("2 invitations are on their way. 3 rows were left out")
    assert set(Client.objects.filter(state="invited").values_list("name", flat=True)) == {"Frida Kern", "Gustav"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_file_as_excel_saves_it(alice, encoding):
    content = "Nombre;Correo electrónico\nIñaki Núñez;inaki@home.example\n".encode(encoding)
    page = alice.post(url("import_clients"), {"file": SimpleUploadedFile("c.csv", content)})
    assert "Iñaki Núñez" in page_text(page)


@pytest.mark.parametrize(
    ("given", "field", "complaint"),
    [
        ({}, "file", "Choose a file, or paste the rows below."),
        ({"text": "   "}, "file", "Choose a file, or paste the rows below."),
        ({"text": "Frida,f@home.example"}, "text", "The first line must name the columns"),
        ({"text": "Name\nFrida"}, "text", "There is no column “E-mail”."),
        ({"text": "E-mail\nf@home.example"}, "text", "There is no column “Name”."),
        ({"text": "Name,E-mail"}, "text", "There is no client in it."),
        ({"text": "Name,Email,Mail\nA,b,c"}, "text", "Two columns mean the same: “Mail” is one of them."),
        ({"text": "Name,Email\n" + "A,a@home.example\n" * 501}, "text", "This has 501 rows; 500 are taken at a time."),
        ({"text": 'Name,Email\n"' + "x" * 140_000}, "text", "Line 2 cannot be read."),
        ({"file": SimpleUploadedFile("c.csv", b"")}, "file", "The file is empty."),
        ({"file": SimpleUploadedFile("c.csv", b"x" * (MAX_BYTES + 1))}, "file", "This is larger than 1 MB."),
        ({"file": SimpleUploadedFile("c.xlsx", b"PK\x03\x04\x00\x00rest")}, "file", "The first line must name"),
        ({"file": SimpleUploadedFile("c.csv", b"Name,Email\nA,b"), "text": "x"}, "file", "not both"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_said_at_its_field(alice, given, field, complaint):
    for uploaded in given.values():
        if isinstance(uploaded, SimpleUploadedFile):
            uploaded.seek(0)
    page = alice.post(url("import_clients"), given)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert complaint in page_text(page)


def test_what_changed_since_the_look_is_told_and_nobody_is_invited(cast, alice):
    page = look(alice)
    make.invited(cast.bob, "Gustav")
    before = stored()
    again = alice.post(url("confirm_import"), {"signed_table": signed_table_in(page)})
    assert "Something has changed since you looked, so nobody was invited yet." in page_text(again)
    assert stored() == before
    assert flash_messages(alice.post(url("confirm_import"), {"signed_table": signed_table_in(again)}, follow=True))[
        0
    ].startswith("1 invitation")


def test_a_second_press_invites_nobody_twice(alice):
    form = {"signed_table": signed_table_in(look(alice))}
    alice.post(url("confirm_import"), form)
    before = stored()
    assert "Something has changed since you looked" in page_text(alice.post(url("confirm_import"), form))
    assert stored() == before


@pytest.mark.parametrize("act", ["confirm_import", "download_import_errors"])
def test_what_was_altered_or_looked_at_by_somebody_else_is_not_taken(cast, alice, act):
    signed = signed_table_in(look(alice))
    before = stored()
    for value in ("", "x", signed[:-1], signed.replace(signed[5], "A" if signed[5] != "A" else "B", 1)):
        assert alice.post(url(act), {"signed_table": value}).status_code == 404
    for person in (cast.bob, cast.charlie, cast.dana.user):
        assert signed_in(person).post(url(act), {"signed_table": signed}).status_code == 404
    assert stored() == before


def test_who_works_here_no_more_confirms_nothing(cast, alice):
    signed = signed_table_in(look(alice))
    Practitioner.objects.filter(pk=cast.alice.pk).update(role=Practitioner.Role.FRONT_DESK)
    assert alice.post(url("confirm_import"), {"signed_table": signed}).status_code == 404


def test_the_rows_to_mend_come_back_as_a_table_that_is_safe_in_a_spreadsheet(alice):
    page = alice.post(url("download_import_errors"), {"signed_table": signed_table_in(look(alice))})
    assert page["Content-Type"] == "text/csv; charset=utf-8"
    assert page["Content-Disposition"] == 'attachment; filename="clients-to-mend.csv"'
    head, row = csv.reader(io.StringIO(page.content.decode("utf-8-sig"), newline=""))
    assert head == ["Name", "E-mail", "Usually gets up at", "What is wrong"]
    assert row[:3] == ["'=Kern", "kern at home", "25:00"]
    assert "E-mail: Enter a valid email address." in row[3]


@pytest.mark.parametrize("language", ["en", "es"])
def test_mended_and_brought_again_they_are_read(alice, language):
    spoken = {"HTTP_ACCEPT_LANGUAGE": language}
    page = alice.post(url("download_import_errors"), {"signed_table": signed_table_in(look(alice))}, **spoken)
    mended = page.content.decode("utf-8-sig").replace("kern at home", "kern@home.example").replace("25:00", "7")
    (row,) = look(alice, mended).context["rows"]
    assert (row.preview.outcome, row.preview.client.name) == ("invite", "=Kern")
    assert look(alice, mended).context["ignored"] == ""


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("role", ["practitioner", "owner"])
def test_the_example_can_be_imported_as_it_is(cast, language, role):
    who = cast.alice if role == "practitioner" else make.practitioner(cast.alice.clinic, "Olga", "owner")
    browser = signed_in(who)
    example = browser.get(url("import_example"), HTTP_ACCEPT_LANGUAGE=language).content.decode()
    page = look(browser, example)
    assert page.context["counts"]["invite"] == 2
    assert page.context["ignored"] == ""


def test_who_works_at_two_clinics_says_for_which(cast, alice):
    second = make.clinic("Second Street")
    here = Practitioner.objects.create(user=cast.alice.user, clinic=second, name="Alice")
    assert list(look(alice).context["form"].errors) == ["clinic"]
    page = look(alice, clinic=here.pk)
    alice.post(url("confirm_import"), {"signed_table": signed_table_in(page)})
    assert Client.objects.get(email="dana@home.example", clinic=second).practitioner == here
    assert list(look(alice, clinic=cast.charlie.pk).context["form"].errors) == ["clinic"]


def test_columns_that_are_not_read_are_named(alice):
    assert "Columns that are not read: “Diagnosis”." in page_text(
        look(alice, "Name,E-mail,Diagnosis\nA,a@home.example,x")
    )


def test_an_import_of_many_says_how_long_it_takes(alice):
    text = "Name,E-mail\n" + "".join(f"C{number},c{number}@home.example\n" for number in range(50))
    page = alice.post(url("confirm_import"), {"signed_table": signed_table_in(look(alice, text))}, follow=True)
    assert flash_messages(page)[0].startswith("50 invitations are on their way. The last goes out in 2 minutes.")


def test_what_is_typed_is_shown_as_text(alice):
    page = look(alice, 'Name,E-mail\n<script>alert(1)</script>,"""><img@home.example"')
    assert "<script>alert(1)" not in page.content.decode()


def test_a_look_at_five_hundred_asks_no_more_than_at_one(alice, django_assert_max_num_queries):
    text = "Name,E-mail\n" + "".join(f"C{number},c{number}@home.example\n" for number in range(500))
    with django_assert_max_num_queries(12):
        look(alice, text)

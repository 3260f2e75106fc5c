"""A table is read however a spreadsheet saved it; what is no table is refused with its reason."""

import pytest
from hypothesis import given, strategies as st

from clinic.clients import csv_reader
from clinic.clients.csv_reader import TableProblem, UnreadableTable

SPANISH = "Nombre;Correo electrónico;Idioma\r\nIñaki Núñez;inaki@home.example;es\r\n"
INAKI = {"name": "Iñaki Núñez", "email": "inaki@home.example", "language": "es"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encodings_of_excel_and_of_everybody_else(encoding):
    (row,) = csv_reader.read_table(csv_reader.decode_file(SPANISH.encode(encoding))).rows
    assert (row.line, row.cells) == (2, INAKI)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_comma_semicolon_and_tab(delimiter):
    text = delimiter.join(["name", "email"]) + "\n" + delimiter.join(['"Kern, Frida; Dr."', "f@home.example"])
    assert csv_reader.read_table(text).rows[0].cells == {"name": "Kern, Frida; Dr.", "email": "f@home.example"}


@pytest.mark.parametrize(
    "head",
    [
        "name,email", "NAME,E-MAIL", "  Full name , e_mail ", "Nombre,Correo electrónico", "\ufeffName,E-mail",
        "Paciente,correo", "sep=,\nName,Email", '"Name","E-mail address"', "nombre completo,Correo Electronico",
    ],
)  # fmt: skip
def test_headings_in_english_and_spanish_forgiving_of_case_spaces_and_accents(head):
    (row,) = csv_reader.read_table(f"{head}\nFrida,f@home.example").rows
    assert row.cells == {"name": "Frida", "email": "f@home.example"}


def test_first_and_family_name_in_two_columns_are_one_name():
    (row,) = csv_reader.read_table("First name,Surname,Email\nFrida,Kern,f@home.example").rows
    assert row.cells["name"] == "Frida Kern"


def test_empty_lines_and_cells_at_the_end_do_not_count_and_each_row_knows_its_line():
    found = csv_reader.read_table('Name,Email,,\n\n"A\nB",a@home.example,,\n,,,\nC,c@home.example\n').rows
    assert [(row.line, row.cells["name"], row.extra_cells) for row in found] == [(3, "A\nB", ()), (6, "C", ())]


def test_a_row_with_more_cells_than_headings_is_marked():
    (row,) = csv_reader.read_table("Name,Email\nKern, Frida,f@home.example").rows
    assert row.extra_cells == ("f@home.example",)


def test_columns_that_nobody_reads_are_told():
    assert csv_reader.read_table("Name,Email,Diagnosis,Phone,What is wrong\nA,a@home.example,x,y,z").ignored == [
        "Diagnosis",
        "Phone",
    ]


def test_the_apostrophe_before_a_formula_comes_off_again():
    (row,) = csv_reader.read_table("Name,Email\n'=Frida,'+f@home.example").rows
    assert row.cells == {"name": "=Frida", "email": "+f@home.example"}


@pytest.mark.parametrize(
    ("text", "problem", "detail"),
    [
        ("", TableProblem.EMPTY, ""),
        (" \n , \n", TableProblem.EMPTY, ""),
        ("Name,Email\n", TableProblem.EMPTY, ""),
        ("Frida,frida@home.example\n", TableProblem.NO_HEADINGS, ""),
        ("Email\nf@home.example", TableProblem.NO_NAME, ""),
        ("Name,Phone\nFrida,1", TableProblem.NO_EMAIL, ""),
        ("Name,Email,Mail\nFrida,a,b", TableProblem.DUPLICATE_COLUMN, "Mail"),
        ("Name,Email\n" + "A,a@home.example\n" * 501, TableProblem.TOO_MANY_ROWS, "501"),
        ("Name,Email\n" + "x" * csv_reader.MAX_BYTES, TableProblem.TOO_LARGE, ""),
        ('Name,Email\nA,a@home.example\n"' + "x" * 200_000, TableProblem.NOT_A_TABLE, "3"),
        ("\x89PNG\r\n\x1a\n\x00\x00", TableProblem.NO_HEADINGS, ""),
    ],
)
def test_what_is_no_table_of_clients_is_refused(text, problem, detail):
    with pytest.raises(UnreadableTable) as refused:
        csv_reader.read_table(text)
    assert (refused.value.problem, refused.value.detail) == (problem, detail)


def test_five_hundred_are_taken():
    assert len(csv_reader.read_table("Name,Email\n" + "A,a@home.example\n" * 500).rows) == 500


def test_a_file_over_a_megabyte_is_refused_before_it_is_read():
    with pytest.raises(UnreadableTable):
        csv_reader.decode_file(b"x" * (csv_reader.MAX_BYTES + 1))


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_file_makes_it_fall_over(content):
    try:
        table = csv_reader.read_table(csv_reader.decode_file(content))
    except UnreadableTable:
        return
    assert 1 <= len(table.rows) <= csv_reader.MAX_ROWS


@given(st.text(alphabet=st.sampled_from("NameEmail,;\t\"\n\r\x00='ñ@ 1"), max_size=120))
def test_nor_does_anything_under_good_headings(body):
    try:
        table = csv_reader.read_table(f"Name,E-mail\n{body}")
    except UnreadableTable:
        return
    assert all(set(row.cells) <= {"name", "email"} for row in table.rows)

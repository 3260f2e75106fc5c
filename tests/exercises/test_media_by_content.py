"""A film, a picture, a caption file: told by its content, refused with what to do."""

import pytest
from django.core.exceptions import ValidationError

from exercises.media_files import check_media
from tests.exercises import files

FITTING = [
    ("film", files.MP4, ".mp4"),
    ("film", files.FRAGMENTED_MP4, ".mp4"),
    ("film", files.WEBM, ".webm"),
    ("poster", files.PNG, ".png"),
    ("picture", files.JPEG, ".jpg"),
    ("picture", files.WEBP, ".webp"),
    ("captions", files.VTT, ".vtt"),
    ("captions", b"\xef\xbb\xbf" + files.VTT, ".vtt"),
    ("captions", files.VTT.replace(b"\n", b"\r\n"), ".vtt"),
]

REFUSED = [
    ("film", b"", "This file is empty."),
    ("film", b"I am a film, says my name.", "Save it as MP4"),
    ("film", files.QUICKTIME, "This is a QuickTime film. Save it as MP4"),
    ("film", files.HEIC, "Save it as MP4"),
    ("film", files.MATROSKA, "Save it as MP4 (H.264) or WebM."),
    ("film", files.PNG, "Save it as MP4"),
    ("poster", files.SVG, "An SVG file can hold a script."),
    ("picture", files.HEIC, "Save it as PNG, JPEG or WebP."),
    ("picture", files.MP4, "Save it as PNG, JPEG or WebP."),
    ("picture", b"<html>", "Save it as PNG, JPEG or WebP."),
    ("captions", "WEBVTT\n\n00:00.000 --> 00:01.000\nTúmbate\n".encode("latin-1"), "UTF-8"),
    ("captions", b"1\n00:00:00,000 --> 00:00:01,000\nHi\n", "Captions begin with the word WEBVTT."),
    ("captions", b"WEBVTTX\n\n00:00.000 --> 00:01.000\nHi\n", "Captions begin with the word WEBVTT."),
    ("captions", b"WEBVTT\n\nNOTE nothing yet\n", "These captions hold no line to show."),
]


@pytest.mark.parametrize(("kind", "content", "extension"), FITTING)
def test_what_a_browser_shows_is_taken_and_gets_its_true_ending(kind, content, extension):
    file = files.file(content, "misleading.exe")
    assert check_media(file, kind).extension == extension
    assert file.read() == content  # left at its beginning


@pytest.mark.parametrize(("kind", "content", "remedy"), REFUSED)
def test_anything_else_is_refused_with_what_to_do(kind, content, remedy):
    with pytest.raises(ValidationError) as caught:
        check_media(files.file(content, "film.mp4"), kind)
    assert remedy in caught.value.messages[0]


def test_a_film_has_the_size_that_the_settings_allow(settings):
    settings.PLUMBLINE_FILM_MEGABYTES = 0.001
    with pytest.raises(ValidationError, match=r"at most 0\.0 MB are taken") as caught:
        check_media(files.file(files.MP4), "film")
    assert "Make it smaller." in caught.value.messages[0]
    settings.PLUMBLINE_FILM_MEGABYTES = 1
    assert check_media(files.file(files.MP4), "film").size == len(files.MP4)


def test_a_picture_has_five_megabytes_at_most():
    with pytest.raises(ValidationError, match=r"has 5\.5 MB; at most 5 MB"):
        check_media(files.file(files.PNG + bytes(int(5.5 * 1024 * 1024))), "picture")

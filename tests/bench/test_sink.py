"""The bench's mail server takes each mail once, whatever pieces it comes in, and counts them."""

import smtplib
import socket

from bench import sink


def test_it_counts_what_it_took():
    with sink.running() as port, smtplib.SMTP("127.0.0.1", port, timeout=20) as smtp:
        for _ in range(3):
            smtp.sendmail("desk@clinic.example", ["dana@home.example"], b"Subject: x\r\n\r\n" + b"word " * 40_000)
        assert smtp.noop() == (250, b"3")


def test_the_end_of_a_mail_may_come_in_pieces():
    with sink.running() as port, socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        talk = line.makefile("rwb", buffering=0)
        assert talk.readline().startswith(b"220")
        line.sendall(b"DATA\r\n")
        assert talk.readline().startswith(b"354")
        for piece in (b"word\r", b"\n.", b"\r\n"):
            line.sendall(piece)
        assert talk.readline().startswith(b"250")

"""A mail server that takes everything and keeps nothing: a process of its own, too quick to be what is measured.

NOOP tells how many mails came. `running()` yields its port.
"""

from __future__ import annotations

import socket
import socketserver
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

END_OF_MAIL = b"\r\n.\r\n"
ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Talk(socketserver.BaseRequestHandler):
    """One connection; a command comes in one piece, as smtplib sends it."""

    taken = 0

    def handle(self) -> None:
        line: socket.socket = self.request
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(b"220 sink\r\n")
        while received := line.recv(1024):
            verb = received[:4].upper()
            if verb == b"NOOP":
                line.sendall(b"250 %d\r\n" % Talk.taken)
                continue
            line.sendall(ANSWERS.get(verb, b"250 fine\r\n"))
            if verb == b"DATA":
                end = b""
                while end != END_OF_MAIL:
                    end = (end + line.recv(65536))[-5:]
                Talk.taken += 1
                line.sendall(b"250 taken\r\n")


@contextmanager
def running() -> Iterator[int]:
    """Start one and yield its port; it ends with the block."""
    with subprocess.Popen([sys.executable, "-m", "bench.sink"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        server.serve_forever()

"""`make run`: everything a new machine needs, as one foreground process tree.

Installs, prepares the database and the demo, then keeps two children: the web server, and one Celery worker with its
beat. Ends with both of them on Ctrl-C, SIGTERM or SIGHUP, when its parent goes, or when a child stops of itself.
Environment: PORT, PLUMBLINE_VAR and what config/settings.py reads. Must parse on Python 3.6.
"""

import config.required_python  # noqa: I001, F401  first, before anything that an old Python cannot parse

import errno
import fcntl
import http.client
import os
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from config.install import PYTHON, ROOT, install
from config.local_run.supervise import Stopped, Tree

START_LIMIT = 60.0  # seconds until the first page must answer
# Celery would print eight lines about a run as root.
IGNORED_WARNING = "ignore:You're running the worker with superuser privileges"


def read_port() -> int:
    value = os.environ.get("PORT", "").strip() or "8000"
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        sys.exit(f"PORT must be a number from 1 to 65535, not {value!r}")
    return int(value)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sys.exit(
                    f"Port {port} is in use: stop what listens there, or choose another with PORT={port % 65535 + 1}"
                )
            sys.exit(f"Port {port} cannot be opened ({error.strerror}): choose another with PORT=8000")


def lock_folder(var: Path) -> IO[str]:
    """Lock `var`, which must be writable, for this run, as long as the returned file is open."""
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=var).close()
        lock = (var / "run.lock").open("a+")
    except OSError as error:
        sys.exit(f"The folder {var} cannot be written ({error.strerror}): choose another with PLUMBLINE_VAR=/folder")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"Plumbline already runs from {var}: stop it, or choose another folder with PLUMBLINE_VAR=/folder")
    return lock


def is_answering(port: int) -> bool:
    """Whether the web server answers, with any status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 600
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def web_command(port: int) -> list[str]:
    """One process of four threads, since pages wait for the database; GRANIAN_WORKERS sets more processes."""
    options = (
        f"--interface wsgi --no-ws --blocking-threads 4 --workers-kill-timeout 2 --log-level warning --port {port}"
    )
    return [str(PYTHON), "-m", "granian", *options.split(), "--host", "127.0.0.1", "config.wsgi:application"]


def worker_command() -> list[str]:
    """Worker and beat in one; threads, since a tick mostly waits for SMTP and processes would cost memory."""
    options = "-B -P threads -c 4 --without-gossip --without-mingle --without-heartbeat -l WARNING"
    return [str(PYTHON), "-m", "celery", "-A", "config", "--quiet", "worker", *options.split()]


def run_site(tree: Tree, port: int) -> str:
    """Install, prepare and serve. Returns the name of a child that ended; raises Stopped when asked to stop."""
    install(tree, ROOT / "requirements.txt")
    failed, sign_ins = tree.run("prepare", [str(PYTHON), "-m", "config.local_run.prepare"], keep_output=True)
    if failed:
        sys.exit(1)  # its own output says why
    tree.start("web server", web_command(port))
    tree.start("worker", worker_command(), PYTHONUNBUFFERED="1", PYTHONWARNINGS=IGNORED_WARNING)
    deadline = time.monotonic() + START_LIMIT
    tree.wait_until(lambda: tree.ended() is not None or is_answering(port) or time.monotonic() > deadline)
    if tree.ended() is None:
        print(f"\nPlumbline runs at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n\n{sign_ins}", flush=True)
    tree.wait_until(lambda: tree.ended() is not None)
    return tree.ended() or ""


def main() -> None:
    os.chdir(ROOT)
    os.umask(0o077)  # health data is under var/
    tree = Tree()
    port = read_port()
    check_port(port)
    lock = lock_folder(Path(os.environ.get("PLUMBLINE_VAR") or ROOT / "var").absolute())
    tree.listen()
    try:
        ended = run_site(tree, port)
        sys.exit(f"Plumbline stops: its {ended} ended, and says why above")
    except Stopped:
        print("\nPlumbline stops", flush=True)
    finally:
        tree.stop()
        lock.close()


if __name__ == "__main__":
    main()

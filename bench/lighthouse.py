"""`make lighthouse`: Lighthouse on the pages a client opens most, as on a phone; exit status 1 below the bounds.

It starts the site as in production (DEBUG off, compressed files) with the demo clinic, on free ports and in a folder
that is removed afterwards, with Dana signed in. Prints `lighthouse_<page>_<category>: <0-100>`. Beyond npm's first
fetch of Lighthouse into .cache/ nothing leaves this machine.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS
from tests.servers import URLS as FOUND, missing

ROOT = Path(__file__).resolve().parent.parent
VERSION = "12.8.2"
TOOL = ROOT / ".cache" / "lighthouse" / VERSION
PAGES = {"front": "/", "today": "/portal/", "report": "/portal/report/", "progress": "/portal/progress/"}
BOUNDS = {"performance": 95, "accessibility": 100, "best-practices": 100}
TIMES = 3  # a page is measured so often, and the median counts
TRIES = 3  # Lighthouse itself fails now and then: "NO_NAVSTART"
START_LIMIT = 60.0  # seconds
SIGN_IN = """
from django.conf import settings
from django.test import Client as Browser
from clinic.demo.people import email_address
from clinic.models import Client
browser = Browser()
browser.force_login(Client.objects.get(email=email_address("dana")).user, backend=settings.AUTHENTICATION_BACKENDS[0])
print(browser.cookies[settings.SESSION_COOKIE_NAME].value)
"""


def install() -> Path:
    """Lighthouse's command, fetched by npm once."""
    command = TOOL / "node_modules" / ".bin" / "lighthouse"
    if not command.exists():
        npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(TOOL), f"lighthouse@{VERSION}"]
        subprocess.run(npm, check=True)
    return command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, path: str) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False


@contextmanager
def started(command: list[str], port: int, path: str, env: dict[str, str] | None = None) -> Iterator[None]:
    """A process that answers ``path`` on ``port`` within START_LIMIT; it ends with the block."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_LIMIT
        while not answers(port, path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not answer on port {port}")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def prepare(env: dict[str, str]) -> str:
    """Database, library, demo and compressed files; returns Dana's session key."""
    run = {"cwd": ROOT, "env": env, "check": True, "capture_output": True, "text": True}
    subprocess.run([sys.executable, "-m", "config.local_run.prepare"], **run)  # type: ignore[call-overload]
    subprocess.run([sys.executable, "manage.py", "demo", "--force"], **run)  # type: ignore[call-overload]
    shell = [sys.executable, "manage.py", "shell", "-v", "0", "-c", SIGN_IN]
    return str(subprocess.run(shell, **run).stdout.split()[-1])  # type: ignore[call-overload]


def sign_in(port: int, address: str, session: str) -> None:
    """Into the browser's own jar: a header of Lighthouse's would not reach what the service worker asks for."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        browser.contexts[0].add_cookies([{"name": "sessionid", "value": session, "url": address}])
        browser.close()


def measure(command: Path, address: str, port: int) -> dict[str, object]:
    """One report of Lighthouse on a page, on its preset of a phone; RuntimeError if it measured another page."""
    # Into a file: written to a pipe, the report ends after its first 64 kB.
    with tempfile.TemporaryDirectory(prefix="plumbline-lighthouse-") as folder:
        written = Path(folder) / "report.json"
        options = [f"--port={port}", "--quiet", "--output=json", f"--output-path={written}"]
        options.append(f"--only-categories={','.join(BOUNDS)}")
        for _try in range(TRIES):
            written.unlink(missing_ok=True)
            done = subprocess.run([str(command), address, *options], capture_output=True, text=True, check=False)
            report = json.loads(written.read_text()) if written.exists() else {"runtimeError": done.stderr}
            if "runtimeError" not in report:
                if report["finalDisplayedUrl"] != address:
                    raise RuntimeError(f"{address} led to {report['finalDisplayedUrl']}")
                return report  # type: ignore[no-any-return]
    raise RuntimeError(f"Lighthouse fails on {address}: {report['runtimeError']}")


def complaints(report: dict, category: str) -> Iterator[str]:  # type: ignore[type-arg]
    """What cost points, one line each."""
    for part in report["categories"][category]["auditRefs"]:
        audit = report["audits"][part["id"]]
        if part["weight"] and audit["score"] is not None and audit["score"] < 1:
            items = json.dumps(audit.get("details", {}).get("items", []))[:300]
            yield f"  {category}: {audit['title']} {audit.get('displayValue', '')} {items}"


def main() -> int:
    if reason := missing("Chromium"):
        sys.exit(f"Lighthouse needs Chromium: {reason}")
    command, site, debugger, below = install(), free_port(), free_port(), False
    address = f"http://localhost:{site}"
    with ExitStack() as stack:
        var = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="plumbline-lighthouse-", ignore_cleanup_errors=True)
        )
        own = {"PLUMBLINE_VAR": var, "DEBUG": "0", "SECRET_KEY": secrets.token_hex(32), "BASE_URL": address}
        env = {name: word for name, word in os.environ.items() if name not in ("DATABASE_URL", "ALLOWED_HOSTS")} | own
        session = prepare(env)
        granian = "-m granian --interface wsgi --no-ws --blocking-threads 4 --log-level error --host 127.0.0.1 --port"
        web = [sys.executable, *granian.split(), str(site), "config.wsgi:application"]
        stack.enter_context(started(web, site, "/healthz", env))
        profile = [f"--user-data-dir={var}/browser", f"--remote-debugging-port={debugger}", "--headless=new"]
        stack.enter_context(started([FOUND["Chromium"], *ARGUMENTS, *profile], debugger, "/json/version"))
        sign_in(debugger, address, session)
        for name, path in PAGES.items():
            reports = [measure(command, address + path, debugger) for _time in range(TIMES)]
            for category, bound in BOUNDS.items():
                scores = [report["categories"][category]["score"] for report in reports]  # type: ignore[index]
                score = round(100 * statistics.median(scores))
                print(f"lighthouse_{name}_{category.replace('-', '_')}: {score}", flush=True)
                if score < bound:
                    below = True
                    print(*complaints(reports[0], category), sep="\n", file=sys.stderr, flush=True)
    return int(below)


if __name__ == "__main__":
    sys.exit(main())

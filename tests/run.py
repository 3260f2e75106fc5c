"""`make test`: the whole suite on SQLite, then the database's part of it again on PostgreSQL where that answers.

Arguments are handed to pytest. With REQUIRE_SERVICES=1 a server that is missing is a failure instead of a skipped test.
"""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

from tests.servers import ASK, URLS, missing

PARALLEL = ["--numprocesses=auto", "--dist=loadgroup"]
NOT_FAULTS = "not faults"  # they kill, wait and count by themselves: make faults
NO_TESTS = 5  # pytest's exit code when the arguments select nothing


def pytest(*arguments: str, **env: str) -> int:
    command = [sys.executable, "-m", "pytest", *PARALLEL, *arguments, *sys.argv[1:]]
    code = subprocess.run(command, env={**os.environ, **env}, check=False).returncode
    return 0 if code == NO_TESTS and sys.argv[1:] else code


def on_postgresql() -> int:
    # A name of its own, so that two runs on one server do not take each other's test database.
    url = urlsplit(URLS["PostgreSQL"])._replace(path=f"/plumbline_{os.getpid()}").geturl()
    return pytest("--database-only", "-m", f"not browser and not processes and {NOT_FAULTS}", DATABASE_URL=url)


def main() -> None:
    required = os.environ.get("REQUIRE_SERVICES") == "1"
    absent = [name for name in ASK if missing(name)]
    for name in absent:
        print(f"{name} not found, so its tests {'fail' if required else 'are skipped'}: {missing(name)}", flush=True)
    # What the caller has in the environment must not decide what is tested.
    addresses = ("DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "BASE_URL", "PORT", "ALLOWED_HOSTS")
    for variable in (*addresses, "DEBUG", "TWO_FACTOR"):
        os.environ.pop(variable, None)
    print("The suite on SQLite", flush=True)
    failed = pytest("-m", NOT_FAULTS)
    if "PostgreSQL" not in absent:
        print("The database tests on PostgreSQL", flush=True)
        failed = on_postgresql() or failed
    sys.exit(failed or (1 if required and absent else 0))


if __name__ == "__main__":
    main()

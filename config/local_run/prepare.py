"""Between install and start of `make run`: database, library and demo, in one process so that Django loads once.

Standard output is what the `demo` command prints (the sign-ins) and where mail is shown; errors go to standard error.
"""

import os
import sys
from io import StringIO

import django
from django.core.management import CommandError, call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.db import OperationalError

    from clinic.checks import check_database_version

    try:
        for error in check_database_version(databases=["default"]):
            sys.exit(f"{error.msg} {error.hint}")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_exercises", stdout=StringIO())
        if settings.DEBUG:
            call_command("demo")
            if settings.EMAIL_BACKEND == "config.local_run.mail_files.FileBackend":
                print(f"\nIts mail is at {settings.BASE_URL}/dev/mail/")
        else:
            call_command("collectstatic", interactive=False, verbosity=0)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        sys.exit(f"DATABASE_URL must be a database that answers, and this one does not: {reason}")
    except CommandError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

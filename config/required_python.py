"""Imported first by whatever starts before the virtual environment exists: ends the start on a Python that is too old.

This file, config/install.py, config/local_run/launch.py and the two __init__.py must parse on Python 3.6, or an old
Python would answer with a SyntaxError instead of this one line.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  the interpreter may be older than the project allows, that is the point
    sys.exit(
        "Plumbline needs Python 3.11 or newer, and {} is {}.{}.{}: choose another with PYTHON=python3.11".format(
            sys.executable, *sys.version_info[:3]
        )
    )

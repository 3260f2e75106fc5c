"""The project's settings with shorter waits, so that what a dead worker held comes back within seconds."""

from __future__ import annotations

import os

from config.settings import *  # noqa: F403
from tests.faults.sizes import LEASE_SECONDS

PLUMBLINE_LEASE_SECONDS = LEASE_SECONDS
PLUMBLINE_BATCH = 20
PLUMBLINE_LATENESS_HOURS = 6  # the database may have been filled a while ago
EMAIL_TIMEOUT = 5
CELERY_TASK_DEFAULT_QUEUE = os.environ["FAULTS_QUEUE"]  # RabbitMQ is the machine's: other runs have theirs

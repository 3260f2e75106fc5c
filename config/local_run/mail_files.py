"""Mail for a machine without a mail server: each message becomes one `.eml` file, shown at /dev/mail/."""

import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """Django's mail backend into the folder EMAIL_FILE_PATH; OSError if it cannot write, unless `fail_silently`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # set by the environment, which mypy does not see
        count = 0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for message in email_messages:
                if message.recipients():
                    write(folder, message)
                    count += 1
        except OSError:
            if not self.fail_silently:
                raise
        return count


def write(folder: Path, message: EmailMessage) -> Path:
    """Write one message under a name that sorts by time; it appears whole or not at all, for its owner's eyes."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S-%f}-{uuid.uuid4().hex[:8]}"
    part = folder / f".{name}.part"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(message.message().as_bytes())
    return part.rename(folder / f"{name}.eml")

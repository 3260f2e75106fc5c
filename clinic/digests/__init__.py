"""The daily mail to who treats: planned at the local hour, counted when it is sent, and none when there is nothing."""

from clinic.digests.planning import plan_due
from clinic.digests.sending import send_due

__all__ = ["plan_due", "send_due"]

"""The phones on which a client gets reminders: one Web Push subscription each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client


class PushSubscription(models.Model):
    """One browser of one client, as its push service knows it (RFC 8030, RFC 8291)."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)  # the browser's public key, 65 bytes in base64url
    auth = models.CharField(max_length=40)  # the secret both sides share, 16 bytes in base64url
    label = models.CharField(_("phone"), max_length=80)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    last_sent_at = models.DateTimeField(_("last reminder"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)  # refusals in a row

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"phone {self.pk}"

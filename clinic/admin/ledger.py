"""The one table shown as it is: who did what. Nothing can be added, changed or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin as ThemedAdmin

from clinic.admin import access
from clinic.models import AuditEntry

if TYPE_CHECKING:
    _AuditAdmin = admin.ModelAdmin[AuditEntry]
else:
    _AuditAdmin = ThemedAdmin


class _ReadOnly:
    """Rights by role, not by the host's permission rows, which practitioners do not have."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(access.memberships(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AuditEntryAdmin(_ReadOnly, _AuditAdmin):
    """For the owner of a clinic."""

    list_display = ("at", "who", "verb", "target_kind", "target_id")
    list_filter = ("verb", "target_kind")
    fields = ("at", "who", "verb", "target_kind", "target_id")
    readonly_fields = fields
    list_display_links = None
    actions = None
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.owns(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        entries = AuditEntry.objects.visible_to(request.user)
        return entries.select_related("actor").prefetch_related("actor__practitioners", "actor__clients")

    @admin.display(description=gettext_lazy("who"))
    def who(self, entry: AuditEntry) -> str:
        """The name that the actor bears at this clinic."""
        if entry.actor is None:
            return _("the rules, or a link in a mail")
        actor: Any = entry.actor  # the reverse names are ours; a host's user model does not declare them
        for known in (*actor.practitioners.all(), *actor.clients.all()):
            if known.clinic_id == entry.clinic_id:
                return str(known)
        return _("somebody else")

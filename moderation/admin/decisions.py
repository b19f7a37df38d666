"""What was decided, and the log of it. To read, nothing else."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from moderation.models import AuditEntry, Decision


class _ReadOnlyAdmin(admin.ModelAdmin[Model]):
    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Decision)
class DecisionAdmin(_ReadOnlyAdmin):
    list_display = ("decided_at", "action", "reason", "moderator")
    list_filter = ("action",)
    list_select_related = ("moderator",)
    ordering = ("-pk",)


@admin.register(AuditEntry)
class AuditEntryAdmin(_ReadOnlyAdmin):
    list_display = ("number", "event", "at", "moderator")
    list_select_related = ("moderator",)
    ordering = ("-number",)

"""Categories are set up here. Posts are not edited by anybody but their author, so there is no admin of posts."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from forum.models import Category


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    list_display = ("title", "position", "is_members_only", "is_premoderated")

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False  # its threads would have nowhere to be

"""Categories and content notes are set up here. Posts are edited by their author alone: they have no admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from forum.models import Category, ContentNote


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    list_display = ("title", "position", "is_members_only", "is_premoderated")

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False  # its threads would have nowhere to be


@admin.register(ContentNote)
class ContentNoteAdmin(admin.ModelAdmin[ContentNote]):
    list_display = ("words", "position", "is_offered")
    fields = ("title", "position", "is_offered")

    @admin.display(description=_("content note"), ordering="position")
    def words(self, note: ContentNote) -> str:
        return str(note)

    def has_delete_permission(self, request: HttpRequest, obj: ContentNote | None = None) -> bool:
        return False  # posts carry it

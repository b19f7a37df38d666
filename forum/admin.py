"""Categories, content notes, notices, house rules, and what is set on a conversation. Posts are edited by their author
alone: they have no admin, and no word of one stands on these pages.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid
from common.forms import FreeTextField
from common.public_id import ALPHABET, LENGTH
from forum.models import Category, ContentNote, HouseRules, Notice, Thread
from forum.queries import MOST_PINNED
from forum.services.arranging import PinsFull, arrange_category, arrange_thread
from forum.services.categories import require_same_readers
from forum.services.house_rules import MAX_CHARS, current_rules, publish_rules
from forum.text import clean_source

_PUBLIC_ID = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


class CategoryForm(forms.ModelForm[Category]):
    def clean_is_members_only(self) -> bool:
        is_members_only: bool = self.cleaned_data["is_members_only"]
        try:
            require_same_readers(self.instance, is_members_only=is_members_only)
        except Conflict as error:
            raise forms.ValidationError(str(error.text)) from error
        return is_members_only


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    form = CategoryForm
    list_display = ("title", "position", "is_members_only", "is_premoderated", "slow_minutes", "has_feed")

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False  # its threads would have nowhere to be

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:  # noqa: FBT001 - as Django has it
        if change:
            arrange_category(
                obj,
                actor=request.user,  # type: ignore[arg-type]  # somebody who may open the desk
                is_premoderated=obj.is_premoderated,
                slow_minutes=obj.slow_minutes,
            )
        super().save_model(request, obj, form, change)


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin[Notice]):
    formfield_overrides = {models.TextField: {"form_class": FreeTextField}}
    list_display = ("text", "category", "shown_from", "shown_until")
    list_filter = ("category",)
    list_select_related = ("category",)

    def get_form(self, request: HttpRequest, obj: Notice | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - as Django has it
        says = {"text": _("Plain text: what is typed here stands there as it was typed.")}
        return super().get_form(request, obj, change, help_texts=says, **kwargs)


class HouseRulesForm(forms.ModelForm[HouseRules]):
    """The next version begins with the words of the current one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk and "text" in self.fields and (rules := current_rules()):
            self.fields["text"].initial = rules.text

    def clean_text(self) -> str:
        try:
            return clean_source(self.cleaned_data["text"], max_chars=MAX_CHARS)
        except Invalid as error:
            raise forms.ValidationError([str(text) for texts in error.fields.values() for text in texts]) from error


@admin.register(HouseRules)
class HouseRulesAdmin(admin.ModelAdmin[HouseRules]):
    """A change is a new version."""

    form = HouseRulesForm
    actions = None
    list_display = ("version", "since")

    def has_change_permission(self, request: HttpRequest, obj: HouseRules | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HouseRules | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: HouseRules, form: Any, change: bool) -> None:  # noqa: FBT001 - as Django has it
        published = publish_rules(obj.text, actor=request.user)  # type: ignore[arg-type]  # somebody who may open the desk
        obj.pk, obj.version = published.pk, published.version


class ThreadForm(forms.ModelForm[Thread]):
    def clean_is_pinned(self) -> bool:
        is_pinned: bool = self.cleaned_data["is_pinned"]
        if is_pinned and not self.instance.is_pinned:
            pinned = Thread.objects.filter(category=self.instance.category_id, is_pinned=True)
            if pinned.count() >= MOST_PINNED:
                raise forms.ValidationError(PinsFull.message)
        return is_pinned


@admin.register(Thread)
class ThreadAdmin(admin.ModelAdmin[Thread]):
    """Found by the address of its page, or what stands of it in one. To close it is a decision about its story
    (templates/admin/forum/thread/change_form.html leads there).
    """

    form = ThreadForm
    actions = None
    list_display = ("shown_id", "category", "is_locked", "is_pinned", "slow_minutes")
    list_filter = ("is_pinned", "is_locked", "category")
    list_select_related = ("category",)
    ordering = ("-activity", "-pk")
    search_fields = ("public_id",)
    search_help_text = _("The address of a conversation")
    show_full_result_count = False
    fields = ("address", "category", "is_locked", "is_pinned", "slow_minutes")
    readonly_fields = ("address", "category", "is_locked")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Thread], search_term: str
    ) -> tuple[QuerySet[Thread], bool]:
        found = _PUBLIC_ID.findall(search_term)
        return (queryset.filter(public_id__in=found) if found or search_term.strip() else queryset), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Thread | None = None) -> bool:
        return False

    @admin.display(description=_("conversation"))
    def address(self, obj: Thread) -> str:
        return format_html('<a href="{0}">{0}</a>', reverse("forum:thread-detail", args=[obj.public_id]))

    @admin.display(description=_("conversation"))
    def shown_id(self, obj: Thread) -> str:
        return obj.public_id

    def save_model(self, request: HttpRequest, obj: Thread, form: Any, change: bool) -> None:  # noqa: FBT001 - as Django has it
        arrange_thread(
            obj,
            actor=request.user,  # type: ignore[arg-type]  # somebody who may open the desk
            is_pinned=obj.is_pinned,
            slow_minutes=obj.slow_minutes,
        )


@admin.register(ContentNote)
class ContentNoteAdmin(admin.ModelAdmin[ContentNote]):
    list_display = ("words", "position", "is_offered")
    fields = ("title", "position", "is_offered")

    @admin.display(description=_("content note"), ordering="position")
    def words(self, note: ContentNote) -> str:
        return str(note)

    def has_delete_permission(self, request: HttpRequest, obj: ContentNote | None = None) -> bool:
        return False  # posts carry it

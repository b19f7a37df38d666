"""What the desk's pages share: who sits there, that nothing is edited, and a page that stands for a whole model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from moderation.policies import can_decide

if TYPE_CHECKING:
    from django.forms.forms import BaseForm

    from accounts.models import User


def moderator_of(request: HttpRequest) -> User:
    return cast("User", request.user)  # the admin lets nobody else in


def offer(form: BaseForm, field: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Of a choice whose choices are known only now."""
    cast("forms.ChoiceField", form.fields[field]).choices = list(choices)


def number_in(text: str) -> int:
    """Of a field or an address; 0 for what is none. Python reads no number of thousands of digits."""
    return int(text) if text.isdecimal() and len(text) < 20 else 0


class NothingToEdit(admin.ModelAdmin[Any]):
    """Every button calls a service."""

    def frame(self, request: HttpRequest, title: Any) -> dict[str, Any]:
        """What every page of it has in its context."""
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnePage(NothingToEdit):
    """In the place of Django's list: for whoever decides cases."""

    page: Callable[[HttpRequest], HttpResponse]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [path("", self.admin_site.admin_view(self._for_the_team), name=name)]

    def _for_the_team(self, request: HttpRequest) -> HttpResponse:
        return self.page(request) if self.has_view_permission(request) else redirect("admin:index")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_decide(moderator_of(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

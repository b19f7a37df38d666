"""What was decided, and the log of it. To read, nothing else; a lead may take the facts out of an entry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError
from moderation.models import AuditEntry, Decision, RedactedBecause
from moderation.policies import is_lead
from moderation.services.redaction import redact_entry


class RedactionForm(forms.Form):
    why = forms.ChoiceField(label=_("Why"), choices=RedactedBecause, widget=forms.RadioSelect)


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
    change_form_template = "admin/moderation/auditentry/entry.html"

    def get_urls(self) -> list[URLPattern]:
        redact = self.admin_site.admin_view(self.redact_view)
        return [path("<int:pk>/redact/", redact, name="moderation_auditentry_redact"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_redact": is_lead(request.user)}  # type: ignore[arg-type]  # staff
        return super().change_view(request, object_id, form_url, context)

    def redact_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its facts go for good. Leads."""
        entry = AuditEntry.objects.filter(pk=pk).first()
        if entry is None or not is_lead(request.user):  # type: ignore[arg-type]  # staff
            return redirect("admin:moderation_auditentry_changelist")
        form = RedactionForm(request.POST or None)
        if form.is_valid():
            try:
                redact_entry(entry.number, actor=request.user, why=form.cleaned_data["why"])  # type: ignore[arg-type]
            except HearthError as error:
                form.add_error(None, str(error.text))
            else:
                messages.success(request, _("Taken out. A new entry says that it was done, and why."))
                return redirect("admin:moderation_auditentry_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take the facts out of an entry"),
            "opts": self.opts,
            "form": form,
            "entry": entry,
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/moderation/auditentry/redact.html", context, status=status)

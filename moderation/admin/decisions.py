"""What was decided, and the log of it. To read, nothing else; a lead may take the facts out of an entry."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError
from moderation.admin.desk import NothingToEdit, moderator_of
from moderation.admin.refusing import form_page
from moderation.explaining import event_words
from moderation.models import AuditEntry, Decision, RedactedBecause
from moderation.policies import is_lead, not_ones_own
from moderation.queries import facts_shown, the_log
from moderation.services.redaction import RedactionUnexplained, can_redact, redact_entry


class RedactionForm(forms.Form):
    why = forms.ChoiceField(
        label=_("Why"),
        choices=RedactedBecause,
        widget=forms.RadioSelect,
        error_messages={"required": RedactionUnexplained.message},
    )


class _ReadOnlyAdmin(NothingToEdit):
    actions = None
    show_full_result_count = False


@admin.register(Decision)
class DecisionAdmin(_ReadOnlyAdmin):
    list_display = ("decided_at", "action", "stands", "given_reason", "moderator")
    list_filter = ("action",)
    list_select_related = ("moderator", "undone")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return Decision.objects.with_fate().filter(not_ones_own(moderator_of(request), "case__post"))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return ["given_reason" if name == "reason" else name for name in super().get_fields(request, obj)]

    @admin.display(description=_("reason, which its author reads where it restricts them"))
    def given_reason(self, decision: Any) -> str:
        """The column's own name is of a time when moderators alone read it."""
        return str(decision.reason)

    @admin.display(description=_("how it stands"))
    def stands(self, decision: Any) -> str:
        if decision.is_undone:
            return str(_("undone before anybody was told"))
        return str(_("taken back later") if decision.is_taken_back else _("stands"))


@admin.register(AuditEntry)
class AuditEntryAdmin(_ReadOnlyAdmin):
    """Of the salt nobody needs to see anything: with it and the digest, facts that are not shown could be guessed."""

    list_display = ("number", "shown_event", "shown_at", "shown_moderator")
    list_display_links = ("number", "shown_event")
    list_select_related = ("moderator",)
    ordering = ("-number",)
    change_form_template = "admin/moderation/auditentry/entry.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return the_log(moderator_of(request)).order_by(*self.ordering)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Django filters by any column that an address names: so what is not shown would be told."""
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        shown = ["number", "shown_event", "shown_at", "shown_moderator"]
        return [*shown, "shown_facts", "facts_digest", "previous", "digest"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        entry: Any = super().get_object(request, object_id, from_field)
        if entry is not None:
            entry.shown = facts_shown(entry, moderator_of(request))
        return entry

    @admin.display(description=AuditEntry._meta.get_field("event").verbose_name)
    def shown_event(self, entry: Any) -> str:
        return str(_("about words of your own") if entry.is_about_own else event_words(entry.event))

    @admin.display(description=AuditEntry._meta.get_field("at").verbose_name)
    def shown_at(self, entry: Any) -> str:
        return str(entry.at[:10] if entry.is_about_own else entry.at)

    @admin.display(description=AuditEntry._meta.get_field("moderator").verbose_name)
    def shown_moderator(self, entry: Any) -> Any:
        return None if entry.is_about_own else entry.moderator

    @admin.display(description=AuditEntry._meta.get_field("facts").verbose_name)
    def shown_facts(self, entry: Any) -> str:
        return json.dumps(entry.shown, ensure_ascii=False)

    def get_urls(self) -> list[URLPattern]:
        redact = self.admin_site.admin_view(self.redact_view)
        return [path("<int:pk>/redact/", redact, name="moderation_auditentry_redact"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        entry = self.get_object(request, object_id)
        may_redact = entry is not None and can_redact(entry, moderator_of(request))
        context = {**(extra_context or {}), "may_redact": may_redact}
        return super().change_view(request, object_id, form_url, context)

    def redact_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its facts go for good. Leads."""
        entry: Any = self.get_object(request, str(pk))
        if entry is None or entry.is_about_own or not is_lead(moderator_of(request)):
            return redirect("admin:moderation_auditentry_changelist")
        form = RedactionForm(request.POST or None)
        if form.is_valid():
            try:
                redact_entry(entry.number, actor=moderator_of(request), why=form.cleaned_data["why"])
            except HearthError as error:
                form.add_error(None, str(error.text))
            else:
                messages.success(request, _("Taken out. A new entry says that it was done, and why."))
                return redirect("admin:moderation_auditentry_change", pk)
        context = {
            **self.frame(request, _("Take the facts out of an entry")),
            "form": form,
            "entry": entry,
        }
        return form_page(request, "admin/moderation/auditentry/redact.html", context, form)

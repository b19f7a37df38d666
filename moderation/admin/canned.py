"""Canned replies: what leads write; in the form of a decision, what a word begins from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.forms import FreeTextField
from forum.text import said
from moderation.admin.desk import moderator_of, offer
from moderation.models import DECIDABLE, CannedReply
from moderation.policies import can_decide, is_lead
from moderation.services.canned import MAX_CANNED_CHARS, CannedUnfit, Offered, Use, text_of, write_version


class CannedForm(forms.Form):
    """Beside the word of a decision."""

    prefix = "canned"
    reply = forms.ChoiceField(label=_("Begin from a text"), required=False)
    language = forms.ChoiceField(label=_("In"), required=False, choices=settings.LANGUAGES)
    used = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: list[Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        offer(self, "reply", [("", _("none")), *((each.id, each.title) for each in offered)])
        self.fields["language"].initial = get_language()

    def chosen(self) -> Use | None:
        """In the language asked for; in the first it was written in, where it was not written in that one."""
        reply = next((each for each in self.offered if each.id == self["reply"].value()), None)
        if reply is None:
            return None
        language = self["language"].value()
        return Use(reply.id, reply.version, language if language in reply.texts else next(iter(reply.texts)))

    def inserted(self, data: dict[str, Any]) -> bool:
        """Without JavaScript: what was sent, with the chosen text, if there is one, below the word that was typed."""
        use = self.chosen()
        if use is None:
            return False
        data["word"] = "\n\n".join(filter(None, (data.get("word", "").strip(), text_of(use))))
        data["canned-used"] = str(use)
        return True

    def texts(self) -> list[tuple[str, str]]:
        """For the script, which inserts at once."""
        return [use for each in self.offered for use in each.uses()]


class CannedReplyForm(forms.ModelForm[CannedReply]):
    class Meta:
        model = CannedReply
        fields = ("title", "action", "position", "is_offered")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = self.instance.versions.order_by("-number").first() if self.instance.pk else None
        for code, name in settings.LANGUAGES:
            self.fields[f"text_{code}"] = FreeTextField(
                label=name,
                required=False,
                max_length=MAX_CANNED_CHARS,
                initial=(newest.texts if newest else {}).get(code, ""),
                rows=6,
            )
        if "action" in self.fields:
            offer(self, "action", [("", "—"), *((each.value, each.label) for each in DECIDABLE)])

    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"text_{code}", "") for code, _name in settings.LANGUAGES}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(said(cleaned.get(f"text_{code}", "")) for code, _name in settings.LANGUAGES):
            raise forms.ValidationError(str(CannedUnfit.message))
        if not cleaned.get("title") and not self.instance.shipped:
            self.add_error("title", _("Give it a title."))
        return cleaned


@admin.register(CannedReply)
class CannedReplyAdmin(admin.ModelAdmin[CannedReply]):
    form = CannedReplyForm
    list_display = ("__str__", "action", "is_offered")
    list_display_links = ("__str__",)
    actions = None
    show_full_result_count = False

    def get_fieldsets(self, request: HttpRequest, obj: CannedReply | None = None) -> Any:
        texts = tuple(f"text_{code}" for code, _name in settings.LANGUAGES)
        said = _("Each change is a new version. Brackets mark what a moderator fills in.")
        of_reply = {"fields": ("title", "action", "position", "is_offered")}
        return ((None, of_reply), (_("Texts"), {"fields": texts, "description": said}))

    def get_form(self, request: HttpRequest, obj: CannedReply | None = None, **_kwargs: Any) -> Any:  # type: ignore[override]  # Django lets it answer any form
        return CannedReplyForm

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Its texts hang on it, by version."""
        write_version(form.instance, actor=moderator_of(request), texts=form.texts())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The versions say who wrote what."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The same."""

    def has_view_permission(self, request: HttpRequest, obj: CannedReply | None = None) -> bool:
        return is_lead(moderator_of(request))

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_lead(moderator_of(request))

    def has_delete_permission(self, request: HttpRequest, obj: CannedReply | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_decide(moderator_of(request))

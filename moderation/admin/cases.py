"""The queue, urgent cases first, and the page of one case. Every button calls a service; nothing is edited here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid, Stale
from forum import queries as forum
from forum.states import PostState
from forum.visit import SEE_EVERY_POST, reader_of
from moderation import queries
from moderation.explaining import reason_words
from moderation.models import Action, Case, CaseState
from moderation.services.decisions import MAX_WORD_CHARS, decide


class DecisionForm(forms.Form):
    action = forms.ChoiceField(label=_("What to do"), choices=Action, widget=forms.RadioSelect)
    word = forms.CharField(
        label=_("A word to the author"),
        help_text=_("Needed to return a post: what could be changed, so that it can come back. Kindly."),
        required=False,
        max_length=MAX_WORD_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = forms.CharField(
        label=_("The reason"),
        help_text=_("Needed to hide a post. Its author reads it."),
        required=False,
        max_length=MAX_WORD_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    post_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, waits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if waits:  # what waits for a first look is not left waiting
            self.fields["action"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                choice for choice in Action.choices if choice[0] != Action.LEAVE
            ]


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin[Case]):
    list_display = ("what", "urgent", "why", "where", "waiting", "state")
    list_display_links = ("what", "waiting")
    list_filter = ("state",)
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        return Case.objects.select_related("post__thread__category").order_by(*queries.URGENT_THEN_OLDEST)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Open cases, unless another list is asked for."""
        if not request.GET:
            return redirect(f"{reverse('admin:moderation_case_changelist')}?state__exact={CaseState.OPEN}")
        context = {"title": _("Cases, urgent ones first, then the oldest"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is None or not self.has_change_permission(request, case):
            return redirect("admin:moderation_case_changelist")
        waits = case.post.state == PostState.HELD
        form = DecisionForm(request.POST or None, initial={"post_version": case.post.version}, waits=waits)
        if form.is_valid():
            try:
                decision = decide(
                    case,
                    actor=request.user,  # type: ignore[arg-type]  # staff, so no visitor
                    action=form.cleaned_data["action"],
                    post_version_read=form.cleaned_data["post_version"],
                    word=form.cleaned_data["word"],
                    reason=form.cleaned_data["reason"],
                )
            except Invalid as error:
                for name, texts in error.fields.items():
                    form.add_error(name, [str(text) for text in texts])
            except Stale as error:
                form.add_error(None, str(error.text))
                # What was typed stays; they read again and decide.
                form.data = {**request.POST.dict(), "post_version": str(case.post.version)}
            except Conflict as error:
                form.add_error(None, str(error.text))
                case.refresh_from_db()
            else:
                messages.success(request, _("Done: %(action)s.") % {"action": decision.get_action_display()})
                return redirect("admin:moderation_case_changelist")
        return self._page(request, case, form)

    def _page(self, request: HttpRequest, case: Case, form: DecisionForm) -> HttpResponse:
        reader = reader_of(request)
        post = case.post
        revisions = forum.revisions_of(reader, post)
        context = {
            **self.admin_site.each_context(request),
            "title": _("A case"),
            "opts": self.opts,
            "form": form,
            "is_open": case.state == CaseState.OPEN,
            "reasons": [reason_words(reason) for reason in case.reasons],
            "since": self.waiting(case),
            "category": post.thread.category.title,
            "post": forum.show_post(reader, post, None),
            "ancestors": forum.ancestors_of(reader, post),
            "revisions": revisions,
            "last_edit": forum.revision_of(reader, post) if revisions else None,
            "reports": queries.reports_of(case),
            "decisions": queries.decisions_about(case),
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/moderation/case/decide.html", context, status=status)

    @admin.display(description=_("Urgent"), empty_value="")
    def urgent(self, case: Case) -> str | None:
        """A word and no sign: a red cross for what can wait would look like the opposite."""
        return str(_("now")) if case.is_urgent else None

    @admin.display(description=_("waiting since"))
    def waiting(self, case: Case) -> str:
        return f"{case.opened_at:%d %b, %H:00}" if case.state == CaseState.OPEN else f"{case.opened_at:%d %b}"

    @admin.display(description=_("why"))
    def why(self, case: Case) -> str:
        return "; ".join(str(reason_words(reason)) for reason in case.reasons)

    @admin.display(description=_("where"))
    def where(self, case: Case) -> str:
        return case.post.thread.category.title

    @admin.display(description=_("post"))
    def what(self, case: Case) -> str:
        """The first words, so that a case is found again; whoever reads this list may read every post."""
        return forum.first_words(case.post)

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """The list shows first words, a case all of them: for those who may read every post."""
        return request.user.has_perm(SEE_EVERY_POST) and super().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return request.user.has_perm(SEE_EVERY_POST) and super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return False

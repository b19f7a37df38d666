"""Holds: placing one, sealing evidence away, ending one. One page, no rows to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid
from moderation import queries
from moderation.admin.two_people import PostField
from moderation.models import Hold, HoldKind
from moderation.policies import can_decide, is_lead
from moderation.services.holds import MAX_REASON_CHARS, end_hold, place_hold, seal_evidence
from moderation.services.retention import retention_report

if TYPE_CHECKING:
    from accounts.models import User

PAGE = "admin:moderation_hold_changelist"


class HoldForm(forms.Form):
    post = PostField(label=_("The address of the post"), max_length=200)
    kind = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (HoldKind.LEGAL, _("keep a sealed copy until a day; nothing changes for whoever reads or wrote it")),
            (HoldKind.EVIDENCE, _("seal it away for a year; from now on nobody sees it, you and its author included")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("For the leads after you."),
        max_length=MAX_REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(
        label=_("Until"),
        help_text=_("Of a copy that is kept until a day."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@admin.register(Hold)
class HoldAdmin(admin.ModelAdmin[Hold]):
    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(self.page), name="moderation_hold_changelist")]

    def page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            return redirect("admin:index")
        is_new = request.POST.get("do") == "place"
        form = HoldForm(request.POST if is_new else None, initial={"post": request.GET.get("post", "")})
        try:
            if request.POST.get("do") == "end":
                end_hold(queries.hold_with(request.POST.get("hold", "")), actor=cast("User", request.user))
                messages.success(request, _("It is over. It stands in the log."))
                return redirect(PAGE)
            if form.is_valid():
                self._place(request, form.cleaned_data)
                messages.success(request, _("It is kept. It stands in the log."))
                return redirect(PAGE)
        except Invalid as error:
            for name, texts in error.fields.items():
                form.add_error(name, [str(text) for text in texts])
        except HearthError as error:
            if not is_new:
                messages.error(request, str(error.text))
                return redirect(PAGE)
            form.add_error(None, str(error.text))
        context = {
            **self.admin_site.each_context(request),
            "title": _("What is kept for a duty"),
            "opts": self.opts,
            "form": form,
            "is_lead": is_lead(cast("User", request.user)),
            "holds": queries.holds(),
            "forgotten": retention_report(),
        }
        return TemplateResponse(request, "admin/moderation/holds.html", context, status=400 if form.errors else 200)

    def _place(self, request: HttpRequest, said: dict[str, Any]) -> None:
        actor = cast("User", request.user)
        if said["kind"] == HoldKind.EVIDENCE:
            seal_evidence(said["post"], actor=actor, reason=said["reason"])
        else:
            place_hold(said["post"], actor=actor, reason=said["reason"], until=said["until"])

    def has_view_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return can_decide(cast("User", request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False
